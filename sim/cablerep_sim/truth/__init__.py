"""What is true of a trace, and scores against it."""
