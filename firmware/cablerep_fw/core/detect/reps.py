"""Runs to movements: one way out and back, told apart from pausing, swaying, taking up the cable and standing.

A state machine over runs, not over samples. What a pause meant is known only from where the cable goes afterwards, so a
movement may have several possible starts (possible_start.py) until its way back decides which of them it was.
"""

from ..compat import const, micropython, words
from . import tuning
from .effort import SAVED, Effort, add, save
from .form import Form
from .motion import raise_peaks
from .peak_speed import PeakSpeed
from .phases import BACK, NOTHING, OUT, SETTLED, STILL
from .possible_start import PossibleStart, copy, raise3

# States.
BOTTOM = const(0)  # at a start position
WAY_OUT = const(1)
TOP = const(2)  # at rest or swaying after a way out: a sticking point, a hold, or the new start position
WAY_BACK = const(3)
PAUSE = const(4)  # at rest on the way back, not yet known to be the end
STRAYING = const(5)  # going back without having gone out

# Results of `step`.
RELEASED = const(1)  # the way back has begun: a rep is pending
MOVED = const(2)  # a movement out and back is over
DROPPED = const(3)  # a movement is over that cannot be a rep, see `next_dropped`

FAR = const(0x1FFFFFFF)  # µm; beyond all positions

# Reasons, indices into wire.REASONS.
TAKE_UP = const(1)
STRAYED = const(2)  # sets.py decides whether it is walking in or shifting stance
STANDING = const(7)
NO_RETURN = const(9)

# Copied from possible_start.py: status, and indices into PossibleStart.data.
_WAITING = const(0)
_SHORT = const(1)
_CERTAIN = const(2)
_LOW = const(3)
_RELEASE_EFFORT = const(4)
_BACK_PEAKS = const(11)
_TOP_T = const(14)
_TOP_X = const(15)
_TOP_LEAD = const(16)
_TOP_REST = const(17)
_TOP_PAUSE = const(18)
_TOP_SWUNG = const(19)
_TOP_PEAKS = const(20)
_TOP_EFFORT = const(23)

_STARTS = const(4)  # possible starts; of more, the first and the newest three are kept


