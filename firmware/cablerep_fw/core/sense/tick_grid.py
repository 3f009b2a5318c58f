"""Which sample period a timer tick belongs to, how late it is, and whether it still counts.

Sample k happened at k periods or not at all: a tick that comes late, in the burst that follows a stretch with
interrupts off, is a missed sample and not one taken at a wrong time. Instants are `time.ticks_us()` values, modulo
2**30, and are passed in.
"""

from ..compat import const, micropython

_WRAP_MASK = const(0x3FFFFFFF)  # ticks_us wraps at 2**30; the largest small int
_HALF_WRAP = const(0x1FFFFFFF)

# Periods without a tick after which the timer counts as dead. A hard timer is only ever held up by stretches with
# interrupts off, and the main loop, which asks, does not run in those.
_DEAD_PERIODS = const(4)


@micropython.viper
def ticks_between(then: int, now: int) -> int:
    """Return the signed µs from `then` to `now`, right within ±8.9 minutes. Does not allocate."""
    step = (now - then) & _WRAP_MASK
    return step - _WRAP_MASK - 1 if step > _HALF_WRAP else step


class TickGrid:
    """The grid of deadlines of a timer with `period_us` between them (1000 to 100 000)."""

    def __init__(self, period_us):
        self.period_us = period_us
        self.late_us = 0  # how late the last tick was; interrupt
        self.gap_us = 0  # from the tick before the last one to the last; interrupt
        self._half = period_us // 2
        self._back = _WRAP_MASK + 1 - period_us  # subtracting it adds a period, without leaving the small ints
        self._due = 0
        self._last = 0

    def begin(self, now):
        """The timer was started at `now`: its first tick is due one period later."""
        self._last = now
        self._due = (now - self._back) & _WRAP_MASK

    @micropython.native
    def tick(self, now):
        """Count one tick at `now`; return whether it is near enough to its deadline to be a sample.

        Hard interrupt safe, does not allocate. Each tick is one deadline, since the timer's deadlines do not drift.
        """
        due = self._due
        late = ticks_between(due, now)
        self.late_us = late
        self.gap_us = ticks_between(self._last, now)
        self._last = now
        self._due = (due - self._back) & _WRAP_MASK
        return late <= self._half

    def dead(self, now):
        """Say whether the timer has stopped. For the main loop."""
        return ticks_between(self._due, now) > _DEAD_PERIODS * self.period_us

    def resume(self, now):
        """Return how many deadlines have passed without a tick, and move on to the first that can be met again.

        The timer must then be started `wait_us(now)` later, at a deadline, to tick first at the one after it.
        """
        missed = ticks_between(self._due, now) // self.period_us + 2
        for _ in range(missed):
            self._last = self._due
            self._due = (self._due - self._back) & _WRAP_MASK
        return missed

    def wait_us(self, now):
        """Return the µs from `now` to one period before the next deadline; 0 where that has passed."""
        return max(0, ticks_between(now, self._due) - self.period_us)
