"""Whether the USB stack still works, as its controller's memory shows.

TinyUSB that has lost an event never recovers: after a lost SETUP it answers no control transfer (each one is skipped
because an older one seems to wait), after a lost packet it takes no more bytes, or sends none. The sampler prevents
this by masking frames, see board/sampler.py, but not while the modules load, nor in a turn of 16 ms or more at 50 Hz.
Then only a reset helps.
"""

from array import array

from ...core.compat import const, micropython, ptr32

# RP2040 datasheet, 4.1.2.5, and RP2350, 12.7.3: the controller's memory, as indices of 32-bit words.
_MEMORY = 0x50100000
_SETUP = const(0)  # the newest SETUP packet: the request and its value
_PORT_CONTROL = const(5)  # of endpoint 2 OUT, which has the port's bytes from the host (MicroPython's mp_usbd.h)
_CONTROL_IN = const(32)  # buffers of endpoint 0: each answer to a SETUP uses one
_CONTROL_OUT = const(33)
_PORT_IN = const(36)  # buffers of endpoint 2 IN, which has the port's bytes for the host, and OUT
_PORT_OUT = const(37)
_BULK = const(0x22)  # the upper six bits of the control word of a bulk endpoint that is enabled, and their mask
_BULK_MASK = const(0x23)
_AVAILABLE = const(1 << 10)  # the buffer belongs to the controller, which waits for the host
_EITHER = const(1 << 10 | 1 << 26)  # one of an endpoint's two buffers does
_STALL = const(1 << 11)
# A length that no transfer of endpoint 0 leaves, 64 at most. Nobody reads the length of a buffer that is not available.
_MARK = const(0x3FF)

# Indices into the state. The last three count looks in a row.
_ADDRESS = const(0)  # of the controller's memory
_SEEN = const(1)  # the SETUP that was answered last
_UNANSWERED = const(2)  # a later one has no answer
_CLOSED = const(3)  # the port takes no packet
_EMPTY = const(4)  # the port offers no packet

_LOOKS = const(3)  # in a row until it is deaf
_SILENT_MS = const(2000)


class UsbStack:
    """Call `is_deaf` once a second."""

    def __init__(self):
        self._state = array("i", [_MEMORY, 0, 0, 0, 0])

    def is_deaf(self, silent_ms, stalled):
        """Return whether the stack has stopped working.

        `silent_ms`: how long no byte has come from the host; one that sends more than the loop reads finds the port
        closed too. `stalled`: the port has had no room for a packet for some seconds. If the host does not read, the
        stack still offers it one.
        """
        state = self._state
        _look(state)
        return (
            state[_UNANSWERED] == _LOOKS
            or (state[_CLOSED] == _LOOKS and silent_ms > _SILENT_MS)
            or (state[_EMPTY] == _LOOKS and stalled)
        )


@micropython.viper
def _look(state):
    s = ptr32(state)
    memory = ptr32(s[_ADDRESS])
    setup = int(memory[_SETUP])
    into = int(memory[_CONTROL_IN])
    out = int(memory[_CONTROL_OUT])
    busy = (into | out) & (_AVAILABLE | _STALL)
    if busy == 0 and into & out & _MARK == _MARK:
        waits = s[_UNANSWERED]
        if waits < _LOOKS and (waits or setup != s[_SEEN]):
            s[_UNANSWERED] = waits + 1
    else:
        s[_SEEN] = setup
        s[_UNANSWERED] = 0
        if busy == 0:
            memory[_CONTROL_IN] = into | _MARK
            memory[_CONTROL_OUT] = out | _MARK
    if (int(memory[_PORT_CONTROL]) >> 26) & _BULK_MASK != _BULK or int(memory[_PORT_OUT]) & _AVAILABLE:
        s[_CLOSED] = 0
    elif s[_CLOSED] < _LOOKS:
        s[_CLOSED] += 1
    if int(memory[_PORT_IN]) & _EITHER:
        s[_EMPTY] = 0
    elif s[_EMPTY] < _LOOKS:
        s[_EMPTY] += 1
