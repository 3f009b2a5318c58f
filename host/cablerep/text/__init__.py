"""What is printed: tables, JSON and the console."""
