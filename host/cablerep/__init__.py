"""Host side of cablerep: command line, live screen, store."""

from cablerep_fw import __version__

__all__ = ["__version__"]
