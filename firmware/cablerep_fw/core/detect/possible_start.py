"""A position where the rep may have begun, and the rep as it looks from there.

The contract judges hold and end by the rise, and the rise depends on the start, which only the way back decides. So
each possible start follows the movement for itself, from run to run.
"""

from ..compat import const, micropython, ptr32, words
from .effort import SAVED, save

# Constants that reps.py copies, because MicroPython's const() does not cross modules; a test compares them.
# Status:
_WAITING = const(0)  # a rest on the way out; the cable has not gone far enough beyond it
_SHORT = const(1)  # a short rest after the stack: counts only if the cable comes back to it
_CERTAIN = const(2)
_LOW = const(3)  # so near the first that the cable may only have swayed until here

# Indices into `data`.
_RELEASE_EFFORT = const(4)  # force and work up to the release; those up to the start come first
_PEAKS = const(8)  # three peak speeds outward since the start, see motion.raise_peaks
_BACK_PEAKS = const(11)  # three peak speeds back since the release
# Ends of outward runs, oldest first, each further out than those before it: the first at the top is the rep's top.
_TOP_T = const(14)
_TOP_X = const(15)
_TOP_LEAD = const(16)
_TOP_REST = const(17)  # duration of the rest after it
_TOP_PAUSE = const(18)  # longest rest between the start and this run
_TOP_SWUNG = const(19)
_TOP_PEAKS = const(20)  # as _PEAKS, at this end
_TOP_EFFORT = const(23)  # force and work up to here
_SIZE = const(53)

# Indices into `limits`.
_FALL_PERCENT = const(0)
_TOP_MIN = const(1)
_TOP_PERCENT = const(2)
_DWELL_T = const(3)

_END = const(13)  # words of an end
_MAX_ENDS = const(3)


@micropython.viper
def copy(source: ptr32, at: int, to: ptr32, to_at: int, count: int):
    """Copy `count` words. Does not allocate."""
    for i in range(count):
        to[to_at + i] = source[at + i]


@micropython.viper
def raise3(source: ptr32, at: int, to: ptr32, to_at: int):
    """Raise three words to those of `source` that are larger. Does not allocate."""
    for i in range(3):
        if source[at + i] > to[to_at + i]:
            to[to_at + i] = source[at + i]


@micropython.viper
def drop_ends(data: ptr32, count: int, low: int) -> int:
    """Remove the oldest of `count` ends as long as they are below `low`; return how many remain."""
    gone = 0
    while gone < count and data[_TOP_X + gone * _END] < low:
        gone += 1
    if gone:
        i = _TOP_T
        while i < _TOP_T + (count - gone) * _END:
            data[i] = data[i + gone * _END]
            i += 1
    return count - gone


class PossibleStart:
    """Instants in sixteenths of a sample period, positions in µm. No method allocates."""

    def __init__(self, limits):
        """`limits`: fall_percent, top_min and top_percent of the tuning table, and the longest rest in a way back."""
        self.limits = limits
        self.rested_t = 0  # rest before the start, swaying included
        self.data = words(_SIZE)
        self.begin(_CERTAIN, 0, 0)

    def begin(self, status, run, rest_t):
        """Start with `run`, a boundary or 0, after a rest of `rest_t`."""
        self.status = status
        self.t = run.t if run else 0
        self.x = self.peak_x = run.x if run else 0
        self.lead = run.lead if run else 0
        self.rest_t = rest_t
        self.peak_mn = 0  # largest force since the start
        self.pause_t = 0  # longest rest on the way out
        self.count = 0  # ends of outward runs
        self.release_t = self.release_x = self.release_lead = self.release_rest = 0
        for i in range(_PEAKS, _TOP_T):
            self.data[i] = 0

    def top_depth(self):
        """Return how far below the furthest point the top reaches."""
        rise = self.peak_x - self.x
        return min(max(rise // 100 * self.limits[_TOP_PERCENT], self.limits[_TOP_MIN]), rise // 3)

    def fall_x(self):
        """Return the position below which a way back has fallen far enough to be one."""
        return self.peak_x - max((self.peak_x - self.x) // 100 * self.limits[_FALL_PERCENT], self.top_depth())

    def reach(self, furthest):
        """The cable has been as far out as `furthest`."""
        if furthest > self.peak_x:
            self.peak_x = furthest

    def raise_force(self, peak_mn):
        """Take the largest force of a stretch after the start."""
        if peak_mn > self.peak_mn:
            self.peak_mn = peak_mn

    @micropython.native
    def end_run(self, still, run_peaks, sums, swung):
        """An outward run has come to rest at the boundary `still`."""
        data = self.data
        raise3(run_peaks, 0, data, _PEAKS)
        self.count = drop_ends(data, self.count, self.peak_x - self.top_depth())
        at = self.count * _END
        if at:
            if data[at - _END + _TOP_X] >= still.x:
                return  # it will be the top before this one can be
            if self.count == _MAX_ENDS:
                at -= _END
                self.count -= 1
        self.count += 1
        data[at + _TOP_T] = still.t
        data[at + _TOP_X] = still.x
        data[at + _TOP_LEAD] = still.lead
        data[at + _TOP_REST] = 0
        data[at + _TOP_PAUSE] = self.pause_t
        data[at + _TOP_SWUNG] = swung
        copy(data, _PEAKS, data, at + _TOP_PEAKS, 3)
        save(sums, data, at + _TOP_EFFORT)

    def refine(self, still, old_t):
        """The boundary `still`, so far at `old_t`, is now known better."""
        at = (self.count - 1) * _END
        if at >= 0 and self.data[at + _TOP_T] == old_t:
            self.data[at + _TOP_T] = still.t
            self.data[at + _TOP_LEAD] = still.lead

    def end_rest(self, still_t, rest_t, outward):
        """The rest that began at `still_t` has lasted `rest_t`; the cable goes on outward or back."""
        at = (self.count - 1) * _END
        if at >= 0 and self.data[at + _TOP_T] == still_t:
            self.data[at + _TOP_REST] = rest_t
        if outward and rest_t > self.pause_t:
            self.pause_t = rest_t

    @micropython.native
    def begin_back(self, run, rest_t, run_effort, went, rest_x):
        """A run back begins at the boundary `run`: the release, unless the run back before it was that already.

        That one went back by `went` to `rest_x`, with nothing but a rest of `rest_t` after it; 0 if there was none.
        """
        depth = self.top_depth()
        if went >= depth and rest_x < self.peak_x - depth and rest_t < self.limits[_DWELL_T]:
            return
        self.release_t = run.t
        self.release_x = run.x
        self.release_lead = run.lead
        self.release_rest = rest_t
        data = self.data
        copy(run_effort, 0, data, _RELEASE_EFFORT, SAVED)
        data[_BACK_PEAKS] = data[_BACK_PEAKS + 1] = data[_BACK_PEAKS + 2] = 0

    def end_back(self, run_peaks):
        """A run back is over."""
        raise3(run_peaks, 0, self.data, _BACK_PEAKS)

    def passed(self, back_peaks):
        """The way back counts only as far as it had these peak speeds."""
        copy(back_peaks, 0, self.data, _BACK_PEAKS, 3)

    def end_before(self, instant):
        """Return the offset in `data` of the newest end by `instant` from the first end, -1 if there is none."""
        at = self.count - 1
        while at >= 0 and self.data[at * _END + _TOP_T] > instant:
            at -= 1
        return at * _END if at > 0 else at
