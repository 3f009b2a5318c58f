"""The positions where a movement may have begun, and the movement as it looks from each of them.

The contract judges hold and end by the rise, and the rise depends on the start, which only the way back decides. So
each possible start follows the movement for itself, from run to run, and `PossibleStarts` decides between them.
"""

from ..compat import const, micropython, ptr32, words
from . import tuning
from .effort import SAVED, save

# Status:
_WAITING = const(0)  # a rest on the way out; the cable has not gone far enough beyond it
_SHORT = const(1)  # a short rest after the stack: counts only if the cable comes back to it
_CERTAIN = const(2)
_LOW = const(3)  # so near the first that the cable may only have swayed until here

# Indices into `data`.
RELEASE_EFFORT = const(4)  # force and work up to the release; those up to the start come first
_PEAKS = const(8)  # three peak speeds outward since the start, see motion.raise_peaks
BACK_PEAKS = const(11)  # three peak speeds back since the release
# Ends of outward runs, oldest first, each further out than those before it: the first at the top is the rep's top.
TOP_T = const(14)
TOP_X = const(15)
TOP_LEAD = const(16)
TOP_REST = const(17)  # duration of the rest after it
TOP_PAUSE = const(18)  # longest rest between the start and this run
TOP_SWUNG = const(19)
TOP_PEAKS = const(20)  # as _PEAKS, at this end
TOP_EFFORT = const(23)  # force and work up to here
_SIZE = const(53)

# Indices into `limits`.
_FALL_PERCENT = const(0)
_TOP_MIN = const(1)
_TOP_PERCENT = const(2)
_DWELL_T = const(3)
_PARTIAL = const(4)  # smallest rise and fall of a rep, unknown at the beginning of a set
_MIN_FALL = const(5)

_END = const(13)  # words of an end
_MAX_ENDS = const(3)

_MAX_STARTS = const(4)  # possible starts; of more, the first and the newest three are kept
_FAR = const(0x1FFFFFFF)  # µm; beyond all positions


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
    while gone < count and data[TOP_X + gone * _END] < low:
        gone += 1
    if gone:
        i = TOP_T
        while i < TOP_T + (count - gone) * _END:
            data[i] = data[i + gone * _END]
            i += 1
    return count - gone


