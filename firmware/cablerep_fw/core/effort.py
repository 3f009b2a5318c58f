"""Force over a movement: mean, peak and work, summed tick by tick in small ints.

Sums run on from a mark, so that a run that only later proves to be a rep still has its force from its first tick.
"""

from .compat import micropython

# Units of the sums: 128 mN, and 128 mN * 8 um * 256 = 0.262144 mJ. The way out of a rep takes at most 90 s at 100
# ticks a second, so a force of 4.19 kN (32 767 units) sums to below 2**30.
_FORCE_SHIFT = 7
_WAY_SHIFT = 3
_WORK_SHIFT = 8
_MOST = 32767


class Effort:
    """Sums since `begin`; `mark` keeps those of the way out, `mark_hold` those of the hold behind it."""

    def __init__(self):
        self.begin(0)

    def begin(self, position):
        """Start sums at `position` in µm. Does not allocate."""
        self.force = 0
        self.work = 0
        self.ticks = 0
        self.peak_mn = 0
        self._way = position >> _WAY_SHIFT
        self.mark()
        self.mark_hold()

    @micropython.native
    def step(self, position, force_mn):
        """Add a tick: position in µm, force in mN. Does not allocate."""
        force = force_mn >> _FORCE_SHIFT
        if force > _MOST:
            force = _MOST
        elif force < -_MOST:
            force = -_MOST
        way = position >> _WAY_SHIFT
        step = way - self._way
        if step > _MOST:
            step = _MOST
        elif step < -_MOST:
            step = -_MOST
        self._way = way
        self.force += force
        self.work += (force * step + (1 << (_WORK_SHIFT - 1))) >> _WORK_SHIFT
        self.ticks += 1
        if force_mn > self.peak_mn or self.ticks == 1:
            self.peak_mn = force_mn

    def mark(self):
        """Keep force and work up to here as those of the way out. Does not allocate."""
        self.out_force = self.force
        self.out_work = self.work
        self.out_ticks = self.ticks

    def mark_hold(self):
        """Keep the force since the last mark as that of the hold. Does not allocate."""
        self.hold_force = self.force - self.out_force
        self.hold_ticks = self.ticks - self.out_ticks

    def hold_mn(self):
        """Return the mean force of the hold in mN; that of the way out where there was none."""
        if self.hold_ticks < 1:
            return self.mean_mn()
        return self.hold_force // self.hold_ticks << _FORCE_SHIFT

    def mean_mn(self):
        """Return the mean force up to the mark in mN."""
        if not self.out_ticks:
            return 0
        return (self.out_force // self.out_ticks << _FORCE_SHIFT) + (
            (self.out_force % self.out_ticks << _FORCE_SHIFT) // self.out_ticks
        )

    def work_mj(self):
        """Return the work up to the mark in mJ."""
        return self.out_work // 15625 * 4096 + self.out_work % 15625 * 4096 // 15625
