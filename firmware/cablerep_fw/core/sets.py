"""Movements to reps and sets: the reference ROM, what is full or partial, when a set is over, what it amends.

The reps of a set are kept until its end, because only then its reference is known and a lone movement can be judged.
"""

from array import array

from . import tuning, wire
from .compat import const, micropython
from .reps import STRAYED, TAKE_UP
from .settings import PROFILE, REST, SIDE, TARGET_ROM
from .units import mean_speed, tenths_of_ms

FULL = const(1)
PARTIAL = const(2)
REJECTED = const(3)

# Reasons given here, places in wire.REASONS.
WALK_IN = const(2)
STANCE_SHIFT = const(3)
BOUNCE = const(4)
TOO_SMALL = const(6)

LONE_TWICE = const(2)
KEPT_REPS = const(64)  # reps of a set that its end can still amend; older ones stay as they were judged
FIELDS = const(21)  # of a REP message
# Places in a REP record; a test holds them against wire.py.
SET_NUMBER = const(2)
REP_NUMBER = const(3)
KIND = const(4)
START = const(7)
TOP = const(8)
RELEASE = const(9)
END = const(10)
KNOWN = const(11)
ROM = const(12)


class Sets:
    """Judges each movement; `record` then holds its REP message, but for session and seq, which the engine gives.

    Lengths in µm; instants in tenths of a millisecond where they stand in a record, else in sixteenths of a period.
    """

    def __init__(self, motion, settings, table):
        self.motion = motion
        self.rate_hz = motion.rate_hz
        values = settings.values
        self.profile = values[PROFILE]
        self.side = values[SIDE]
        self.target_rom = values[TARGET_ROM]
        self.rest_t = self._instants(values[REST])
        self.bounce_t = self._instants(table[tuning.BOUNCE_MS])
        self.stack_still_t = self._instants(table[tuning.STACK_STILL_MS])
        self.stack_near = table[tuning.STACK_NEAR]
        self.dwell_t = self._instants(table[tuning.DWELL_MS])
        self.stack_drop = table[tuning.STACK_DROP]
        self.least_rom = table[tuning.LEAST_ROM]
        self.full_part = table[tuning.FULL_PART]
        self.partial_part = table[tuning.PARTIAL_PART]
        self.lone_hold = table[tuning.LONE_HOLD_MS] * 10
        self.lone_off = table[tuning.LONE_OFF]
        self.lone_part = table[tuning.LONE_PART]
        self.record = array("i", bytes(4 * FIELDS))
        self.outcome = array("i", bytes(4 * len(wire.BY_NAME["set"].fields)))
        self.number = 1  # of the set that is on or comes next
        self.active = False
        self.floor = 1 << 29  # lowest position at which the cable has stood: the stack, as far as it is known
        self.lowest = 0  # lowest start position of the set
        self.last_rep_t = 0  # end of the set's last rep
        self.last_end_t = 0  # end of the last movement, rep or not
        self.reason = 0
        self._records = array("i", bytes(4 * FIELDS * KEPT_REPS))
        self._judged = array("i", bytes(4 * KEPT_REPS))  # the smaller of rise and fall
        self._off = array("i", bytes(4 * KEPT_REPS))  # distance from where it began to where it ended
        self._hold_mn = array("i", bytes(4 * KEPT_REPS))
        self._sorted = array("i", bytes(4 * KEPT_REPS))
        self._changed = bytearray(KEPT_REPS)
        self._lone = bytearray(KEPT_REPS)
        self._to_amend = 0
        self._clear()

    def _instants(self, ms):
        return ms * self.rate_hz // 1000 * 16

    def _clear(self):
        self.active = False
        self.count = 0  # movements of this set that were counted
        self.reps = 0
        self.partials = 0
        self._settled_reps = 0  # of those whose record has been overwritten
        self._settled_partials = 0
        self._first_start = 0
        self._last_end = 0

    # -- while the set goes on

    @micropython.native
    def reference(self, candidate=0):
        """Return the reference ROM with one more movement of `candidate` µm: the target, or the median of the
        three largest ROMs; of two their mean, of one itself; 0 where there is none."""
        if self.target_rom:
            return self.target_rom
        first = candidate
        second = third = 0
        for i in range(self._kept()):
            base = i * FIELDS
            if self._records[base + KIND] == REJECTED:
                continue
            rom = self._records[base + ROM]
            if rom > first:
                third = second
                second = first
                first = rom
            elif rom > second:
                third = second
                second = rom
            elif rom > third:
                third = rom
        if third:
            return second
        return (first + second) // 2 if second else first

    def least_kick(self):
        """Return the least rise in µm that can be a rep of this set, as far as it is known."""
        return max(self.least_rom, self.reference() // 100 * self.partial_part)

    @micropython.native
    def judge(self, movement, known, has_load):
        """Take a movement that is over (a Reps) and return its kind; `reason` says why where it is REJECTED.

        `known` is the present sample in tenths of a millisecond. Does not allocate.
        """
        record = self.record
        rate = self.rate_hz
        rise = movement.peak_x - movement.start_x
        fall = movement.peak_x - movement.end_x
        judged = min(rise, fall)
        after_end_t = movement.start_t - self.last_end_t
        self.last_end_t = movement.end_t
        start = tenths_of_ms(movement.start_t, rate)
        top = tenths_of_ms(movement.top_t, rate)
        release = tenths_of_ms(movement.release_t, rate)
        end = tenths_of_ms(movement.end_t, rate)
        record[START] = start
        record[END] = end
        record[KNOWN] = known
        record[ROM] = rise
        kind = self._kind(judged, self.reference(rise))
        if kind == REJECTED:
            self.reason = BOUNCE if self.active and 0 <= after_end_t < self.bounce_t else TOO_SMALL
            return kind
        if not self.active:
            self.active = True
            self.lowest = movement.start_x
            self._first_start = start
        self.lowest = min(self.lowest, movement.start_x)
        self._last_end = end
        self.last_rep_t = movement.end_t
        if kind == FULL:
            self.reps += 1
        else:
            self.partials += 1
        record[SET_NUMBER] = self.number
        record[REP_NUMBER] = self.reps if kind == FULL else 0
        record[KIND] = kind
        record[5] = self.side
        record[6] = 0
        record[TOP] = top
        record[RELEASE] = release
        record[13] = mean_speed(movement.top_x - movement.start_x, top - start)
        record[14] = self.motion.um_s(movement.out_peak)
        record[15] = mean_speed(movement.release_x - movement.end_x, end - release)
        record[16] = self.motion.um_s(movement.back_peak)
        effort = movement.effort
        if has_load:
            record[17] = effort.mean_mn()
            record[18] = effort.peak_mn
            record[19] = effort.work_mj()
            record[20] = mean_speed(record[19], top - start)  # mJ over tenths of ms: mW
        else:
            record[17] = record[18] = record[19] = record[20] = wire.NULL
        self._keep(judged, abs(movement.end_x - movement.start_x), effort.hold_mn() if has_load else wire.NULL)
        return kind

    def reason_of(self, reason, way_um):
        """Return the reason for a movement that Reps dropped, in the words of the set."""
        if reason == STRAYED:
            return STANCE_SHIFT if self.active and way_um < self.stack_drop else WALK_IN
        if reason == TAKE_UP and self.active:
            return STANCE_SHIFT
        return reason

    def _kind(self, judged, reference):
        if judged < self.least_rom or judged < reference // 100 * self.partial_part:
            return REJECTED
        return FULL if judged >= reference // 100 * self.full_part else PARTIAL

    def _kept(self):
        return min(self.count, KEPT_REPS)

    @micropython.native
    def _keep(self, judged, off, hold_mn):
        slot = self.count % KEPT_REPS
        base = slot * FIELDS
        if self.count >= KEPT_REPS:
            if self._records[base + KIND] == FULL:
                self._settled_reps += 1
            else:
                self._settled_partials += 1
        for i in range(FIELDS):
            self._records[base + i] = self.record[i]
        self._judged[slot] = judged
        self._off[slot] = off
        self._hold_mn[slot] = hold_mn
        self.count += 1

    # -- its end

    def begin(self, position):
        """Take the position at which the cable is found as the stack, until it stands lower."""
        self.floor = min(self.floor, position)

    def leaves_stack(self, position, way_um):
        """Say whether taking up `way_um` from `position` leaves the stack, and so ends a set that was done from there."""
        return self.active and way_um >= self.stack_drop and position - self.floor <= self.stack_near

    def watch(self, now, still_t, position):
        """Look at a cable that is at a start position, at rest since `still_t`; say whether the set is over.

        It is over at the stack, which is the lowest position at which the cable has ever stood, as far as it is known
        and if it lies well below the start positions of the set; or after `rest_s` without a rep.
        """
        if now - still_t >= self.dwell_t and position < self.floor:
            self.floor = position
        if not self.active:
            return False
        if now - self.last_rep_t >= self.rest_t:
            return True
        return (
            now - still_t >= self.stack_still_t
            and self.lowest - position >= self.stack_drop
            and position - self.floor <= self.stack_near
        )

    def conclude(self, known):
        """Judge the whole set once more, now that its reference is known, and begin the next.

        `outcome` then holds the SET message, but for session and seq, and `amended` yields what changed. Returns
        whether any rep remains: a set without one never was, and gives its number to the next.
        """
        kept = self._kept()
        for i in range(kept):
            self._changed[i] = 0
            self._lone[i] = 0
        self._settle(kept)
        while self._drop_lone(kept):
            self._settle(kept)
        outcome = self.outcome
        outcome[2] = self.number
        outcome[3] = self.reps
        outcome[4] = self.partials
        outcome[5] = self.side
        outcome[6] = self.profile
        outcome[7] = self._first_start
        outcome[8] = self._last_end
        outcome[9] = known
        outcome[10] = self.reference()
        outcome[11] = self._median_load(kept)
        self._to_amend = kept
        self.active = False
        return self.reps + self.partials > 0

    @micropython.native
    def amended(self, known):
        """Put the next changed rep into `record` and return True; return False, and forget the set, after the last."""
        kept = self._to_amend
        for i in range(kept):
            slot = (self.count - kept + i) % KEPT_REPS
            if self._changed[slot]:
                self._changed[slot] = 0
                base = slot * FIELDS
                for field in range(FIELDS):
                    self.record[field] = self._records[base + field]
                self.record[KNOWN] = known
                return True
        if self.reps + self.partials:
            self.number += 1
        self._clear()
        return False

    @micropython.native
    def _settle(self, kept):
        """Give every kept movement its kind by the reference of the whole set, and count again."""
        reference = self.reference()
        self.reps = self._settled_reps
        self.partials = self._settled_partials
        for i in range(kept):
            slot = (self.count - kept + i) % KEPT_REPS
            base = slot * FIELDS
            kind = REJECTED if self._lone[slot] else self._kind(self._judged[slot], reference)
            if kind == FULL:
                self.reps += 1
            elif kind == PARTIAL:
                self.partials += 1
            number = self.reps if kind == FULL else 0
            if self._records[base + KIND] != kind or self._records[base + REP_NUMBER] != number:
                self._records[base + KIND] = kind
                self._records[base + REP_NUMBER] = number
                self._changed[slot] = 1

    @micropython.native
    def _drop_lone(self, kept):
        """Mark the movements without another full rep in the set that were taking up the cable, standing and walking
        back; say whether there were any.

        From the stack somebody may do so twice in a row; more often, and alike, is a set of long holds.
        """
        if self._settled_reps or self.reps > LONE_TWICE or (self.reps == LONE_TWICE and not self._all_stood()):
            return False
        found = False
        for slot in range(kept):
            kind = self._records[slot * FIELDS + KIND]
            lone = kind == FULL or (kind == PARTIAL and self.reps == 0)
            if lone and (self.reps == LONE_TWICE or self._stood(slot) or self._strayed(slot)):
                self._lone[slot] = 1
                found = True
        return found

    def _stood(self, slot):
        """Say whether the hold of a kept movement is longer than that of a lone rep may be."""
        base = slot * FIELDS
        return self._records[base + RELEASE] - self._records[base + TOP] > self.lone_hold

    def _strayed(self, slot):
        """Say whether a kept movement ended elsewhere than it began."""
        return self._off[slot] > max(self.lone_off, self._records[slot * FIELDS + ROM] // 100 * self.lone_part)

    def _all_stood(self):
        """Say whether every full rep began at the stack, and stood longer than a lone rep may."""
        if self.lowest - self.floor > self.stack_near:
            return False
        for slot in range(self._kept()):
            if self._records[slot * FIELDS + KIND] == FULL and not self._stood(slot):
                return False
        return True

    @micropython.native
    def _median_load(self, kept):
        """Return the median over the reps of the mean force of each hold, or NULL."""
        sorted_mn = self._sorted
        count = 0
        for slot in range(kept):
            force = self._hold_mn[slot]
            if force == wire.NULL or self._records[slot * FIELDS + KIND] == REJECTED:
                continue
            at = count
            while at and sorted_mn[at - 1] > force:
                sorted_mn[at] = sorted_mn[at - 1]
                at -= 1
            sorted_mn[at] = force
            count += 1
        if not count:
            return wire.NULL
        return (sorted_mn[count // 2] + sorted_mn[(count - 1) // 2]) // 2
