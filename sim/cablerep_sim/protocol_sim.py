"""pyserial's handler for sim:// addresses: a port with a virtual board behind it, which runs in its own thread.

`serial.serial_for_url` finds it once `cablerep_sim` is in `serial.protocol_handler_packages`.
"""

import threading
from typing import Any

from serial.serialutil import PortNotOpenError, SerialBase, SerialException, SerialTimeoutException

from .board.address import parse
from .board.links import PipeLink
from .board.virtual_board import VirtualBoard
from .errors import CablerepError

_JOIN_S = 10.0  # a turn of the loop takes milliseconds; more than this is a hang and an error

_running: dict[str, "_Running"] = {}
_running_lock = threading.Lock()


class _Running:
    """A virtual board with its link and its thread."""

    def __init__(self, address: str) -> None:
        source = parse(address)
        self.name = source.name
        self.link = PipeLink()
        self.board = VirtualBoard(source, self.link)
        self.thread = threading.Thread(target=self._run, name=f"virtual board {address}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.board.run()
        finally:
            with _running_lock:
                if _running.get(self.name) is self:
                    del _running[self.name]

    def end(self) -> None:
        """Stop the board and wait for its thread."""
        self.board.stop()
        self.thread.join(_JOIN_S)
        if self.thread.is_alive():
            raise SerialException(f"the virtual board did not stop within {_JOIN_S:g} s")


def stop(name: str) -> None:
    """Stop the running board that was opened with `name=`. Raises KeyError if there is none."""
    with _running_lock:
        running = _running[name]
    running.end()


class Serial(SerialBase):  # type: ignore[misc]  # pyserial has no types
    """A serial port whose device is a virtual board.

    `open` starts a new board and `close` stops it. A board with a `name` in its address keeps running without a host,
    and opening the same name connects to it again.
    """

    is_open: bool
    _board: _Running | None = None

    def open(self) -> None:
        """Start the board, or find it by name. Raises SerialException if the address is wrong or the board in use."""
        if self._port is None:
            raise SerialException("there is no port to open; give an address such as sim://glute-kickback")
        if self.is_open:
            raise SerialException("the port is open already")
        try:
            name = parse(self._port).name
            with _running_lock:
                board = _running.get(name) if name else None
                if board is None:
                    board = _Running(self._port)
                    if name:
                        _running[name] = board
                elif board.link.present():
                    raise SerialException(f"the virtual board {name!r} has a host already; close that one first")
        except CablerepError as error:
            raise SerialException(str(error)) from error
        self._board = board
        board.link.attach()
        self.is_open = True

    def close(self) -> None:
        """Disconnect from the board, and stop it if it has no name."""
        board, self._board = self._board, None
        self.is_open = False
        if board is None:
            return
        board.link.detach()
        if not board.name:
            board.end()

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read without waiting."""
        return self._link().waiting()

    def read(self, size: int = 1) -> bytes:
        """Read `size` bytes, or fewer on timeout.

        Raises SerialException if the board has hung up and nothing is left to read.
        """
        link = self._link()
        data = link.read(size, self._timeout)
        if not data and size and link.hung_up:
            raise SerialException("the virtual board has hung up")
        return data

    def write(self, data: Any) -> int:
        """Write `data`. Raises SerialException if the board has hung up, SerialTimeoutException on timeout."""
        link = self._link()
        content = bytes(data)
        written = link.write(content, self._write_timeout)
        if link.hung_up:
            raise SerialException("the virtual board has hung up")
        if written < len(content):
            raise SerialTimeoutException("Write timeout")
        return written

    def flush(self) -> None:
        """Check that the port is open; written bytes are sent at once."""
        self._link()

    def reset_input_buffer(self) -> None:
        """Discard what the board sent."""
        self._link().clear(incoming=True)

    def reset_output_buffer(self) -> None:
        """Discard what the board has not read."""
        self._link().clear(incoming=False)

    def cancel_read(self) -> None:
        """Make a `read` in another thread return."""
        self._link().cancel_read()

    @property
    def cts(self) -> bool:
        """The board is always ready."""
        return True

    @property
    def dsr(self) -> bool:
        """The board is there."""
        return not self._link().hung_up

    @property
    def ri(self) -> bool:
        """Never set."""
        return False

    @property
    def cd(self) -> bool:
        """The board is there."""
        return not self._link().hung_up

    def _link(self) -> PipeLink:
        if self._board is None:
            raise PortNotOpenError()
        return self._board.link

    def _reconfigure_port(self) -> None:
        """A link within the process has no baud rate."""

    def _update_break_state(self) -> None:
        """This link has no break."""

    def _update_rts_state(self) -> None:
        """This link has no RTS."""

    def _update_dtr_state(self) -> None:
        """This link has no DTR: the host is present while the port is open."""
