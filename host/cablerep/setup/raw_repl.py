"""A board's raw REPL through mpremote: the only module that knows it.

mpremote promises no API, so what is used of it is little, and its version is pinned to a minor one.
"""

import contextlib
import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

from ..device.port import BAUD
from ..errors import FlashError

_CHUNK = 1024  # bytes of a file sent at once; a few KiB of heap on the board, and 10 to 20 ms on the line
_ANSWER_S = 10.0  # without it mpremote waits for ever for a board that hangs
_ENOSPC = 28


class BoardGoneError(FlashError):
    """The board went away in the middle of something."""


class ReplError(FlashError):
    """The board answered with an exception; `text` is its traceback."""

    def __init__(self, text: str) -> None:
        last = (text.strip().splitlines() or ["nothing"])[-1]
        super().__init__(f"the board said: {last}")
        self.text = text

    @property
    def disk_full(self) -> bool:
        """Whether the board's file system has no room left."""
        return "ENOSPC" in self.text or f"OSError: {_ENOSPC}" in self.text


class RawRepl:
    """The REPL of the MicroPython board on `device`. Use it in a `with` block; raises FlashError."""

    def __init__(self, device: str) -> None:
        """Open the port, end what runs there and reset the interpreter, without starting main.py."""
        try:
            from mpremote.transport_serial import SerialTransport
        except ImportError:
            raise FlashError("mpremote is not installed; pip install mpremote") from None
        self.device = device
        with self._translated():
            self._transport: Any = SerialTransport(device, BAUD, timeout=_ANSWER_S)
            try:
                self._transport.enter_raw_repl()
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

    def write(self, path: str, data: bytes, progress: Callable[[int], None]) -> None:
        """Write a file; `progress` is told the bytes of each piece."""
        with self._translated():
            done = 0

            def tell(written: int, total: int) -> None:
                nonlocal done
                progress(written - done)
                done = written

            self._transport.fs_writefile(path, data, _CHUNK, tell)

    def reset(self) -> None:
        """Reset the board; the port is of no use afterwards."""
        with self._translated():
            self._transport.exec_raw_no_follow("import machine\nmachine.reset()\n")
            self.close()

    def close(self) -> None:
        """Close the port; one that is gone is closed as well."""
        with contextlib.suppress(OSError):
            self._transport.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn all that mpremote and pyserial raise into FlashError, and keep off the screen what mpremote prints."""
        from mpremote.transport import TransportError, TransportExecError

        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        except TransportExecError as error:
            raise ReplError(error.error_output) from None
        except TransportError as error:
            raise FlashError(_explain(self.device, str(error))) from None
        except (OSError, TypeError, struct.error) as error:
            # SerialException is an OSError; TypeError is a port taken away while read, struct.error a short answer.
            # A file system error that mpremote has already translated carries a plain errno and a path.
            if isinstance(error, OSError) and error.errno == _ENOSPC:
                raise ReplError(f"OSError: {_ENOSPC}") from None
            raise BoardGoneError(
                f"{self.device}: the board went away ({' '.join(str(error).split())}); plug it in and run the same "
                "command again, which mends what is half done"
            ) from None


def _explain(device: str, said: str) -> str:
    if "failed to access" in said:
        return f"{device}: the port cannot be opened; end the program that has it, or see 'cablerep ports'"
    if "raw repl" in said:
        return (
            f"{device}: no MicroPython answers; hold the board's button while plugging it in, or install MicroPython "
            "1.26 or newer from micropython.org"
        )
    return f"{device}: {said}; unplug the board, plug it in and run the same command again"
