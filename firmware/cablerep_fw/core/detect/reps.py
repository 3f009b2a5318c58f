"""Runs to movements: one way out and back is told apart from sticking, sinking, shifting and standing.

A state machine over runs, not over samples: what a pause means is known only from what comes before and after it.
"""

from ..compat import const, micropython
from . import tuning
from .effort import Effort, add
from .form import Form
from .motion import raise_peaks
from .peak_speed import PeakSpeed
from .phases import BACK, NOTHING, OUT, SETTLED, STILL
from .stray import Stray

# States.
BOTTOM = const(0)  # at a start position
WAY_OUT = const(1)
TOP = const(2)  # at rest after a way out: a sticking point, a hold, or the new start position
WAY_BACK = const(3)
PAUSE = const(4)  # at rest on the way back, not yet known to be the end
STRAYING = const(5)  # going back without having gone out

# What `step` answers.
RELEASED = const(1)  # the way back has begun: a rep is pending
MOVED = const(2)  # a movement out and back is over
DROPPED = const(3)  # a movement is over that cannot be a rep, see `reason`

FAR = const(0x1FFFFFFF)  # µm; beyond all positions

# Reasons, places in wire.REASONS.
TAKE_UP = const(1)
STRAYED = const(2)  # sets.py says whether it is walking in or shifting stance
STANDING = const(7)
NO_RETURN = const(9)


