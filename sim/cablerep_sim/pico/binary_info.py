"""What a program for an RP2040 says of itself: its name, version, board, and the part of the flash it keeps for files.

Read from the image, because it is what `picotool info` shows of a real board, and no constant of ours can drift from
it. The format: pico-sdk, pico/binary_info/structure.h and defs.h.
"""

import struct
from dataclasses import dataclass

FLASH_START = 0x10000000  # RP2040 datasheet, 2.2: execute-in-place window

_MARK_START = 0x7188EBF2
_MARK_END = 0xE71AA390
_MARK_WITHIN = 512  # bytes: behind boot2 and the vectors
_TEXT = 6  # BINARY_INFO_TYPE_ID_AND_STRING
_BLOCK_DEVICE = 7
_MAKER = b"RP"
_NAME, _VERSION, _BOARD = 0x02031C86, 0x11A9BC3A, 0xB63CFFBB
_LONGEST = 256  # bytes of a text


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the flash, in bytes from its start."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class BinaryInfo:
    """What was found; a text that is not there is empty. `devices` by the name that the program gives them."""

    name: str
    version: str
    board: str
    devices: dict[str, Region]


def read(flash: bytes) -> BinaryInfo | None:
    """Return what the program in `flash` says of itself, or None where it says nothing that can be read."""
    mark = flash[:_MARK_WITHIN].find(struct.pack("<I", _MARK_START))
    if mark < 0:
        return None
    texts: dict[int, str] = {}
    devices: dict[str, Region] = {}
    try:
        start, end, _, closing = struct.unpack_from("<4I", flash, mark + 4)
        if closing != _MARK_END:
            return None
        for place in range(start, end, 4):
            entry = _word(flash, place)
            kind, tag = struct.unpack_from("<H2s", flash, _offset(entry))
            if kind == _TEXT and tag == _MAKER:
                texts[_word(flash, entry + 4)] = _text(flash, _word(flash, entry + 8))
            elif kind == _BLOCK_DEVICE:
                name, address, size = struct.unpack_from("<3I", flash, _offset(entry) + 4)
                devices[_text(flash, name)] = Region(_offset(address), size)
    except (struct.error, ValueError):
        return None  # it points outside of the image
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
