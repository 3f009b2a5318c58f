"""The flash of a virtual board's journal in a file: programming can only clear bits, erasing sets them all."""

import contextlib
from pathlib import Path

from cablerep_fw.storage import SECTOR

COUNT = 12  # sectors, as on a Pico


class FlashFile:
    """The sectors in the file at `path`, see cablerep_fw.storage.JournalLog. The file is created when it is needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0

    def prepare(self) -> None:
        """Create the file if necessary; without one `count` stays 0."""
        with contextlib.suppress(OSError):
            if not self.path.exists() or self.path.stat().st_size != COUNT * SECTOR:
                self.path.write_bytes(b"\xff" * (COUNT * SECTOR))
            self.count = COUNT

    def read(self, sector: int, offset: int, buffer: bytearray) -> None:
        """Fill `buffer` from `offset` in `sector` on."""
        with self.path.open("rb") as file:
            file.seek(sector * SECTOR + offset)
            buffer[:] = file.read(len(buffer))

    def program(self, sector: int, offset: int, page: bytes) -> None:
        """Clear the bits that are 0 in `page`."""
        with self.path.open("r+b") as file:
            file.seek(sector * SECTOR + offset)
            old = file.read(len(page))
            file.seek(sector * SECTOR + offset)
            file.write(bytes(a & b for a, b in zip(old, page, strict=True)))

    def erase(self, sector: int) -> None:
        """Set all bits."""
        with self.path.open("r+b") as file:
            file.seek(sector * SECTOR)
            file.write(b"\xff" * SECTOR)
