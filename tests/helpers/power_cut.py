"""A littlefs in memory, as on the Pico's flash, whose power fails after a chosen number of block operations."""

import os
import random
from typing import Any

from littlefs import LittleFS, LittleFSError, lfs
from littlefs.context import UserContext

BLOCK = 4096  # a sector of the Pico's flash
PAGE = 256
MOST = 1 << 20  # bytes a `read()` brings
_IO_ERROR = -5


class PowerCut(Exception):
    """The board has no power any more."""


class Flash(UserContext):
    """Blocks in memory; after `cut_after` more programs and erases the next is done by half and the board is `dead`."""

    def __init__(self, blocks: int) -> None:
        super().__init__(buffer=bytearray(b"\xff" * BLOCK * blocks))
        self.operations = 0
        self.cut_after: int | None = None
        self.dead = False
        self.dice: random.Random | None = None

    def prog(self, cfg: Any, block: int, off: int, data: bytes) -> int:
        start = block * cfg.block_size + off
        return self.change(start, bytes(data))

    def erase(self, cfg: Any, block: int) -> int:
        return self.change(block * cfg.block_size, b"\xff" * cfg.block_size)

    def change(self, start: int, data: bytes) -> int:
        """Write `data`; when the power fails, the first half of it, or with `dice` a random choice of its bytes."""
        if self.dead:
            return _IO_ERROR
        if self.operations == self.cut_after:
            self.dead = True
            if self.dice is None:
                data = data[: len(data) // 2]
            else:
                share = self.dice.random()
                old = self.buffer[start : start + len(data)]
                data = bytes(b if self.dice.random() < share else a for a, b in zip(old, data, strict=True))
        self.operations += 1
        self.buffer[start : start + len(data)] = data
        return _IO_ERROR if self.dead else 0


class Disk:
    """What the firmware's `os` and `open` are on a board: a file system on `flash`."""

    def __init__(self, flash: Flash, fresh: bool = False) -> None:
        self.flash = flash
        self.fs = LittleFS(
            context=flash,
            mount=False,
            block_size=BLOCK,
            block_count=len(flash.buffer) // BLOCK,
            read_size=PAGE,
            prog_size=PAGE,
            cache_size=PAGE,
            lookahead_size=32,
        )
        if fresh:
            self.fs.format()
        self.fs.mount()

    def install(self, storage: Any) -> None:
        """Let the firmware's module `storage` work on this disk; `uninstall` ends it."""
        storage.open, storage.os = self.open, self
        storage._rename = lambda old, new: self.rename(old, new)

    def open(self, path: str, mode: str = "r") -> Any:
        # By littlefs's own calls: a Python file object closes itself again when it is collected, after the power went.
        return _File(self._do(lfs.file_open, self.fs.fs, path, mode, "utf-8"), self)

    def stat(self, path: str) -> Any:
        return self._do(self.fs.stat, path)

    def rename(self, old: str, new: str) -> None:
        self._do(self.fs.rename, old, new)

    def remove(self, path: str) -> None:
        self._do(self.fs.remove, path)

    def _do(self, call: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return call(*arguments, **options)
        except LittleFSError as error:
            raise OSError(-error.code, str(error)) from None
        finally:
            if self.flash.dead:
                raise PowerCut


def uninstall(storage: Any) -> None:
    """Let the firmware's module `storage` work on this computer's files again."""
    storage.open, storage.os, storage._rename = open, os, os.replace


class RawFlash:
    """`rp2.Flash()`: the blocks under the file system. Programming can only clear bits."""

    def __init__(self, flash: Flash) -> None:
        self.flash = flash

    def ioctl(self, request: int, argument: int) -> int:
        if request == 4:
            return len(self.flash.buffer) // BLOCK
        assert request == 6
        self._change(argument * BLOCK, b"\xff" * BLOCK)
        return 0

    def readblocks(self, block: int, buffer: bytearray, offset: int) -> None:
        start = block * BLOCK + offset
        buffer[:] = self.flash.buffer[start : start + len(buffer)]

    def writeblocks(self, block: int, page: bytes, offset: int) -> None:
        assert len(page) == PAGE and offset % PAGE == 0
        start = block * BLOCK + offset
        old = self.flash.buffer[start : start + PAGE]
        self._change(start, bytes(a & b for a, b in zip(old, page, strict=True)))

    def _change(self, start: int, data: bytes) -> None:
        self.flash.change(start, data)
        if self.flash.dead:
            raise PowerCut


class _File:
    def __init__(self, file: Any, disk: Disk) -> None:
        self.file = file
        self.disk = disk

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is not PowerCut:
            self.disk._do(lfs.file_close, self.disk.fs.fs, self.file)

    def read(self, count: int = MOST) -> bytes:
        return self.disk._do(lfs.file_read, self.disk.fs.fs, self.file, count)

    def seek(self, offset: int) -> None:
        self.disk._do(lfs.file_seek, self.disk.fs.fs, self.file, offset, 0)

    def write(self, data: bytes) -> int:
        return self.disk._do(lfs.file_write, self.disk.fs.fs, self.file, bytes(data))
