"""The reps of one set, kept until its end: their reference ROM, what each is by it, which of them were none.

They are kept whole because an amendment is the whole rep again, and only the end of the set knows the reference.
"""

from array import array

from ..compat import const, micropython
from ..link import wire
from . import tuning
from .form import RANGE

FULL = const(1)
PARTIAL = const(2)
REJECTED = const(3)

KEPT_REPS = const(64)  # older ones stay as they were judged: nobody does 64 reps and finds the first was partial
LONE_TWICE = const(2)

FIELDS = const(21)  # of a REP message
# Places in a REP record; a test holds them against wire.py.
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
    """A ring of KEPT_REPS movements, of REP messages without session and seq. Lengths in µm. No method allocates."""

    def __init__(self, target_rom, limits, table):
        """`target_rom` is the profile's, 0 where the set shall find its own; `limits` as form.Limits."""
        self.target_rom = target_rom
        self.limits = limits
        self.least_rom = table[tuning.LEAST_ROM]
        self.full_part = table[tuning.FULL_PART]
        self.partial_part = table[tuning.PARTIAL_PART]
        self.lone_hold = table[tuning.LONE_HOLD_MS] * 10
        self.lone_off = table[tuning.WANDER]
        self.lone_part = table[tuning.LONE_PART]
        self._records = array("i", bytes(4 * FIELDS * KEPT_REPS))
        self._judged = array("i", bytes(4 * KEPT_REPS))  # the smaller of rise and fall
        self._off = array("i", bytes(4 * KEPT_REPS))  # distance from where it began to where it ended
        self._hold_mn = array("i", bytes(4 * KEPT_REPS))
        self._sorted = array("i", bytes(4 * KEPT_REPS))
        self._changed = bytearray(KEPT_REPS)
        self._lone = bytearray(KEPT_REPS)
        self.clear()

    def clear(self):
        """Begin a set."""
        self.count = 0  # movements kept, those overwritten too
        self.full = 0
        self.partial = 0
        self._old_full = 0  # of those whose record has been overwritten
        self._old_partial = 0
        self.learnt = 0  # median ROM of the first full reps, once there are as many as the profile asks for
        self.was_lone = False  # what `next_changed` copied last was a lone movement and no rep

    def kept(self):
        """Return how many movements still have their record."""
        return min(self.count, KEPT_REPS)

    @micropython.native
    def reference(self, candidate=0):
        """Return the reference ROM, with one more movement of `candidate` µm.

        It is the target or the median of the three largest ROMs; of two their mean, of one itself, of none 0.
        """
        if self.target_rom:
            return self.target_rom
        first = candidate
        second = third = 0
        for i in range(self.kept()):
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

    def kind_of(self, judged, reference):
        """Return what a movement is whose smaller of rise and fall is `judged`."""
        if judged < self.least_rom or judged < reference // 100 * self.partial_part:
            return REJECTED
        return FULL if judged >= reference // 100 * self.full_part else PARTIAL

    @micropython.native
    def keep(self, record, judged, off, hold_mn):
        """Keep a movement that counts; `record` has all but its rep number, which is given here.

        `off` is how far from its start position it ended, `hold_mn` the mean force of its hold or wire.NULL.
        """
        slot = self.count % KEPT_REPS
        base = slot * FIELDS
        if self.count >= KEPT_REPS:
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
        self._off[slot] = off
        self._hold_mn[slot] = hold_mn
        self._changed[slot] = 0
        self._lone[slot] = 0
        self.count += 1
        if not self.learnt and self.full >= self.limits.learn_reps:
            self._learn()

    def conclude(self, from_stack):
        """Judge all once more by the reference of the whole set; `next_changed` then tells what that changed.

        `from_stack` says whether the set's reps began at the stack, so that each of them went back to it.
        """
        settled = -1
        while settled != self.reference() or self._drop_lone(from_stack):
            # What is rejected is no rep of the set: that may raise the reference, which may reject another.
            settled = self.reference()
            self._settle()
        self._judge_ranges()

    def next_changed(self, record):
        """Copy the next rep that `conclude` has changed, in the order of the set; return False when there is none."""
        for i in range(self.kept()):
            slot = (self.count - self.kept() + i) % KEPT_REPS
            if self._changed[slot]:
                self._changed[slot] = 0
                self.was_lone = self._lone[slot] == 1
                for field in range(FIELDS):
                    record[field] = self._records[slot * FIELDS + field]
                return True
        return False

    def usual_rom(self):
        """Return the ROM that a rep's is held against: the target, else the learnt one, 0 while there is none."""
        return self.target_rom or self.learnt

    def flag_last(self, flags):
        """Give the newest movement kept more flags, to be told at the end of the set."""
        slot = (self.count - 1) % KEPT_REPS
        at = slot * FIELDS + FORM_FLAGS
        if self._records[at] | flags != self._records[at]:
            self._records[at] |= flags
            self._changed[slot] = 1

    @micropython.native
    def _learn(self):
        """Take the median ROM of the first full reps as the learnt one."""
        ordered = self._sorted
        count = 0
        kept = self.kept()
        for i in range(kept):
            base = (self.count - kept + i) % KEPT_REPS * FIELDS
            if self._records[base + KIND] == FULL and count < self.limits.learn_reps:
                count = _insert(ordered, count, self._records[base + ROM])
        self.learnt = (ordered[count // 2] + ordered[(count - 1) // 2]) // 2 if count else 0

    @micropython.native
    def _judge_ranges(self):
        """Judge all ranges once more: which reps are the first full ones, only the end of the set knows."""
        if self.count <= KEPT_REPS:
            self._learn()
        usual = self.usual_rom()
        for slot in range(self.kept()):
            base = slot * FIELDS
            if self._records[base + KIND] == REJECTED:
                continue
            flags = self._records[base + FORM_FLAGS]
            judged = flags & ~RANGE | self.limits.range_flags(self._records[base + ROM], usual)
            if judged != flags:
                self._records[base + FORM_FLAGS] = judged
                self._changed[slot] = 1

    @micropython.native
    def _settle(self):
        reference = self.reference()
        kept = self.kept()
        self.full = self._old_full
        self.partial = self._old_partial
        for i in range(kept):
            slot = (self.count - kept + i) % KEPT_REPS
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
        """Mark what was taking up the cable, standing and walking back: movements without another full rep in the set
        that stood for long or ended elsewhere. Say whether there were any.

        From the stack somebody may stand twice in a row, and no rep; more often, and alike, is a set of long holds.
        """
        twice = self.full == LONE_TWICE
        if self._old_full or self.full > LONE_TWICE or (twice and not (from_stack and self._all_stood())):
            return False
        found = False
        for slot in range(self.kept()):
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
        return self._off[slot] > max(self.lone_off, self._records[slot * FIELDS + ROM] // 100 * self.lone_part)

    def _all_stood(self):
        for slot in range(self.kept()):
            if self._records[slot * FIELDS + KIND] == FULL and not self._stood(slot):
                return False
        return True

    def median_load(self):
        """Return the median over the reps of the mean force of each hold in mN, or wire.NULL."""
        ordered = self._sorted
        count = 0
        for slot in range(self.kept()):
            force = self._hold_mn[slot]
            if force == wire.NULL or self._records[slot * FIELDS + KIND] == REJECTED:
                continue
            count = _insert(ordered, count, force)
        if not count:
            return wire.NULL
        return (ordered[count // 2] + ordered[(count - 1) // 2]) // 2


@micropython.native
def _insert(ordered, count, value):
    """Put `value` in its place among the first `count` of `ordered`, which rise; return how many there are then."""
    at = count
    while at and ordered[at - 1] > value:
        ordered[at] = ordered[at - 1]
        at -= 1
    ordered[at] = value
    return count + 1
