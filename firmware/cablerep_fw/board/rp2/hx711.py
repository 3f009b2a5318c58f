"""An HX711 or HX717 read by a PIO state machine, so that no interrupt can stretch its clock.

An interrupted clock gives readings of 2**n - 1, and one that is high for 60 µs switches the chip off.
"""

# ruff: noqa: F821 - the assembler provides these names
# mypy: disable-error-code="name-defined"

import rp2
from machine import Pin

from ...core.compat import const
from .chip import fifo, state_machine

# One instruction per µs: clock high for 2 µs, low for 1 µs. The datasheet wants 0.2 to 50 µs high and 0.2 µs low, and
# each bit is ready 0.1 µs after the rising edge; it is read 1 µs after it. A reading takes at most 27 * 3 = 81 µs.
INSTRUCTIONS_HZ = const(1_000_000)

_MACHINES = (4, 5, 6, 7, 1, 2, 3)  # block 1, or block 0 if the encoder had to use block 1


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
    """The amplifier with its data line on GPIO `data` and its clock on GPIO `clock`. Raises ValueError for a bad gain.

    `fifo` is where the reader delivers, see chip.fifo; `trailing` bits follow the 24 of each reading; `stale` words
    are to be discarded after `start`.
    """

    def __init__(self, data, clock, gain):
        pulses = _pulses(gain)
        self.trailing = pulses - 24
        self.stale = 0
        data = Pin(data, Pin.IN, Pin.PULL_UP)  # a loose wire reads as "not ready", and the sampler reports silence
        self._machine, number = state_machine(
            _MACHINES, reader, freq=INSTRUCTIONS_HZ, in_base=data, sideset_base=Pin(clock)
        )
        self.fifo = fifo(number)
        self._machine.exec("set(y, %d)" % (pulses - 1))

    def start(self):
        """Let the reader run.

        The words in the FIFO are from before, and so is the gain of the next reading: its pulses choose the gain of
        the one after it.
        """
        self.stale = self._machine.rx_fifo() + 1
        self._machine.active(1)


def _pulses(gain):
    """Return the clock pulses of one reading (25 to 27) that choose `gain` for the next one, on an HX711 or HX717.

    HX711 datasheet, table "input channel and gain selection": 25 is channel A at 128, 27 channel A at 64, 26 channel B
    at 32. (On the HX717 26 is channel B at 64.) Raises ValueError for another gain.
    """
    if gain == 128:
        return 25
    if gain == 64:
        return 27
    if gain == 32:
        return 26
    raise ValueError("an HX711 has the gains 128, 64 and 32, not %d" % gain)
