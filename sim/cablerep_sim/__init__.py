"""Simulator of cablerep: traces, the simulated athlete and machine, the virtual board."""
