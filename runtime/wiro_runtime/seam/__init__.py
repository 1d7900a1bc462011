"""What a test may replace: the clock and the WebSocket connection."""
