"""The reps of one set, held until its end: the reference ROM, each rep's kind by it, and lone movements.

They are held whole because an amendment repeats the whole rep, and the reference is final only at the end of the set.
"""

from array import array

from ..compat import const, micropython
from ..link import wire
from . import tuning
from .form import RANGE

FULL = const(1)
PARTIAL = const(2)
REJECTED = const(3)

MAX_REPS = const(64)  # older ones stay as they were judged
LONE_PAIR = const(2)

FIELDS = const(21)  # of a REP message
# Indices into a REP record; a test checks them against wire.py.
SET_NUMBER = const(2)
REP_NUMBER = const(3)
KIND = const(4)
REP_SIDE = const(5)
FORM_FLAGS = const(6)
START = const(7)
TOP = const(8)
RELEASE = const(9)
END = const(10)
KNOWN = const(11)
ROM = const(12)
CONCENTRIC_MEAN = const(13)
CONCENTRIC_PEAK = const(14)
ECCENTRIC_MEAN = const(15)
ECCENTRIC_PEAK = const(16)
FORCE_MEAN = const(17)
FORCE_PEAK = const(18)
WORK = const(19)
POWER_MEAN = const(20)


class SetReps:
    """A ring of up to MAX_REPS REP records. Lengths in µm. No method allocates."""

    def __init__(self, target_rom, limits, table):
        """`target_rom` is the profile's, 0 to derive the reference from the set; `limits` is a form.Limits."""
        self.target_rom = target_rom
        self.limits = limits
        self.min_rom = table[tuning.MIN_ROM]
        self.full_percent = table[tuning.FULL_PERCENT]
        self.partial_percent = table[tuning.PARTIAL_PERCENT]
        self.lone_hold = table[tuning.LONE_HOLD_MS] * 10
        self.lone_distance = table[tuning.WANDER]
        self.lone_percent = table[tuning.LONE_PERCENT]
        self._records = array("i", bytes(4 * FIELDS * MAX_REPS))
        self._judged = array("i", bytes(4 * MAX_REPS))  # the smaller of rise and fall
        self._offset = array("i", bytes(4 * MAX_REPS))  # distance between start and end position
        self._hold_mn = array("i", bytes(4 * MAX_REPS))
        self._sorted = array("i", bytes(4 * MAX_REPS))
        self._changed = bytearray(MAX_REPS)
        self._lone = bytearray(MAX_REPS)
        self.clear()

    def clear(self):
        """Start a set."""
        self.count = 0  # movements added, including those overwritten since
        self.full = 0
        self.partial = 0
        self._old_full = 0  # of the overwritten ones
        self._old_partial = 0
        self.learnt = 0  # median ROM of the first full reps, once there are as many as the profile asks for
        self.was_lone = False  # the rep that `next_changed` copied last was a lone movement

    def held(self):
        """Return how many movements are still held."""
        return min(self.count, MAX_REPS)

    @micropython.native
    def reference(self, candidate=0):
        """Return the reference ROM in µm, taking one more movement of `candidate` µm into account.

        The target if there is one, else the median of the three largest ROMs, the mean of two, the only one, or 0.
        """
        if self.target_rom:
            return self.target_rom
        first = candidate
        second = third = 0
        for i in range(self.held()):
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

    def largest(self):
        """Return the largest rise of the set so far, 0 without any."""
        largest = 0
        for slot in range(self.held()):
            base = slot * FIELDS
            if self._records[base + KIND] != REJECTED:
                largest = max(largest, self._records[base + ROM])
        return largest

    def kind_of(self, judged, reference):
        """Return the kind of a movement, with `judged` the smaller of its rise and fall."""
        if judged < self.min_rom or judged < reference // 100 * self.partial_percent:
            return REJECTED
        return FULL if judged >= reference // 100 * self.full_percent else PARTIAL

    @micropython.native
    def add(self, record, judged, offset, hold_mn):
        """Add a full or partial rep; sets the rep number in `record`.

        `judged` is the smaller of rise and fall, `offset` the distance between its start and end position, `hold_mn`
        the mean force of its hold or wire.NULL.
        """
        slot = self.count % MAX_REPS
        base = slot * FIELDS
        if self.count >= MAX_REPS:
            if self._records[base + KIND] == FULL:
                self._old_full += 1
            else:
                self._old_partial += 1
        if record[KIND] == FULL:
            self.full += 1
            record[REP_NUMBER] = self.full
        else:
            self.partial += 1
            record[REP_NUMBER] = 0
        for i in range(FIELDS):
            self._records[base + i] = record[i]
        self._judged[slot] = judged
        self._offset[slot] = offset
        self._hold_mn[slot] = hold_mn
        self._changed[slot] = 0
        self._lone[slot] = 0
        self.count += 1
        if not self.learnt and self.full >= self.limits.learn_reps:
            self._learn()

    def conclude(self, from_stack):
        """Judge all reps again by the reference of the whole set. Call `next_changed` afterwards.

        `from_stack` is whether the set's reps began at the stack, so that each of them returned to it.
        """
        reference = -1
        while reference != self.reference() or self._drop_lone(from_stack):
            # A rejected movement no longer counts in the reference, so the reference may rise and reject another.
            reference = self.reference()
            self._judge_kinds()
        self._judge_ranges()

    def next_changed(self, record):
        """Copy the next changed rep, in the order of the set, to `record`; return False if none is left."""
        for i in range(self.held()):
            slot = (self.count - self.held() + i) % MAX_REPS
            if self._changed[slot]:
                self._changed[slot] = 0
                self.was_lone = self._lone[slot] == 1
                for field in range(FIELDS):
                    record[field] = self._records[slot * FIELDS + field]
                return True
        return False

    def usual_rom(self):
        """Return the ROM that range flags compare with: the target, else the learnt ROM, 0 if neither is known."""
        return self.target_rom or self.learnt

    def flag_last(self, flags):
        """Add flags to the newest rep, to be reported at the end of the set."""
        slot = (self.count - 1) % MAX_REPS
        index = slot * FIELDS + FORM_FLAGS
        if self._records[index] | flags != self._records[index]:
            self._records[index] |= flags
            self._changed[slot] = 1

    @micropython.native
    def _learn(self):
        """Learn the usual ROM: the median of the first full reps."""
        ordered = self._sorted
        count = 0
        held = self.held()
        for i in range(held):
            base = (self.count - held + i) % MAX_REPS * FIELDS
            if self._records[base + KIND] == FULL and count < self.limits.learn_reps:
                count = _insert(ordered, count, self._records[base + ROM])
        self.learnt = (ordered[count // 2] + ordered[(count - 1) // 2]) // 2 if count else 0

    @micropython.native
    def _judge_ranges(self):
        """Judge all ranges again: only now is it known which reps are the first full ones."""
        if self.count <= MAX_REPS:
            self._learn()
        usual = self.usual_rom()
        for slot in range(self.held()):
            base = slot * FIELDS
            if self._records[base + KIND] == REJECTED:
                continue
            flags = self._records[base + FORM_FLAGS]
            judged = flags & ~RANGE | self.limits.range_flags(self._records[base + ROM], usual)
            if judged != flags:
                self._records[base + FORM_FLAGS] = judged
                self._changed[slot] = 1

    @micropython.native
    def _judge_kinds(self):
        reference = self.reference()
        held = self.held()
        self.full = self._old_full
        self.partial = self._old_partial
        for i in range(held):
            slot = (self.count - held + i) % MAX_REPS
            base = slot * FIELDS
            kind = REJECTED if self._lone[slot] else self.kind_of(self._judged[slot], reference)
            if kind == FULL:
                self.full += 1
            elif kind == PARTIAL:
                self.partial += 1
            number = self.full if kind == FULL else 0
            if self._records[base + KIND] != kind or self._records[base + REP_NUMBER] != number:
                self._records[base + KIND] = kind
                self._records[base + REP_NUMBER] = number
                self._changed[slot] = 1

    def _drop_lone(self, from_stack):
        """Mark movements that were taking up the cable, standing and walking back: without another full rep in the
        set, they stood for long or ended elsewhere. Return whether there were any.

        From the stack a lifter may stand twice in a row without a rep; more often than that is a set of long holds.
        """
        twice = self.full == LONE_PAIR
        if self._old_full or self.full > LONE_PAIR or (twice and not (from_stack and self._all_stood())):
            return False
        found = False
        for slot in range(self.held()):
            kind = self._records[slot * FIELDS + KIND]
            if kind == FULL or (kind == PARTIAL and self.full == 0):
                if twice or self._stood(slot) or self._strayed(slot):
                    self._lone[slot] = 1
                    found = True
        return found

    def _stood(self, slot):
        base = slot * FIELDS
        return self._records[base + RELEASE] - self._records[base + TOP] > self.lone_hold

    def _strayed(self, slot):
        return self._offset[slot] > max(
            self.lone_distance, self._records[slot * FIELDS + ROM] // 100 * self.lone_percent
        )

    def _all_stood(self):
        for slot in range(self.held()):
            if self._records[slot * FIELDS + KIND] == FULL and not self._stood(slot):
                return False
        return True

    def median_load(self):
        """Return the median of the holds' mean forces in mN, or wire.NULL."""
        ordered = self._sorted
        count = 0
        for slot in range(self.held()):
            force = self._hold_mn[slot]
            if force == wire.NULL or self._records[slot * FIELDS + KIND] == REJECTED:
                continue
            count = _insert(ordered, count, force)
        if not count:
            return wire.NULL
        return (ordered[count // 2] + ordered[(count - 1) // 2]) // 2


@micropython.native
def _insert(ordered, count, value):
    """Insert `value` into the first `count` values of `ordered`, which are ascending; return the new count."""
    index = count
    while index and ordered[index - 1] > value:
        ordered[index] = ordered[index - 1]
        index -= 1
    ordered[index] = value
    return count + 1
