"""Reads the contents of a chip's memory from a UF2, Intel hex or raw file.

UF2 needs no library: a file is a sequence of 512-byte blocks (https://github.com/microsoft/uf2).
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from ..errors import PicoError

RP2040_FAMILY = 0xE48BFF56

_BLOCK = struct.Struct("<8I476sI")
_MAGIC = (0x0A324655, 0x9E5D5157)
_MAGIC_END = 0x0AB16F30
_NOT_MAIN_FLASH = 0x00000001
_HAS_FAMILY = 0x00002000
_FAMILIES = {
    0xE48BFF57: "no chip in particular",
    0xE48BFF58: "data only",
    0xE48BFF59: "RP2350",
    0xE48BFF5A: "RP2350 in RISC-V mode",
    0xE48BFF5B: "RP2350",
}
_EMPTY = 0xFF  # what erased flash reads


@dataclass(frozen=True, slots=True)
class Window:
    """The range of addresses that a file may fill."""

    start: int
    size: int


def read(path: Path, window: Window) -> bytes:
    """Return the memory from `window.start` to the file's last byte, with gaps filled with 0xFF.

    The suffix decides the format: .uf2, .hex or .bin (which begins at the start of the window). Raises PicoError for
    an unknown format, a damaged file, one for another chip, or one that reaches outside the window.
    """
    kind = path.suffix.lower()
    readers = {".uf2": _uf2, ".hex": _hex, ".bin": _raw}
    if kind not in readers:
        raise PicoError(f"{path}: unknown file format; give a .uf2, .hex or .bin file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PicoError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    if not data:
        raise PicoError(f"{path}: the file is empty; get it again")
    pieces = readers[kind](path, data, window)
    memory = bytearray()
    for address, piece in pieces:
        at = address - window.start
        if at < 0 or at + len(piece) > window.size:
            raise PicoError(
                f"{path}: has bytes for {address:#010x} to {address + len(piece):#010x}, outside "
                f"{window.start:#010x} to {window.start + window.size:#010x}; it is for another chip or memory"
            )
        memory.extend(bytes([_EMPTY]) * (at + len(piece) - len(memory)))
        memory[at : at + len(piece)] = piece
    return bytes(memory)


def _raw(path: Path, data: bytes, window: Window) -> list[tuple[int, bytes]]:
    return [(window.start, data)]


def _hex(path: Path, data: bytes, window: Window) -> list[tuple[int, bytes]]:
    import io

    from intelhex import IntelHex, IntelHexError

    file = IntelHex()
    try:
        file.loadhex(io.StringIO(data.decode("ascii")))
    except (IntelHexError, UnicodeDecodeError) as error:
        raise PicoError(f"{path}: is not an Intel hex file ({error}); get it again") from None
    pieces = [(start, file.tobinstr(start=start, end=end - 1)) for start, end in file.segments()]
    if not pieces:
        raise PicoError(f"{path}: contains no bytes; get it again")
    return pieces


def _uf2(path: Path, data: bytes, window: Window) -> list[tuple[int, bytes]]:
    """Return the pieces for an RP2040. A file may have blocks for several chips; a boot ROM's have no chip family."""
    pieces: list[tuple[int, bytes]] = []
    foreign: set[int] = set()
    numbers: set[int] = set()
    total = 0
    for at in range(0, len(data), _BLOCK.size):
        where = f"{path}: block {at // _BLOCK.size}"
        if at + _BLOCK.size > len(data):
            raise PicoError(f"{where} is cut off after {len(data) - at} of {_BLOCK.size} bytes; get the file again")
        first, second, flags, address, size, number, count, family, payload, last = _BLOCK.unpack_from(data, at)
        if (first, second) != _MAGIC or last != _MAGIC_END:
            raise PicoError(f"{where} lacks the magic numbers of UF2; the file is damaged or not UF2, get it again")
        if flags & _NOT_MAIN_FLASH:
            continue
        if flags & _HAS_FAMILY and family != RP2040_FAMILY:
            foreign.add(family)
            continue
        if size > len(payload):
            raise PicoError(f"{where} claims {size} bytes, but {len(payload)} is the most; get the file again")
        numbers.add(number)
        total = max(total, count)
        pieces.append((address, payload[:size]))
    if not pieces:
        names = ", ".join(f"{family:#010x} ({_FAMILIES.get(family, 'unknown')})" for family in sorted(foreign))
        raise PicoError(f"{path}: is for {names or 'no chip memory'}; an RP2040 needs {RP2040_FAMILY:#010x}")
    if len(numbers) != total:
        raise PicoError(f"{path}: {total - len(numbers)} of its {total} blocks are missing; get the file again")
    return pieces
