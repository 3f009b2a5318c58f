"""Readings of the load cell to a force for each detector tick: outliers left out, straight lines between readings.

A slow cell gives ten readings a second, so the force of a tick is known only once the next reading is there. The
motion filters show a tick `delay` ticks late anyway; by then the line is drawn.
"""

from ..compat import const, micropython, ptr32

UNKNOWN = const(-0x3FFFFFFF)  # as wire.NULL; a test compares the two
_UNKNOWN = const(-0x3FFFFFFF)
_MASK = const(255)  # of motion.SIZE; a test compares the two

_OUTLIER = const(200000)  # mN; the contract: an outlier is further than this from the readings on both sides,
_TIMES = const(4)  # and further than this many times the larger of them
_OUTLIER_MS = const(60)  # and lasts no longer, or a single reading of a slower cell
_STANDS_MS = const(500)  # the contract: a reading stands for this long,
_PERIODS = const(3)  # or for three periods of a slower cell


@micropython.viper
def _line(forces: ptr32, start: int, stop: int, first: int, last: int):
    """Draw the straight line from `first` at tick `start` to `last` at tick `stop` into a history of forces."""
    ticks = stop - start
    step = (last - first) // ticks
    rest = (last - first) - step * ticks
    for i in range(1, ticks + 1):
        forces[(start + i) & _MASK] = first + step * i + rest * i // ticks


class Force:
    """Takes readings in mN. `newest` is the last one; it stands until the tick `until`, then set it to UNKNOWN."""

    def __init__(self, forces, rate_hz, per_tick, delay_ms=0, cell_hz=80):
        """`forces` is Motion's history by tick; a reading is `delay_ms` old when it appears."""
        self._forces = forces
        stands_ms = max(_STANDS_MS, _PERIODS * 1000 // cell_hz)
        self._stands = min(_MASK, stands_ms * rate_hz // per_tick // 1000)
        self._outlier_ticks = _OUTLIER_MS * rate_hz // per_tick // 1000
        self._delay = (delay_ms * rate_hz // per_tick + 500) // 1000
        self.newest = UNKNOWN
        self.until = -1
        self._tick = -0x10000  # of the newest believed reading
        self._count = 0  # suspicious readings after it, at most two
        self._first_tick = self._second_tick = 0
        self._first = self._second = 0

    @micropython.native
    def take(self, tick, force):
        """Take a reading that appeared at `tick`."""
        tick -= self._delay
        last = self.newest
        if not self._count:
            if last != _UNKNOWN and self._far(force, last, last):
                self._count = 1
                self._first_tick = tick
                self._first = force
            else:
                self._believe(tick, force)
            return
        brief = tick - self._first_tick <= self._outlier_ticks
        first = self._first
        alone = False
        if last == _UNKNOWN:
            brief = False  # there is no reading before it that it could be far from
        else:
            alone = self._far(first, last, force) and (self._count == 1 or self._far(self._second, last, force))
        if brief and not alone and self._count == 1 and self._far(force, last, last):
            self._count = 2
            self._second_tick = tick
            self._second = force
            return
        if not alone:
            self._believe(self._first_tick, first)
            if self._count == 2:
                self._believe(self._second_tick, self._second)
        self._count = 0
        self._believe(tick, force)

    @micropython.native
    def _far(self, force, before, after):
        """Return whether `force` is an outlier between the readings `before` and `after`."""
        limit = max(_OUTLIER, _TIMES * max(abs(before), abs(after)))
        return abs(force - before) > limit and abs(force - after) > limit

    @micropython.native
    def _believe(self, tick, force):
        if self.newest != _UNKNOWN and 0 < tick - self._tick <= self._stands:
            _line(self._forces, self._tick, tick, self.newest, force)
        else:
            self._forces[tick & _MASK] = force
        self.newest = force
        self._tick = tick
        self.until = tick + self._stands
