"""Movements to reps and sets: what kind of rep each movement is, when a set begins, when it is over.

A rep's kind depends on the others of its set, which set_reps.py remembers. The stack is learnt across sets (stack.py).
"""

from array import array

from ..compat import const, micropython
from ..link import codes
from ..link.tables import LAYOUTS
from ..settings.settings import LIFTER, PROFILE, REST, SIDE, TARGET_ROM
from ..settings.settings import START as START_RULE
from ..units import mean_speed, tenths_of_ms
from . import tuning
from .form import Limits
from .reps import FAR, STRAYED, TAKE_UP
from .set_reps import FIELDS, MAX_REPS, REJECTED, SetReps
from .stack import Stack

# Indices into a REP record; test_sets compares them with wire.py.
_SET_NUMBER = const(2)
_REP_NUMBER = const(3)
_KIND = const(4)
_REP_SIDE = const(5)
_FORM_FLAGS = const(6)
_START = const(7)
_TOP = const(8)
_RELEASE = const(9)
_END = const(10)
_KNOWN = const(11)
_ROM = const(12)
_CONCENTRIC_MEAN = const(13)
_CONCENTRIC_PEAK = const(14)
_ECCENTRIC_MEAN = const(15)
_ECCENTRIC_PEAK = const(16)
_FORCE_MEAN = const(17)
_FORCE_PEAK = const(18)
_WORK = const(19)
_POWER_MEAN = const(20)
_CHORD = const(21)
_DIRECTION = const(22)
_BOW = const(23)
_DRIFT = const(24)

# Results of `take`, beside REJECTED.
COUNTS = const(0)
HELD = const(4)  # it began at the stack and may be taking up the cable

# Rejection reasons given here; indices into wire.REASONS.
WALK_IN = const(2)
STANCE_SHIFT = const(3)
BOUNCE = const(4)
SLACK = const(5)
TOO_SMALL = const(6)
LONE = const(8)

_FROM_STACK = const(3)  # this many movements from the stack in a row are reps, even if the profile starts at the stance
# Indices into the candidate's numbers, see Sets._other.
_JUDGED = const(0)
_HOLD_MN = const(1)
_DOUBTFUL = const(2)
_START_X = const(3)
_END_T = const(4)
_CHORD_UM = const(5)  # 0: the direction is unknown
_OTHER = const(6)


