"""cablerep's firmware: one version for board and host, read by both."""

__version__ = "0.1.0"
