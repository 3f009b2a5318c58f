"""Settings and their stored form."""
