"""The virtual board: the firmware's own loop behind a port."""
