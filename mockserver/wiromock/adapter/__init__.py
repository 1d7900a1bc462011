"""Front ends: they turn a transport's messages into neutral ones, and carry out deliveries."""
