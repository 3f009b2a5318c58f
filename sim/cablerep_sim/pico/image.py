"""Checks the two files that the user supplies: a MicroPython image and the chip's boot ROM.

A wrong file is reported before anything starts; in the emulator it would only be a chip that stays silent.
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from ..errors import PicoError
from . import binary_info, memory_file
from .binary_info import FLASH_START, Region
from .memory_file import Window

FLASH_SIZE = 2 << 20  # a Raspberry Pi Pico's
BOOTROM_SIZE = 16 << 10  # RP2040 datasheet, 2.6.1
OLDEST = (1, 26)  # first MicroPython with hard timers on the RP2 port, which the firmware needs

_BOOT2 = 256  # RP2040 datasheet, 2.8.1.3.1: 252 bytes and their CRC-32; the boot ROM starts nothing without them
_BOOTROM_MAGIC = b"Mu\x01"  # RP2040 datasheet, 2.8.2; the next byte is the version
_BOOTROM_MAGIC_AT = 0x10
_DEVICE = "MicroPython"  # the RP2 port's name for its file system's region, ports/rp2/rp2_flash.c
_NEWEST = "get MicroPython for the Pico from https://micropython.org/download/RPI_PICO/"


@dataclass(frozen=True, slots=True)
class Image:
    """A MicroPython for the Pico: the flash from its start, and the region of its files."""

    flash: bytes
    version: str
    storage: Region


def read_image(path: Path) -> Image:
    """Read a MicroPython image. Raises PicoError, which says what the file is instead and where to get the image."""
    flash = memory_file.read(path, Window(FLASH_START, FLASH_SIZE))
    if len(flash) < _BOOT2 or boot2_crc(flash[: _BOOT2 - 4]) != struct.unpack_from("<I", flash, _BOOT2 - 4)[0]:
        raise PicoError(f"{path}: does not begin with a boot stage for an RP2040; {_NEWEST}")
    info = binary_info.read(flash)
    if info is None or info.name != "MicroPython":
        found = repr(info.name) if info and info.name else "another program"
        raise PicoError(f"{path}: is {found} and not MicroPython; {_NEWEST}")
    if info.board and info.board != "pico":
        raise PicoError(f"{path}: is MicroPython for the board {info.board!r}, not for a Pico; {_NEWEST}")
    version = re.match(r"v?(\d+)\.(\d+)", info.version)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise PicoError(f"{path}: is MicroPython {info.version or '?'}, cablerep needs {oldest} or newer; {_NEWEST}")
    storage = info.devices.get(_DEVICE)
    if storage is None or storage.offset < len(flash) or storage.offset + storage.size > FLASH_SIZE:
        raise PicoError(f"{path}: declares no file system that fits a Pico's 2 MiB; {_NEWEST}")
    return Image(flash, info.version, storage)


def read_bootrom(path: Path) -> bytes:
    """Read a boot ROM, all 16 KiB of it. Raises PicoError."""
    rom = memory_file.read(path, Window(0, BOOTROM_SIZE))
    magic = rom[_BOOTROM_MAGIC_AT : _BOOTROM_MAGIC_AT + len(_BOOTROM_MAGIC)]
    if magic != _BOOTROM_MAGIC:
        raise PicoError(
            f"{path}: has {magic.hex(' ') or 'nothing'} at {_BOOTROM_MAGIC_AT:#x} where an RP2040's boot ROM has "
            f"{_BOOTROM_MAGIC.hex(' ')}; get it from https://github.com/raspberrypi/pico-bootrom-rp2040"
        )
    if path.suffix.lower() == ".bin" and len(rom) != BOOTROM_SIZE:
        raise PicoError(f"{path}: has {len(rom)} bytes, a boot ROM has {BOOTROM_SIZE}; get the file again")
    return rom.ljust(BOOTROM_SIZE, b"\0")


def boot2_crc(data: bytes) -> int:
    """Return the boot ROM's CRC-32 of a boot stage (datasheet, 2.8.1.3.1): polynomial 0x04C11DB7, not reflected."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc
