"""The two megabytes of a Pico's flash: MicroPython, the shipped firmware files, and settings that fit the trace.

What a chip had kept from an earlier run stays, settings and journal too, as it does when a real board is flashed again.
"""

from collections.abc import Mapping

from cablerep_fw.core.settings import settings as stored
from cablerep_fw.core.settings.settings import Settings
from cablerep_fw.storage import SETTINGS_PATH

from ..errors import PicoError
from .filesystem import Filesystem
from .image import FLASH_SIZE, Image
from .rows import BoardRows

_EMPTY = b"\xff"
_FOLDER = "cablerep_fw"


def lay(image: Image, files: Mapping[str, bytes], rows: BoardRows | None, kept: bytes | None = None) -> bytes:
    """Return the flash of a chip with `image` and `files` on it, calibrated for `rows`.

    `kept` is the flash of an earlier run. Raises PicoError where the files do not fit, or `kept` is no such thing.
    """
    disk = Filesystem(image.storage.size, _storage(image, kept))
    disk.replace(files, _FOLDER)
    if rows is not None:
        settings = Settings()
        stored.load(disk.read(SETTINGS_PATH) or b"", settings)
        rows.configure(settings)
        disk.write(SETTINGS_PATH, bytes(stored.dump(settings)))
    return _whole(image, disk.image())


def blank(image: Image, kept: bytes | None = None) -> bytes:
    """Return the flash of a chip with `image` alone, and the file system of `kept`, or none: MicroPython makes it."""
    return _whole(image, _storage(image, kept) or b"")


def files_of(image: Image, flash: bytes) -> Filesystem:
    """Return the file system in the `flash` of a chip. Raises PicoError where there is none."""
    return Filesystem(image.storage.size, flash[image.storage.offset : image.storage.offset + image.storage.size])


def _storage(image: Image, kept: bytes | None) -> bytes | None:
    """Return the part of an earlier run's flash that holds files, or None where it has none yet."""
    if kept is None:
        return None
    if len(kept) != FLASH_SIZE:
        raise PicoError(f"the kept flash has {len(kept)} bytes, a Pico's has {FLASH_SIZE}; name another file")
    contents = kept[image.storage.offset : image.storage.offset + image.storage.size]
    return contents if contents.strip(_EMPTY) else None


def _whole(image: Image, storage: bytes) -> bytes:
    front = image.flash.ljust(image.storage.offset, _EMPTY)
    return (front + storage).ljust(FLASH_SIZE, _EMPTY)
