"""Tick positions to the speed and position of the intended movement.

The speed goes through two box filters in series: linear phase, integers, a handful of operations a tick, and nulls in
the tremor band. All outputs of a tick belong to the same instant, `delay` ticks before the newest.
"""

from ..compat import const, micropython, ptr32, words
from . import onset, tuning

SIZE = const(256)  # ticks of history: 2.5 s at 100 Hz
_MASK = const(255)
NOT_FOUND = const(-0x1000)

# Indices of the peaks that `raise_peaks` raises: the speed, the speed with its crest restored, and with less tremor.
SPEED = const(0)
CREST = const(1)
CALM = const(2)
_SPEED = const(0)  # the same again, private: the compiler folds only these into its code
_CREST = const(1)
_CALM = const(2)

# Indices into `Motion.filter`: first the constants, then the state after the newest tick.
_LONG = const(0)
_SHORT = const(1)
_DELAY = const(2)
_HALF = const(3)
_ARM = const(4)
_GAIN = const(5)
_TICK = const(6)
_FAST = const(7)  # the speed
_SLOW = const(8)  # sum of the speed over `long`
_BOX = const(9)  # sum of the position over its box
_POSITION = const(10)
_BEFORE = const(11)  # position a tick before
_FORCE = const(12)
_PLACES = const(13)


@micropython.viper
def _filter(f: ptr32, raw: ptr32, slopes: ptr32, speeds: ptr32, forces: ptr32, position: int, force: int) -> int:
    """Filter the newest position and force, those of tick f[_TICK]; return the smoothed position."""
    tick = f[_TICK]
    long = f[_LONG]
    now = tick & _MASK
    raw[now] = position
    slope = position - raw[(tick - long) & _MASK]
    slopes[now] = slope
    speed = f[_FAST] + slope - slopes[(tick - f[_SHORT]) & _MASK]
    f[_FAST] = speed
    speeds[now] = speed
    f[_SLOW] += speed - speeds[(tick - long) & _MASK]
    half = f[_HALF]
    then = tick - f[_DELAY]
    forces[now] = force
    f[_FORCE] = forces[then & _MASK]
    box = f[_BOX] + raw[(then + half) & _MASK] - raw[(then - half - 1) & _MASK]
    f[_BOX] = box
    position = box // (2 * half + 1)
    f[_BEFORE] = f[_POSITION]
    f[_POSITION] = position
    return position


@micropython.viper
def raise_peaks(peaks: ptr32, f: ptr32, speeds: ptr32, way: int):
    """Raise `peaks` (at SPEED, CREST and CALM) to the newest speeds in direction `way`. Does not allocate.

    CREST has the filter's flattening of a crest undone: a symmetric kernel of variance s2 turns v into v + s2/2 v''.
    The second difference over `arm` ticks measures v'' and gives it back, which leaves 2 % of a crest of 0.4 s where
    the filter alone takes 9 %. CALM is the mean over the last `long` ticks: little is left of tremor.
    """
    speed = f[_FAST]
    if speed * way > peaks[_SPEED]:
        peaks[_SPEED] = speed * way
    tick = f[_TICK]
    arm = f[_ARM]
    crest = speeds[(tick - arm) & _MASK]
    bend = 2 * crest - speed - speeds[(tick - 2 * arm) & _MASK]
    crest = (crest + ((bend >> 4) * f[_GAIN] >> 4)) * way
    if crest > peaks[_CREST]:
        peaks[_CREST] = crest
    calm = f[_SLOW] // f[_LONG] * way
    if calm > peaks[_CALM]:
        peaks[_CALM] = calm


# Both searches look at `ticks` ticks from `at` on, `toward` the rest, for the first value of at most `least` after
# a larger one. They return how many ticks they went, or -1, and leave the two values in `found`.


@micropython.viper
def _cross_calm(found: ptr32, speeds: ptr32, at: int, half: int, ticks: int, way: int, toward: int, least: int) -> int:
    """Search the sum of the speed over `half` ticks on either side."""
    total = 0
    i = at - half
    while i <= at + half:
        total += speeds[i & _MASK]
        i += 1
    before = least
    ahead = (half + 1) * toward  # the tick that a step adds to the sum,
    behind = half * toward  # and the one that it takes off
    for step in range(ticks):
        here = total * way
        if here <= least:
            if before > least:
                found[0] = before
                found[1] = here
                return step
        before = here
        total += speeds[(at + ahead) & _MASK] - speeds[(at - behind) & _MASK]
        at += toward
    return -1


