"""The machine and its sensors, simulated."""
