"""The database of reps and sets."""
