"""Reads the binary info of an RP2040 program: its name, version, board, and the region of flash reserved for files.

Taken from the image itself, as `picotool info` does, so that no constant of ours can get out of step with it. The
format: pico-sdk, pico/binary_info/structure.h and defs.h.
"""

import struct
from dataclasses import dataclass

FLASH_START = 0x10000000  # RP2040 datasheet, 2.2: execute-in-place window

_MARK_START = 0x7188EBF2
_MARK_END = 0xE71AA390
_MARK_WITHIN = 512  # bytes: it follows boot2 and the vector table
_TEXT = 6  # BINARY_INFO_TYPE_ID_AND_STRING
_BLOCK_DEVICE = 7
_MAKER = b"RP"
_NAME, _VERSION, _BOARD = 0x02031C86, 0x11A9BC3A, 0xB63CFFBB
_LONGEST = 256  # bytes of a text


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the flash, in bytes from its start."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class BinaryInfo:
    """What was found; a missing text is empty. `devices` are keyed by the program's own names for them."""

    name: str
    version: str
    board: str
    devices: dict[str, Region]


def read(flash: bytes) -> BinaryInfo | None:
    """Return the binary info of the program in `flash`, or None if there is none that can be read."""
    mark = flash[:_MARK_WITHIN].find(struct.pack("<I", _MARK_START))
    if mark < 0:
        return None
    texts: dict[int, str] = {}
    devices: dict[str, Region] = {}
    try:
        start, end, _, closing = struct.unpack_from("<4I", flash, mark + 4)
        if closing != _MARK_END:
            return None
        for address in range(start, end, 4):
            entry = _word(flash, address)
            kind, tag = struct.unpack_from("<H2s", flash, _offset(entry))
            if kind == _TEXT and tag == _MAKER:
                texts[_word(flash, entry + 4)] = _text(flash, _word(flash, entry + 8))
            elif kind == _BLOCK_DEVICE:
                name, begin, size = struct.unpack_from("<3I", flash, _offset(entry) + 4)
                devices[_text(flash, name)] = Region(_offset(begin), size)
    except (struct.error, ValueError):
        return None  # it points outside the image
    return BinaryInfo(texts.get(_NAME, ""), texts.get(_VERSION, ""), texts.get(_BOARD, ""), devices)


def _offset(address: int) -> int:
    if address < FLASH_START:
        raise ValueError(f"{address:#x} is not in flash")
    return address - FLASH_START


def _word(flash: bytes, address: int) -> int:
    return int(struct.unpack_from("<I", flash, _offset(address))[0])


def _text(flash: bytes, address: int) -> str:
    at = _offset(address)
    return flash[at : flash.index(b"\0", at, at + _LONGEST)].decode("utf-8", "replace")
