"""What the platform says of a task, and how it is read."""
