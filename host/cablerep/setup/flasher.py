"""Brings a board's files to this version: compare by hash, write what differs aside, check, rename.

main.py goes first and comes last, so a board that is unplugged half-way stays in the REPL and the next run mends it.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import FlashError
from .firmware_image import MAIN, ROOT, BoardFile, MpyFormat
from .raw_repl import ReplError

OLDEST = (1, 26)  # MicroPython with hard timers on the RP2 port

_ASIDE = ".new"
_BLOCK = 4096  # bytes; a littlefs block of the RP2 port, the least that a file takes
_SPARE_BLOCKS = 4  # for directories and the file that is written aside

# Prints what the board is.
_IDENTIFY = """\
import os, sys
f = os.statvfs('/')
print(repr((sys.platform, tuple(sys.implementation.version[:3]), getattr(sys.implementation, '_mpy', 0),
            sys.implementation._machine, f[0] * f[3])))
"""

# Prints path, size and hash of main.py and of all below the package's folder.
_HASHES = (
    """\
import binascii, hashlib, os
def tell(path):
    h = hashlib.sha256()
    n = 0
    with open(path, 'rb') as f:
        while True:
            b = f.read(512)
            if not b:
                break
            n += len(b)
            h.update(b)
    print(repr((path, n, binascii.hexlify(h.digest()).decode())))
def walk(folder):
    for entry in os.ilistdir(folder):
        path = folder + '/' + entry[0]
        if entry[1] & 0x4000:
            walk(path)
        else:
            tell(path)
for entry in os.ilistdir('/'):
    if entry[0] == '{root}' and entry[1] & 0x4000:
        walk('{root}')
    elif entry[0] in ('{main}', '{main}{aside}'):
        tell(entry[0])
""".replace("{root}", ROOT)
    .replace("{main}", MAIN)
    .replace("{aside}", _ASIDE)
)

_MAKE_FOLDER = """\
import os
try:
    os.mkdir({path!r})
except OSError as e:
    if e.args[0] != 17:
        raise
"""

_PUT_IN_PLACE = """\
import binascii, hashlib, os
h = hashlib.sha256()
with open({aside!r}, 'rb') as f:
    while True:
        b = f.read(512)
        if not b:
            break
        h.update(b)
d = binascii.hexlify(h.digest()).decode()
if d == {digest!r}:
    os.rename({aside!r}, {path!r})
print(d)
"""


class Repl(Protocol):
    """What the flasher needs of a board's REPL; raw_repl.RawRepl has it."""

    def run(self, code: str) -> str: ...

    def write(self, path: str, data: bytes, progress: Callable[[int], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class BoardKind:
    """What is plugged in."""

    port: str
    micropython: tuple[int, ...]
    mpy: MpyFormat
    machine: str
    free: int  # bytes of its file system

    @property
    def version(self) -> str:
        """MicroPython's version as people write it."""
        return ".".join(map(str, self.micropython))


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done to a board, in bytes and files."""

    send: tuple[BoardFile, ...]
    remove: tuple[str, ...]
    equal: int

    @property
    def size(self) -> int:
        """Bytes to send."""
        return sum(len(file.data) for file in self.send)


def identify(repl: Repl) -> BoardKind:
    """Say what the board is. Raises FlashError where this firmware does not run on it."""
    port, version, mpy, machine, free = _literal(repl.run(_IDENTIFY))
    kind = BoardKind(port, tuple(version), MpyFormat.of_board(mpy), machine, free)
    if kind.micropython[:2] < OLDEST:
        raise FlashError(
            f"the board has MicroPython {kind.version}, cablerep needs {OLDEST[0]}.{OLDEST[1]} or newer; get it from "
            "micropython.org and copy it to the board's drive"
        )
    return kind


def make_plan(repl: Repl, files: Sequence[BoardFile], free: int) -> Plan:
    """Compare the board's files with `files`. Raises FlashError where they do not fit into `free` bytes."""
    there = {path: (size, digest) for path, size, digest in map(_literal, repl.run(_HASHES).splitlines())}
    wanted = {file.path for file in files}
    # A source beside its compiled file would be imported in its place.
    remove = tuple(sorted(path for path in there if path not in wanted))
    changed = {file.path for file in files if there.get(file.path, (0, ""))[1] != file.sha256}
    if changed or remove:
        changed.add(MAIN)  # it is taken away first, so it must come again
    send = tuple(file for file in files if file.path in changed)
    plan = Plan(send, remove, len(files) - len(send))
    freed = sum(_blocks(there[path][0]) for path in remove)
    freed += sum(_blocks(there[file.path][0]) for file in send if file.path in there)
    needed = sum(_blocks(len(file.data)) for file in send)
    if send and needed + _SPARE_BLOCKS * _BLOCK > free + freed:
        raise FlashError(_full(needed + _SPARE_BLOCKS * _BLOCK - freed, free))
    return plan


def carry_out(repl: Repl, plan: Plan, progress: Callable[[int], None]) -> None:
    """Make the board's files what `plan` wants. Raises FlashError; run again, it goes on where it ended."""
    if not plan.send and not plan.remove:
        return
    try:
        _remove(repl, MAIN)  # from here on the board starts no application
        for path in plan.remove:
            _remove(repl, path)
        _make_folders(repl, plan.send)
        for file in sorted(plan.send, key=lambda file: file.path == MAIN):
            _send(repl, file, progress)
    except ReplError as error:
        if error.disk_full:
            raise FlashError(_full(plan.size, None)) from None
        raise


def verify(repl: Repl, files: Sequence[BoardFile]) -> None:
    """Compare every hash once more. Raises FlashError where the board does not hold what it should."""
    there = {path: digest for path, _, digest in map(_literal, repl.run(_HASHES).splitlines())}
    wrong = sorted(file.path for file in files if there.get(file.path) != file.sha256)
    if wrong:
        raise FlashError(f"the board does not hold what was written ({', '.join(wrong)}); run the command again")


def _send(repl: Repl, file: BoardFile, progress: Callable[[int], None]) -> None:
    aside = file.path + _ASIDE
    repl.write(aside, file.data, progress)
    code = _PUT_IN_PLACE.format(aside=aside, path=file.path, digest=file.sha256)
    if repl.run(code).strip() != file.sha256:
        raise FlashError(f"{file.path} arrived damaged; run the command again")


def _remove(repl: Repl, path: str) -> None:
    repl.run(f"import os\ntry:\n    os.remove({path!r})\nexcept OSError as e:\n    if e.args[0] != 2:\n        raise\n")


def _make_folders(repl: Repl, files: Sequence[BoardFile]) -> None:
    folders: list[str] = []
    for file in files:
        parts = file.path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders.append(folder)
                repl.run(_MAKE_FOLDER.format(path=folder))


def _blocks(size: int) -> int:
    """Return the bytes that a file of `size` takes on the board."""
    return -(-size // _BLOCK) * _BLOCK


def _literal(line: str) -> Any:
    try:
        return ast.literal_eval(line.strip())
    except (SyntaxError, ValueError):
        raise FlashError(f"the board answered {line.strip()[:60]!r}; unplug it, plug it in and try again") from None


def _full(needed: int, free: int | None) -> str:
    has = "is full" if free is None else f"has {free // 1024} KiB free"
    return (
        f"the board's file system {has}, the firmware needs {-(-needed // 1024)} KiB; remove files with "
        "'mpremote rm', or begin with an empty one"
    )
