"""The encoder on a PIO state machine, which counts every edge of both channels without interrupts.

The program jumps to the address formed by the old and the new state of the channels, so the table must be at address 0.
MicroPython cannot choose where a program goes, but one of 32 words fits nowhere else.
"""

# ruff: noqa: F821 - the assembler provides these names
# mypy: disable-error-code="name-defined"

import rp2
from machine import Pin

from ...core.compat import const
from .chip import fifo, state_machine

# A loop of the program takes 12 instructions at most, so at 25 MHz each state is sampled within 0.48 µs. Edges that
# far apart would be 2 million counts a second; on the chip 1.8 million are exact, and at 2.5 million counts are lost.
# The contract's 500 000 leave room for encoders whose channels are up to 60° off their quarter.
INSTRUCTIONS_HZ = const(25_000_000)

_MACHINES = (0, 4)  # the first of each block: another user of the block leaves no room for 32 words anyway


@rp2.asm_pio(in_shiftdir=rp2.PIO.SHIFT_LEFT, out_shiftdir=rp2.PIO.SHIFT_RIGHT)
def decoder():
    """Count in Y, count illegal transitions downwards in X, and push both in one word of 6 and 24 bits."""
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
    jmp(y_dec, "publish")  # if Y was 0 the jump is not taken, and continues at the same place
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
    mov(y, invert(y))  # adding 1 is subtracting it from the complement
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
    """The encoder on `pin` (channel A) and the next higher pin (channel B).

    `fifo` is where the decoder delivers, see chip.fifo. Its program fills the instruction memory of a PIO block, so no
    other program fits beside it.
    """

    def __init__(self, pin):
        Pin(pin, Pin.IN, Pin.PULL_UP)  # for open-collector outputs; also ends the RP2350's pad isolation
        Pin(pin + 1, Pin.IN, Pin.PULL_UP)
        self._machine, number = state_machine(_MACHINES, decoder, freq=INSTRUCTIONS_HZ, in_base=Pin(pin))
        self.fifo = fifo(number)

    def start(self):
        """Let the decoder run. It fills its FIFO within 2 µs and then drops what it cannot push."""
        self._machine.active(1)
