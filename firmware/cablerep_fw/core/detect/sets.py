"""Movements to reps and sets: when a set begins, what each movement in it is, when it is over.

What is a rep depends on the others of its set, which set_reps.py keeps; where the stack is depends on all sets before.
"""

from array import array

from ..compat import const, micropython
from ..link import wire
from ..settings.settings import PROFILE, REST, SIDE, TARGET_ROM
from ..units import mean_speed, tenths_of_ms
from . import tuning
from .form import Limits
from .reps import FAR, STRAYED, TAKE_UP
from .set_reps import (
    CONCENTRIC_MEAN,
    CONCENTRIC_PEAK,
    ECCENTRIC_MEAN,
    ECCENTRIC_PEAK,
    END,
    FIELDS,
    FORCE_MEAN,
    FORCE_PEAK,
    FORM_FLAGS,
    KIND,
    KNOWN,
    POWER_MEAN,
    REJECTED,
    RELEASE,
    REP_SIDE,
    ROM,
    SET_NUMBER,
    START,
    TOP,
    WORK,
    SetReps,
)

# Reasons given here, places in wire.REASONS.
WALK_IN = const(2)
STANCE_SHIFT = const(3)
BOUNCE = const(4)
SLACK = const(5)
TOO_SMALL = const(6)
LONE = const(8)


