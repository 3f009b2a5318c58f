"""The line to the host over the REPL's USB serial port. Never waits for the host.

A write that does not fit blocks for up to 500 ms if the host does not read, and the port does not say how much fits:
"writable" means one byte or more. So only whole packets are written, see `write`.
"""

import select
import sys

from micropython import kbd_intr

from ..core.compat import const, micropython
from ..core.link.frames import copy

# Bytes in a USB packet. The port's FIFO (TinyUSB's 256 bytes at full speed) holds four and sends them one by one.
_PACKET = const(64)
# Max. packets per `write`: what the FIFO holds, 1.1 ms on an RP2040 at 125 MHz. Samples at 1 kHz need one in 7 ms.
_BURST = const(4)
# A host is considered gone after this long with frames waiting and no room for a packet: six times what a busy host
# may need to return to its port.
_STALLED_MS = const(3000)
_SILENT_MAX_MS = const(60_000)

_INTERRUPT = const(3)  # Ctrl-C, for the REPL
_NO_INTERRUPT = const(-1)


class StdioLink:
    """Receives bytes from the host and sends frames to it."""

    def __init__(self):
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        self._packet = bytearray(_PACKET)
        self._filling = bytes(_PACKET)  # delimiters
        self._sent = 0  # bytes of the oldest frame that have been sent
        self._clear_line = True  # send a delimiter first: the host may hold bytes that are not ours
        self._stalled_ms = 0
        self.silent_ms = 0  # since the last byte from the host, at most a minute
        self.present = False  # a host has sent something, and reads
        self.stalled = False  # a host stopped reading, and nothing has changed since
        self._readable = select.poll()
        self._readable.register(self._in, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(self._out, select.POLLOUT)

    def open(self):
        """Receive every byte as it is from now on, 0x03 too."""
        kbd_intr(_NO_INTERRUPT)

    def close(self):
        """Restore Ctrl-C."""
        kbd_intr(_INTERRUPT)

    @micropython.native
    def read(self):
        """Return the next byte from the host, or -1. Never waits, does not allocate."""
        for _ in self._readable.ipoll(0):
            if self._in.readinto(self._byte, 1):
                self._stalled_ms = 0
                self.silent_ms = 0
                self.stalled = False
                self.present = True
                return self._byte[0]
        return -1

    @micropython.native
    def write(self, outbox):
        """Send what the port takes now, up to four packets; remove complete frames from `outbox`.

        Never waits, does not allocate. The FIFO is filled and emptied 64 bytes at a time, so its level is a multiple of
        64 and "writable" means room for a packet. (shared/tinyusb/mp_usbd_cdc.c and TinyUSB's
        tu_edpt_stream_write_xfer. Other bytes in it, such as the REPL's last output, leave with the next packets;
        only a host that asks and then reads nothing can make one write block for 500 ms.) An incomplete packet is
        filled up with delimiters, which receivers ignore. A packet takes an RP2040 0.3 ms; byte by byte it took 9 ms.
        """
        if self._sent != outbox.offset:
            self.restart()
        for _ in range(_BURST):
            if not outbox.used or not self._takes_a_packet():
                return
            if self._out.write(self._packet, self._fill(outbox)) != _PACKET:
                self.restart()  # never observed: part of a frame is lost

    def restart(self):
        """Abandon a half-sent frame after the outbox was cleared. A delimiter will separate it from the next."""
        self._sent = 0
        self._clear_line = True

    def pass_time(self, elapsed_ms, waiting):
        """Detect a host that has stopped reading. `waiting`: frames are waiting; `elapsed_ms`: since the last call.

        It is considered gone after three seconds without room for a packet, and back with its next byte.
        """
        if self.silent_ms < _SILENT_MAX_MS:
            self.silent_ms += elapsed_ms
        if self.stalled or waiting:
            if self._takes_a_packet():
                self.stalled = False
                self._stalled_ms = 0
            elif self._stalled_ms <= _STALLED_MS:
                self._stalled_ms += elapsed_ms
                if self._stalled_ms > _STALLED_MS:
                    self.present = False
                    self.stalled = True
        else:
            self._stalled_ms = 0

    @micropython.native
    def _fill(self, outbox):
        """Move the oldest bytes of `outbox` into the packet; return the packet's length."""
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