class PossibleStart:
    """Instants in sixteenths of a sample period, positions in µm. No method allocates."""

    def __init__(self, limits):
        """`limits`: see PossibleStarts; they may change."""
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
        for i in range(_PEAKS, TOP_T):
            self.data[i] = 0

    def is_low(self):
        """Return whether the cable may only have swayed between the first start and this one."""
        return self.status == _LOW

    def top_depth(self):
        """Return how far below the furthest point the top reaches."""
        rise = self.peak_x - self.x
        return min(max(rise // 100 * self.limits[_TOP_PERCENT], self.limits[_TOP_MIN]), rise // 3)

    def fall_x(self):
        """Return the position below which a way back has fallen far enough to be one."""
        rise = self.peak_x - self.x
        fall = max(rise // 100 * self.limits[_FALL_PERCENT], self.top_depth())
        if rise >= self.limits[_PARTIAL]:
            fall = max(fall, min(self.limits[_MIN_FALL], rise // 5 * 3))
        return self.peak_x - fall

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
            if data[at - _END + TOP_X] >= still.x:
                return  # it will be the top before this one can be
            if self.count == _MAX_ENDS:
                at -= _END
                self.count -= 1
        self.count += 1
        data[at + TOP_T] = still.t
        data[at + TOP_X] = still.x
        data[at + TOP_LEAD] = still.lead
        data[at + TOP_REST] = 0
        data[at + TOP_PAUSE] = self.pause_t
        data[at + TOP_SWUNG] = swung
        copy(data, _PEAKS, data, at + TOP_PEAKS, 3)
        save(sums, data, at + TOP_EFFORT)

    def refine(self, still, old_t):
        """The boundary `still`, so far at `old_t`, is now known better."""
        at = (self.count - 1) * _END
        if at >= 0 and self.data[at + TOP_T] == old_t:
            self.data[at + TOP_T] = still.t
            self.data[at + TOP_LEAD] = still.lead

    def end_rest(self, still_t, rest_t, outward):
        """The rest that began at `still_t` has lasted `rest_t`; the cable goes on outward or back."""
        at = (self.count - 1) * _END
        if at >= 0 and self.data[at + TOP_T] == still_t:
            self.data[at + TOP_REST] = rest_t
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
        copy(run_effort, 0, data, RELEASE_EFFORT, SAVED)
        data[BACK_PEAKS] = data[BACK_PEAKS + 1] = data[BACK_PEAKS + 2] = 0

    def end_back(self, run_peaks):
        """A run back is over."""
        raise3(run_peaks, 0, self.data, BACK_PEAKS)

    def passed(self, back_peaks):
        """The way back counts only as far as it had these peak speeds."""
        copy(back_peaks, 0, self.data, BACK_PEAKS, 3)

    def end_before(self, instant):
        """Return the offset in `data` of the newest end by `instant` from the first end, -1 if there is none."""
        at = self.count - 1
        while at >= 0 and self.data[at * _END + TOP_T] > instant:
            at -= 1
        return at * _END if at > 0 else at


class PossibleStarts:
    """The possible starts of one movement: `all[:count]`, oldest first; the last may be waiting.

    Hold and end are judged from `newest`. A rest on the way out becomes a possible start once the cable is as far out
    as `waiting_x`. No method allocates.
    """

    def __init__(self, motion, phases, table):
        self.motion = motion
        self.phases = phases
        self.table = table
        self.run_effort = words(SAVED)  # force and work as the newest run began
        rate_hz = motion.rate_hz
        self.dwell_t = table[tuning.DWELL_MS] * rate_hz // 1000 * 16
        self.turn_t = table[tuning.TURN_MS] * rate_hz // 1000 * 16
        self.lead_t = table[tuning.REST_MS] * rate_hz // 1000 * 16
        self._limits = limits = words(6)
        limits[_FALL_PERCENT] = table[tuning.FALL_PERCENT]
        limits[_TOP_MIN] = table[tuning.TOP_MIN]
        limits[_TOP_PERCENT] = table[tuning.TOP_PERCENT]
        limits[_DWELL_T] = self.dwell_t
        self.all = [PossibleStart(limits) for _ in range(_MAX_STARTS + 1)]
        self.inform(-_FAR, 0)
        self.begin()

    def inform(self, stack_x, reference):
        """Take what earlier movements have shown, see Reps."""
        self.stack_x = stack_x
        self.reference = reference
        # A fall that sway can make, and that is too small for a rep, is no way back from where a rep may be.
        table = self.table
        fall = max(table[tuning.MIN_ROM], reference // 100 * table[tuning.PARTIAL_PERCENT])
        self._limits[_PARTIAL] = fall if reference else _FAR
        self._limits[_MIN_FALL] = min(fall, table[tuning.SWAY])

    def begin(self):
        """Forget the movement: the cable is at a start position."""
        self.count = 0
        self.newest = self.all[0]
        self.in_question = False  # several are certain
        self.waiting_x = _FAR
        self._rested_since = self._low = self._high = 0  # the rest that goes on but for sway

    # -- what the movement does, for each of them

    def reach(self, furthest):
        """The cable has been as far out as `furthest`."""
        for i in range(self.count):
            self.all[i].reach(furthest)

    def raise_force(self, peak_mn):
        """Take the largest force of a stretch."""
        for i in range(self.count):
            self.all[i].raise_force(peak_mn)

    @micropython.native
    def end_run(self, run_peaks, sums, swung):
        """An outward run with these peak speeds has come to rest."""
        for i in range(self.count):
            self.all[i].end_run(self.phases.still, run_peaks, sums, swung)

    def refine(self, old_t):
        """A refined estimate of the newest rest's beginning is available; it was `old_t`."""
        for i in range(self.count):
            self.all[i].refine(self.phases.still, old_t)

    @micropython.native
    def end_rest(self, still_t, rest_t, outward):
        """The rest that began at `still_t` has lasted `rest_t`; the cable goes on outward or back."""
        for i in range(self.count):
            self.all[i].end_rest(still_t, rest_t, outward)

    @micropython.native
    def begin_back(self, rest_t, went, rest_x):
        """A run back begins, see PossibleStart."""
        for i in range(self.count):
            self.all[i].begin_back(self.phases.run, rest_t, self.run_effort, went, rest_x)

    def end_back(self, run_peaks):
        """A run back is over."""
        for i in range(self.count):
            self.all[i].end_back(run_peaks)

    def passed(self, back_peaks):
        """The way back counts only as far as it had these peak speeds."""
        for i in range(self.count):
            self.all[i].passed(back_peaks)

    # -- which positions are possible starts

    def set_out(self, rest_t):
        """A movement begins with the newest run, after a rest of `rest_t`."""
        first = self.all[0]
        self._begin_start(first, _CERTAIN, rest_t)
        self.count = 1
        self.newest = first
        self.in_question = False
        self.waiting_x = _FAR
        self._rested_since = self.phases.still.t
        self._low = self._high = first.x

    def sway(self, instant, position):
        """Take a position into the rest that goes on: sway does not end it."""
        low = min(self._low, position)
        high = max(self._high, position)
        if high - low > self.table[tuning.SWAY]:
            self._rested_since = instant
            low = high = position
        self._low = low
        self._high = high

    def _begin_start(self, start, status, rest_t):
        """The newest run begins at a possible start."""
        start.begin(status, self.phases.run, rest_t)
        copy(self.run_effort, 0, start.data, 0, SAVED)
        start.reach(self.motion.position)

    @micropython.native
    def go_on(self, rest_t):
        """The cable goes on outward from a rest of `rest_t`: a sticking point, a swing, or a kick from a new start.

        Return whether the leg only swayed at the bottom until now, so that `set_out` is due.
        """
        dwell_t = self.phases.run.t - self._rested_since
        first = self.all[0]
        if self.count == 1 and dwell_t >= self.dwell_t and first.peak_x - first.x < self.table[tuning.MIN_ROM]:
            return True
        if rest_t >= self.lead_t and self._is_low(first, dwell_t):
            self.count = 2
            self._begin_start(self.all[1], _LOW, rest_t)
        elif dwell_t >= self.dwell_t or (
            dwell_t >= self.turn_t and first.x - self.stack_x <= self.table[tuning.STACK_NEAR]
        ):
            self._wait(dwell_t, rest_t)
        return False

    def _is_low(self, first, dwell_t):
        """Return whether the cable has only swayed about its first start so far, as at the top."""
        if self.count > 2 or (self.count == 2 and self.all[1].status != _LOW):
            return False
        depth = self.reference // 100 * self.table[tuning.TOP_PERCENT]
        if dwell_t < self.dwell_t:
            depth = max(depth, self.table[tuning.SWAY])
        return first.peak_x - first.x <= depth

    @micropython.native
    def _wait(self, dwell_t, rest_t):
        """The rest that this run ends is a possible start, if the cable goes far enough beyond it."""
        if self.waiting_x == _FAR:
            self.count += 1
        first = self.all[0]
        start = self.all[self.count - 1]
        self._begin_start(start, _WAITING, rest_t)
        start.rested_t = dwell_t
        rise = self.table[tuning.START_RISE]
        x = self._high + rise
        if dwell_t < self.dwell_t:
            x = max(x, first.peak_x + rise)
        if first.peak_x - start.x < self.reference // 3:  # less are pulses at the top
            x = max(x, start.x + self.reference // 3)
        self.waiting_x = x

    def promote(self):
        """The cable has gone far enough beyond the waiting start. Return whether it is certain, and so `newest`."""
        self.waiting_x = _FAR
        start = self.all[self.count - 1]
        certain = start.rested_t >= self.dwell_t
        start.status = _CERTAIN if certain else _SHORT
        if certain:
            self._trust(start)
        return certain

    def _trust(self, start):
        """Judge hold and end from `start` from now on."""
        self.newest = start
        self.in_question = start is not self.all[0]

    def keep_newest(self):
        """Forget all possible starts but the newest, which is the last."""
        last = self.count - 1
        self.all[last] = self.all[0]
        self.all[0] = self.newest
        self.count = 1
        self.in_question = False

    def limit(self):
        """Forget the oldest possible start if there are too many, but neither the first nor `newest`."""
        if self.count <= _MAX_STARTS:
            return
        at = 2 if self.all[1] is self.newest else 1
        forgotten = self.all[at]
        for i in range(at, _MAX_STARTS):
            self.all[i] = self.all[i + 1]
        self.all[_MAX_STARTS] = forgotten
        self.count = _MAX_STARTS

    def recognise(self, x):
        """The cable rests at `x`: a short rest on the way out was a start if the cable comes back to it.

        Return whether that made it `newest`.
        """
        found = False
        for i in range(1, self.count):
            start = self.all[i]
            if start.status == _SHORT and abs(x - start.x) <= self.table[tuning.STACK_NEAR] and x <= start.fall_x():
                start.status = _CERTAIN
                if i > self._index(self.newest):
                    self._trust(start)
                    found = True
        return found

    def _index(self, start):
        i = 0
        while self.all[i] is not start:
            i += 1
        return i

    # -- which of them was the start

    def choose(self, x):
        """Return the possible start that was the start, now that the cable has come back to `x`."""
        first = chosen = self.all[0]
        if x > first.x:
            for i in range(1, self.count):
                if self.all[i].status == _CERTAIN and abs(self.all[i].x - x) < abs(chosen.x - x):
                    chosen = self.all[i]
        if chosen is first and self.count > 1 and self._is_above_sway(self.all[1]):
            return self.all[1]
        return chosen

    def _is_above_sway(self, second):
        """Return whether the leg only swayed between the first start and `second`."""
        first = self.all[0]
        return second.status == _LOW and second.x - first.x <= first.top_depth()

    def seen_from(self, start):
        """Return the possible start from which the hold of a movement that began at `start` is judged."""
        return start if start.status == _LOW and self.newest is self.all[0] else self.newest