class Reps:
    """Follows one movement at a time. Instants in sixteenths of a sample period, positions in µm.

    After MOVED the movement is in `start_t` to `end_t`, `start_x` to `end_x`, `peak_x`, `out_peak`, `back_peak`
    (speeds in the motion's units), `pause_t`, `went_on`, `effort` and `form`, until the next call of `step`. MOVED and
    DROPPED may both come with a stretch that was rejected: see `next_dropped`.
    """

    def __init__(self, motion, phases, hold_max_ms, rest_ms, table):
        """`hold_max_ms` is the longest hold, `rest_ms` the longest rest within a set."""
        self.motion = motion
        self.phases = phases
        self.effort = Effort()
        self.form = Form(motion, table)
        self.speed = PeakSpeed(motion, table)
        self.dwell_t = self._instants(table[tuning.DWELL_MS])
        self.turn_t = self._instants(table[tuning.TURN_MS])
        self.lead_t = self._instants(table[tuning.REST_MS])
        self.longest_t = self._instants(table[tuning.MAX_RUN_MS])
        self.hold_max_t = self._instants(hold_max_ms)
        self.rest_max_t = self._instants(rest_ms)
        self.table = table
        self.min_rom = table[tuning.MIN_ROM]
        limits = (table[tuning.FALL_PERCENT], table[tuning.TOP_MIN], table[tuning.TOP_PERCENT], self.dwell_t)
        self.starts = [PossibleStart(limits) for _ in range(_STARTS + 1)]  # the last may be _WAITING
        self._filter = motion.filter
        self._speeds = motion.speeds
        self._run_peaks = words(3)  # of the newest run, and of the one before
        self._old_peaks = words(3)
        self._pass_peaks = words(3)  # of the way back when it passed the start
        self._run_effort = words(SAVED)  # as the newest run began
        # By state; cached, because to look a method up takes 13 µs on an RP2040 at 125 MHz.
        self._by_state = (self._bottom, self._way_out, self._top, self._way_back, self._pause, self._astray)
        self.inform(-FAR, 0, FAR)
        self.begin()

    def _instants(self, ms):
        return ms * self.motion.rate_hz // 1000 * 16

    def inform(self, stack_x, reference, set_start_x):
        """Take what earlier movements have shown; it holds until the next call. Does not allocate.

        `stack_x` is the stack or what stands in for it, `reference` the target ROM, else the largest rise of the set,
        else 0, and `set_start_x` the start of the set's first rep, FAR when no set is on.
        """
        self.stack_x = stack_x
        self.reference = reference
        self.set_start_x = set_start_x

    def begin(self):
        """Forget the movement: the cable is at a start position."""
        self.state = BOTTOM
        self.count = 0  # possible starts, the waiting one too
        self.newest = self.starts[0]  # newest that is certain: hold and end are judged from it
        self.in_question = False  # several are certain
        self._waiting = False
        self.reason = 0
        self.dropped_t = self.dropped_end_t = self.dropped_um = 0
        self._has_dropped = False
        self.start_t = self.top_t = self.release_t = self.end_t = 0
        self.start_x = self.top_x = self.release_x = self.end_x = self.peak_x = 0
        self.out_peak = self.back_peak = self.pause_t = 0
        self.went_on = False
        self.hold_t = 0  # since when the hold lasts, in TOP
        self._last_end_t = -FAR
        self._furthest = -FAR  # since it was last handed to the possible starts
        self._dwell_t = self._dwell_low = self._dwell_high = 0  # of the rest that goes on but for sway
        self._back_x = self._rest_x = 0  # where the last run back began and ended
        self._went = 0  # its distance, if no run outward followed
        self._still_t = 0  # newest end of a run that counted
        self._waiting_x = 0
        self._stray_t = self._stray_x = 0  # where a way back began that was not preceded by one out
        self._resting = False  # between two steps of it
        self.end_lead = self.end_rest_t = 0
        self._fall_x = -FAR  # a way back below this is one
        self._fell = False
        self._passed = False  # the way back has gone past the first start, at `_pass_t`
        self._pass_t = self._below_x = 0
        self._form_due = False

    def next_dropped(self):
        """Return whether there is a rejected stretch to report; it is then in `reason` and `dropped_t` and so on.

        Call it until it returns False, before what MOVED brought is reported. Does not allocate.
        """
        dropped = self._has_dropped
        self._has_dropped = False
        return dropped

    @micropython.native
    def step(self, event):
        """Take the phases' event for the newest tick. Does not allocate."""
        state = self.state
        phases = self.phases
        way = phases.way
        if way == 0 and state == BOTTOM:
            return NOTHING
        motion = self.motion
        position = motion.position
        if self._form_due:
            self._form_due = False
            self.form.begin()
        if phases.run_fresh:
            self._begin_run(way, position)
        if way:
            raise_peaks(self._run_peaks, self._filter, self._speeds, way)
        add(self.effort.sums, position, motion.force)
        if position > self._furthest:
            self._furthest = position
        return self._by_state[state](event, position)

    def _begin_run(self, way, position):
        """The speed has crossed the threshold. Nobody knows yet whether the run counts."""
        self._run_peaks, self._old_peaks = self._old_peaks, self._run_peaks
        peaks = self._run_peaks
        peaks[0] = peaks[1] = peaks[2] = 0
        if self.state == BOTTOM or self.state == STRAYING:
            self.effort.begin(position)
            self._furthest = position
        elif way > 0:
            self._share_force()
        save(self.effort.sums, self._run_effort, 0)

    def _share_force(self):
        peak = self.effort.take_peak()
        for i in range(self.count):
            self.starts[i].raise_force(peak)

    def _share_furthest(self):
        """Hand the furthest position since the last call to every possible start."""
        furthest = self._furthest
        for i in range(self.count):
            self.starts[i].reach(furthest)
        self._furthest = -FAR

    def _ended_peaks(self):
        """Return the peak speeds of the run that has ended; at a sharp turn the next begins in the same tick."""
        return self._old_peaks if self.phases.run_fresh else self._run_peaks

    # -- at the bottom, and setting out

    def _bottom(self, event, position):
        if event == OUT:
            self._set_out(self.phases.run.t - self.phases.still.t)
        elif event == BACK:
            self._go_astray(self.phases.run.t, self.phases.run.x)
        return NOTHING

    def _set_out(self, rest_t):
        """An outward run counts: a movement begins where it did."""
        self.effort.rebase(self._run_effort)
        run = self.phases.run
        first = self.starts[0]
        self._begin_start(first, _CERTAIN, rest_t)
        self.count = 1
        self._furthest = self.motion.position
        self._form_due = True
        self.state = WAY_OUT
        self._waiting = self._fell = self._passed = self.in_question = False
        self._went = 0
        self._dwell_low = self._dwell_high = run.x
        self._dwell_t = self.phases.still.t
        self.newest = first

    @micropython.native
    def _way_out(self, event, position):
        if self._waiting and position >= self._waiting_x and self._promote():
            return DROPPED
        if event == STILL:
            self._rest_at_top()
        elif self.phases.instant - self.starts[0].t > self.longest_t:
            return self._drop(NO_RETURN, self.phases.instant)
        return NOTHING

    # -- at the top

    @micropython.native
    def _rest_at_top(self):
        """An outward run is over."""
        self.state = TOP
        still = self.phases.still
        newest = self.newest
        self._share_furthest()
        swung = self.form.flew(self.effort.mean_since(newest.data), still.x - newest.x)
        peaks = self._ended_peaks()
        for i in range(self.count):
            self.starts[i].end_run(still, peaks, self.effort.sums, swung)
        self._still_t = still.t
        self.hold_t = newest.data[_TOP_T]
        self._dwell(still.t, still.x)
        self._went = 0

    def _dwell(self, t, x):
        """Take a position into the rest that goes on: sway does not end it."""
        low = min(self._dwell_low, x)
        high = max(self._dwell_high, x)
        if high - low > self.table[tuning.SWAY]:
            self._dwell_t = t
            low = high = x
        self._dwell_low = low
        self._dwell_high = high

    @micropython.native
    def _top(self, event, position):
        phases = self.phases
        if self._waiting and position >= self._waiting_x and self._promote():
            return DROPPED
        if event == OUT:
            return self._go_on_out()
        if event == BACK:
            return self._go_back()
        if event == STILL:
            self._rest_at_top()
        elif event == SETTLED:
            self._refine()
        elif not phases.way and phases.instant - self.hold_t > self.hold_max_t:
            return self._drop(STANDING, self.hold_t)
        return NOTHING

    def _refine(self):
        still = self.phases.still
        for i in range(self.count):
            self.starts[i].refine(still, self._still_t)
        self._still_t = still.t
        self.hold_t = self.newest.data[_TOP_T]

    def _go_on_out(self):
        """The cable goes on outward from a rest: a sticking point, a swing in the hold, or a kick from a new start."""
        run = self.phases.run
        rest_t = run.t - self.phases.still.t
        self._dwell(run.t, run.x)
        self._end_rests(rest_t)
        self._went = 0
        dwell_t = run.t - self._dwell_t
        first = self.starts[0]
        if self.count == 1 and dwell_t >= self.dwell_t and first.peak_x - first.x < self.min_rom:
            self._set_out(rest_t)  # until now the leg only swayed at the bottom
        elif rest_t >= self.lead_t and self._is_low(first, dwell_t):
            self.count = 2
            self._begin_start(self.starts[1], _LOW, rest_t)
        elif dwell_t >= self.dwell_t or (
            dwell_t >= self.turn_t and first.x - self.stack_x <= self.table[tuning.STACK_NEAR]
        ):
            self._wait(dwell_t, rest_t)
        newest = self.newest
        if run.x < newest.peak_x - newest.top_depth():
            self.state = WAY_OUT
        return NOTHING

    def _end_rests(self, rest_t):
        for i in range(self.count):
            self.starts[i].end_rest(self._still_t, rest_t, True)

    def _is_low(self, first, dwell_t):
        """Return whether the cable has only swayed about its first start so far, as at the top."""
        if self.count > 2 or (self.count == 2 and self.starts[1].status != _LOW):
            return False
        depth = self.reference // 100 * self.table[tuning.TOP_PERCENT]
        if dwell_t < self.dwell_t:
            depth = max(depth, self.table[tuning.SWAY])
        return first.peak_x - first.x <= depth

    def _begin_start(self, start, status, rest_t):
        """The newest run begins at a possible start."""
        start.begin(status, self.phases.run, rest_t)
        copy(self._run_effort, 0, start.data, 0, SAVED)
        start.reach(self.motion.position)

    def _wait(self, dwell_t, rest_t):
        """The rest that this run ends is a possible start, if the cable goes far enough beyond it."""
        if not self._waiting:
            self.count += 1
            self._waiting = True
        run = self.phases.run
        first = self.starts[0]
        start = self.starts[self.count - 1]
        self._begin_start(start, _WAITING, rest_t)
        start.rested_t = dwell_t
        self._waiting_x = self._dwell_high + self.table[tuning.START_RISE]
        if dwell_t < self.dwell_t:
            self._waiting_x = max(self._waiting_x, first.peak_x + self.table[tuning.START_RISE])
        if first.peak_x - run.x < self.reference // 3:  # less are pulses at the top
            self._waiting_x = max(self._waiting_x, run.x + self.reference // 3)

    def _promote(self):
        """The cable has gone far enough beyond a waiting start. Return whether the starts before it were dropped."""
        self._waiting = False
        start = self.starts[self.count - 1]
        self._share_furthest()
        if self.phases.moving > 0:
            self.state = WAY_OUT
        if start.rested_t < self.dwell_t:
            start.status = _SHORT
        else:
            start.status = _CERTAIN
            self._trust(start)
        if start.rested_t > self.rest_max_t:
            self._reject_before(start)
            self.starts[self.count - 1] = self.starts[0]
            self.starts[0] = start
            self.count = 1
            self.in_question = False
            return self._has_dropped
        if self.count > _STARTS:
            self._forget_second()
        return False

    def _forget_second(self):
        """Forget the oldest possible start but the first."""
        second = self.starts[1]
        for i in range(1, _STARTS):
            self.starts[i] = self.starts[i + 1]
        self.starts[_STARTS] = second
        self.count = _STARTS

    def _trust(self, start):
        """Judge hold and end from `start` from now on."""
        self.newest = start
        self.in_question = start is not self.starts[0]
        self._form_due = True

    def _go_back(self):
        """A run back counts: the end of a hold, sinking in it, or a swing."""
        run = self.phases.run
        rest_t = run.t - self.phases.still.t
        self._share_furthest()
        self._dwell(run.t, run.x)
        for i in range(self.count):
            self._begin_back(self.starts[i], run, rest_t)
        self._back_x = run.x
        self._fall_x = self.newest.fall_x()
        self._fell = False
        self.state = WAY_BACK
        return NOTHING

    def _begin_back(self, start, run, rest_t):
        start.end_rest(self._still_t, rest_t, False)
        start.begin_back(run, rest_t, self._run_effort, self._went, self._rest_x)

    # -- on the way back

    @micropython.native
    def _way_back(self, event, position):
        result = NOTHING
        phases = self.phases
        if not self._fell and position <= self._fall_x:
            self._fell = True
            result = RELEASED
        if self._fell and not self._passed and position < self.starts[0].x:
            self._pass(position)
        if event == STILL:
            return self._rest_below() or result
        if self._passed and self._goes_on(position):
            return self._end_at_start()
        if phases.instant - self.newest.release_t > self.longest_t:
            return self._drop(NO_RETURN, phases.instant)
        return result

    def _pass(self, position):
        """The way back passes the first start."""
        self._passed = True
        copy(self._run_peaks, 0, self._pass_peaks, 0, 3)
        raise3(self.newest.data, _BACK_PEAKS, self._pass_peaks, 0)
        step = self.motion.position_before() - position
        self._pass_t = self.phases.instant
        if step > 0:
            self._pass_t -= min(16, (self.starts[0].x - position) // (step // 16 + 1)) * self.phases.tick_t // 16

    def _goes_on(self, position):
        """Return whether the way back goes straight on to the stack, which is well below."""
        if self._start_height(self.stack_x) < self.table[tuning.STACK_DROP]:
            return False
        if position - self.stack_x <= self.table[tuning.STACK_NEAR]:
            return True
        return (
            self.starts[0].x - position > self.table[tuning.BEYOND]
            and self.phases.instant - self._pass_t >= self.dwell_t
        )

    def _start_height(self, stack_x):
        """Return how far above the stack the set began, and this movement if that is less."""
        return min(self.starts[0].x, self.set_start_x) - stack_x

    def _rest_below(self):
        """A run back is over: decide what the rest behind it is."""
        still = self.phases.still
        x = still.x
        self._end_back(self._ended_peaks())
        self._still_t = still.t
        self._rest_x = x
        self._went = self._back_x - x
        self._dwell(still.t, x)
        self._recognise(x)
        if not self._fell:
            self.state = TOP
            self.hold_t = self.newest.data[_TOP_T]
            return NOTHING
        return self._rest_at_end(still, self.starts[0])

    def _end_back(self, run_peaks):
        for i in range(self.count):
            self.starts[i].end_back(run_peaks)

    def _rest_at_end(self, still, first):
        """The cable rests at `still`, far enough back. Return what that ends."""
        x = still.x
        rise = first.peak_x - first.x
        if rise < self.min_rom:
            self.state = BOTTOM
            return NOTHING
        self.end_t = still.t
        self.end_x = x
        self.end_lead = still.lead
        self.end_rest_t = self.lead_t
        if abs(x - first.x) <= min(self.table[tuning.NEAR], rise // 100 * self.table[tuning.NEAR_PERCENT]):
            return self._end(BOTTOM)
        if self._passed and x - self.stack_x <= self.table[tuning.STACK_NEAR]:
            if self._start_height(min(x, self.stack_x)) >= self.table[tuning.STACK_DROP]:
                return self._end_at_start()
        # Swaying or bouncing lower is not going on.
        self._below_x = x - min(self.table[tuning.SWAY] // 2, (first.peak_x - x) // 3)
        self.state = PAUSE
        return NOTHING

    def _recognise(self, x):
        """The cable rests at `x`: a short rest on the way out was a start if the cable comes back to it."""
        for i in range(1, self.count):
            start = self.starts[i]
            if start.status == _SHORT and abs(x - start.x) <= self.table[tuning.STACK_NEAR] and x <= start.fall_x():
                start.status = _CERTAIN
                if i > self._index(self.newest):
                    self._trust(start)
                    self._fell = True

    def _index(self, start):
        i = 0
        while self.starts[i] is not start:
            i += 1
        return i

    def _pause(self, event, position):
        phases = self.phases
        run = phases.run
        if event == BACK or phases.moving < 0:
            if position < self._below_x and run.t - self.end_t < self.dwell_t:
                self._back_x = run.x
                self.state = WAY_BACK
                return NOTHING
        elif event == SETTLED and self.end_t == self._still_t:
            self.end_t = self._still_t = phases.still.t
            self.end_lead = phases.still.lead
        elif event == OUT or phases.moving > 0:
            if self.end_t == self._still_t:
                self.end_rest_t = run.t - self.end_t
                if self.end_rest_t >= self.turn_t:
                    return self._end(WAY_OUT)
            if position - run.x >= (self.newest.peak_x - self.end_x) // 100 * self.table[tuning.TURN_PERCENT]:
                return self._end(WAY_OUT)
        elif event == STILL:
            self._still_t = phases.still.t
        if phases.instant - self.end_t >= self.dwell_t:
            if phases.way >= 0 or run.t - self.end_t >= self.dwell_t:
                return self._end(WAY_OUT if phases.moving > 0 else BOTTOM)
        return NOTHING

    def conclude(self):
        """The input is over: return what that makes of the open movement, as `step` does. The cable is at a start."""
        state = self.state
        result = NOTHING
        if state == STRAYING:
            result = self._end_stray()
        elif state == PAUSE:
            result = self._end(BOTTOM)
        elif state == WAY_BACK and self._fell:
            self._end_back(self._run_peaks)
            self.end_t = self.phases.instant
            self.end_x = self.motion.position
            self.end_lead = 0
            result = self._end(BOTTOM)
        elif state != BOTTOM:
            result = self._drop(NO_RETURN, self.phases.instant)
        self.state = BOTTOM
        return result

    # -- the end of a movement

    def _end_at_start(self):
        """Straight on to the stack: the rep ended where it passed its start."""
        first = self.starts[0]
        for i in range(self.count):
            self.starts[i].passed(self._pass_peaks)
        self.end_t = self._pass_t
        self.end_x = first.x
        self.end_lead = 0
        result = self._end(STRAYING)
        self.went_on = True
        self._go_astray(self._pass_t, first.x)
        if not self.phases.moving:
            self._astray(STILL, 0)  # at rest at the stack
        return result

    def _end(self, state):
        """The movement is over; `state` comes next."""
        if state != WAY_OUT:
            self._share_force()
        self._share_furthest()
        start = self._choose(self.end_x)
        if start.status != _LOW:
            self._reject_before(start)
            self._measure(start, self.newest)
        else:
            self._measure(start, start if self.newest is self.starts[0] else self.newest)
        self._last_end_t = self.end_t
        self.in_question = self._waiting = False
        self.state = state
        if state == WAY_OUT:
            self._set_out(self.phases.run.t - self.phases.still.t)
        if self.peak_x - self.start_x < self.min_rom:
            return DROPPED if self._has_dropped else NOTHING
        return MOVED

    def _measure(self, start, seen):
        """Take the figures of a rep from `start`; its top and release are as seen from `seen`."""
        data = seen.data
        self.start_x = start.x
        self.peak_x = start.peak_x
        self.top_x = max(data[_TOP_X], start.x)
        self.release_x = max(seen.release_x, self.end_x)
        self.pause_t = data[_TOP_PAUSE]
        self.form.swung = data[_TOP_SWUNG] > 0
        self.went_on = False
        self._set_times(start, seen)
        copy(data, _TOP_PEAKS, self.speed.peaks, 0, 3)
        if start is not seen:
            self._measure_earlier(start, seen)
        self.out_peak = self.speed.over(self.top_t - self.start_t)
        copy(data, _BACK_PEAKS, self.speed.peaks, 0, 3)
        self.back_peak = self.speed.over(self.end_t - self.release_t)
        self.effort.measure(start.data, data, _TOP_EFFORT, _RELEASE_EFFORT, start.peak_mn)

    def _measure_earlier(self, start, seen):
        """Add what lay between `start` and `seen`, a later possible start."""
        self.pause_t = max(self.pause_t, seen.rested_t)
        at = start.end_before(seen.data[_TOP_T])
        if at >= 0:
            self.pause_t = max(self.pause_t, start.data[at + _TOP_PAUSE])
            raise3(start.data, at + _TOP_PEAKS, self.speed.peaks, 0)

    def _choose(self, x):
        """Return the possible start that was the start, now that the cable has come back to `x`."""
        chosen = self.starts[0]
        if x > chosen.x:
            for i in range(1, self.count):
                if self.starts[i].status == _CERTAIN and abs(self.starts[i].x - x) < abs(chosen.x - x):
                    chosen = self.starts[i]
        if chosen is self.starts[0] and self.count > 1:
            return self._above_sway(chosen, self.starts[1])
        return chosen

    def _above_sway(self, first, second):
        """Return `second` if the leg only swayed until there, else `first`."""
        return second if second.status == _LOW and second.x - first.x <= first.top_depth() else first

    def _set_times(self, start, seen):
        """Take the filter's lead off the four instants, and keep them in order."""
        data = seen.data
        self.start_t = start.t + self._share(start.lead, start.rest_t)
        self.top_t = data[_TOP_T] - self._share(data[_TOP_LEAD], data[_TOP_REST])
        self.release_t = seen.release_t + self._share(seen.release_lead, seen.release_rest)
        self.end_t -= self._share(self.end_lead, self.end_rest_t)
        self.start_t = max(self.start_t, self._last_end_t)
        tick_t = self.phases.tick_t
        self.top_t = max(self.top_t, self.start_t + tick_t)
        self.release_t = max(self.release_t, self.top_t)
        self.end_t = max(self.end_t, self.release_t + tick_t)

    def _share(self, lead, rest_t):
        """Return the share of a boundary's lead that holds for a rest this long: none where the movement only turns."""
        return lead if rest_t >= self.lead_t else lead * max(0, rest_t) // self.lead_t

    def _drop(self, reason, end_t):
        """Give the movement up where it is: what comes next starts from here."""
        self._share_furthest()
        first = self.starts[0]
        self._reject(reason, first.t, end_t, first.peak_x - first.x)
        self.state = BOTTOM
        self.in_question = False
        return DROPPED if self._has_dropped else NOTHING

    def _reject_before(self, start):
        """The way from the first possible start to `start` was taking up the cable, or shifting the stance."""
        first = self.starts[0]
        self._reject(TAKE_UP, first.t, start.t - start.rested_t, start.x - first.x)

    def _reject(self, reason, start_t, end_t, distance):
        """Note a stretch to be reported as rejected, unless it is too small for that."""
        if distance >= self.min_rom:
            self._has_dropped = True
            self.reason = reason
            self.dropped_t = start_t
            self.dropped_end_t = max(start_t, end_t)
            self.dropped_um = distance

    # -- going back without having gone out: shifting the stance, or walking in step by step

    def _go_astray(self, instant, position):
        self.state = STRAYING
        self._stray_t = self._still_t = instant
        self._stray_x = self._rest_x = position
        self._resting = False

    def _astray(self, event, position):
        still = self.phases.still
        if event == STILL:
            self._resting = True
            self._still_t = still.t
            self._rest_x = still.x
        elif event == BACK:
            self._resting = False
        elif self._resting and (event == OUT or self.phases.instant - self._still_t >= self.dwell_t):
            result = self._end_stray()
            if event == OUT:
                self._set_out(self.phases.run.t - still.t)
            return result
        return NOTHING

    def _end_stray(self):
        self._reject(STRAYED, self._stray_t, self._still_t, self._stray_x - self._rest_x)
        self.state = BOTTOM
        return DROPPED if self._has_dropped else NOTHING
