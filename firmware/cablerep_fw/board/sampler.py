"""Encoder and load cell into the ring at a fixed rate, from a timer's interrupt.

A hard timer, because a soft one is up to 7 ms late under garbage collection. Any exception in its callback stops it for
good and silently, so the callback raises none, and the main loop asks with `heartbeat` whether it is still alive.
"""

from time import sleep_us, ticks_us

from machine import Timer

from ..core.compat import const, micropython
from ..core.sense.jitter import Jitter
from ..core.sense.ring import NO_LOAD
from ..core.sense.tick_grid import TickGrid

# Bit of `faults`, as wire.FAULTS counts them.
RESTARTED = const(1 << 4)

LEAST_HZ = const(50)
MOST_HZ = const(1000)


class NoCell:
    """Stands where no load cell is: force stays unknown, everything else works."""

    watch = None

    def start(self, rate_hz):
        """Nothing to start, nothing to say."""
        return

    def take(self):
        """Return NO_LOAD."""
        return NO_LOAD

    def poll(self):
        """Nothing to do."""


class Sampler:
    """Fills `ring` from `encoder` and `cell`: both have `take()`, safe in a hard interrupt.

    Sample k stands at k periods: a tick that was too late to be a sample is told to the ring as a missed period.
    """

    def __init__(self, encoder, cell, ring):
        self.faults = 0  # latched; main loop
        self.restarts = 0  # how often a dead timer was started again; main loop
        self.ticks = 0  # since the board began; interrupt; the watchdog is fed while it moves
        self.missed = 0  # periods since `start`; interrupt
        self.jitter = Jitter()
        self._encoder = encoder
        self._cell = cell
        self._ring = ring
        self._even = False  # the last tick was a sample, so the time since it is a period
        self._grid = TickGrid(5000)
        self._timer = Timer(-1)
        # Once: taking a reference to a bound method costs memory, and looking one up 13 µs on an RP2040 at 125 MHz.
        self._callback = self._tick
        self._take_travel = encoder.take
        self._take_load = cell.take
        self._push = ring.push
        self._on_grid = self._grid.tick
        self._add_jitter = self.jitter.add

    def start(self, rate_hz):
        """Begin a new grid of `rate_hz` samples a second with an empty ring; what ran before ends.

        A period is a whole number of µs, so a rate that does not divide 1 000 000 is off by up to 0.05 %. Returns
        what the load cell has to say, or None. Raises ValueError outside 50 to 1000 Hz.
        """
        if not LEAST_HZ <= rate_hz <= MOST_HZ:
            raise ValueError("the sampler takes %d to %d Hz, not %d" % (LEAST_HZ, MOST_HZ, rate_hz))
        self.stop()
        ring = self._ring
        ring.tail = ring.head
        ring.unmarked = 0
        ring.overruns = 0
        self.missed = 0
        self.jitter = Jitter()
        self._even = False
        self._grid = TickGrid((1000000 + rate_hz // 2) // rate_hz)
        self._on_grid = self._grid.tick
        self._add_jitter = self.jitter.add
        self._encoder.start()
        note = self._cell.start(rate_hz)
        self._grid.begin(ticks_us())
        self._arm()
        return note

    def stop(self):
        """Take no more samples."""
        self._timer.deinit()

    def heartbeat(self):
        """Start the timer again where it has died, on the old grid; return whether it had. For the main loop.

        Waits for a deadline of the grid where it must, which is one period at most.
        """
        grid = self._grid
        if not grid.dead(ticks_us()):
            return False
        self._timer.deinit()  # from here on the ring has no other producer
        missed = grid.resume(ticks_us())
        self._ring.skip(missed)
        self.missed += missed
        self.restarts += 1
        self.faults |= RESTARTED
        self._even = False
        sleep_us(grid.wait_us(ticks_us()))
        self._arm()
        return True

    def clear(self):
        """Forget the latched faults."""
        self.faults = 0

    def _arm(self):
        """Let the timer tick, first one period from now.

        In ticks of 1 µs and not as a frequency, which is a float. The stubs know no period together with tick_hz;
        the port does (ports/rp2/machine_timer.c).
        """
        self._timer.init(  # type: ignore[call-overload]
            mode=Timer.PERIODIC, period=self._grid.period_us, tick_hz=1000000, hard=True, callback=self._callback
        )

    @micropython.native
    def _tick(self, _timer):
        """Take one sample. In a hard interrupt: must not allocate and must not raise."""
        now = ticks_us()
        travel = self._take_travel()
        load = self._take_load()
        self.ticks = (self.ticks + 1) & 0x3FFFFFFF
        if not self._on_grid(now):
            self._ring.skip(1)
            self.missed += 1
            self._even = False
            return
        self._push(travel, load)
        if self._even:
            grid = self._grid
            self._add_jitter(grid.gap_us - grid.period_us)
        self._even = True
