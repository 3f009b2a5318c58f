"""The host's branches of the project's one tree of errors; `cli.py` alone prints them.

The root lives in the simulator because sim must not import host; host code names this place.
"""

from cablerep_sim.errors import CablerepError, PicoError, SourceError, TraceError

__all__ = [
    "CablerepError",
    "CalibrationError",
    "FlashError",
    "HistoryError",
    "OutputError",
    "PicoError",
    "PortError",
    "ProfileError",
    "RecordingError",
    "SchemaMismatchError",
    "SettingError",
    "SourceError",
    "StoreError",
    "TraceError",
]


class PortError(CablerepError):
    """A serial port that cannot be found, chosen or opened."""


class FlashError(CablerepError):
    """A board that cannot be given its firmware."""


class HistoryError(CablerepError):
    """A set asked for that the store does not have."""


class SchemaMismatchError(CablerepError):
    """A board whose message table is not this program's."""


class CalibrationError(CablerepError):
    """Measured points that make no calibration."""


class SettingError(CablerepError):
    """A board that does not take or tell a setting."""


class StoreError(CablerepError):
    """A store that cannot be opened, read or written."""


class ProfileError(CablerepError):
    """An exercise profile that does not exist or cannot be used."""


class RecordingError(CablerepError):
    """A recording that cannot be made under the name given."""


class OutputError(CablerepError):
    """A report or an export that cannot be made or written."""
