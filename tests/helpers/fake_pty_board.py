"""A board on a pseudo-terminal: MicroPython's raw REPL or the application's frames, as a thread behind a real port.

Enough of both for mpremote's own transport and for the host's session; the REPL's commands run on a FakeBoard.
"""

import contextlib
import os
import threading
import tty

from fake_repl import FakeBoard, Unplugged

import cablerep_fw
from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.outbox import Outbox

_RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_FRIENDLY_BANNER = b"\r\nMicroPython v1.26.1 on 2026-01-01; Raspberry Pi Pico with RP2040\r\n>>> "


class PtyBoard:
    """A board at `device`; with main.py it starts the application after each reset. Use it in a `with` block."""

    def __init__(self, board: FakeBoard, kept: int = 0, schema: int = wire.SCHEMA_ID) -> None:
        self.board = board
        self.kept = kept
        self.schema = schema
        self.version = cablerep_fw.__version__
        self.deaf = False  # the application crashes at its start
        self.commands: list[str] = []
        self._main, self._line = os.openpty()
        tty.setraw(self._line)
        self.device = os.ttyname(self._line)
        self._thread = threading.Thread(target=self._serve)
        self._start()

    def __enter__(self) -> "PtyBoard":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()

    def unplug(self) -> None:
        """Pull the cable: the other end reads an error from now on."""
        if self._line >= 0:
            os.write(self._line, b"\xff\xfe\xfd")  # wakes the thread
            os.close(self._line)
            self._line = -1

    def _start(self) -> None:
        """What a reset does."""
        self._application = "main.py" in self.board.files and not self.deaf
        self._raw = False
        self._typed = bytearray()
        self._decoder = frames.Decoder()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # EIO: unplugged
            while data := os.read(self._main, 1024):
                if data.endswith(b"\xff\xfe\xfd"):
                    break
                for byte in data:
                    self._take(byte)
        os.close(self._main)

    def _take(self, byte: int) -> None:
        if self._application:
            if self._decoder.feed(byte) == frames.FRAME:
                self._obey(self._decoder.message_id)
        elif byte == 1 and not self._typed.endswith(b"\x05A"):  # in raw mode too it begins anew
            self._raw = True
            self._typed.clear()
            self._say(_RAW_BANNER)
        elif byte == 2:
            self._raw = False
            self._say(_FRIENDLY_BANNER)
        elif self._raw:
            self._take_raw(byte)

    def _obey(self, message_id: int) -> None:
        name = wire.BY_ID[message_id].name
        self.commands.append(name)
        if name == "hello_request":
            outbox = Outbox()
            record = [self.schema, 77, 200, 1000000, 1000000, 0, 0, 0, 5, self.kept]
            record += [0] * (len(wire.BY_NAME["hello"].fields) - len(record))
            outbox.send_text(wire.BY_NAME["hello"], record, f"{self.version} e6614c {self.board.port}".encode())
            self._say(bytes(outbox.buffers[outbox.first][: outbox.lengths[outbox.first]]))
        elif name == "repl":
            self._application = False
            self._say(_FRIENDLY_BANNER)

    def _take_raw(self, byte: int) -> None:
        typed = self._typed
        if byte == 3:
            typed.clear()
            return
        if byte != 4:
            typed.append(byte)
            if typed.endswith(b"\x05A\x01"):
                typed.clear()
                self._say(b"R\x00")  # raw paste mode is known and not supported
            return
        code = bytes(typed).decode(errors="replace").strip("\r")
        typed.clear()
        if not code:
            self._say(b"OK\r\nMPY: soft reboot\r\n" + _RAW_BANNER)
            return
        self._say(b"OK")
        resets = self.board.resets
        try:
            out, error = self.board.execute(code), ""
        except Unplugged:
            os.close(self._line)
            self._line = -1
            raise
        except OSError as raised:
            out, error = (
                "",
                f"Traceback (most recent call last):\r\nOSError: [Errno {raised.errno}] {raised.strerror}\r\n",
            )
        except Exception as raised:
            out, error = "", f"Traceback (most recent call last):\r\n{type(raised).__name__}: {raised}\r\n"
        if self.board.resets != resets:
            self._start()
            if self.deaf:
                self._say(b"Traceback (most recent call last):\r\nImportError: no module named 'x'\r\n")
            return
        self._say(out.encode() + b"\x04" + error.encode() + b"\x04>")

    def _say(self, data: bytes) -> None:
        os.write(self._main, data)
