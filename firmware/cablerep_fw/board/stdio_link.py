"""The host's line over the REPL's own USB serial port, without ever waiting for the host.

A write of more than what fits waits up to 500 ms for a host that does not read, and nothing tells how much fits:
"writable" means one byte or more. So bytes go out one at a time, each only when the port says that it takes one.
"""

import select
import sys

from micropython import kbd_intr

from ..core.compat import const, micropython

# Bytes a call of `write`: 64 are one USB packet, and keep the turn below 9 ms at 139 µs a byte (emulated RP2040).
_BURST = const(64)
# With frames waiting and no room for a byte, after which the host counts as gone: six times what a busy host may
# need to come back to its port.
_STALLED_MS = const(3000)

_INTERRUPT = const(3)  # Ctrl-C, what the REPL listens for
_NO_INTERRUPT = const(-1)


class StdioLink:
    """Bytes from the host, frames to it."""

    def __init__(self):
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        self._delimiter = bytes(1)
        self._sent = 0  # bytes of the oldest frame that have gone
        self._clear_line = True  # a delimiter first: what the other end holds is not ours
        self._stalled_ms = 0
        self.present = False  # a host has spoken, and reads
        self._readable = select.poll()
        self._readable.register(self._in, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(self._out, select.POLLOUT)

    def open(self):
        """Take any byte from the host as it is, 0x03 too, from now on."""
        kbd_intr(_NO_INTERRUPT)

    def close(self):
        """Give Ctrl-C back its meaning."""
        kbd_intr(_INTERRUPT)

    @micropython.native
    def read(self):
        """Return the next byte from the host, or -1. Never waits, does not allocate."""
        for _ in self._readable.ipoll(0):
            if self._in.readinto(self._byte, 1):
                self._stalled_ms = 0
                self.present = True
                return self._byte[0]
        return -1

    @micropython.native
    def write(self, outbox):
        """Send what the port takes now, up to 64 bytes; frames that are wholly sent leave `outbox`.

        Never waits, does not allocate. A frame is only ever cut where the line itself is; it is finished later.
        """
        burst = _BURST
        if self._sent != outbox.offset:
            self.restart()
        while outbox.used and burst:
            buffer = outbox.buffers[outbox.first]
            length = outbox.lengths[outbox.first]
            while self._sent < length:
                if not burst or not self._put(buffer):
                    return
                outbox.offset = self._sent
                burst -= 1
            self._sent = 0
            outbox.pop()

    def restart(self):
        """Forget the frame that is half sent: the outbox has been cleared. A delimiter will clear the line."""
        self._sent = 0
        self._clear_line = True

    def pass_time(self, elapsed_ms, waiting):
        """Notice a host that has stopped reading: `waiting` says whether frames wait, `elapsed_ms` since the last call.

        It counts as gone after three seconds without room for one byte, and as back with its next byte.
        """
        if not waiting or self._takes_a_byte():
            self._stalled_ms = 0
            return
        self._stalled_ms += elapsed_ms
        if self._stalled_ms > _STALLED_MS:
            self.present = False

    @micropython.native
    def _put(self, buffer):
        """Write the next byte, if there is room for one; return whether it went."""
        if not self._takes_a_byte():
            return False
        if self._clear_line:
            self._out.write(self._delimiter, 1)
            self._clear_line = False
            return self._put(buffer)
        if self._out.write(buffer, self._sent, 1) != 1:
            return False
        self._sent += 1
        return True

    @micropython.native
    def _takes_a_byte(self):
        """Return whether the port takes a byte without waiting."""
        for _ in self._writable.ipoll(0):
            return True
        return False
