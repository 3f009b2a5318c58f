"""The host's line over the REPL's own USB serial port, without ever waiting for the host.

A write of more than what fits waits up to 500 ms for a host that does not read, and nothing tells how much fits:
"writable" means one byte or more. So the line gets nothing but whole packets, see `write`.
"""

import select
import sys

from micropython import kbd_intr

from ..core.compat import const, micropython
from ..core.link.frames import copy

# Bytes of a USB packet. The port's FIFO holds four (TinyUSB's 256 bytes at full speed) and gives them away one by one.
_PACKET = const(64)
# Packets a call of `write`: what the FIFO holds, and 1.1 ms of an RP2040 at 125 MHz. At 1 kHz samples need one in 7 ms.
_BURST = const(4)
# With frames waiting and no room for a packet, after which the host counts as gone: six times what a busy host may
# need to come back to its port.
_STALLED_MS = const(3000)
# After that long without a byte or room, the USB stack is taken for dead: its queue of 16 events overflows when a host
# opens and closes the port during a collection, and a lost SETUP leaves it mute until a reset.
_DEAF_MS = const(2000)

_INTERRUPT = const(3)  # Ctrl-C, what the REPL listens for
_NO_INTERRUPT = const(-1)


class StdioLink:
    """Bytes from the host, frames to it."""

    def __init__(self):
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        self._packet = bytearray(_PACKET)
        self._filling = bytes(_PACKET)  # delimiters
        self._sent = 0  # bytes of the oldest frame that have gone
        self._clear_line = True  # a delimiter first: what the other end holds is not ours
        self._stalled_ms = 0
        self.present = False  # a host has spoken, and reads
        self._lost = False  # a host stopped reading, and nothing has changed since
        self._lost_ms = 0
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
                self._lost = False
                self.present = True
                return self._byte[0]
        return -1

    @micropython.native
    def write(self, outbox):
        """Send what the port takes now, up to four packets; frames that are wholly sent leave `outbox`.

        Never waits, does not allocate. The FIFO gets 64 bytes at a time and gives 64 away at a time, so what it holds
        is a multiple of 64 and "writable" means room for a packet. (shared/tinyusb/mp_usbd_cdc.c and TinyUSB's
        tu_edpt_stream_write_xfer. Something else in it, as the REPL's last words, leaves with the next packets, so
        that only a host that asks and then reads nothing could once make a write wait its 500 ms.) A packet without
        frames to fill it is filled with delimiters, which every receiver passes over. To a packet an RP2040 takes
        0.3 ms, where byte by byte it takes 9 ms.
        """
        if self._sent != outbox.offset:
            self.restart()
        for _ in range(_BURST):
            if not outbox.used or not self._takes_a_packet():
                return
            if self._out.write(self._packet, self._fill(outbox)) != _PACKET:
                self.restart()  # not seen yet: a part of a frame is lost

    def restart(self):
        """Forget the frame that is half sent: the outbox has been cleared. A delimiter will clear the line."""
        self._sent = 0
        self._clear_line = True

    def pass_time(self, elapsed_ms, waiting):
        """Notice a host that has stopped reading: `waiting` says whether frames wait, `elapsed_ms` since the last call.

        It counts as gone after three seconds without room for a packet, and as back with its next byte.
        """
        if self._lost:
            self._lost_ms += elapsed_ms
            if self._takes_a_packet():
                self._lost = False
        if not waiting or self._takes_a_packet():
            self._stalled_ms = 0
            return
        self._stalled_ms += elapsed_ms
        if self._stalled_ms > _STALLED_MS:
            self.present = False
            self._lost = True
            self._lost_ms = 0

    def is_deaf(self):
        """Return whether the port has taken nothing for five seconds in all, so that only a reset can help."""
        return self._lost and self._lost_ms > _DEAF_MS

    @micropython.native
    def _fill(self, outbox):
        """Move the oldest bytes of `outbox` into the packet and return its length."""
        packet = self._packet
        at = 0
        if self._clear_line:
            self._clear_line = False
            packet[0] = 0
            at = 1
        while at < _PACKET and outbox.used:
            offset = outbox.offset
            left = outbox.lengths[outbox.first] - offset
            count = min(left, _PACKET - at)
            copy(outbox.buffers[outbox.first], offset, packet, at, count)
            at += count
            if count == left:
                outbox.pop()
            else:
                outbox.offset = offset + count
        self._sent = outbox.offset
        copy(self._filling, 0, packet, at, _PACKET - at)
        return _PACKET

    @micropython.native
    def _takes_a_packet(self):
        """Return whether the port takes a packet without waiting."""
        for _ in self._writable.ipoll(0):
            return True
        return False
