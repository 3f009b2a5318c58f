"""Force over a movement: mean, peak and work, summed tick by tick in small ints.

Sums start with every run outward, because whether it is a rep is only known later.
"""

from ..compat import const, micropython, ptr32, words

# Units of the sums: 128 mN, and 128 mN * 8 um * 256 = 0.262144 mJ. A concentric takes at most 90 s at 100 ticks a
# second, so a force of 4.19 kN (32 767 units) sums to below 2**30.
_FORCE_SHIFT = const(7)
_TRAVEL_SHIFT = const(3)
_WORK_SHIFT = const(8)
_HALF = const(128)  # rounds the shift of the work
_LIMIT = const(32767)

# Indices into `sums`.
_FORCE = const(0)
_WORK = const(1)
_TICKS = const(2)
_PEAK = const(3)  # in mN
_TRAVEL = const(4)  # the last tick's position, in units
_SUMS = const(5)


@micropython.viper
def add(sums: ptr32, position: int, force_mn: int):
    """Add a tick to an Effort's `sums`, position in µm and force in mN. Does not allocate."""
    if force_mn > sums[_PEAK] or not sums[_TICKS]:
        sums[_PEAK] = force_mn
    force = force_mn >> _FORCE_SHIFT
    if force > _LIMIT:
        force = _LIMIT
    elif force < -_LIMIT:
        force = -_LIMIT
    travel = position >> _TRAVEL_SHIFT
    step = travel - sums[_TRAVEL]
    if step > _LIMIT:
        step = _LIMIT
    elif step < -_LIMIT:
        step = -_LIMIT
    sums[_TRAVEL] = travel
    sums[_FORCE] += force
    sums[_WORK] += (force * step + _HALF) >> _WORK_SHIFT
    sums[_TICKS] += 1


class Effort:
    """Sums since `begin`, by `add`; `mark` closes the concentric, `mark_hold` the hold after it."""

    def __init__(self):
        self.sums = words(_SUMS)
        self.begin(0)

    def begin(self, position):
        """Reset the sums, starting at `position` in µm. Does not allocate."""
        sums = self.sums
        sums[_FORCE] = sums[_WORK] = sums[_TICKS] = sums[_PEAK] = 0
        sums[_TRAVEL] = position >> _TRAVEL_SHIFT
        self.mark()
        self.mark_hold()

    @property
    def peak_mn(self):
        """The largest force since `begin` in mN."""
        return self.sums[_PEAK]

    def mark(self):
        """Take force and work so far as those of the concentric. Does not allocate."""
        self._out_force = self.sums[_FORCE]
        self._out_work = self.sums[_WORK]
        self._out_ticks = self.sums[_TICKS]

    def mark_hold(self):
        """Take the force since the last mark as that of the hold. Does not allocate."""
        self._hold_force = self.sums[_FORCE] - self._out_force
        self._hold_ticks = self.sums[_TICKS] - self._out_ticks

    def hold_mn(self):
        """Return the mean force of the hold in mN, or of the concentric if there was no hold."""
        if self._hold_ticks < 1:
            return self.mean_mn()
        return self._hold_force // self._hold_ticks << _FORCE_SHIFT

    def mean_mn(self):
        """Return the mean force of the concentric in mN."""
        if not self._out_ticks:
            return 0
        return (self._out_force // self._out_ticks << _FORCE_SHIFT) + (
            (self._out_force % self._out_ticks << _FORCE_SHIFT) // self._out_ticks
        )

    def work_mj(self):
        """Return the work of the concentric in mJ."""
        return self._out_work // 15625 * 4096 + self._out_work % 15625 * 4096 // 15625
