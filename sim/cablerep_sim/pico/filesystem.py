"""The board's file system as an image: littlefs, as MicroPython's RP2 port creates it.

A library writes it, because copying the files on the emulated chip would take half a minute.
"""

from collections.abc import Mapping

from littlefs import LittleFS, LittleFSError
from littlefs.context import UserContext

from ..errors import PicoError

BLOCK = 4096  # bytes: a sector of the flash, ports/rp2/rp2_flash.c
# As the port mounts it: progsize in ports/rp2/modules/_boot.py, the others in extmod/vfs_lfs.c and vfs_lfsx.c.
_PROGRAM = 256
_READ = 32
_LOOKAHEAD = 32
_CACHE = 4 * _PROGRAM


class Filesystem:
    """Files on `size` bytes of flash. Paths are those on the board, without a leading slash."""

    def __init__(self, size: int, contents: bytes | None = None) -> None:
        """Create an empty file system, or read the `contents` of a chip. Raises PicoError if they cannot be read."""
        if contents is not None and len(contents) != size:
            raise PicoError(
                f"the file system has {len(contents)} bytes, the image reserves {size} for it; start with a new one"
            )
        self._context = UserContext(buffer=bytearray(b"\xff" * size if contents is None else contents))
        self._fs = LittleFS(
            context=self._context,
            mount=False,
            block_size=BLOCK,
            block_count=size // BLOCK,
            read_size=_READ,
            prog_size=_PROGRAM,
            cache_size=_CACHE,
            lookahead_size=_LOOKAHEAD,
        )
        try:
            if contents is None:
                self._fs.format()
            self._fs.mount()
        except LittleFSError as error:
            raise PicoError(f"the flash contains no readable file system ({error}); start with a new one") from None

    def paths(self) -> list[str]:
        """Return the paths of all files."""
        return sorted(f"{folder}/{name}".lstrip("/") for folder, _, names in self._fs.walk("/") for name in names)

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None if it does not exist."""
        try:
            with self._fs.open(path, "rb") as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def write(self, path: str, data: bytes) -> None:
        """Write a file, and create its folders. Raises PicoError if it does not fit."""
        try:
            folder = path.rpartition("/")[0]
            if folder:
                self._fs.makedirs(folder, exist_ok=True)
            with self._fs.open(path, "wb") as file:
                file.write(data)
        except (LittleFSError, OSError) as error:
            raise PicoError(f"{path}: does not fit on the board ({error}); start with an empty one") from None

    def replace(self, files: Mapping[str, bytes], folder: str) -> None:
        """Copy `files` as `cablerep flash` does: write what differs, and remove anything else in `folder`."""
        for path in self.paths():
            if path.startswith(folder + "/") and path not in files:
                self._fs.remove(path)
        for path, data in files.items():
            if self.read(path) != data:
                self.write(path, data)

    def image(self) -> bytes:
        """Return the bytes of the flash."""
        return bytes(self._context.buffer)
