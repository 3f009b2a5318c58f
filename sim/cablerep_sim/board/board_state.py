"""The flash of a virtual board: settings and journal in a folder, in the formats of the real one.

So that a virtual board that was killed comes back with the reps that nobody had fetched.
"""

import os
from pathlib import Path

from cablerep_fw.core.link import journal_record
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.settings import record as settings_record
from cablerep_fw.core.settings.settings import Settings

from ..errors import SourceError


class BoardState:
    """Files in `folder`, which is made where it is missing. Raises SourceError where it cannot be."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SourceError(f"{folder}: cannot keep a board's state there ({error.strerror}); name another") from None
        self.settings_path = folder / "cablerep.settings"
        self.journal_path = folder / "cablerep.journal"

    def load_settings(self, settings: Settings) -> str:
        """Put the saved settings into `settings`; return what is wrong with them, or nothing."""
        data = _read(self.settings_path)
        if data is None:
            return ""
        state = settings_record.load(data, settings)
        if state == settings_record.USED:
            return ""
        return f"settings file is {settings_record.WORDS[state]}: the defaults are used"

    def save_settings(self, settings: Settings) -> bool:
        """Write the settings; return whether that worked."""
        return _replace(self.settings_path, settings_record.dump(settings))

    def load_journal(self, journal: Journal) -> str:
        """Put the saved messages into `journal`; return what is wrong with them, or nothing."""
        data = _read(self.journal_path)
        if data is None:
            return ""
        state = journal_record.header_fault(data[: journal_record.HEADER])
        if state != journal_record.USED:
            return f"journal file is {journal_record.WORDS[state]}: what it held is lost"
        wanted = journal_record.messages(data)
        at = journal_record.HEADER
        loaded = 0
        for _ in range(wanted):
            length = journal_record.entry_length(data[at : at + 2]) if at + 2 <= len(data) else 0
            entry = data[at : at + length]
            if not length or len(entry) < length:
                break
            loaded += journal_record.load_entry(entry, journal)
            at += length
        return "" if loaded == wanted else f"journal file is damaged: {wanted - loaded} of its {wanted} reps are lost"

    def save_journal(self, journal: Journal) -> bool:
        """Write what `journal` keeps, no file for nothing; return whether that worked."""
        if not journal.kept:
            self.journal_path.unlink(missing_ok=True)
            return True
        header = bytearray(journal_record.HEADER)
        journal_record.dump_header(journal.kept, header)
        parts = [bytes(header)]
        entry = bytearray(journal_record.LARGEST_ENTRY)
        for i in range(journal.used):
            slot = (journal.tail + i) % journal.size
            if journal.ids[slot]:
                parts.append(bytes(entry[: journal_record.dump_entry(journal, slot, entry)]))
        return _replace(self.journal_path, b"".join(parts))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _replace(path: Path, data: bytes) -> bool:
    """Write aside and rename, so that a power cut leaves the old file or the new one."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        return False
    return True
