"""Runs to movements: one way out and back, told apart from pausing, swaying, taking up the cable and standing.

A state machine over runs, not over samples. What a pause meant is known only from where the cable goes afterwards, so a
movement may have several possible starts (possible_start.py). Its figures are taken when it is over (movement.py).
"""

from ..compat import const, micropython, words
from . import tuning
from .effort import add, save
from .motion import NOT_FOUND, SPEED, raise_peaks
from .movement import Movement
from .phases import BACK, NOTHING, OUT, SETTLED, STILL
from .possible_start import BACK_PEAKS, TOP_T, PossibleStarts, copy, raise3

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


class Reps:
    """Follows one movement at a time. Instants in sixteenths of a sample period, positions in µm.

    After MOVED the finished movement is in `movement` until the next call of `step`. MOVED and DROPPED may both come
    with a stretch that was rejected: see `next_dropped`.
    """

    def __init__(self, motion, phases, hold_max_ms, rest_ms, table):
        """`hold_max_ms` is the longest hold, `rest_ms` the longest rest within a set."""
        self.motion = motion
        self.phases = phases
        self.movement = Movement(motion, table)
        self.effort = self.movement.effort
        self.form = self.movement.form
        self.starts = PossibleStarts(motion, phases, table)
        self.dwell_t = self._instants(table[tuning.DWELL_MS])
        self.turn_t = self._instants(table[tuning.TURN_MS])
        self.longest_t = self._instants(table[tuning.MAX_RUN_MS])
        self.hold_max_t = self._instants(hold_max_ms)
        self.rest_max_t = self._instants(rest_ms)
        self.table = table
        self.min_rom = table[tuning.MIN_ROM]
        self._quick = -4 * motion.threshold  # so fast that tremor does not look like a stop
        self._filter = motion.filter
        self._speeds = motion.speeds
        self._run_peaks = words(3)  # of the newest run, and of the one before
        self._old_peaks = words(3)
        self._pass_peaks = words(3)  # of the way back when it passed the start
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
        self.starts.inform(stack_x, reference)
        self.stack_x = stack_x
        self.set_start_x = set_start_x

    def begin(self):
        """Forget the movement: the cable is at a start position."""
        self.state = BOTTOM
        self.starts.begin()
        self.movement.begin()
        self.reason = 0
        self.dropped_t = self.dropped_end_t = self.dropped_um = 0
        self._has_dropped = False
        self.hold_t = 0  # since when the hold lasts, in TOP
        self._furthest = -FAR  # since it was last handed to the possible starts
        self._back_x = self._rest_x = 0  # where the last run back began and ended
        self._went = 0  # its distance, if no run outward followed
        self._still_t = 0  # newest end of a run that counted
        self._stray_t = self._stray_x = 0  # where a way back began that was not preceded by one out
        self._resting = False  # between two steps of it
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
        save(self.effort.sums, self.starts.run_effort, 0)

    def _share_force(self):
        """Hand the largest force since the last call to every possible start."""
        self.starts.raise_force(self.effort.take_peak())

    def _share_furthest(self):
        """Hand the furthest position since the last call to every possible start."""
        self.starts.reach(self._furthest)
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
        self.effort.rebase(self.starts.run_effort)
        self.starts.set_out(rest_t)
        self._furthest = self.motion.position
        self._form_due = True
        self.state = WAY_OUT
        self._fell = self._passed = False
        self._went = 0

    @micropython.native
    def _way_out(self, event, position):
        if position >= self.starts.waiting_x and self._promote():
            return DROPPED
        if event == STILL:
            self._rest_at_top()
        elif self.phases.instant - self.starts.all[0].t > self.longest_t:
            return self._drop(NO_RETURN, self.phases.instant)
        return NOTHING

    # -- at the top

    @micropython.native
    def _rest_at_top(self):
        """An outward run is over."""
        self.state = TOP
        still = self.phases.still
        starts = self.starts
        newest = starts.newest
        self._share_furthest()
        swung = self.form.flew(self.effort.mean_since(newest.data), still.x - newest.x)
        starts.end_run(self._ended_peaks(), self.effort.sums, swung)
        self._still_t = still.t
        self.hold_t = newest.data[TOP_T]
        starts.sway(still.t, still.x)
        self._went = 0

    @micropython.native
    def _top(self, event, position):
        phases = self.phases
        if position >= self.starts.waiting_x and self._promote():
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
        self.starts.refine(self._still_t)
        self._still_t = self.phases.still.t
        self.hold_t = self.starts.newest.data[TOP_T]

    def _go_on_out(self):
        """The cable goes on outward from a rest: a sticking point, a swing in the hold, or a kick from a new start."""
        run = self.phases.run
        rest_t = run.t - self.phases.still.t
        starts = self.starts
        starts.sway(run.t, run.x)
        starts.end_rest(self._still_t, rest_t, True)
        self._went = 0
        if starts.go_on(rest_t):
            self._set_out(rest_t)
        newest = starts.newest
        if run.x < newest.peak_x - newest.top_depth():
            self.state = WAY_OUT
        return NOTHING

    def _promote(self):
        """The cable has gone far enough beyond a waiting start. Return whether the starts before it were dropped."""
        starts = self.starts
        self._share_furthest()
        if self.phases.moving > 0:
            self.state = WAY_OUT
        if starts.promote():
            self._form_due = True
            if starts.newest.rested_t > self.rest_max_t:
                self._reject_before(starts.newest)
                starts.keep_newest()
                return self._has_dropped
        starts.limit()
        return False

    def _go_back(self):
        """A run back counts: the end of a hold, sinking in it, or a swing."""
        run = self.phases.run
        rest_t = run.t - self.phases.still.t
        starts = self.starts
        self._share_furthest()
        starts.sway(run.t, run.x)
        starts.end_rest(self._still_t, rest_t, False)
        starts.begin_back(rest_t, self._went, self._rest_x)
        self._back_x = run.x
        self._fall_x = starts.newest.fall_x()
        self._fell = False
        self.state = WAY_BACK
        return NOTHING

    # -- on the way back

    @micropython.native
    def _way_back(self, event, position):
        result = NOTHING
        phases = self.phases
        if not self._fell and position <= self._fall_x:
            self._fell = True
            result = RELEASED
        if self._fell and not self._passed and position < self.starts.all[0].x:
            self._pass(position)
        if event == STILL:
            return self._rest_below() or result
        if self._passed and self._goes_on(position):
            return self._end_at_start()
        if self._fell and self.motion.speed < self._quick and self._stops():
            return self._end(BOTTOM)
        if phases.instant - self.starts.newest.release_t > self.longest_t:
            return self._drop(NO_RETURN, phases.instant)
        return result

    def _pass(self, position):
        """The way back passes the first start."""
        self._passed = True
        copy(self._run_peaks, 0, self._pass_peaks, 0, 3)
        raise3(self.starts.newest.data, BACK_PEAKS, self._pass_peaks, 0)
        step = self.motion.position_before() - position
        self._pass_t = self.phases.instant
        if step > 0:
            self._pass_t -= min(16, (self.starts.all[0].x - position) // (step // 16 + 1)) * self.phases.tick_t // 16

    def _goes_on(self, position):
        """Return whether the way back goes straight on to the stack, which is well below.

        From half-way down, a rep goes back to where the set began.
        """
        if self._start_height(self.stack_x) < self.table[tuning.STACK_DROP]:
            return False
        if position - self.stack_x <= self.table[tuning.STACK_NEAR]:
            return True
        return (
            min(self.starts.all[0].x, self.set_start_x) - position > self.table[tuning.BEYOND]
            and self.phases.instant - self._pass_t >= self.dwell_t
        )

    @micropython.native
    def _stops(self):
        """Return whether a quick way back has stopped near the start; `movement` has its end then.

        The filter shows a sudden stop 50 ms late. Where the start is not in question, the rep ends there anyway.
        """
        motion = self.motion
        peaks = self._run_peaks
        if self.starts.count > 1 or 2 * motion.speed < -peaks[SPEED] or not motion.stopped():
            return False
        first = self.starts.all[0]
        x = motion.newest()
        rise = max(first.peak_x, self._furthest) - first.x
        if rise < self.min_rom or abs(x - first.x) > self._near(rise):
            return False
        found = motion.seek(-1, 1)
        if found == NOT_FOUND:
            return False
        per_tick = motion.per_tick
        self.movement.end_at(self.phases.instant + found * per_tick, x)
        self.movement.end_lead = motion.seek_lead * per_tick
        self.starts.end_back(peaks)
        return True

    def _near(self, rise):
        """Return how close to the start of a rise a rest ends the rep at once."""
        return min(self.table[tuning.NEAR], rise // 100 * self.table[tuning.NEAR_PERCENT])

    def _start_height(self, stack_x):
        """Return how far above the stack the set began, and this movement if that is less."""
        return min(self.starts.all[0].x, self.set_start_x) - stack_x

    def _rest_below(self):
        """A run back is over: decide what the rest behind it is."""
        still = self.phases.still
        x = still.x
        starts = self.starts
        starts.end_back(self._ended_peaks())
        self._still_t = still.t
        self._rest_x = x
        self._went = self._back_x - x
        starts.sway(still.t, x)
        if starts.recognise(x):
            self._form_due = True
            self._fell = True
        if not self._fell:
            self.state = TOP
            self.hold_t = starts.newest.data[TOP_T]
            return NOTHING
        return self._rest_at_end(still, starts.all[0])

    def _rest_at_end(self, still, first):
        """The cable rests at `still`, far enough back. Return what that ends."""
        x = still.x
        rise = first.peak_x - first.x
        if rise < self.min_rom:
            self.state = BOTTOM
            return NOTHING
        self.movement.end_in_rest(still)
        if abs(x - first.x) <= self._near(rise):
            return self._end(BOTTOM)
        if self._passed and x - self.stack_x <= self.table[tuning.STACK_NEAR]:
            if self._start_height(min(x, self.stack_x)) >= self.table[tuning.STACK_DROP]:
                return self._end_at_start()
        # Swaying or bouncing lower is not going on.
        self._below_x = x - min(self.table[tuning.SWAY] // 2, (first.peak_x - x) // 3)
        self.state = PAUSE
        return NOTHING

    def _pause(self, event, position):
        phases = self.phases
        run = phases.run
        movement = self.movement
        if event == BACK or phases.moving < 0:
            if position < self._below_x and run.t - movement.end_t < self.dwell_t:
                self._back_x = run.x
                self.state = WAY_BACK
                return NOTHING
        elif event == SETTLED and movement.end_t == self._still_t:
            movement.end_t = self._still_t = phases.still.t
            movement.end_lead = phases.still.lead
        elif event == OUT or phases.moving > 0:
            if movement.end_t == self._still_t:
                movement.end_rest_t = run.t - movement.end_t
                if movement.end_rest_t >= self.turn_t:
                    return self._end(WAY_OUT)
            fall = self.starts.newest.peak_x - movement.end_x
            if position - run.x >= fall // 100 * self.table[tuning.TURN_PERCENT]:
                return self._end(WAY_OUT)
        elif event == STILL:
            self._still_t = phases.still.t
        if phases.instant - movement.end_t >= self.dwell_t:
            if phases.way >= 0 or run.t - movement.end_t >= self.dwell_t:
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
            self.starts.end_back(self._run_peaks)
            self.movement.end_at(self.phases.instant, self.motion.position)
            result = self._end(BOTTOM)
        elif state != BOTTOM:
            result = self._drop(NO_RETURN, self.phases.instant)
        self.state = BOTTOM
        return result

    # -- the end of a movement

    def _end_at_start(self):
        """Straight on to the stack: the rep ended where it passed its start."""
        first_x = self.starts.all[0].x
        self.starts.passed(self._pass_peaks)
        self.movement.end_at(self._pass_t, first_x)
        result = self._end(STRAYING)
        self.movement.went_on = True
        self._go_astray(self._pass_t, first_x)
        if not self.phases.moving:
            self._astray(STILL, 0)  # at rest at the stack
        return result

    def _end(self, state):
        """The movement is over; `state` comes next."""
        starts = self.starts
        movement = self.movement
        if state != WAY_OUT:
            self._share_force()
        self._share_furthest()
        start = starts.choose(movement.end_x)
        if not start.is_low():
            self._reject_before(start)
        movement.measure(start, starts.seen_from(start))
        starts.in_question = False
        self.state = state
        if state == WAY_OUT:
            self._set_out(self.phases.run.t - self.phases.still.t)
        if movement.peak_x - movement.start_x < self.min_rom:
            return DROPPED if self._has_dropped else NOTHING
        return MOVED

    def _drop(self, reason, end_t):
        """Give the movement up where it is: what comes next starts from here."""
        self._share_furthest()
        first = self.starts.all[0]
        self._reject(reason, first.t, end_t, first.peak_x - first.x)
        self.state = BOTTOM
        self.starts.in_question = False
        return DROPPED if self._has_dropped else NOTHING

    def _reject_before(self, start):
        """The way from the first possible start to `start` was taking up the cable, or shifting the stance."""
        first = self.starts.all[0]
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