@micropython.viper
def _cross_raw(found: ptr32, raw: ptr32, at: int, ticks: int, way: int, toward: int, least: int) -> int:
    """Search the distance covered in four ticks."""
    before = least
    for i in range(ticks):
        step = (raw[(at + 2) & _MASK] - raw[(at - 2) & _MASK]) * way
        if step <= least:
            if before > least:
                found[0] = before
                found[1] = step
                return i
        before = step
        at += toward
    return -1


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
        self.raw = words(SIZE)
        self._slope = words(SIZE)
        self.forces = words(SIZE)
        self.speeds = words(SIZE)
        self.filter = f = words(_PLACES)
        f[_LONG] = self.long
        f[_SHORT] = self.short
        f[_DELAY] = self.delay
        f[_HALF] = self.half
        f[_ARM] = arm = max(1, (self.long + self.short) // 4)
        # Half the boxes' variance, (L1^2 + L2^2) / 12 ticks^2, over the arm squared, in 256ths: see `raise_peaks`.
        f[_GAIN] = (self.long**2 + self.short**2) * 32 // (3 * arm**2)
        self._stop_ticks = self._ticks(table[tuning.STOP_MS])
        self._max_stop = table[tuning.THRESHOLD] // 1000 * table[tuning.STOP_MS] if self._stop_ticks > 2 else -1
        self._found = words(2)
        self.seek_lead = 0
        self.tick = -1  # number of the newest tick
        self.speed = 0
        self.position = 0
        self.force = 0

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
        """Fill the history with a cable at rest at `position`."""
        for i in range(SIZE):
            self.raw[i] = position
            self._slope[i] = 0
            self.forces[i] = force
            self.speeds[i] = 0
        self.speed = 0
        self.position = position
        self.force = force
        self.filter[_FAST] = self.filter[_SLOW] = 0
        self.filter[_POSITION] = self.filter[_BEFORE] = position
        self.filter[_BOX] = position * (2 * self.half + 1)

    @micropython.native
    def step(self, position, force):
        """Take the newest tick's position in µm and force in mN. Does not allocate."""
        f = self.filter
        tick = self.tick + 1
        self.tick = f[_TICK] = tick
        self.position = _filter(f, self.raw, self._slope, self.speeds, self.forces, position, force)
        self.speed = f[_FAST]
        self.force = f[_FORCE]

    def newest(self):
        """Return the newest tick's position in µm, not yet smoothed."""
        return self.raw[self.tick & _MASK]

    @micropython.native
    def stopped(self):
        """Return whether the unfiltered cable has been slower than the threshold for the last `stop_ms`."""
        newest = self.raw[self.tick & _MASK]
        return abs(newest - self.raw[(self.tick - self._stop_ticks) & _MASK]) <= self._max_stop

    def newest_force(self):
        """Return the newest tick's force in mN."""
        return self.forces[self.tick & _MASK]

    def position_before(self):
        """Return the position a tick ago. Does not allocate."""
        return self.filter[_BEFORE]

    def speed_before(self, ticks):
        """Return the speed some ticks ago, fewer than SIZE. Does not allocate."""
        return self.speeds[(self.tick - ticks) & _MASK]

    @micropython.native
    def seek_calm(self, way, toward, tick):
        """Return where the calm speed crosses the threshold, in sixteenths of a tick from `tick`, or NOT_FOUND.

        As `seek`, for boundaries so gentle that the rest of tremor would move them. Needs half of `long` ticks of
        history after `tick`. Does not allocate.
        """
        half = self.long // 2
        reach = min(self.long, self.tick - half - tick)
        found = self._found
        at = tick - reach * toward
        least = self.threshold * (2 * half + 1)
        steps = _cross_calm(found, self.speeds, at, half, 2 * reach, way, toward, least)
        if steps < 0:
            return NOT_FOUND
        part = toward * 16 * ((found[0] - least) >> 4) // (((found[0] - found[1]) >> 4) + 1)
        return 16 * (at + (steps - 1) * toward - tick) + part

    @micropython.native
    def seek(self, way, toward):
        """Return where the unfiltered motion crosses the threshold, or NOT_FOUND.

        In sixteenths of a tick from the instant of the newest outputs, negative before it. `way` is the direction of
        the movement; `toward` is 1 where it comes to rest and -1 where it sets out. The search starts inside the
        movement and goes towards the rest, on the distance covered in four ticks. The lead of that measure, in
        sixteenths of a tick, is left in `seek_lead`. Does not allocate.
        """
        # Over four ticks the threshold is this many micrometres.
        least = self.threshold * 4 // (self.long * self.short)
        middle = self.tick - self.delay
        at = middle - self.delay * toward
        found = self._found
        steps = _cross_raw(found, self.raw, at, 2 * self.delay - 1, way, toward, least)
        if steps < 0:
            return NOT_FOUND
        before = found[0]
        step = found[1]
        # This filter of 4 and 1 ticks leads as one of the motion's shape would with 5.8 ticks.
        self.seek_lead = onset.lead((before - step) * 93 // least) * 93 >> 8
        at += (steps - 1) * toward
        return 16 * (at - middle) + toward * (16 * (before - least) // (before - step))
