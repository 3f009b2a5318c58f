"""Movements to reps and sets: what kind of rep each movement is, when a set begins, when it is over.

A rep's kind depends on the others of its set, which set_reps.py holds. The stack is learnt across sets.
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

# Rejection reasons given here; indices into wire.REASONS.
WALK_IN = const(2)
STANCE_SHIFT = const(3)
BOUNCE = const(4)
SLACK = const(5)
TOO_SMALL = const(6)
LONE = const(8)


class Sets:
    """Judges each movement. Afterwards `record` holds its REP message except session and seq, set by the reporter.

    Lengths in µm. Instants in records are in tenths of a millisecond, all others in sixteenths of a sample period.
    """

    def __init__(self, motion, settings, table):
        self.motion = motion
        self.rate_hz = motion.rate_hz
        values = settings.values
        self.profile = values[PROFILE]
        self.side = values[SIDE]  # of the sets to come
        self._side = self.side  # of the set that is on
        self.rest_t = self._instants(values[REST])
        self.bounce_t = self._instants(table[tuning.BOUNCE_MS])
        self.dwell_t = self._instants(table[tuning.DWELL_MS])
        self.stack_still_t = self._instants(table[tuning.STACK_REST_MS])
        self.stack_near = table[tuning.STACK_NEAR]
        self.stack_drop = table[tuning.STACK_DROP]
        self.slack = table[tuning.SLACK]
        self.min_rom = table[tuning.MIN_ROM]
        self.slam_t = self._instants(table[tuning.SLAM_MS])
        self.limits = Limits(values)
        self.reps = SetReps(values[TARGET_ROM], self.limits, table)
        self.record = array("i", bytes(4 * FIELDS))
        self.summary = array("i", bytes(4 * len(wire.BY_NAME["set"].fields)))
        self.number = 1  # of the set that is on, or else of the next one
        self.active = False
        self.start_x = 0  # where its first rep began
        self.floor = FAR  # lowest position at which the cable has rested: the stack, as far as it is known
        self.lowest = 0  # lowest start position of the set
        self.stance = 0  # lowest of the last three: the first rep may have begun at the stack, and the stance wanders
        self._start_1 = self._start_2 = 0  # the last two start positions
        self.last_rep_t = 0  # end of the set's last rep
        self.last_end_t = 0  # end of the last movement, whether or not it was a rep
        self.reason = 0
        self._first_start = 0
        self._last_end = 0

    def _instants(self, ms):
        return ms * self.rate_hz // 1000 * 16

    def largest_rise(self):
        """Return the target ROM in µm, else the largest rise of the set so far, 0 before its first rep."""
        return self.reps.target_rom or self.reps.largest()

    def begin(self, position):
        """Start at `position`, which is taken for the stack until the cable rests lower."""
        self.floor = min(self.floor, position)

    @micropython.native
    def judge(self, movement, known, has_load):
        """Judge a finished movement (a Reps) and return its kind; if it is REJECTED, `reason` holds the reason.

        `known` is the instant of the newest sample in tenths of a millisecond. Does not allocate.
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
            self._side = (
                self.side
            )  # a side set during a set is for the next one: people press the button in the last rest
        record = self.record
        self._measure(movement, has_load)
        record[SET_NUMBER] = self.number
        record[KIND] = kind
        record[REP_SIDE] = self._side
        record[KNOWN] = known
        record[ROM] = rise
        record[FORM_FLAGS] = self._flags(movement.form, has_load)
        hold_mn = movement.effort.hold_mn() if has_load else wire.NULL
        self.reps.add(record, judged, abs(movement.end_x - movement.start_x), hold_mn)
        if not self.active:
            self.active = True
            self.start_x = movement.start_x
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
        """Write the instants, speeds and forces of a movement into `record`."""
        record = self.record
        start = record[START] = tenths_of_ms(movement.start_t, self.rate_hz)
        top = record[TOP] = tenths_of_ms(movement.top_t, self.rate_hz)
        release = record[RELEASE] = tenths_of_ms(movement.release_t, self.rate_hz)
        end = record[END] = tenths_of_ms(movement.end_t, self.rate_hz)
        record[CONCENTRIC_MEAN] = mean_speed(movement.top_x - movement.start_x, top - start)
        record[CONCENTRIC_PEAK] = max(record[CONCENTRIC_MEAN], self.motion.um_s(movement.out_peak))
        record[ECCENTRIC_MEAN] = mean_speed(movement.release_x - movement.end_x, end - release)
        record[ECCENTRIC_PEAK] = max(record[ECCENTRIC_MEAN], self.motion.um_s(movement.back_peak))
        if has_load:
            effort = movement.effort
            record[FORCE_MEAN] = effort.mean_mn()
            record[FORCE_PEAK] = effort.peak_mn
            record[WORK] = effort.work_mj()
            record[POWER_MEAN] = mean_speed(record[WORK], top - start)  # mJ over tenths of a millisecond: mW
        else:
            record[FORCE_MEAN] = record[FORCE_PEAK] = record[WORK] = record[POWER_MEAN] = wire.NULL

    def _flags(self, form, has_load):
        """Return the form flags of the movement in `record` that are known at its end."""
        record = self.record
        flags = self.limits.tempo_flags(record[RELEASE] - record[TOP], record[ECCENTRIC_MEAN])
        flags |= self.limits.range_flags(record[ROM], self.reps.usual_rom())
        return flags | form.settle(has_load, self.floor + self.stack_near)

    def check_slam(self, movement):
        """After a return straight from a rep to the stack: flag that rep if the stack slammed."""
        if (
            self.active
            and movement.dropped_t == self.last_rep_t
            and movement.dropped_end_t - movement.dropped_t <= self.slam_t
        ):
            self.reps.flag_last(movement.form.landed(self.floor + self.stack_near))

    def reason_for(self, reason, distance_um):
        """Return the reason to report for a movement that Reps dropped for `reason`."""
        if reason == STRAYED:
            return STANCE_SHIFT if self.active and distance_um < self.stack_drop else WALK_IN
        if reason == TAKE_UP and self.active:
            return STANCE_SHIFT
        return reason

    def leaves_stack(self, position, distance_um):
        """Return whether taking up `distance_um` from `position` leaves the stack and so ends a set done from there."""
        return self.active and distance_um >= self.stack_drop and position - self.floor <= self.stack_near

    @micropython.native
    def watch(self, now, still_t, position):
        """Return whether the set is over while the cable is at a start position, at rest since `still_t`.

        A set ends after `rest_s` without a rep, or with a rest at the stack (the lowest position at which the cable
        has ever rested) if the set's start positions are well above it. Does not allocate.
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
        """Judge the whole set again by its final reference and write `summary`, its SET message.

        Returns whether any rep remains; if none does, it was no set. Call `next_amended` afterwards.
        """
        reps = self.reps
        reps.conclude(self.lowest - self.floor <= self.stack_near)
        summary = self.summary
        summary[2] = self.number
        summary[3] = reps.full
        summary[4] = reps.partial
        summary[5] = self._side
        summary[6] = self.profile
        summary[7] = self._first_start
        summary[8] = self._last_end
        summary[9] = known
        summary[10] = reps.reference()
        summary[11] = reps.median_load()
        self.active = False
        return reps.full + reps.partial > 0

    def next_amended(self, known):
        """Put the next changed rep into `record` and return True. After the last, start the next set, return False.

        If the rep is now REJECTED, `reason` holds the reason. A set without a rep leaves its number to the next set.
        """
        if self.reps.next_changed(self.record):
            self.record[KNOWN] = known
            self.reason = LONE if self.reps.was_lone else TOO_SMALL
            return True
        if self.reps.full + self.reps.partial:
            self.number += 1
        self.reps.clear()
        return False
