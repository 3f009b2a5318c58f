"""A board's raw REPL and file system through mpremote; no other module imports mpremote.

mpremote documents no API, so pyproject.toml pins its minor version.
"""

import contextlib
import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

from ..device.port import BAUD
from ..errors import FlashError

_CHUNK = 1024  # bytes of a file sent at once: a few KiB of heap on the board, 10 to 20 ms on the line
_TIMEOUT_S = 10.0  # mpremote otherwise waits forever for a board that hangs
_ENOSPC = 28
_FOLDER = 0x4000  # bit of a directory entry's mode


class BoardGoneError(FlashError):
    """The board disconnected in the middle of an operation."""


class ReplError(FlashError):
    """The board raised an exception; `text` is its traceback."""

    def __init__(self, text: str) -> None:
        last = (text.strip().splitlines() or ["nothing"])[-1]
        super().__init__(f"the board reports: {last}")
        self.text = text

    @property
    def disk_full(self) -> bool:
        """Whether the board's file system is full."""
        return "ENOSPC" in self.text or f"OSError: {_ENOSPC}" in self.text


class RawRepl:
    """The raw REPL of the MicroPython board on `device`, as a `with` block. All methods raise FlashError."""

    def __init__(self, device: str, transport: Any = None, *, soft_reset: bool = True) -> None:
        """Open the port and stop what runs on the board; `soft_reset` resets the interpreter, without running main.py.

        `transport` replaces mpremote's serial transport in tests.
        """
        self.device = device
        with self._translated():
            self._transport = transport if transport is not None else _open(device)
            try:
                self._transport.enter_raw_repl(soft_reset)
            except BaseException:
                self._transport.close()
                raise

    def __enter__(self) -> "RawRepl":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, code: str) -> str:
        """Run `code` on the board and return what it printed."""
        with self._translated():
            return bytes(self._transport.exec(code)).decode()

    def files(self, folder: str) -> list[tuple[str, int]]:
        """Return (path, size) of all files below `folder` ("": the root, without its folders)."""
        with self._translated():
            return list(self._files(folder))

    def _files(self, folder: str) -> Iterator[tuple[str, int]]:
        try:
            entries = self._transport.fs_listdir(folder)
        except FileNotFoundError:
            return
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not entry.st_mode & _FOLDER:
                yield path, entry.st_size
            elif folder:
                yield from self._files(path)

    def sha256(self, path: str) -> str:
        """Return the hash of a file, in hexadecimal."""
        with self._translated():
            return bytes(self._transport.fs_hashfile(path, "sha256", _CHUNK)).hex()

    def write(self, path: str, data: bytes, progress: Callable[[int], None]) -> None:
        """Write a file; call `progress` with the size of each chunk."""
        with self._translated():
            done = 0

            def report(written: int, total: int) -> None:
                nonlocal done
                progress(written - done)
                done = written

            self._transport.fs_writefile(path, data, _CHUNK, report)

    def make_folder(self, path: str) -> None:
        """Create a folder unless it exists."""
        with self._translated(), contextlib.suppress(FileExistsError):
            self._transport.fs_mkdir(path)

    def remove(self, path: str) -> None:
        """Remove a file if it exists."""
        with self._translated(), contextlib.suppress(FileNotFoundError):
            self._transport.fs_rmfile(path)

    def rename(self, old: str, new: str) -> None:
        """Rename a file, replacing `new`; littlefs does it in one step."""
        self.run(f"import os\nos.rename({old!r}, {new!r})\n")

    def leave(self) -> None:
        """Go back to the normal REPL."""
        with self._translated():
            self._transport.exit_raw_repl()

    def reset(self) -> None:
        """Reset the board and close the port."""
        with self._translated():
            self._transport.exec_raw_no_follow("import machine\nmachine.reset()\n")
            self.close()

    def close(self) -> None:
        """Close the port, even if it is already gone."""
        with contextlib.suppress(OSError):
            self._transport.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what mpremote and pyserial raise into FlashError, and swallow what mpremote prints."""
        from mpremote.transport import TransportError, TransportExecError

        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        except TransportExecError as error:
            raise ReplError(error.error_output) from None
        except TransportError as error:
            raise FlashError(_explain(self.device, str(error))) from None
        except (OSError, TypeError, struct.error) as error:
            # SerialException is an OSError. pyserial raises TypeError when the port vanishes during a read, mpremote
            # struct.error on a short reply. mpremote turns ENOSPC on the board into a plain OSError.
            if isinstance(error, OSError) and error.errno == _ENOSPC:
                raise ReplError(f"OSError: {_ENOSPC}") from None
            raise BoardGoneError(
                f"{self.device}: the board disconnected ({' '.join(str(error).split())}); plug it in and run the same "
                "command again to finish"
            ) from None


def _open(device: str) -> Any:
    try:
        from mpremote.transport_serial import SerialTransport
    except ImportError:
        raise FlashError("mpremote is not installed; pip install mpremote") from None
    return SerialTransport(device, BAUD, timeout=_TIMEOUT_S)


def _explain(device: str, text: str) -> str:
    if "failed to access" in text:
        return f"{device}: the port cannot be opened; close the program that uses it, or check 'cablerep ports'"
    if "raw repl" in text:
        return (
            f"{device}: MicroPython does not respond; hold the board's button while plugging it in, or install "
            "MicroPython 1.26 or newer from micropython.org"
        )
    return f"{device}: {text}; unplug the board, plug it in and run the same command again"
