"""The encoder by a PIO state machine: every edge of both channels counted, and no interrupt for any of them.

The program jumps to the address that the old and the new state of the channels make up, so the table must lie at
address 0. MicroPython cannot place a program; one of 32 words fits nowhere else.
"""

# ruff: noqa: F821 - the assembler lends the program its names
# mypy: disable-error-code="name-defined"

from array import array

import rp2
from machine import Pin

from ...core.compat import const, micropython
from ...core.sense.quadrature_count import QuadratureCount
from .machines import state_machine

# Bits of `faults`, as wire.FAULTS counts them.
STOPPED = const(1 << 7)

# A loop of the program takes 12 instructions at most, so at 25 MHz each state is looked at within 0.48 µs: 2 million
# counts a second. Twice the 500 000 asked for would do; the rest is for encoders whose channels are up to 60° off
# their quarter, and glitches shorter than this are still likely to be passed over.
INSTRUCTIONS_HZ = const(25_000_000)

_FIFO = const(4)  # words
_MACHINES = (0, 4)  # the first of a block each: another user of the block leaves no room for 32 words anyway


@rp2.asm_pio(in_shiftdir=rp2.PIO.SHIFT_LEFT, out_shiftdir=rp2.PIO.SHIFT_RIGHT)
def decoder():
    """Count in Y, count illegal transitions downwards in X, and offer both in one word of 6 and 24 bits."""
    # The table: two bits of the old state, two of the new, B before A. A leading B counts up.
    jmp("publish")  # 00 00
    jmp("up")  # 00 01
    jmp("down")  # 00 10
    jmp("illegal")  # 00 11
    jmp("down")  # 01 00
    jmp("publish")  # 01 01
    jmp("illegal")  # 01 10
    jmp("up")  # 01 11
    jmp("up")  # 10 00
    jmp("illegal")  # 10 01
    jmp("publish")  # 10 10
    jmp("down")  # 10 11
    jmp("illegal")  # 11 00
    jmp("down")  # 11 01
    jmp("up")  # 11 10
    jmp("publish")  # 11 11
    label("down")
    jmp(y_dec, "publish")  # where Y was 0 the jump is not taken, and goes to the same place
    wrap_target()
    label("publish")
    mov(isr, null)
    in_(x, 6)
    in_(y, 24)
    push(noblock)  # dropped while the FIFO is full, so the reader must empty it before it reads
    out(isr, 2)  # the old state, kept in the OSR
    in_(pins, 2)  # and the new one
    mov(osr, isr)
    mov(pc, isr)
    label("up")
    mov(y, invert(y))  # adding is taking away from the complement
    jmp(y_dec, "up2")
    label("up2")
    mov(y, invert(y))
    wrap()
    label("illegal")
    jmp(x_dec, "publish")
    jmp("publish")
    nop()  # two words to make it 32
    nop()


class Quadrature:
    """The encoder on `pin` (channel A) and the pin above it (channel B).

    The program fills the instruction memory of its PIO block: no other program fits beside it.
    """

    def __init__(self, pin):
        Pin(pin, Pin.IN, Pin.PULL_UP)  # pull-ups for open-collector outputs; also ends the RP2350's pad isolation
        Pin(pin + 1, Pin.IN, Pin.PULL_UP)
        self.faults = 0  # latched; written by the interrupt, cleared by `clear`
        self.count = QuadratureCount()
        self._words = array("I", bytes(4 * _FIFO))
        self._word = array("I", bytes(4))
        self._machine = machine = state_machine(_MACHINES, decoder, freq=INSTRUCTIONS_HZ, in_base=Pin(pin))
        # Kept: to look a method up takes an RP2040 longer than to run it.
        self._fill = machine.rx_fifo
        self._get = machine.get
        self._is_fresh = self._fresh
        self._count = self.count.take

    def start(self):
        """Let the decoder run and make the present position travel 0."""
        self._machine.active(1)
        self._fresh()
        self.count.refer(self._word[0])

    @micropython.native
    def take(self):
        """Return the travel in counts now. Hard interrupt safe, does not allocate."""
        if self._is_fresh():
            return self._count(self._word[0])
        self.faults |= STOPPED
        return self.count.travel

    def clear(self):
        """Forget the latched faults."""
        self.faults = 0

    @micropython.native
    def _fresh(self):
        """Read a word that was made during this call; return whether the decoder runs. Never waits.

        A running decoder fills its FIFO within 2 µs, so a FIFO that is not full belongs to one that does not run.
        The words that were in it are of any age; those that follow are not older than this call.
        """
        fill = self._fill
        get = self._get
        if fill() < _FIFO:
            return False
        get(self._words)
        if not fill():
            return False
        get(self._word)
        return True
