"""The USB serial port as the firmware sees it: 256 bytes of FIFO, and a wait for whoever writes more than fits."""

import select
from types import SimpleNamespace

FIFO = 256  # bytes, as TinyUSB has it on the RP2 port
PACKET = 64


class Port:
    """stdin and stdout of a board: `room` bytes of the FIFO are free, `typed` bytes wait to be read."""

    def __init__(self):
        self.line = bytearray()  # what has left the FIFO for the host
        self.fifo = bytearray()
        self.typed = bytearray()
        self.waited = 0

    def write(self, buffer, *place):
        offset, length = place if len(place) == 2 else (0, place[0])
        data = bytes(buffer[offset : offset + length])
        if len(data) > FIFO - len(self.fifo):
            self.waited += 1  # here the board would stand still for half a second
            data = data[: FIFO - len(self.fifo)]
        self.fifo += data
        return len(data)

    def readinto(self, buffer, length):
        assert len(self.typed) >= length, "would wait for a byte"
        buffer[:length] = self.typed[:length]
        del self.typed[:length]
        return length

    def read(self, length):
        data = bytes(self.typed[:length])
        del self.typed[:length]
        return data

    def host_reads(self, packets=FIFO // PACKET):
        """Let that many packets leave, each with what there is: tu_edpt_stream_write_xfer."""
        self.line += self.fifo[: packets * PACKET]
        del self.fifo[: packets * PACKET]


class Poll:
    def __init__(self, port):
        self.port = port

    def register(self, stream, flags):
        self.flags = flags

    def poll(self, timeout):
        return self.ipoll(timeout)

    def ipoll(self, timeout):
        assert timeout == 0
        ready = self.port.typed if self.flags == select.POLLIN else len(self.port.fifo) < FIFO
        return [(self.port, self.flags)] if ready else []


def plug(chip, name="stdio_link"):
    """Return the port that the module `name` on `chip` finds as its stdin and stdout."""
    port = Port()
    module = chip.load(name)
    module.select = SimpleNamespace(poll=lambda: Poll(port), POLLIN=select.POLLIN, POLLOUT=select.POLLOUT)
    stream = SimpleNamespace(buffer=port)
    module.sys = SimpleNamespace(stdin=stream, stdout=stream)
    return port
