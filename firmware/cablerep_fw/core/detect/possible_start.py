"""A position where the rep may have begun, and the rep as it looks from there.

The contract judges hold and end by the rise, and the rise depends on the start, which only the way back decides. So
each possible start follows the movement for itself, from run to run.
"""

from ..compat import const, micropython, words
from . import tuning
from .effort import SAVED, save

# Status.
WAITING = const(0)  # a rest on the way out; the cable has not gone far enough beyond it
SHORT = const(1)  # a short rest after the stack: counts only if the cable comes back to it
CERTAIN = const(2)
LOW = const(3)  # so near the first that the cable may only have swayed until here

# Fields of an outward run's end.
END_T = const(0)
END_X = const(1)
END_LEAD = const(2)
END_REST = const(3)  # duration of the rest behind it
END_PAUSE = const(4)  # longest rest between the start and this run
END_SWUNG = const(5)
END_PEAKS = const(6)  # three peak speeds since the start
END_EFFORT = const(9)  # force and work up to here
_END = const(13)  # END_EFFORT + SAVED
_ENDS = const(5)
_LAST = const(4)

_FAR_BACK = const(-0x20000000)


class PossibleStart:
    """Instants in sixteenths of a sample period, positions in µm. No method allocates."""

    def __init__(self, table, dwell_t):
        """`dwell_t` is the longest rest within a way back."""
        self.fall_percent = table[tuning.FALL_PERCENT]
        self.top_min = table[tuning.TOP_MIN]
        self.top_percent = table[tuning.TOP_PERCENT]
        self.dwell_t = dwell_t
        self.rested_t = 0  # rest before the start, swaying or not
        self.effort = words(SAVED)  # force and work up to the start
        self.ends = words(_END * _ENDS)  # of outward runs, oldest first, each further out than those before
        self.peaks = words(3)  # of the speed outward since the start
        self.back_peaks = words(3)  # of the speed back since the release
        self.release_effort = words(SAVED)
        self.begin(CERTAIN, 0, 0, 0, 0)

    @micropython.native
    def begin(self, status, t, x, lead, rest_t):
        """Start from here after a rest of `rest_t`."""
        self.status = status
        self.t = t
        self.x = x
        self.lead = lead
        self.rest_t = rest_t
        self.peak_x = x
        self.peak_mn = 0
        self.pause_t = 0
        self.count = 0  # of `ends`
        self.release_t = 0
        self.release_x = _FAR_BACK
        self.release_lead = 0
        self.release_rest = 0
        for i in range(3):
            self.peaks[i] = self.back_peaks[i] = 0

    def top_depth(self):
        """Return how far below the furthest point the top reaches."""
        rise = self.peak_x - self.x
        return min(max(rise // 100 * self.top_percent, self.top_min), rise // 3)

    def fall_x(self):
        """Return the position below which a way back has fallen far enough to be one."""
        return self.peak_x - max((self.peak_x - self.x) // 100 * self.fall_percent, self.top_depth())

    @micropython.native
    def end_run(self, still, run_peaks, sums, swung):
        """An outward run has come to rest at the boundary `still`."""
        peaks = self.peaks
        for i in range(3):
            if run_peaks[i] > peaks[i]:
                peaks[i] = run_peaks[i]
        ends = self.ends
        # Ends that have fallen out of the top go. They are ordered, so the first that stays ends the search.
        low = self.peak_x - self.top_depth()
        gone = 0
        while gone < self.count and ends[gone * _END + END_X] < low:
            gone += 1
        if gone:
            self.count -= gone
            for i in range(self.count * _END):
                ends[i] = ends[i + gone * _END]
        if self.count and ends[(self.count - 1) * _END + END_X] >= still.x:
            return  # the earlier one will be the top before this one can be
        if self.count == _ENDS:
            self.count = _LAST
        at = self.count * _END
        self.count += 1
        ends[at + END_T] = still.t
        ends[at + END_X] = still.x
        ends[at + END_LEAD] = still.lead
        ends[at + END_REST] = 0
        ends[at + END_PAUSE] = self.pause_t
        ends[at + END_SWUNG] = swung
        for i in range(3):
            ends[at + END_PEAKS + i] = peaks[i]
        save(sums, ends, at + END_EFFORT)

    def refine(self, still, old_t):
        """The boundary `still`, so far at `old_t`, is now known better."""
        at = (self.count - 1) * _END
        if self.count and self.ends[at + END_T] == old_t:
            self.ends[at + END_T] = still.t
            self.ends[at + END_LEAD] = still.lead

    def end_rest(self, still_t, rest_t, outward):
        """The rest that began at `still_t` has lasted `rest_t`; the cable goes on outward or back."""
        at = (self.count - 1) * _END
        if self.count and self.ends[at + END_T] == still_t:
            self.ends[at + END_REST] = rest_t
        if outward and rest_t > self.pause_t:
            self.pause_t = rest_t

    @micropython.native
    def begin_back(self, run, rest_t, run_effort, went_x, rest_x):
        """A run back begins at the boundary `run`: the release, unless the run back before it was that already.

        That one went from `went_x` to `rest_x`, with nothing but a rest behind it; `went_x` is `rest_x` if there was
        none.
        """
        depth = self.top_depth()
        if went_x - rest_x >= depth and rest_x < self.peak_x - depth and rest_t < self.dwell_t:
            return
        self.release_t = run.t
        self.release_x = run.x
        self.release_lead = run.lead
        self.release_rest = rest_t
        for i in range(SAVED):
            self.release_effort[i] = run_effort[i]
        for i in range(3):
            self.back_peaks[i] = 0

    def end_back(self, run_peaks):
        """A run back is over."""
        for i in range(3):
            if run_peaks[i] > self.back_peaks[i]:
                self.back_peaks[i] = run_peaks[i]

    def raise_force(self, peak_mn):
        """Take the largest force of a stretch behind the start."""
        if peak_mn > self.peak_mn:
            self.peak_mn = peak_mn

    def end_before(self, instant):
        """Return the index in `ends` of the newest outward run that came to rest by `instant`, or -1."""
        at = -1
        while at + 1 < self.count and self.ends[(at + 1) * _END + END_T] <= instant:
            at += 1
        return at * _END if at > 0 else at
