"""What was asked for and paid, kept where a crash cannot take it: on SQLite or PostgreSQL."""
