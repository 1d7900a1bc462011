"""Text from documents, kept apart from code until it is encoded."""