class Reps:
    """Follows one movement at a time. Instants in sixteenths of a sample period, positions in µm.

    After MOVED the movement stands in `start_t` to `end_t`, `start_x` to `end_x`, `peak_x`, `out_peak`, `back_peak`
    (speeds in the motion's units) and `effort`; after DROPPED in `lost_t`, `lost_end_t`, `lost_um` and `reason`.
    """

    def __init__(self, motion, phases, hold_max_ms, table):
        self.motion = motion
        self.phases = phases
        self.effort = Effort()  # of the movement
        self.form = Form(motion, table)
        self.out_speed = PeakSpeed(motion, table)
        self.back_speed = PeakSpeed(motion, table)
        self._next_effort = Effort()  # of a run outward that may begin the next movement
        self._next_speed = PeakSpeed(motion, table)
        self.dwell_t = self._instants(table[tuning.DWELL_MS])
        self.rest_t = self._instants(table[tuning.REST_MS])
        self.turn_t = self._instants(table[tuning.TURN_MS])
        self._stray = Stray(phases, self.dwell_t)
        self.longest_t = self._instants(table[tuning.MAX_RUN_MS])
        self.hold_max_t = self._instants(hold_max_ms)
        self.fall_back = table[tuning.FALL_BACK]
        self.near = table[tuning.NEAR]
        self.near_percent = table[tuning.NEAR_PERCENT]
        self.beyond = table[tuning.BEYOND]
        self.least_wander = table[tuning.WANDER]
        self.beyond_percent = table[tuning.BEYOND_PERCENT]
        self.min_rom = table[tuning.MIN_ROM]
        self.min_run = table[tuning.MIN_RUN]
        self.stack_near = table[tuning.STACK_NEAR]
        self.stack_drop = table[tuning.STACK_DROP]
        self.inform(self.min_rom, -FAR, FAR)
        self._filter = motion.filter
        self._speeds = motion.speeds
        # By state; kept, because to look a method up takes 13 µs on an RP2040 at 125 MHz.
        self._by_state = (self._bottom, self._way_out, self._top, self._way_back, self._pause, self._astray)
        self.begin()

    def _instants(self, ms):
        return ms * self.motion.rate_hz // 1000 * 16

    def inform(self, min_kick, stack_x, stance_x):
        """Use what is known of the set: the smallest rise of a rep, the stack, the lowest of the last start positions.

        In µm; values stay until the next call. Does not allocate.
        """
        self.min_kick = min_kick
        self.stack_x = stack_x
        self.stance_x = stance_x

    def begin(self):
        """Forget the movement: the cable is at a start position."""
        self.state = BOTTOM
        self.reason = 0
        self.lost_t = self.lost_end_t = self.lost_um = self.lost_x = 0
        self.start_t = self.top_t = self.release_t = self.end_t = 0
        self.start_lead = self.top_lead = self.release_lead = self.end_lead = 0
        self._before_t = 0  # when the cable came to rest before the movement
        self.start_x = self.top_x = self.release_x = self.end_x = self.peak_x = 0
        self.out_peak = self.back_peak = 0
        self._again = False  # a run outward from TOP goes on that may begin the real rep
        self._again_t = self._again_x = self._again_top = 0
        self._held = False  # the rest at the top has lasted too long for a sticking point
        self._sunk = False  # a run back from there has stopped before it went far enough
        self._fell = False  # the way back has gone far enough to be one
        self._passed = False  # it has gone past the start position, at `_pass_t`
        self._pass_t = 0

    @micropython.native
    def step(self, event):
        """Take the phases' answer for the newest tick. Does not allocate."""
        state = self.state
        phases = self.phases
        way = phases.way
        motion = self.motion
        position = motion.position
        if way == 0 and state == BOTTOM:
            return NOTHING
        if way > 0 and state != WAY_OUT:
            if phases.run_fresh:
                self._next_effort.begin(position)
                self._next_speed.begin()
            add(self._next_effort.sums, position, motion.force)
            raise_peaks(self._next_speed.peaks, self._filter, self._speeds, 1)
        elif way < 0 and state == TOP and phases.run_fresh:
            self.effort.mark_hold()
            self.back_speed.begin()
        if state != BOTTOM and state != STRAYING:
            add(self.effort.sums, position, motion.force)
            if position > self.peak_x:
                self.peak_x = position
        return self._by_state[state](event, position)

    def _bottom(self, event, position):
        if event == OUT:
            self._set_out(self.phases.run.t, self.phases.run.x)
        elif event == BACK:
            self._go_astray(self.phases.run.t, self.phases.run.x)
        return NOTHING

    def _set_out(self, instant, position):
        """A run outward from rest counts: the movement begins where the run did."""
        self.effort, self._next_effort = self._next_effort, self.effort
        self.out_speed, self._next_speed = self._next_speed, self.out_speed
        self.form.begin()
        self.state = WAY_OUT
        self.start_t = instant
        self.start_lead = self.phases.run.lead
        self._before_t = self.phases.still.t
        self.start_x = position
        self.peak_x = max(position, self.motion.position)
        self._again = False

    @micropython.native
    def _way_out(self, event, position):
        raise_peaks(self.out_speed.peaks, self._filter, self._speeds, 1)
        if event == STILL:
            self._rest_at_top()
        elif self.phases.instant - self.start_t > self.longest_t:
            return self._drop(NO_RETURN)
        return NOTHING

    def _rest_at_top(self):
        self.state = TOP
        self.top_t = self.phases.still.t
        self.top_x = self.phases.still.x
        self.top_lead = self.phases.still.lead
        self.effort.mark()
        # Without a rest at the top the run back begins at this very tick; one behind a rest begins them anew.
        self.effort.mark_hold()
        self.back_speed.begin()
        self.form.top(self.effort.mean_mn(), self.top_x - self.start_x)
        self._again = self._sunk = self._held = False

    @micropython.native
    def _top(self, event, position):
        raise_peaks(self.back_speed.peaks, self._filter, self._speeds, -1)
        phases = self.phases
        if not self._held and (phases.run.t if event else phases.instant) - phases.still.t >= self.dwell_t:
            self._held = True
        if event == OUT:
            if not self._held:
                self.state = WAY_OUT  # a sticking point
                return NOTHING
            if not self._again:
                self._again = True
                self._again_t = phases.run.t
                self._again_x = phases.run.x
                self._again_top = self.peak_x
        elif event == BACK:
            self.state = WAY_BACK
            if not self._sunk or phases.run.t - phases.still.t >= self.dwell_t:
                self.release_t = phases.run.t
                self.release_x = phases.run.x
                self.release_lead = phases.run.lead
            self._fell = False
            self._passed = False
            return NOTHING
        elif event == SETTLED and not self._sunk:
            self.top_t = phases.still.t
            self.top_lead = phases.still.lead
        if self._again:
            if position - self._again_x >= self.min_kick and position - self._again_top >= self.min_run:
                return self._kick_off()
            if event == STILL:
                self._again = False
        elif phases.instant - self.top_t > self.hold_max_t and not self._releasing():
            return self._drop(STANDING)
        return NOTHING

    def _releasing(self):
        """Say whether a run back is on that began within the longest hold and only has to prove itself."""
        return self.phases.way < 0 and self.phases.run.t - self.top_t <= self.hold_max_t

    def _kick_off(self):
        """What stood still was a new start position: the way there is dropped, the rep begins here."""
        self._lose(TAKE_UP, self.start_t, self.top_t, self.top_x - self.start_x)
        self.lost_x = self.start_x
        self._set_out(self._again_t, self._again_x)
        return DROPPED

    @micropython.native
    def _way_back(self, event, position):
        raise_peaks(self.back_speed.peaks, self._filter, self._speeds, -1)
        answer = NOTHING
        if not self._fell and self.release_x - position >= (self.peak_x - self.start_x) // 100 * self.fall_back:
            self._fell = True
            answer = RELEASED
        if not self._passed and position < self.start_x:
            self._passed = True
            step = self.motion.position_before() - position
            self._pass_t = self.phases.instant
            if step > 0:
                self._pass_t -= min(16, (self.start_x - position) // (step // 16 + 1)) * self.phases.tick_t // 16
        if event == STILL:
            return self._rest_below() or answer
        if self._passed and self._is_beyond(position):
            return self._went_on()
        if self.phases.instant - self.release_t > self.longest_t:
            return self._drop(NO_RETURN)
        return answer

    def _rest_below(self):
        """Settle what a rest on the way back is."""
        if not self._fell:
            self.state = TOP  # sank a little
            self._sunk = True
            return NOTHING
        if self._passed and self._is_stack(self.phases.still.x):
            answer = self._went_on()
            self._stray.step(STILL)
            return answer
        self.end_t = self.phases.still.t
        self.end_x = self.phases.still.x
        self.end_lead = self.phases.still.lead
        if self._is_near(self.end_x):
            self.state = BOTTOM
            return self._moved()
        self.state = PAUSE
        return NOTHING

    def _pause(self, event, position):
        phases = self.phases
        if event == BACK:
            self.state = WAY_BACK
            return NOTHING
        if event == SETTLED:
            self.end_t = phases.still.t
            self.end_lead = phases.still.lead
        if event == OUT or self._again:
            self._again = True
            if phases.run.t - self.end_t >= self.turn_t:
                return self._moved()
            if position - self.end_x >= (self.peak_x - self.end_x) // 100 * self.fall_back:
                return self._moved()  # `follow` makes the run outward the next movement
            if event == STILL:
                self._again = False
        if phases.instant - self.end_t >= self.dwell_t:
            if not self._again:
                self.state = BOTTOM
            return self._moved()
        return NOTHING

    def conclude(self):
        """The input is over while the cable pauses on its way back: that is the end of the movement."""
        self.state = BOTTOM
        return self._moved()

    def _moved(self):
        self._true_times()
        self.out_peak = self.out_speed.over(self.top_t - self.start_t)
        self.back_peak = self.back_speed.over(self.end_t - self.release_t)
        return MOVED

    def follow(self):
        """Go on after MOVED has been dealt with: a run outward that ended the movement begins the next one."""
        if self.state == PAUSE:
            self._set_out(self.phases.run.t, self.phases.run.x)

    def _part(self, lead, rest_t):
        """Return the part of a boundary's lead that holds for a rest this long: none where the movement only turns."""
        return lead if rest_t >= self.rest_t else lead * max(0, rest_t) // self.rest_t

    def _true_times(self):
        """Take the filter's lead off the four instants, once all are known."""
        hold_t = self.release_t - self.top_t
        self.start_t += self._part(self.start_lead, self.start_t - self._before_t)
        self.top_t -= self._part(self.top_lead, hold_t)
        self.release_t += self._part(self.release_lead, hold_t)
        self.end_t -= self.end_lead

    def _is_near(self, position):
        rise = self.peak_x - self.start_x
        return position - self.start_x <= min(self.near, rise // 100 * self.near_percent)

    def _is_beyond(self, position):
        """Say whether a way back has left the last start positions behind, however they wander."""
        wander = max(self.beyond, (self.peak_x - self.start_x) // 100 * self.beyond_percent)
        if self.phases.instant - self._pass_t >= self.dwell_t:
            wander = self.least_wander  # too slow to wait for more
        return min(self.start_x, self.stance_x) - position > wander

    def _is_stack(self, position):
        """Say whether a rest is at the stack, with the start positions of the set well above it."""
        stance = min(self.start_x, self.stance_x)
        return position - self.stack_x <= self.stack_near and stance - self.stack_x >= self.stack_drop

    def _went_on(self):
        """Straight on to the stack: the rep ended where it passed its start position."""
        self.end_t = self._pass_t
        self.end_x = self.start_x
        self.end_lead = 0
        self._go_astray(self._pass_t, self.start_x)
        return self._moved()

    def _go_astray(self, instant, position):
        self.state = STRAYING
        self._stray.begin(instant, position)

    def _astray(self, event, position):
        stray = self._stray
        if not stray.step(event):
            return NOTHING
        self._lose(STRAYED, stray.start_t, stray.end_t, stray.start_x - stray.end_x)
        self.state = BOTTOM
        if event == OUT:
            self._set_out(self.phases.run.t, self.phases.run.x)
        return DROPPED

    def _drop(self, reason):
        """Give the movement up where it is: what comes next starts from here."""
        self._lose(
            reason, self.start_t, self.top_t if reason == STANDING else self.phases.instant, self.peak_x - self.start_x
        )
        self.state = BOTTOM
        return DROPPED

    def _lose(self, reason, start, end, way):
        self.reason = reason
        self.lost_t = start
        self.lost_end_t = end
        self.lost_um = way
