"""The journal in flash, written between sets, so that a power cut loses nothing of a finished set.

Message by message, because the whole journal in one piece would be 25 KiB of heap.
"""

from ..core.compat import const
from ..core.link import journal_record
from . import kept_file

PATH = "cablerep.journal"

# Bit of `faults`, as wire.FAULTS counts them.
UNUSABLE = const(1 << 8)


class JournalFile:
    """The file at `path`. `note` is a sentence for a person about the last `load`, or empty."""

    def __init__(self, path=PATH):
        self.path = path
        self.faults = 0
        self.note = ""
        self._entry = bytearray(journal_record.LARGEST_ENTRY)
        self._header = bytearray(journal_record.HEADER)

    def load(self, journal):
        """Put the file's messages into `journal`; return how many. What is whole in a damaged file is used."""
        self.note = ""
        try:
            file = open(self.path, "rb")
        except OSError:
            return 0  # no journal: nothing was kept
        with file:
            header = file.read(journal_record.HEADER)
            state = journal_record.header_fault(header)
            if state != journal_record.USED:
                self._spoilt("%s: what it held is lost" % journal_record.WORDS[state])
                return 0
            wanted = journal_record.messages(header)
            loaded = self._load_entries(file, wanted, journal)
        if loaded != wanted:
            self._spoilt("damaged: %d of its %d messages are lost" % (wanted - loaded, wanted))
        return loaded

    def save(self, journal):
        """Write all that is not acknowledged; return whether the file is there. An empty journal removes it."""
        if not journal.kept:
            kept_file.remove(self.path)
            return True
        return kept_file.replace(self.path, lambda file: self._write(file, journal))

    def _load_entries(self, file, wanted, journal):
        loaded = 0
        for _ in range(wanted):
            start = file.read(2)
            length = journal_record.entry_length(start) if len(start) == 2 else 0
            if not length:
                break  # where this one ends is unknown, and so is where the next begins
            entry = bytearray(start + file.read(length - 2))
            if len(entry) == length and journal_record.load_entry(entry, journal):
                loaded += 1
        return loaded

    def _write(self, file, journal):
        journal_record.dump_header(journal.kept, self._header)
        file.write(self._header)
        entry = memoryview(self._entry)
        for i in range(journal.used):
            slot = (journal.tail + i) % journal.size
            if journal.ids[slot]:
                file.write(entry[: journal_record.dump_entry(journal, slot, self._entry)])

    def _spoilt(self, what):
        self.faults = UNUSABLE
        self.note = "journal file %s is %s" % (self.path, what)
