"""The simulated machine and its sensors."""
