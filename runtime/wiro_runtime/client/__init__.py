"""What users hold: clients, tasks, streams, results and outputs."""
