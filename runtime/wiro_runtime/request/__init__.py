"""What a caller asks for: typed values, files, and their form on the wire."""