class Sets:
    """Judges each movement. After `admit`, `record` holds its REP message except session and seq.

    Lengths in µm. Instants in records are in tenths of a millisecond, all others in sixteenths of a sample period.
    """

    def __init__(self, motion, settings, table, max_reps=MAX_REPS):
        """`max_reps` is the number of reps that can still be amended, see SetReps."""
        self.motion = motion
        self.rate_hz = motion.rate_hz
        values = settings.values
        self.profile = values[PROFILE]
        self.side = values[SIDE]  # of the sets to come
        self._side = self.side  # of the set that is on
        self.lifter = values[LIFTER]  # of the sets to come
        self._lifter = self.lifter  # of the set that is on
        self.from_stance = values[START_RULE] != 0
        self.rest_t = self._instants(values[REST])
        self.bounce_t = self._instants(table[tuning.BOUNCE_MS])
        self.bounce_rise = table[tuning.BOUNCE_RISE]
        self.landed_t = self._instants(table[tuning.LANDED_MS])
        self.dwell_t = self._instants(table[tuning.DWELL_MS])
        self.pause_t = self._instants(table[tuning.PAUSE_MS])
        self.stack_rest_t = self._instants(table[tuning.STACK_REST_MS])
        self.slam_t = self._instants(table[tuning.SLAM_MS])
        self.stack_near = table[tuning.STACK_NEAR]
        self.stack_drop = table[tuning.STACK_DROP]
        self.slack = table[tuning.SLACK]
        self.min_rom = table[tuning.MIN_ROM]
        self.limits = Limits(values)
        self.lone_hold = max(table[tuning.LONE_HOLD_MS] * 10, 2 * self.limits.hold)
        self.lone_distance = table[tuning.WANDER]
        self.lone_percent = table[tuning.LONE_PERCENT]
        self.reps = SetReps(values[TARGET_ROM], self.limits, table, max_reps)
        self.stack = Stack(self.dwell_t, self.rest_t)
        self._direction = None
        self.record = array("i", bytes(4 * FIELDS))
        self._other = array("i", bytes(4 * _OTHER))  # what belongs to `record` and is not in it
        self._held = array("i", bytes(4 * (FIELDS + _OTHER) * _FROM_STACK))
        self._loaded = 0  # of those held, how many `next_held` has loaded
        self.held = 0  # movements from the stack that may be taking up the cable
        self._in_row = 0  # movements in a row that began at the stack
        self.summary = LAYOUTS[codes.SET].record()
        self.number = 1  # of the set that is on, or else of the next one
        self.active = False
        self.first_x = FAR  # where the set's first rep began
        self.last_rep_t = 0  # end of the set's last rep, or of the last movement held
        self.last_end_t = 0  # end of the last movement, whether or not it was a rep
        self.reason = 0
        self._first_start = self._last_end = 0

    def _instants(self, ms):
        return ms * self.rate_hz // 1000 * 16

    def measure_direction(self, direction, values, table):
        """Measure each movement's direction too, with a Direction, and judge it by its chord."""
        from .chord_reps import ChordReps

        self._direction = direction
        self.reps = ChordReps(values[TARGET_ROM], self.limits, table, self.reps.max_reps)

    def begin(self, position):
        """Start at `position`, which stands in for the stack until it is known."""
        self.stack.begin(position)

    def known_rom(self):
        """Return the target ROM, else the largest rise of the set, else 0."""
        return self.reps.target_rom or self.reps.largest

    def at_stack(self, position):
        """Return whether `position` is at the stack."""
        return position - self.stack.x <= self.stack_near

    def from_above(self):
        """Return whether the set that is on began well above the stack."""
        return self.active and self.first_x - self.stack.x >= self.stack_drop

    def in_doubt(self, start_x):
        """Return whether a movement from `start_x` would not count yet: it may be taking up the cable."""
        return self.from_stance and self.at_stack(start_x) and self._in_row < _FROM_STACK - 1

    @micropython.native
    def take(self, movement, known, has_load, trusted):
        """Measure a finished movement (a Movement); return COUNTS, HELD, or REJECTED with `reason`. Does not allocate.

        `known` is the instant of the newest sample in tenths of a millisecond, `has_load` whether there is a load cell,
        `trusted` whether it can be trusted. After COUNTS call `admit`, which may still reject the movement.
        """
        since_t = movement.start_t - self.last_end_t
        self.last_end_t = movement.end_t
        self.record[_KNOWN] = known
        self._measure(movement, has_load, trusted)
        chord = self._other[_CHORD_UM]
        known_rom = self.reps.reference_of(chord) if chord else self.known_rom()
        small = self._other[_JUDGED] < known_rom // 100 * self.reps.partial_percent
        slack = trusted and codes.NULL < movement.effort.peak_mn < self.slack
        bounce = movement.end_t - movement.start_t <= self.bounce_t and self.record[_ROM] <= self.bounce_rise
        if bounce or (small and self.active and since_t < self.landed_t):
            self.reason = BOUNCE
            return REJECTED
        self.reason = SLACK if slack else TOO_SMALL
        if slack and small:
            return REJECTED
        self._in_row = self._in_row + 1 if self.at_stack(movement.start_x) else 0
        if not self.from_stance or not self._in_row or self._in_row > _FROM_STACK:
            return COUNTS
        self._copy(self._in_row - 1, True)
        self.held += 1
        self.last_rep_t = movement.end_t
        return HELD

    @micropython.native
    def _measure(self, movement, has_load, trusted):
        """Write what a movement is, but for its kind, into `record` and `_other`."""
        record = self.record
        rate = self.rate_hz
        start = record[_START] = tenths_of_ms(movement.start_t, rate)
        top = record[_TOP] = tenths_of_ms(movement.top_t, rate)
        release = record[_RELEASE] = tenths_of_ms(movement.release_t, rate)
        # The filters settle after the last sample of the input, and may show an end behind it.
        end = record[_END] = max(release + 1, min(record[_KNOWN], tenths_of_ms(movement.end_t, rate)))
        record[_ROM] = rom = movement.peak_x - movement.start_x
        mean = mean_speed(max(0, movement.top_x - movement.start_x), top - start)
        record[_CONCENTRIC_MEAN] = mean
        record[_CONCENTRIC_PEAK] = max(mean, self.motion.um_s(movement.out_peak))
        mean = mean_speed(max(0, movement.release_x - movement.end_x), end - release)
        record[_ECCENTRIC_MEAN] = mean
        record[_ECCENTRIC_PEAK] = max(mean, self.motion.um_s(movement.back_peak))
        record[_CHORD] = record[_DIRECTION] = record[_BOW] = record[_DRIFT] = codes.NULL16
        other = self._other
        if has_load:
            effort = movement.effort
            record[_FORCE_MEAN] = effort.mean_mn()
            record[_FORCE_PEAK] = effort.peak_mn
            record[_WORK] = effort.work_mj()
            record[_POWER_MEAN] = codes.NULL
            if effort.is_known():
                record[_POWER_MEAN] = mean_speed(record[_WORK], top - start)  # mJ over tenths of a millisecond: mW
            other[_HOLD_MN] = effort.hold_mn()
        else:
            record[_FORCE_MEAN] = record[_FORCE_PEAK] = record[_WORK] = record[_POWER_MEAN] = codes.NULL
            other[_HOLD_MN] = codes.NULL
        rise = rom
        fall = movement.peak_x - movement.end_x
        other[_CHORD_UM] = 0
        if self._direction is not None and self._direction.measure(movement):
            self._direction.fill(record)
            other[_CHORD_UM] = rise = max(1, self._direction.chord * 100)
            fall = self._direction.fall * 100
            mean = mean_speed(fall, end - release)
        flags = self.limits.tempo_flags(release - top, mean)
        flags |= movement.form.settle(trusted, self.stack.x + self.stack_near)
        record[_FORM_FLAGS] = flags | codes.PAUSED if movement.pause_t >= self.pause_t else flags
        distance = abs(movement.end_x - movement.start_x)
        doubtful = movement.went_on or movement.pause_t >= self.dwell_t or release - top > self.lone_hold
        other[_DOUBTFUL] = int(doubtful or distance > max(self.lone_distance, rom // 100 * self.lone_percent))
        other[_JUDGED] = self.reps.rounded(min(rise, fall))
        other[_START_X] = movement.start_x
        other[_END_T] = movement.end_t

    @micropython.native
    def admit(self, known):
        """Judge the movement in `record`, and add it to the set unless it is REJECTED; return its kind.

        `known` is the instant of the newest sample in tenths of a millisecond. Does not allocate.
        """
        record = self.record
        other = self._other
        reps = self.reps
        chord = other[_CHORD_UM]
        reps.note_rise(record[_ROM], chord)
        kind = reps.kind_of(other[_JUDGED], reps.reference_of(chord))
        if kind == REJECTED:
            if not self.active:
                reps.clear()
            return kind
        if not self.active:
            self.active = True
            self._lifter = self.lifter
            self._side = self.side  # one set during a set is for the next: people press the button in the last rest
            self.first_x = other[_START_X]
            self._first_start = record[_START]
        record[_SET_NUMBER] = self.number
        record[_KIND] = kind
        record[_REP_SIDE] = self._side
        record[_KNOWN] = known
        rom = reps.rounded(record[_ROM])
        record[_FORM_FLAGS] |= self.limits.range_flags(reps.rounded(chord) or rom, reps.usual_rom(chord))
        if chord:
            far_x = other[_START_X] + record[_ROM]
            record[_FORM_FLAGS] |= self._direction.flags(record[_DIRECTION], record[_DRIFT], far_x, self._side)
        reps.add(kind, other[_JUDGED], rom, other[_HOLD_MN], record[_FORM_FLAGS], other[_DOUBTFUL])
        record[_REP_NUMBER] = reps.number
        self.last_rep_t = other[_END_T]
        self._last_end = record[_END]
        return kind

    def held_counts(self):
        """Return whether the movements that are held count: there are enough in a row."""
        return self._in_row >= _FROM_STACK

    def next_held(self):
        """Load the oldest movement that is held into `record`; return False if there is none."""
        if not self.held:
            return False
        self._copy(self._loaded, False)
        self._loaded += 1
        self.held -= 1
        if not self.held:
            self._loaded = 0
        return True

    def keep(self, store):
        """Store the movement in `record` while others are loaded, or load it again."""
        self._copy(_FROM_STACK - 1, store)

    @micropython.native
    def _copy(self, index, store):
        """Copy `record` and `_other` to the movement held at `index`, or from it."""
        held = self._held
        at = index * (FIELDS + _OTHER)
        for i in range(FIELDS + _OTHER):
            source = self.record if i < FIELDS else self._other
            j = i if i < FIELDS else i - FIELDS
            if store:
                held[at + i] = source[j]
            else:
                source[j] = held[at + i]

    def check_slam(self, tracker):
        """After a return straight from a rep to the stack, dropped by Reps: flag that rep if the stack slammed."""
        since_t = tracker.dropped_t - self.last_rep_t
        if self.active and since_t == 0 and tracker.dropped_end_t - tracker.dropped_t <= self.slam_t:
            self.reps.flag_last(tracker.form.landed(self.stack.x + self.stack_near))

    def reason_for(self, reason, distance_um):
        """Return the reason to report for a stretch of `distance_um` that Reps dropped for `reason`."""
        if reason == STRAYED:
            return STANCE_SHIFT if self.active and distance_um < self.stack_drop else WALK_IN
        if reason == TAKE_UP and self.active:
            return STANCE_SHIFT
        return reason

    def leaves(self, distance_um):
        """Return whether taking up the cable by `distance_um` to a new start position ends the set."""
        return self.active and distance_um >= self.stack_drop and not self.from_above()

    @micropython.native
    def watch(self, now, rested_t, position):
        """Return whether the set is over while the cable is outside a movement, at rest for `rested_t`.

        A set that began well above the stack ends at the stack, any set after `rest_s` without a rep. No allocation.
        """
        if not self.active and not self.held:
            return False
        if now - self.last_rep_t >= self.rest_t:
            return True
        return rested_t >= self.stack_rest_t and self.at_stack(position) and self.from_above()

    def conclude(self, known):
        """Judge the whole set again by its final reference and write `summary`, its SET message.

        Returns whether any rep remains; if none does, it was no set. Call `reps.next_changed`, then `close`.
        """
        reps = self.reps
        reps.conclude()
        self.reason = LONE if reps.lone else TOO_SMALL
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
        summary[12] = self._lifter
        self.active = False
        return reps.full + reps.partial > 0

    def close(self):
        """Start the next set. Its number is new even if the last set turned out to be none."""
        self.number += 1
        self.first_x = FAR
        self.reps.clear()
