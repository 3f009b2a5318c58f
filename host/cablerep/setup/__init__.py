"""Getting a board ready: flashing, checking and calibrating it."""
