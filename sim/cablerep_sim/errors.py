"""The root of the project's error tree, and the simulator's branches of it.

The command line prints a message as it is, so each is one line: what happened, where, with which value, and what to do.
"""


class CablerepError(Exception):
    """An error that the user can fix; any other exception is a bug."""


class TraceError(CablerepError):
    """A trace file that cannot be read or written."""


class SourceError(CablerepError, ValueError):
    """A virtual board was asked for a scenario, file or option that does not exist."""


class PicoError(CablerepError):
    """An emulated Pico that cannot start, or that stopped unexpectedly."""
