"""The settings and the journal as files in flash. Each write leaves either the old file or the new one.

Written to a temporary file and renamed: littlefs renames over an existing file atomically, while removing the old file
first lost it in one of seven power cuts. A virtual board uses the same code on a folder of its computer.
"""

import os

from .core.compat import const
from .core.link import journal as journals
from .core.settings import settings as stored

SETTINGS_PATH = "cablerep.settings"
JOURNAL_PATH = "cablerep.journal"
NEW = ".new"  # suffix of the temporary file

# Bits of `faults`, numbered as in wire.FAULTS.
SETTINGS_UNUSABLE = const(1 << 5)
JOURNAL_UNUSABLE = const(1 << 8)

_rename = getattr(os, "replace", os.rename)  # CPython on Windows renames over an existing file only by `replace`


class SettingsFile:
    """The settings in the file at `path`. `note` says what the last `load` found wrong, for a person to read."""

    def __init__(self, path=SETTINGS_PATH):
        self.path = path
        self.faults = 0
        self.note = ""

    def load(self, settings):
        """Load the file into `settings`; return whether there was a usable file. Otherwise nothing changes."""
        data = _read(self.path)
        if data is None:
            self.note = "no settings file yet: the defaults are used"
            return False
        state = stored.load(data, settings)
        if state == stored.USED:
            self.note = ""
            return True
        self.faults = SETTINGS_UNUSABLE
        self.note = "settings file %s is %s: the defaults are used; set the calibration again and save it" % (
            self.path,
            stored.STATES[state],
        )
        return False

    def save(self, settings):
        """Write the file and read it back; return whether both worked. Not during a set."""
        data = stored.dump(settings)
        if not _replace(self.path, lambda file: file.write(data)) or _read(self.path) != data:
            return False
        self.faults = 0
        return True


class JournalFile:
    """The journal in the file at `path`. `note` says what the last `load` found wrong, for a person to read."""

    def __init__(self, path=JOURNAL_PATH):
        self.path = path
        self.faults = 0
        self.note = ""
        self._entry = bytearray(journals.MAX_ENTRY)
        self._header = bytearray(journals.HEADER)

    def load(self, journal):
        """Add the file's messages to `journal`; return how many. A damaged file gives back every undamaged message."""
        self.note = ""
        try:
            file = open(self.path, "rb")
        except OSError:
            return 0  # no file: the journal was empty
        with file:
            header = file.read(journals.HEADER)
            state = journals.header_state(header)
            if state != journals.USED:
                self._report("%s: its messages are lost" % journals.STATES[state])
                return 0
            count = journals.message_count(header)
            loaded = self._load_entries(file, count, journal)
        if loaded != count:
            self._report("damaged: %d of its %d messages are lost" % (count - loaded, count))
        return loaded

    def save(self, journal):
        """Write every unacknowledged message; return whether that worked. An empty journal removes the file.

        One message at a time: the whole journal would be 25 KiB of heap. Not during a set.
        """
        if not journal.kept:
            _remove(self.path)
            return True
        return _replace(self.path, lambda file: self._write(file, journal))

    def _load_entries(self, file, count, journal):
        loaded = 0
        for _ in range(count):
            start = file.read(2)
            length = journals.entry_length(start) if len(start) == 2 else 0
            if not length:
                break  # without a valid length the next entry cannot be found
            entry = bytearray(start + file.read(length - 2))
            if len(entry) == length and journals.load_entry(entry, journal):
                loaded += 1
        return loaded

    def _write(self, file, journal):
        journals.dump_header(journal.kept, self._header)
        file.write(self._header)
        entry = memoryview(self._entry)
        for i in range(journal.used):
            slot = (journal.tail + i) % journal.size
            if journal.ids[slot]:
                file.write(entry[: journals.dump_entry(journal, slot, self._entry)])

    def _report(self, problem):
        self.faults = JOURNAL_UNUSABLE
        self.note = "journal file %s is %s" % (self.path, problem)


def _read(path):
    """Return the bytes of the file, or None if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _replace(path, write):
    """Replace the file at `path` by what `write(file)` writes; return whether that worked.

    On a board, erasing flash stops interrupts for some 45 ms a sector. If the file system is full the old file stays.
    """
    try:
        with open(path + NEW, "wb") as file:
            write(file)
        _rename(path + NEW, path)
        return True
    except OSError:
        _remove(path + NEW)
        return False


def _remove(path):
    """Remove the file at `path` if there is one."""
    try:
        os.remove(path)
    except OSError:
        return
