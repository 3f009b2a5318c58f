"""The sectors of the journal in a Pico's flash: files of one block each, which are then programmed past littlefs.

littlefs would erase a block for each append. It never reads or moves the data of a file that is only looked at, and a
file of one block has no pointers in it, so what is in the block is ours. Where the block is, a random tag at its end
says: it is looked for in the whole file system.
"""

import os

import rp2

from ...core.compat import const

_COUNT = const(12)  # some 400 messages
_BLOCK = const(4096)
_PAGE = const(256)
_TAG = const(16)  # bytes at the end of a block
_TAG_AT = const(4080)
_LAST_PAGE = const(3840)
_PATH = "cablerep.journal%02d"
_MARK = b"cblT"

_BLOCK_COUNT = const(4)  # requests to a block device
_ERASE = const(6)


class Sectors:
    """See storage.JournalLog. `count` is 0 until `prepare` has found or made all of them."""

    def __init__(self):
        self.count = 0
        self._flash = rp2.Flash()
        self._blocks = []
        self._tags = []

    def prepare(self):
        """Find the sectors, and make those that are missing; nothing if the file system has no room for them."""
        if self.count:
            return
        try:
            tags = [_read_tag(_PATH % i) or _make(_PATH % i) for i in range(_COUNT)]
            blocks = self._find(tags)
            for i in range(_COUNT):
                if blocks[i] < 0:  # a file that was copied has its tag twice
                    tags[i] = _make(_PATH % i)
            blocks = self._find(tags)
        except OSError:
            return
        if min(blocks) >= 0:
            self._blocks = blocks
            self._tags = tags
            self.count = _COUNT

    def read(self, sector, offset, buffer):
        """Fill `buffer` from `offset` in `sector` on."""
        self._flash.readblocks(self._blocks[sector], buffer, offset)

    def program(self, sector, offset, page):
        """Clear the bits of a page that are 0 in `page`. Stops interrupts for less than a millisecond."""
        self._flash.writeblocks(self._blocks[sector], page, offset)

    def erase(self, sector):
        """Set all bits but those of the tag. Stops interrupts for some 45 ms."""
        page = bytearray(b"\xff" * _PAGE)
        page[_PAGE - _TAG :] = self._tags[sector]
        self._flash.ioctl(_ERASE, self._blocks[sector])
        self._flash.writeblocks(self._blocks[sector], page, _LAST_PAGE)

    def _find(self, tags):
        """Return the block of each tag, -1 for one that is not there exactly once."""
        found = {}
        tag = bytearray(_TAG)
        for block in range(self._flash.ioctl(_BLOCK_COUNT, 0) or 0):
            self._flash.readblocks(block, tag, _TAG_AT)
            if tag[:4] == _MARK:
                key = bytes(tag)
                found[key] = -1 if key in found else block
        return [found.get(tag, -1) for tag in tags]


def _read_tag(path):
    """Return the tag of the file at `path`, or None if it has none, as after a power cut while it was erased."""
    try:
        with open(path, "rb") as file:
            file.seek(_TAG_AT)
            tag = file.read()
    except OSError:
        return None
    return tag if len(tag) == _TAG and tag[:4] == _MARK else None


def _make(path):
    """Write a new file with a new tag, which is returned."""
    tag = _MARK + os.urandom(_TAG - 4)
    with open(path, "wb") as file:
        blank = b"\xff" * _PAGE
        for _ in range(_BLOCK // _PAGE - 1):
            file.write(blank)
        file.write(blank[:-_TAG] + tag)
    return tag
