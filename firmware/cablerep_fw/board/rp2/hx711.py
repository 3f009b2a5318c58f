"""An HX711 or HX717 read by a PIO state machine, so that no interrupt can stretch its clock.

A clock that is interrupted half-way gives readings of 2**n - 1, and one held high for 60 µs switches the chip off.
"""

# ruff: noqa: F821 - the assembler lends the program its names
# mypy: disable-error-code="name-defined"

from array import array

import rp2
from machine import Pin

from ...core.compat import const, micropython
from ...core.sense import cell_word
from ...core.sense.cell_watch import CellWatch
from ...core.sense.ring import NO_LOAD
from .machines import state_machine

# One instruction a µs: clock high for 2 µs and low for 1 µs. The datasheet asks for 0.2 to 50 µs high, 0.2 µs low, and
# has each bit ready 0.1 µs after the rising edge; it is read 1 µs after it. A reading takes 27 * 3 = 81 µs at most.
INSTRUCTIONS_HZ = const(1_000_000)

_MACHINES = (4, 5, 6, 7, 1, 2, 3)  # block 1, or block 0 where the encoder had to go to block 1


@rp2.asm_pio(sideset_init=rp2.PIO.OUT_LOW, in_shiftdir=rp2.PIO.SHIFT_LEFT, fifo_join=rp2.PIO.JOIN_RX)
def reader():
    """Wait for a conversion and shift in Y + 1 bits, most significant first."""
    wrap_target()
    mov(x, y).side(0)
    wait(0, pin, 0).side(0)
    label("bit")
    nop().side(1)
    in_(pins, 1).side(1)
    jmp(x_dec, "bit").side(0)
    push(noblock).side(0)
    wrap()


class Hx711:
    """The amplifier with its data line on GPIO `data` and its clock on GPIO `clock`.

    `watch` is the core.cell_watch.CellWatch that judges the readings. Raises ValueError for a gain it has not.
    """

    def __init__(self, data, clock, gain):
        pulses = cell_word.hx711_pulses(gain)
        data = Pin(data, Pin.IN, Pin.PULL_UP)  # a wire that is off reads as "not ready", and the watch hears silence
        self._machine = state_machine(_MACHINES, reader, freq=INSTRUCTIONS_HZ, in_base=data, sideset_base=Pin(clock))
        self._fill = self._machine.rx_fifo  # kept: to look a method up takes an RP2040 longer than to run it
        self._machine.exec("set(y, %d)" % (pulses - 1))
        self._pulses = pulses
        self._word = array("I", bytes(4))
        self._stale = 0  # words to pass over; main loop before the start, then interrupt
        self.watch = CellWatch(1)
        self._count = self.watch.sample

    def start(self, rate_hz):
        """Let the reader run, for a sampler of `rate_hz`.

        What waits in the FIFO is from before, and so is the gain of the next reading: pulses choose the one after it.
        """
        self.watch = CellWatch(rate_hz)
        self._count = self.watch.sample
        self._stale = self._machine.rx_fifo() + 1
        self._machine.active(1)

    @micropython.native
    def take(self):
        """Return the newest reading in counts, or NO_LOAD where there is no new one that can be believed.

        Hard interrupt safe, does not allocate, never waits. A word has 27 bits at most and so is a small int.
        """
        self._count()
        counts = NO_LOAD
        fill = self._fill
        while fill():
            self._machine.get(self._word)
            if self._stale:
                self._stale -= 1
                continue
            counts = self.watch.take(cell_word.hx711(self._word[0], self._pulses))
        return counts

    def poll(self):
        """Nothing to do in the main loop: the state machine reads by itself."""
