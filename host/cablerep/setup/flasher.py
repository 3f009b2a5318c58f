"""Updates a board's files: compare hashes, write what differs under a temporary name, verify, rename.

main.py is removed first and written last, so a board unplugged halfway stays at the REPL and the next run finishes.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import FlashError
from .firmware_image import MAIN, ROOT, BoardFile, MpyFormat
from .raw_repl import ReplError

OLDEST = (1, 26)  # first MicroPython with hard timers on the RP2 port

_TEMPORARY = ".new"
_BLOCK = 4096  # bytes; a littlefs block of the RP2 port, the smallest file
_SPARE_BLOCKS = 4  # for directories and the temporary file

_IDENTIFY = """\
import os, sys
f = os.statvfs('/')
print(repr((sys.platform, tuple(sys.implementation.version[:3]), getattr(sys.implementation, '_mpy', 0),
            sys.implementation._machine, f[0] * f[3])))
"""


class Repl(Protocol):
    """What the flasher needs from a board's REPL; raw_repl.RawRepl implements it."""

    def run(self, code: str) -> str: ...
    def files(self, folder: str) -> list[tuple[str, int]]: ...
    def sha256(self, path: str) -> str: ...
    def write(self, path: str, data: bytes, progress: Callable[[int], None]) -> None: ...
    def make_folder(self, path: str) -> None: ...
    def remove(self, path: str) -> None: ...
    def rename(self, old: str, new: str) -> None: ...


@dataclass(frozen=True, slots=True)
class BoardKind:
    """The kind of board and its MicroPython."""

    port: str
    micropython: tuple[int, ...]
    mpy: MpyFormat
    machine: str
    free: int  # bytes of the file system

    @property
    def version(self) -> str:
        """MicroPython's version, such as 1.26.1."""
        return ".".join(map(str, self.micropython))


@dataclass(frozen=True, slots=True)
class FlashPlan:
    """The files to write and to remove, and how many are already up to date."""

    send: tuple[BoardFile, ...]
    remove: tuple[str, ...]
    equal: int

    @property
    def size(self) -> int:
        """Bytes to send."""
        return sum(len(file.data) for file in self.send)


def identify(repl: Repl) -> BoardKind:
    """Return the kind of board. Raises FlashError if this firmware does not run on it."""
    port, version, mpy, machine, free = _literal(repl.run(_IDENTIFY))
    kind = BoardKind(port, tuple(version), MpyFormat.of_board(mpy), machine, free)
    if kind.micropython[:2] < OLDEST:
        raise FlashError(
            f"the board has MicroPython {kind.version}, cablerep needs {OLDEST[0]}.{OLDEST[1]} or newer; get it from "
            "micropython.org and copy it to the board's drive"
        )
    return kind


def make_plan(repl: Repl, files: Sequence[BoardFile], free: int) -> FlashPlan:
    """Compare the board's files with `files`. Raises FlashError if they do not fit into `free` bytes."""
    sizes = dict(_ours(repl))
    wanted = {file.path for file in files}
    # A source beside its compiled file would be imported instead of it.
    remove = tuple(sorted(path for path in sizes if path not in wanted))
    changed = {file.path for file in files if file.path not in sizes or repl.sha256(file.path) != file.sha256}
    if changed or remove:
        changed.add(MAIN)  # removed first, so it must be written again
    send = tuple(file for file in files if file.path in changed)
    plan = FlashPlan(send, remove, len(files) - len(send))
    freed = sum(_blocks(sizes[path]) for path in remove)
    freed += sum(_blocks(sizes[file.path]) for file in send if file.path in sizes)
    needed = sum(_blocks(len(file.data)) for file in send)
    if send and needed + _SPARE_BLOCKS * _BLOCK > free + freed:
        raise FlashError(_full(needed + _SPARE_BLOCKS * _BLOCK - freed, free))
    return plan


def carry_out(repl: Repl, plan: FlashPlan, progress: Callable[[int], None]) -> None:
    """Write and remove what `plan` lists. Raises FlashError; run again, it continues where it stopped."""
    if not plan.send and not plan.remove:
        return
    try:
        repl.remove(MAIN)  # from here on the board starts no application
        for path in plan.remove:
            repl.remove(path)
        _make_folders(repl, plan.send)
        for file in sorted(plan.send, key=lambda file: file.path == MAIN):
            _send(repl, file, progress)
    except ReplError as error:
        if error.disk_full:
            raise FlashError(_full(plan.size, None)) from None
        raise


def verify(repl: Repl, files: Sequence[BoardFile]) -> None:
    """Compare every hash again. Raises FlashError if the board's files differ from `files`."""
    there = {path for path, _ in _ours(repl)}
    wrong = sorted(file.path for file in files if file.path not in there or repl.sha256(file.path) != file.sha256)
    if wrong:
        raise FlashError(f"files on the board are damaged ({', '.join(wrong)}); run the command again")


def _ours(repl: Repl) -> list[tuple[str, int]]:
    """Return (path, size) of main.py and of all files in the package's folder."""
    return [*repl.files(ROOT), *(file for file in repl.files("") if file[0] in (MAIN, MAIN + _TEMPORARY))]


def _send(repl: Repl, file: BoardFile, progress: Callable[[int], None]) -> None:
    temporary = file.path + _TEMPORARY
    repl.write(temporary, file.data, progress)
    if repl.sha256(temporary) != file.sha256:
        raise FlashError(f"{file.path} arrived damaged; run the command again")
    repl.rename(temporary, file.path)


def _make_folders(repl: Repl, files: Sequence[BoardFile]) -> None:
    folders: dict[str, None] = {}
    for file in files:
        parts = file.path.split("/")[:-1]
        folders |= dict.fromkeys("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    for folder in folders:
        repl.make_folder(folder)


def _blocks(size: int) -> int:
    """Return the bytes that a file of `size` bytes takes on the board."""
    return -(-size // _BLOCK) * _BLOCK


def _literal(line: str) -> Any:
    try:
        return ast.literal_eval(line.strip())
    except (SyntaxError, ValueError):
        raise FlashError(f"the board answered {line.strip()[:60]!r}; unplug it, plug it in and try again") from None


def _full(needed: int, free: int | None) -> str:
    has = "is full" if free is None else f"has {free // 1024} KiB free"
    return (
        f"the board's file system {has}, the firmware needs {-(-needed // 1024)} KiB; remove files with 'mpremote rm', "
        "or start with an empty file system"
    )
