"""Contents of a chip's memory from the three kinds of file that people have: UF2, Intel hex and raw.

A UF2 file is read here, by its specification (https://github.com/microsoft/uf2): it is 512-byte blocks and no more.
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
    """The addresses that a file may fill."""

    start: int
    size: int


def read(path: Path, window: Window) -> bytes:
    """Return the memory from `window.start` to the last byte that the file has, gaps filled with 0xFF.

    The kind is told by the ending: .uf2, .hex or .bin (which begins at the start of the window). Raises PicoError
    for a file that is none of them, is damaged, for another chip, or reaches outside of the window.
    """
    kind = path.suffix.lower()
    readers = {".uf2": _uf2, ".hex": _hex, ".bin": _raw}
    if kind not in readers:
        raise PicoError(f"{path}: this kind of file is not known; give a .uf2, .hex or .bin")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PicoError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    if not data:
        raise PicoError(f"{path}: the file is empty; get it again")
    pieces = readers[kind](path, data, window)
    memory = bytearray()
    for address, piece in pieces:
        at = address - window.start
        if at < 0 or at + len(piece) > window.size:
            raise PicoError(
                f"{path}: has bytes for {address:#010x} to {address + len(piece):#010x}, outside of "
                f"{window.start:#010x} to {window.start + window.size:#010x}; it is for another chip or another place"
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
        raise PicoError(f"{path}: is no Intel hex file ({error}); get it again") from None
    pieces = [(start, file.tobinstr(start=start, end=end - 1)) for start, end in file.segments()]
    if not pieces:
        raise PicoError(f"{path}: holds no bytes; get it again")
    return pieces


def _uf2(path: Path, data: bytes, window: Window) -> list[tuple[int, bytes]]:
    """Return the pieces of the blocks for an RP2040. A file may hold blocks for several chips; a boot ROM has none."""
    pieces: list[tuple[int, bytes]] = []
    foreign: set[int] = set()
    numbers: set[int] = set()
    promised = 0
    for at in range(0, len(data), _BLOCK.size):
        where = f"{path}: block {at // _BLOCK.size}"
        if at + _BLOCK.size > len(data):
            raise PicoError(f"{where} is cut off after {len(data) - at} of {_BLOCK.size} bytes; get the file again")
        first, second, flags, address, size, number, count, family, payload, last = _BLOCK.unpack_from(data, at)
        if (first, second) != _MAGIC or last != _MAGIC_END:
            raise PicoError(f"{where} does not have the marks of UF2; it is no UF2 file or a damaged one")
        if flags & _NOT_MAIN_FLASH:
            continue
        if flags & _HAS_FAMILY and family != RP2040_FAMILY:
            foreign.add(family)
            continue
        if size > len(payload):
            raise PicoError(f"{where} says that it has {size} bytes, of {len(payload)} at most; get the file again")
        numbers.add(number)
        promised = max(promised, count)
        pieces.append((address, payload[:size]))
    if not pieces:
        names = ", ".join(f"{family:#010x} ({_FAMILIES.get(family, 'unknown')})" for family in sorted(foreign))
        raise PicoError(f"{path}: is for {names or 'no memory of a chip'}; an RP2040 takes {RP2040_FAMILY:#010x}")
    if len(numbers) != promised:
        raise PicoError(f"{path}: {promised - len(numbers)} of its {promised} blocks are missing; get the file again")
    return pieces
