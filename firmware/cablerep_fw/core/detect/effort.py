"""Force over a movement: mean, peak and work, summed tick by tick in small ints.

The sums go on through the whole movement, and are saved where the rep may have begun, at its top and at its release:
which of these count is only known at its end.
"""

from ..compat import const, micropython, ptr32, words

# Units of the sums: 128 mN, and 128 mN * 8 um * 256 = 0.262144 mJ. A concentric takes at most 90 s at 100 ticks a
# second, so a force of 4.19 kN (32 767 units) sums to below 2**30.
_FORCE_SHIFT = const(7)
_TRAVEL_SHIFT = const(3)
_WORK_SHIFT = const(8)
_HALF = const(128)  # rounds the shift of the work
_LIMIT = const(32767)
_FAR = const(0x20000000)  # mN; beyond all forces

# Indices into `sums`.
_FORCE = const(0)
_WORK = const(1)
_TICKS = const(2)
_PEAK = const(3)  # in mN
_TRAVEL = const(4)  # the last tick's position, in units
_UNKNOWN = const(5)  # ticks without a known force
_SUMS = const(6)
SAVED = const(4)  # words that `save` writes: force, work, ticks and unknown ticks
_NULL = const(-0x3FFFFFFF)  # as wire.NULL: unknown


@micropython.viper
def add(sums: ptr32, position: int, force_mn: int):
    """Add a tick to an Effort's `sums`, position in µm and force in mN. Does not allocate."""
    travel = position >> _TRAVEL_SHIFT
    step = travel - sums[_TRAVEL]
    sums[_TRAVEL] = travel
    sums[_TICKS] += 1
    if force_mn == _NULL:
        sums[_UNKNOWN] += 1
        return
    if force_mn > sums[_PEAK] or sums[_TICKS] == 1:
        sums[_PEAK] = force_mn
    force = force_mn >> _FORCE_SHIFT
    if force > _LIMIT:
        force = _LIMIT
    elif force < -_LIMIT:
        force = -_LIMIT
    if step > _LIMIT:
        step = _LIMIT
    elif step < -_LIMIT:
        step = -_LIMIT
    sums[_FORCE] += force
    sums[_WORK] += (force * step + _HALF) >> _WORK_SHIFT


@micropython.viper
def save(sums: ptr32, to: ptr32, at: int):
    """Write force, work, ticks and unknown ticks of `sums` to `to` from index `at` on. Does not allocate."""
    to[at] = sums[_FORCE]
    to[at + 1] = sums[_WORK]
    to[at + 2] = sums[_TICKS]
    to[at + 3] = sums[_UNKNOWN]


class Effort:
    """Sums since `begin`, by `add`. `save` remembers them at an instant; `measure` makes a rep's figures from three."""

    def __init__(self):
        self.sums = words(_SUMS)
        self._out_force = self._out_work = self._out_ticks = 0
        self._hold_force = self._hold_ticks = 0
        self._out_unknown = 0
        self.peak_mn = 0  # largest force of the rep, NULL if it was unknown for more than a tenth of it
        self.begin(0)

    def begin(self, position):
        """Start sums at `position` in µm. Does not allocate."""
        sums = self.sums
        sums[_FORCE] = sums[_WORK] = sums[_TICKS] = sums[_PEAK] = sums[_UNKNOWN] = 0
        sums[_TRAVEL] = position >> _TRAVEL_SHIFT

    def take_peak(self):
        """Return the largest force in mN since `begin` or since this was last called. Does not allocate."""
        peak = self.sums[_PEAK]
        self.sums[_PEAK] = -_FAR
        return peak

    def mean_since(self, start):
        """Return the mean force in mN since the sums were saved in `start`. Does not allocate."""
        sums = self.sums
        return _mean(sums[_FORCE] - start[0], sums[_TICKS] - start[2] - sums[_UNKNOWN] + start[3])

    def measure(self, start, data, top, release, peak_mn):
        """Take the figures of a rep: sums saved in `start`, and in `data` from index `top` and `release` on."""
        self._out_force = data[top] - start[0]
        self._out_work = data[top + 1] - start[1]
        self._out_ticks = data[top + 2] - start[2]
        self._out_unknown = data[top + 3] - start[3]
        self._hold_force = data[release] - data[top]
        self._hold_ticks = data[release + 2] - data[top + 2] - data[release + 3] + data[top + 3]
        sums = self.sums
        self.peak_mn = peak_mn
        if 10 * (sums[_UNKNOWN] - start[3]) > sums[_TICKS] - start[2]:
            self.peak_mn = _NULL

    def rebase(self, start):
        """Let the sums count from where they were saved in `start`, which becomes zero. Does not allocate."""
        sums = self.sums
        sums[_FORCE] -= start[0]
        sums[_WORK] -= start[1]
        sums[_TICKS] -= start[2]
        sums[_UNKNOWN] -= start[3]
        for i in range(SAVED):
            start[i] = 0

    def is_known(self):
        """Return whether force was known for at least nine tenths of the concentric."""
        return 10 * self._out_unknown <= self._out_ticks

    def hold_mn(self):
        """Return the mean force of the hold in mN, that of the concentric if there was none; NULL if unknown."""
        if self._hold_ticks < 1:
            return self.mean_mn()
        return self._hold_force // self._hold_ticks << _FORCE_SHIFT

    def mean_mn(self):
        """Return the mean force of the concentric in mN, NULL if it was unknown for more than a tenth of it."""
        if not self.is_known():
            return _NULL
        return _mean(self._out_force, self._out_ticks - self._out_unknown)

    def work_mj(self):
        """Return the work of the concentric in mJ, NULL if force was unknown for more than a tenth of it.

        A shorter stretch without a known force is taken to have the mean of the rest.
        """
        if not self.is_known():
            return _NULL
        work = self._out_work
        if self._out_unknown:
            work += work // (self._out_ticks - self._out_unknown) * self._out_unknown
        return work // 15625 * 4096 + work % 15625 * 4096 // 15625


def _mean(force, ticks):
    if ticks < 1:
        return 0
    return (force // ticks << _FORCE_SHIFT) + ((force % ticks << _FORCE_SHIFT) // ticks)
