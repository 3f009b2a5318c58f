"""The settings in flash: loaded at the start, saved when the host says so and no set is active.

What cannot be used falls back to the defaults, and says so.
"""

from ..core.compat import const
from ..core.settings import record as settings_record
from . import kept_file

PATH = "cablerep.settings"

# Bit of `faults`, as wire.FAULTS counts them.
UNUSABLE = const(1 << 5)


class SettingsFile:
    """The file at `path`. `note` is a sentence for a person about the last `load`, or empty."""

    def __init__(self, path=PATH):
        self.path = path
        self.faults = 0
        self.note = ""

    def load(self, settings):
        """Put the file's values into `settings`; return whether there was a file that could be used."""
        data = kept_file.read(self.path)
        if data is None:
            self.note = "no settings file yet: the defaults are used"
            return False
        state = settings_record.load(data, settings)
        if state == settings_record.USED:
            self.note = ""
            return True
        self.faults = UNUSABLE
        self.note = "settings file %s is %s: the defaults are used; set the calibration again and save it" % (
            self.path,
            settings_record.WORDS[state],
        )
        return False

    def save(self, settings):
        """Write the file; return whether it is there, whole, and reads back as it was written."""
        data = settings_record.dump(settings)
        if not kept_file.replace(self.path, lambda file: file.write(data)) or kept_file.read(self.path) != data:
            return False
        self.faults = 0
        return True