class Sets:
    """Judges each movement; `record` then holds its REP message, but for session and seq, which the engine gives.

    Lengths in µm; instants in tenths of a millisecond where they stand in a record, else in sixteenths of a period.
    """

    def __init__(self, motion, settings, table):
        self.motion = motion
        self.rate_hz = motion.rate_hz
        values = settings.values
        self.profile = values[PROFILE]
        self.side = self._side = values[SIDE]  # of the sets to come, and of the one that is on
        self.rest_t = self._instants(values[REST])
        self.bounce_t = self._instants(table[tuning.BOUNCE_MS])
        self.dwell_t = self._instants(table[tuning.DWELL_MS])
        self.stack_still_t = self._instants(table[tuning.STACK_STILL_MS])
        self.stack_near = table[tuning.STACK_NEAR]
        self.stack_drop = table[tuning.STACK_DROP]
        self.slack = table[tuning.SLACK]
        self.least_rom = table[tuning.LEAST_ROM]
        self.partial_part = table[tuning.PARTIAL_PART]
        self.slam_t = self._instants(table[tuning.SLAM_MS])
        self.limits = Limits(values)
        self.reps = SetReps(values[TARGET_ROM], self.limits, table)
        self.record = array("i", bytes(4 * FIELDS))
        self.outcome = array("i", bytes(4 * len(wire.BY_NAME["set"].fields)))
        self.number = 1  # of the set that is on or comes next
        self.active = False
        self.floor = FAR  # lowest position at which the cable has stood: the stack, as far as it is known
        self.lowest = 0  # lowest start position of the set
        self.stance = 0  # lowest of the last three: a first rep may have begun at the stack, and the stance wanders
        self._start_1 = self._start_2 = 0  # the last two
        self.last_rep_t = 0  # end of the set's last rep
        self.last_end_t = 0  # end of the last movement, rep or not
        self.reason = 0
        self._first_start = 0
        self._last_end = 0

    def _instants(self, ms):
        return ms * self.rate_hz // 1000 * 16

    def tell(self, movement):
        """Tell a Reps what the set and those before it have shown."""
        movement.least_kick = self.least_kick()
        movement.stack_x = self.floor
        movement.stance_x = self.stance if self.active else FAR

    def least_kick(self):
        """Return the least rise in µm that can be a rep of this set, as far as it is known."""
        return max(self.least_rom, self.reps.reference() // 100 * self.partial_part)

    def begin(self, position):
        """Take the position at which the cable is found as the stack, until it stands lower."""
        self.floor = min(self.floor, position)

    @micropython.native
    def judge(self, movement, known, has_load):
        """Take a movement that is over (a Reps) and return its kind; `reason` says why where it is REJECTED.

        `known` is the present sample in tenths of a millisecond. Does not allocate.
        """
        rise = movement.peak_x - movement.start_x
        judged = min(rise, movement.peak_x - movement.end_x)
        kind = self.reps.kind_of(judged, self.reps.reference(rise))
        since_t = movement.start_t - self.last_end_t
        self.last_end_t = movement.end_t
        if kind == REJECTED:
            if has_load and movement.effort.peak_mn < self.slack:
                self.reason = SLACK
            else:
                self.reason = BOUNCE if self.active and since_t < self.bounce_t else TOO_SMALL
            return kind
        if not self.active:
            self._side = self.side  # one named after the first rep is for the next set: people press in the last rest
        record = self.record
        self._measure(movement, has_load)
        record[SET_NUMBER] = self.number
        record[KIND] = kind
        record[REP_SIDE] = self._side
        record[KNOWN] = known
        record[ROM] = rise
        record[FORM_FLAGS] = self._flags(movement.form, has_load)
        hold_mn = movement.effort.hold_mn() if has_load else wire.NULL
        self.reps.keep(record, judged, abs(movement.end_x - movement.start_x), hold_mn)
        if not self.active:
            self.active = True
            self.lowest = self._start_1 = self._start_2 = movement.start_x
            self._first_start = record[START]
        self.lowest = min(self.lowest, movement.start_x)
        self.stance = min(movement.start_x, self._start_1, self._start_2)
        self._start_2 = self._start_1
        self._start_1 = movement.start_x
        self.last_rep_t = movement.end_t
        self._last_end = record[END]
        return kind

    @micropython.native
    def _measure(self, movement, has_load):
        """Write instants, speeds and forces of a movement into `record`."""
        record = self.record
        start = record[START] = tenths_of_ms(movement.start_t, self.rate_hz)
        top = record[TOP] = tenths_of_ms(movement.top_t, self.rate_hz)
        release = record[RELEASE] = tenths_of_ms(movement.release_t, self.rate_hz)
        end = record[END] = tenths_of_ms(movement.end_t, self.rate_hz)
        record[CONCENTRIC_MEAN] = mean_speed(movement.top_x - movement.start_x, top - start)
        record[CONCENTRIC_PEAK] = self.motion.um_s(movement.out_peak)
        record[ECCENTRIC_MEAN] = mean_speed(movement.release_x - movement.end_x, end - release)
        record[ECCENTRIC_PEAK] = self.motion.um_s(movement.back_peak)
        if has_load:
            effort = movement.effort
            record[FORCE_MEAN] = effort.mean_mn()
            record[FORCE_PEAK] = effort.peak_mn
            record[WORK] = effort.work_mj()
            record[POWER_MEAN] = mean_speed(record[WORK], top - start)  # mJ over tenths of a millisecond: mW
        else:
            record[FORCE_MEAN] = record[FORCE_PEAK] = record[WORK] = record[POWER_MEAN] = wire.NULL

    def _flags(self, form, has_load):
        """Return the form flags of the movement in `record`, as far as they are known at its end."""
        record = self.record
        flags = self.limits.tempo_flags(record[RELEASE] - record[TOP], record[ECCENTRIC_MEAN])
        flags |= self.limits.range_flags(record[ROM], self.reps.usual_rom())
        return flags | form.settle(has_load, self.floor + self.stack_near)

    def look_for_slam(self, movement):
        """A way back is over: where it went straight on from a rep and the stack hit at its end, flag that rep."""
        if self.active and movement.lost_t == self.last_rep_t and movement.lost_end_t - movement.lost_t <= self.slam_t:
            self.reps.flag_last(movement.form.landed(self.floor + self.stack_near))

    def reason_of(self, reason, way_um):
        """Return the reason for a movement that Reps dropped, in the words of the set."""
        if reason == STRAYED:
            return STANCE_SHIFT if self.active and way_um < self.stack_drop else WALK_IN
        if reason == TAKE_UP and self.active:
            return STANCE_SHIFT
        return reason

    def leaves_stack(self, position, way_um):
        """Say whether taking up `way_um` from `position` leaves the stack, and so ends a set done from there."""
        return self.active and way_um >= self.stack_drop and position - self.floor <= self.stack_near

    @micropython.native
    def watch(self, now, still_t, position):
        """Look at a cable that is at a start position, at rest since `still_t`; say whether the set is over.

        It is over at the stack, which is the lowest position at which the cable has ever stood, as far as it is known
        and if it lies well below the start positions of the set; or after `rest_s` without a rep. Does not allocate.
        """
        if now - still_t >= self.dwell_t and position < self.floor:
            self.floor = position
        if not self.active:
            return False
        if now - self.last_rep_t >= self.rest_t:
            return True
        return (
            now - still_t >= self.stack_still_t
            and self.stance - position >= self.stack_drop
            and position - self.floor <= self.stack_near
        )

    def conclude(self, known):
        """Judge the whole set once more, now that its reference is known, and write `outcome`, its SET message.

        Returns whether any rep remains: a set without one never was. `amended` then yields what changed.
        """
        reps = self.reps
        reps.conclude(self.lowest - self.floor <= self.stack_near)
        outcome = self.outcome
        outcome[2] = self.number
        outcome[3] = reps.full
        outcome[4] = reps.partial
        outcome[5] = self._side
        outcome[6] = self.profile
        outcome[7] = self._first_start
        outcome[8] = self._last_end
        outcome[9] = known
        outcome[10] = reps.reference()
        outcome[11] = reps.median_load()
        self.active = False
        return reps.full + reps.partial > 0

    def amended(self, known):
        """Put the next changed rep into `record` and return True; after the last return False and begin the next set.

        `reason` says why where the rep is now REJECTED.
        A set of which nothing remains gives its number to the next.
        """
        if self.reps.next_changed(self.record):
            self.record[KNOWN] = known
            self.reason = LONE if self.reps.was_lone else TOO_SMALL
            return True
        if self.reps.full + self.reps.partial:
            self.number += 1
        self.reps.clear()
        return False
