"""The root of the project's one tree of errors, and the branches that grow in the simulator.

Every message is one line that says what happened, where, with which value, and what to do, because the command line
prints it as it is.
"""


class CablerepError(Exception):
    """Something a person can mend; anything else that is raised is a defect of the program."""


class TraceError(CablerepError):
    """A trace file that cannot be read or written as it stands."""


class SourceError(CablerepError, ValueError):
    """A virtual board that was asked for a scenario, a file or an option that does not exist."""


class PicoError(CablerepError):
    """An emulated Pico that cannot be started, or that ended by itself."""
