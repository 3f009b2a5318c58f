"""The two megabytes of a Pico's flash: MicroPython, the shipped firmware files, and settings that fit the trace.

Files from an earlier run stay, settings and journal included, as they do when a real board is flashed again.
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


def lay(image: Image, files: Mapping[str, bytes], rows: BoardRows | None, earlier: bytes | None = None) -> bytes:
    """Return the flash of a chip with `image` and `files` on it, calibrated for `rows`.

    `earlier` is the flash of an earlier run. Raises PicoError if the files do not fit or `earlier` has the wrong size.
    """
    disk = Filesystem(image.storage.size, _storage(image, earlier))
    disk.replace(files, _FOLDER)
    if rows is not None:
        settings = Settings()
        stored.load(disk.read(SETTINGS_PATH) or b"", settings)
        rows.configure(settings)
        disk.write(SETTINGS_PATH, bytes(stored.dump(settings)))
    return _whole(image, disk.image())


def blank(image: Image, earlier: bytes | None = None) -> bytes:
    """Return the flash of a chip with `image` and the file system of `earlier`; MicroPython creates a missing one."""
    return _whole(image, _storage(image, earlier) or b"")


def files_of(image: Image, flash: bytes) -> Filesystem:
    """Return the file system in the `flash` of a chip. Raises PicoError if there is none."""
    return Filesystem(image.storage.size, flash[image.storage.offset : image.storage.offset + image.storage.size])


def _storage(image: Image, earlier: bytes | None) -> bytes | None:
    """Return the region of an earlier run's flash that holds files, or None if it is still erased."""
    if earlier is None:
        return None
    if len(earlier) != FLASH_SIZE:
        raise PicoError(f"the saved flash has {len(earlier)} bytes, a Pico's has {FLASH_SIZE}; name another file")
    contents = earlier[image.storage.offset : image.storage.offset + image.storage.size]
    return contents if contents.strip(_EMPTY) else None


def _whole(image: Image, storage: bytes) -> bytes:
    front = image.flash.ljust(image.storage.offset, _EMPTY)
    return (front + storage).ljust(FLASH_SIZE, _EMPTY)
