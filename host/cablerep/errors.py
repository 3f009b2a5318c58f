"""The host's errors; `cli/main.py` prints them as one line.

The root of the tree is in the simulator, which must not import the host. Host code imports it from here.
"""

from cablerep_sim.errors import CablerepError, PicoError, SourceError, TraceError

__all__ = [
    "CablerepError",
    "CalibrationError",
    "FlashError",
    "HistoryError",
    "LifterError",
    "OutputError",
    "PicoError",
    "PlanError",
    "PortError",
    "PreferenceError",
    "ProfileError",
    "RecordingError",
    "SchemaMismatchError",
    "SettingError",
    "SourceError",
    "StoreBusyError",
    "StoreError",
    "StoreReplacedError",
    "TraceError",
]


class PortError(CablerepError):
    """A serial port that cannot be found, chosen or opened."""


class FlashError(CablerepError):
    """A board on which the firmware cannot be installed."""


class HistoryError(CablerepError):
    """A set that is not in the store."""


class SchemaMismatchError(CablerepError):
    """A board with another message table."""


class CalibrationError(CablerepError):
    """Measured points that do not give a calibration."""


class SettingError(CablerepError):
    """A setting that a board does not report or accept."""


class StoreError(CablerepError):
    """A store that cannot be opened, read or written."""


class StoreBusyError(StoreError):
    """A store that another program has locked for longer than a commit takes."""


class StoreReplacedError(StoreError):
    """A store whose file was replaced or removed while it was open."""


class PreferenceError(CablerepError):
    """The file of preferences cannot be read, understood or written."""


class ProfileError(CablerepError):
    """An exercise profile that does not exist or is not valid."""


class RecordingError(CablerepError):
    """A recording that cannot be written under the given name."""


class OutputError(CablerepError):
    """A report or an export that cannot be made or written."""


class LifterError(CablerepError):
    """A name of a lifter that is unknown, taken or unusable."""


class PlanError(CablerepError):
    """A session plan that cannot be found or used."""
