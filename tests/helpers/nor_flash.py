"""Sectors of flash in memory, see cablerep_fw.storage.JournalLog, whose power fails after some operations."""

import random

from cablerep_fw.storage import PAGE, SECTOR


class PowerCut(Exception):
    """The board has no power any more."""


class NorFlash:
    """`count` sectors. After `cut_after` operations the next is half done and raises PowerCut."""

    def __init__(self, count: int = 12) -> None:
        self.size = count
        self.count = 0
        self.data = bytearray(b"\xff" * (count * SECTOR))
        self.operations = 0
        self.cut_after: int | None = None
        self.broken = False  # every write fails
        self.log: list[str] = []

    def prepare(self) -> None:
        """The sectors are there."""
        self.count = self.size

    def read(self, sector: int, offset: int, buffer: bytearray) -> None:
        """Fill `buffer`."""
        assert offset + len(buffer) <= SECTOR
        start = sector * SECTOR + offset
        buffer[:] = self.data[start : start + len(buffer)]

    def program(self, sector: int, offset: int, page: bytes) -> None:
        """Clear bits; when the power fails, some of them only."""
        assert offset % PAGE == 0 and len(page) == PAGE and offset < SECTOR
        cut = self._operate("program")
        start = sector * SECTOR + offset
        dice = random.Random(self.operations)
        for i, byte in enumerate(page):
            self.data[start + i] &= byte | (dice.randrange(256) if cut else 0)
        if cut:
            raise PowerCut

    def erase(self, sector: int) -> None:
        """Set all bits; when the power fails, those of some bytes only."""
        cut = self._operate("erase")
        dice = random.Random(self.operations)
        for i in range(sector * SECTOR, (sector + 1) * SECTOR):
            if not cut or dice.random() < 0.5:
                self.data[i] = 0xFF
        if cut:
            raise PowerCut

    def _operate(self, what: str) -> bool:
        if self.broken:
            raise OSError(5)
        self.log.append(what)
        self.operations += 1
        return self.cut_after is not None and self.operations > self.cut_after


__all__ = ["NorFlash", "PowerCut"]
