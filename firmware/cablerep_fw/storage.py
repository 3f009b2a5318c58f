"""What a board keeps in flash: the settings as a file, the journal as a log in sectors of its own.

The settings are written to a temporary file that is renamed: littlefs renames over an existing file atomically, while
removing the old file first lost it in one of seven power cuts. The journal cannot be a file: littlefs erases a sector
each time a file grows, which stops interrupts for 45 ms. A virtual board uses the same code.
"""

import os
from struct import pack_into

from .core.compat import const, micropython, ptr8
from .core.link import journal as journals
from .core.link.frames import crc16
from .core.settings import settings as stored

SETTINGS_PATH = "cablerep.settings"
NEW = ".new"  # suffix of the temporary file

SECTOR = const(3840)  # bytes of a sector that hold messages; the last of its 16 pages is for whoever provides it
PAGE = const(256)  # bytes that are programmed together
MAGIC = b"cblL"
VERSION = const(1)  # of the log's form; the messages in it have no version, see core.link.journal
_HEADER = const(12)  # bytes at the start of a sector: magic, version, state, its number, CRC of these in state ERASED
_PATIENCE = const(30)
_STATE = const(5)  # index of the state: ERASED while the sector is in use
_DISCARDED = const(0)
_TORN = const(0)  # id of an entry that a power cut tore
_SPARE = const(3)  # sectors to have free at the end of a set: 100 messages and more

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


