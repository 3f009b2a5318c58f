"""Tick positions to the speed and position of the intended movement.

Two boxes in a row on the speed: linear phase, integers, a handful of operations a tick, and nulls in the tremor
band. All outputs of a tick belong to the same instant, `delay` ticks before the newest.
"""

from array import array

from . import onset, tuning
from .compat import const, micropython

SIZE = const(256)  # ticks of history: 2.5 s at 100 Hz
_MASK = const(255)
NOT_FOUND = const(-0x1000)


class Motion:
    """Feed `step` one tick at a time; read `speed` (in units of `um_s(1)`), `position` in µm, `force` in mN.

    The filters' lengths follow the tick rate. With L1 and L2 ticks the delay is (L1 + L2 - 1) / 2 ticks,
    kept whole, and the speed is held as the sum over both boxes: L1 * L2 / tick rate times the speed.
    """

    def __init__(self, rate_hz, per_tick, table):
        self.rate_hz = rate_hz
        self.per_tick = per_tick
        self.long = min(100, max(1, self._ticks(table[tuning.LONG_MS])))
        self.short = min(100, max(1, self._ticks(table[tuning.SHORT_MS])))
        if (self.long + self.short) % 2 == 0:
            self.short += 1
        self.delay = (self.long + self.short - 1) // 2
        self.half = min(self.delay, self._ticks(table[tuning.POSITION_MS]) // 2)
        self.threshold = self.units(table[tuning.THRESHOLD])
        self._raw = array("i", bytes(4 * SIZE))
        self._slope = array("i", bytes(4 * SIZE))
        self._force = array("i", bytes(4 * SIZE))
        self._speeds = array("i", bytes(4 * SIZE))
        self._arm = max(1, (self.long + self.short) // 4)
        # Half the boxes' variance, (L1^2 + L2^2) / 12 ticks^2, over the arm squared, in 256ths: see `crest`.
        self._gain = (self.long**2 + self.short**2) * 32 // (3 * self._arm**2)
        self.tick = -1  # number of the newest tick
        self.speed = 0
        self.position = 0
        self.force = 0
        self._box = 0
        self._calm = 0

    def _ticks(self, ms):
        return (ms * self.rate_hz // self.per_tick + 500) // 1000

    def units(self, um_s):
        """Return a speed in µm/s in the units of `speed`."""
        return um_s * self.long * self.short * self.per_tick // self.rate_hz

    def um_s(self, speed):
        """Return a speed in the units of `speed` in µm/s. Does not allocate."""
        product = self.long * self.short * self.per_tick
        return speed // product * self.rate_hz + speed % product * self.rate_hz // product

    def begin(self, position, force):
        """Fill the history with a cable at rest."""
        for i in range(SIZE):
            self._raw[i] = position
            self._slope[i] = 0
            self._force[i] = force
            self._speeds[i] = 0
        self.speed = 0
        self._calm = 0
        self.position = position
        self.force = force
        self._box = position * (2 * self.half + 1)

    @micropython.native
    def step(self, position, force):
        """Take the newest tick's position in µm and force in mN. Does not allocate."""
        tick = self.tick = self.tick + 1
        raw = self._raw
        raw[tick & _MASK] = position
        self._force[tick & _MASK] = force
        slope = position - raw[(tick - self.long) & _MASK]
        slopes = self._slope
        slopes[tick & _MASK] = slope
        self.speed += slope - slopes[(tick - self.short) & _MASK]
        speeds = self._speeds
        speeds[tick & _MASK] = self.speed
        self._calm += self.speed - speeds[(tick - self.long) & _MASK]
        then = tick - self.delay
        half = self.half
        self._box += raw[(then + half) & _MASK] - raw[(then - half - 1) & _MASK]
        self.position = self._box // (2 * half + 1)
        self.force = self._force[then & _MASK]

    def newest(self):
        """Return the newest tick's position in µm, not yet smoothed."""
        return self._raw[self.tick & _MASK]

    def newest_force(self):
        """Return the newest tick's force in mN."""
        return self._force[self.tick & _MASK]

    def speed_before(self, ticks):
        """Return the speed some ticks ago, fewer than SIZE. Does not allocate."""
        return self._speeds[(self.tick - ticks) & _MASK]

    def calm(self):
        """Return the mean speed over the last `long` ticks, in the units of `speed`: little is left of tremor."""
        return self._calm // self.long

    def crest(self):
        """Return the speed `arm` ticks ago with the filter's flattening of a crest undone, in the units of `speed`.

        A symmetric kernel of variance s2 turns v into v + s2/2 v''. The second difference over `arm` ticks measures
        v'' and gives it back, which leaves 2 % of a crest of 0.4 s where the filter alone takes 9 %. Does not allocate.
        """
        tick = self.tick
        arm = self._arm
        speeds = self._speeds
        middle = speeds[(tick - arm) & _MASK]
        bend = 2 * middle - self.speed - speeds[(tick - 2 * arm) & _MASK]
        return middle + ((bend >> 4) * self._gain >> 4)

    @micropython.native
    def seek_calm(self, way, toward, tick):
        """Return by how many sixteenths of a tick the calm speed crosses the threshold off `tick`, or NOT_FOUND.

        As `seek`, but for boundaries so gentle that what is left of tremor would move them. The history must reach
        half of `long` beyond `tick`. Does not allocate.
        """
        speeds = self._speeds
        half = self.long // 2
        reach = min(self.long, self.tick - half - tick)
        at = tick - reach * toward
        total = 0
        for i in range(at - half, at + half + 1):
            total += speeds[i & _MASK]
        least = self.threshold * (2 * half + 1)
        before = 0
        found = False
        for _ in range(2 * reach):
            here = total * way
            if found and here <= least:
                return 16 * (at - toward - tick) + toward * 16 * ((before - least) >> 4) // (((before - here) >> 4) + 1)
            found = found or here > least
            before = here
            if toward > 0:
                total += speeds[(at + half + 1) & _MASK] - speeds[(at - half) & _MASK]
            else:
                total += speeds[(at - half - 1) & _MASK] - speeds[(at + half) & _MASK]
            at += toward
        return NOT_FOUND

    @micropython.native
    def seek(self, way, toward):
        """Return by how many sixteenths of a tick the unfiltered motion crossed the threshold before (negative) or
        after the newest outputs' instant, or NOT_FOUND.

        `way` is the direction of the movement, `toward` is 1 where it comes to rest and -1 where it sets out. The
        search starts a filter's reach within the movement and goes towards the rest, with the speed over four ticks,
        whose own lead is taken off. Does not allocate.
        """
        raw = self._raw
        middle = self.tick - self.delay
        # Over four ticks the threshold is this many micrometres.
        least = self.threshold * 4 // (self.long * self.short)
        at = middle - self.delay * toward
        before = 0
        found = False
        for _ in range(2 * self.delay - 1):
            step = (raw[(at + 2) & _MASK] - raw[(at - 2) & _MASK]) * way
            if found and step <= least:
                lead = onset.lead((before - step) * 16 * 5 // least) * 16 * 5 >> 8
                return 16 * (at - middle - toward) + toward * (16 * (before - least) // (before - step) - lead)
            found = found or step > least
            before = step
            at += toward
        return NOT_FOUND
