"""The simulated platform: requests in, replies out, no I/O."""