class JournalLog:
    """The journal in flash: a log of messages that is only appended to, so that a power cut loses none before the cut.

    `sectors` is the flash: `count` sectors of SECTOR bytes, with `prepare()`, `read(sector, offset, buffer)`,
    `program(sector, offset, buffer)`, which can only clear bits and takes one page, and `erase(sector)`. The last three
    raise OSError. Programming a page takes less than a millisecond, erasing a sector some 45 ms without interrupts.
    `note` says what the last `load` found wrong, for a person to read.
    """

    def __init__(self, sectors, old_path="cablerep.journal"):
        """`old_path` is where firmware 0.1 had its journal, see old_journal."""
        self.faults = 0
        self.note = ""
        self._old_path = old_path
        self._sectors = sectors
        self._page = bytearray(PAGE)
        self._order = []  # sectors in use, oldest first
        self._unusable = []  # sectors that cannot be read, or belong to newer firmware
        self._number = 0  # sequence number of the newest sector in use
        self._end = SECTOR  # next free byte in it
        self._torn = -1
        self._failing = False
        self._patience = 0  # calls of `tidy` before sectors are asked for again

    def load(self, journal):
        """Add all messages to `journal`; return how many. Damage costs the damaged messages only.

        Erases sectors whose erasure a power cut interrupted, so call it before sampling starts.
        """
        page = self._page
        found = []
        self._sectors.prepare()
        for sector in range(self._sectors.count):
            try:
                number = self._header(sector)
                if number:
                    found.append((number, sector))
                elif not self._is_blank(sector):
                    self._sectors.erase(sector)
            except OSError:
                self._unusable.append(sector)
        found.sort()
        loaded = damaged = 0
        for number, sector in found:
            self._number = number
            self._order.append(sector)
            more, torn, self._end = self._scan(sector, lambda at: journals.load_entry(page, at, journal))
            loaded += more
            damaged += torn
        self._mark_torn()
        if damaged:
            self.faults = JOURNAL_UNUSABLE
            self.note = "the journal in flash is damaged: some of its messages are lost"
        journal.saved = journal.used
        journal.lost = 0  # what did not fit had been acknowledged, as far as can be known
        self._move_old(journal)
        return loaded

    def _move_old(self, journal):
        try:
            os.stat(self._old_path)
        except OSError:
            return
        from . import old_journal

        self.note = old_journal.move(self, journal, self._old_path) or self.note

    def append(self, journal):
        """Write unsaved messages of `journal`, one page at most; return whether that worked."""
        slot = journal.next_unsaved()
        if slot < 0:
            return True
        start, first = self._open_page(journal.lengths[slot])
        if start < 0:
            return self._fail()
        at = first
        saved = journal.saved
        while slot >= 0 and at + journal.lengths[slot] + journals.OVERHEAD <= PAGE:
            at = journals.dump_entry(journal, slot, self._page, at)
            journal.mark_saved()
            slot = journal.next_unsaved()
        if self._program(start, first, at):
            return True
        journal.saved = saved
        return self._fail()

    def tidy(self, journal):
        """Erase one sector that is no longer needed, if there is one. Only while the cable rests, about once a second.

        Once every message is acknowledged, all sectors are erased, one a call. If space runs out before that, the
        messages of the oldest sector that are not acknowledged are first written again.
        """
        if not self._sectors.count:
            self._prepare(journal)
        order = self._order
        if not order or (journal.kept and len(order) + _SPARE <= self._sectors.count - len(self._unusable)):
            return
        sector = order[0]
        if journal.kept and not self._copy(sector, journal):
            self._fail()
            return
        page = self._page
        _clear(self._page)
        page[_STATE] = _DISCARDED  # whatever a power cut leaves of it is not damage
        try:
            self._sectors.program(sector, 0, page)
            self._sectors.erase(sector)
        except OSError:
            self._fail()
            return
        order.pop(0)
        if not order:
            self._end = SECTOR

    def _prepare(self, journal):
        """Try now and then to get sectors, once there is something to write: the file system may have been full."""
        if journal.next_unsaved() >= 0:
            self._patience -= 1
            if self._patience < 0:
                self._patience = _PATIENCE
                self._sectors.prepare()

    def clear(self):
        """Clear the fault; it returns if writing still fails."""
        self.faults = 0
        self.note = ""
        self._failing = False

    def _copy(self, sector, journal):
        """Append the messages of `sector` that are not acknowledged; return whether that worked."""
        slots = []
        page = self._page

        def look(at):
            slot = journal.find(_word(page, at + 2), _word(page, at + 6))
            if slot >= 0:
                slots.append(slot)

        self._scan(sector, look)
        for slot in slots:
            start, first = self._open_page(journal.lengths[slot])
            if start < 0:
                return False
            if not self._program(start, first, journals.dump_entry(journal, slot, page, first)):
                return False
        return True

    def _header(self, sector):
        """Return the sequence number of a sector in use, 0 for any other. Raises OSError for one of newer firmware."""
        page = self._page
        self._sectors.read(sector, 0, page)
        state = page[_STATE]
        page[_STATE] = journals.ERASED
        if bytes(page[:4]) != MAGIC or state != journals.ERASED:
            return 0
        if crc16(page, 0, _HEADER - 2) != page[_HEADER - 2] | page[_HEADER - 1] << 8:
            return 0
        if page[4] > VERSION:
            self.note = "the journal in flash belongs to newer firmware, which must be installed to read it"
            raise OSError
        return _word(page, 6)

    def _is_blank(self, sector):
        for start in range(0, SECTOR, PAGE):
            self._sectors.read(sector, start, self._page)
            if not _is_blank(self._page, 0):
                return False
        return True

    def _scan(self, sector, use):
        """Call `use(offset in the page buffer)` for each undamaged entry of `sector`.

        Returns the number of entries, how many pages hold a damaged one, and where the next entry goes. An entry that
        a power cut tore is no damage: it is the last one, or was marked at the start that followed.
        """
        page = self._page
        count = damaged = 0
        torn = False
        self._torn = -1
        end = SECTOR
        at = _HEADER
        for start in range(0, SECTOR, PAGE):
            self._sectors.read(sector, start, page)
            if _is_blank(page, at):
                end = min(end, start + at)
                break
            damaged += torn
            torn = False
            self._torn = -1
            while at < PAGE and page[at] != journals.ERASED:
                stop = journals.entry_end(page, at, PAGE)
                if not stop:
                    break
                use(at)
                count += 1
                at = stop
            end = start + at
            torn = not _is_blank(page, at)
            if torn:
                if at + 1 < PAGE and page[at + 1] == _TORN:
                    torn = False
                else:
                    self._torn = end
                end = start + PAGE
            at = 0
        return count, damaged, end

    def _mark_torn(self):
        """Mark the entry that a power cut tore, if the last scan ended with one."""
        if self._torn < 0:
            return
        _clear(self._page)
        at = self._torn % PAGE
        if at + 1 < PAGE:
            self._page[at + 1] = _TORN
            try:
                self._sectors.program(self._order[-1], self._torn - at, self._page)
            except OSError:
                return

    def _open_page(self, length):
        """Clear the page buffer, for an entry with a message of `length` bytes.

        Returns where the page is in the newest sector, -1 if there is no room, and where the entry is in the page.
        """
        _clear(self._page)
        at = self._end % PAGE
        if at + length + journals.OVERHEAD > PAGE:
            self._end += PAGE - at
            at = 0
        if self._end < SECTOR:
            return self._end - at, at
        for sector in range(self._sectors.count):
            if sector not in self._order and sector not in self._unusable:
                break
        else:
            return -1, 0
        self._number += 1
        self._order.append(sector)
        self._end = 0
        page = self._page
        pack_into("<4sBBI", page, 0, MAGIC, VERSION, journals.ERASED, self._number)
        pack_into("<H", page, _HEADER - 2, crc16(page, 0, _HEADER - 2))
        return 0, _HEADER

    def _program(self, start, first, end):
        """Write the page buffer with its entries from `first` to `end` at `start`; return whether it is there."""
        page = self._page
        sector = self._order[-1]
        if self._end == 0:
            first = 0  # the sector's header too
        written = bytes(page[first:end])
        self._end = start + end
        try:
            self._sectors.program(sector, start, page)
            self._sectors.read(sector, start, page)
        except OSError:
            page[first] ^= 1
        if bytes(page[first:end]) != written:
            self._end = start + PAGE  # whatever is there now is passed over
            if not first:
                self._order.pop()
                self._unusable.append(sector)
                self._end = SECTOR
            return False
        if self._failing:
            self._failing = False
            self.faults = JOURNAL_UNUSABLE if self.note else 0
        return True

    def _fail(self):
        self._failing = True
        self.faults = JOURNAL_UNUSABLE
        return False


@micropython.viper
def _clear(page: ptr8):
    for i in range(PAGE):
        page[i] = 0xFF


@micropython.viper
def _is_blank(page: ptr8, at: int) -> int:
    while at < PAGE:
        if page[at] != 0xFF:
            return 0
        at += 1
    return 1


def _word(data, at):
    """Return the 32-bit word at `data[at]`."""
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24


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
