"""What a set remembers of its movements: the reference ROM, and enough of each rep to judge it again at the end.

Whole records stay in the journal; here a rep takes 13 bytes. The largest three rises are exact for sets of any length.
"""

from array import array

from ..compat import const, micropython, ptr8, ptr32
from ..link import codes
from . import tuning
from .form import RANGE

FULL = const(1)
PARTIAL = const(2)
REJECTED = const(3)
_REJECTED = const(3)
_NULL = const(-0x3FFFFFFF)  # as wire.NULL

MAX_REPS = const(136)  # held at a time; see `retire` for longer sets

FIELDS = const(25)  # of a REP message
_STEP_SHIFT = const(5)  # a stored length is a 16-bit number of 32 µm, up to 2.1 m
_MAX_STEPS = const(0xFFFF)
# Bits of `_notes`.
_CHANGED = const(1)  # since it was reported
_DOUBTFUL = const(2)  # it does not count if it is the only rep of its set


class SetReps:
    """The movements of one set. Lengths in µm. No method allocates."""

    def __init__(self, target_rom, limits, table, max_reps=MAX_REPS):
        """`target_rom` is the profile's, 0 to derive the reference from the set; `limits` is a form.Limits.

        At most `max_reps` reps are held at a time.
        """
        self.target_rom = target_rom
        self.limits = limits
        self.min_rom = table[tuning.MIN_ROM]
        self.min_set_rom = table[tuning.MIN_SET_ROM]
        self.full_percent = table[tuning.FULL_PERCENT]
        self.partial_percent = table[tuning.PARTIAL_PERCENT]
        self.max_reps = max_reps
        self._judged = array("H", bytes(2 * max_reps))  # the smaller of rise and fall, in 32 µm
        self._rom = array("H", bytes(2 * max_reps))  # in 32 µm
        self._hold_mn = array("i", bytes(4 * max_reps))
        self._seq = array("H", bytes(2 * max_reps))  # lowest 16 bits of the sequence number
        self._kind = bytearray(max_reps)
        self._flags = bytearray(max_reps)
        self._notes = bytearray(max_reps)
        self._first = array("i", bytes(4 * limits.learn_reps))  # ROM of the first full reps, ascending
        self.clear()

    def clear(self):
        """Start a set."""
        self.largest = self._second = self._third = 0  # largest rises of all movements
        self.count = 0  # reps added, including those retired since
        self.retired = 0  # the oldest of them, which are no longer held
        self.full = self.partial = 0
        self._retired_full = self._retired_partial = 0
        self.learnt = 0  # median ROM of the first full reps, once there are as many as the profile asks for
        self._next = 0  # next rep for `next_changed`
        self._number = 0  # full reps before it
        # The rep that `next_changed` found last.
        self.seq = self.kind = self.flags = self.number = 0
        self.lone = False  # the set had a single rep, and that was no rep

    # `chord` is for ChordReps, which judges reps with a direction by it.

    def note_rise(self, rise, chord=0):
        """Take the rise of a movement into account, whatever becomes of the movement."""
        if rise > self.largest:
            self._third = self._second
            self._second = self.largest
            self.largest = rise
        elif rise > self._second:
            self._third = self._second
            self._second = rise
        elif rise > self._third:
            self._third = rise

    def reference(self):
        """Return the reference ROM: the target, else the median of the three largest rises, of two their mean, or 0."""
        if self.target_rom:
            return self.target_rom
        if self._third:
            return self._second
        return (self.largest + self._second) // 2 if self._second else self.largest

    def reference_of(self, chord):
        """Return what a movement is compared with."""
        return self.reference()

    def rounded(self, length):
        """Return `length` in µm as it is stored: rounded down to 32 µm, 2.1 m at most."""
        return min(length >> _STEP_SHIFT, _MAX_STEPS) << _STEP_SHIFT

    def kind_of(self, judged, reference):
        """Return the kind of a movement, with `judged` the smaller of its rise and fall."""
        if judged < self.min_rom or judged < reference // 100 * self.partial_percent:
            return REJECTED
        return FULL if judged >= reference // 100 * self.full_percent else PARTIAL

    def is_set(self):
        """Return whether any movement is large enough for the set to be one."""
        return self.largest >= self.min_set_rom or 0 < self.target_rom < self.min_set_rom

    def add(self, kind, judged, rom, hold_mn, flags, doubtful):
        """Add a rep that is `kind`, FULL or PARTIAL; its rep number is `number` afterwards. See `retire` if it is full.

        `judged`, the smaller of rise and fall, and `rom` are `rounded`; `hold_mn` is the mean force of its hold or
        codes.NULL, `doubtful` whether it does not count if it is the only rep of its set.
        """
        slot = self.count % self.max_reps
        if kind == FULL:
            self.full += 1
            self.number = self.full
        else:
            self.partial += 1
            self.number = 0
        self._judged[slot] = judged >> _STEP_SHIFT
        self._rom[slot] = rom >> _STEP_SHIFT
        self._hold_mn[slot] = hold_mn
        self._kind[slot] = kind
        self._flags[slot] = flags & 0xFF
        self._notes[slot] = _DOUBTFUL if doubtful else 0
        self.count += 1
        if not self.learnt and self.full >= self.limits.learn_reps:
            self._learn()

    def sent_as(self, seq):
        """Note the sequence number under which the newest rep was sent."""
        self._seq[(self.count - 1) % self.max_reps] = seq & 0xFFFF

    def retire(self):
        """Make room for a rep; return whether the oldest one had to be amended for that, as after `next_changed`.

        It is judged by the reference so far, which rarely grows after so many reps.
        """
        if self.count - self.retired < self.max_reps:
            return False
        slot = self.retired % self.max_reps
        self._judge_kind(slot, self.reference())
        if self._kind[slot] == FULL:
            self._retired_full += 1
        elif self._kind[slot] == PARTIAL:
            self._retired_partial += 1
        self._next = self.retired
        self._number = self._retired_full - (1 if self._kind[slot] == FULL else 0)
        self.retired += 1
        return self._load(slot)

    def conclude(self):
        """Judge all reps again by the reference of the whole set. Call `next_changed` afterwards."""
        reference = self.reference()
        self._judge_kinds(reference)
        if self.full + self.partial == 1 and self.retired == 0:
            self._judge_lone()
        self._judge_ranges()
        self._next = self.retired
        self._number = self._retired_full

    @micropython.native
    def next_changed(self):
        """Load the next changed rep of the set to `seq`, `kind`, `flags` and `number`; return False if none is left.

        A changed number is no change: whoever shows or stores reps counts the full ones.
        """
        while self._next < self.count:
            if self._load(self._next % self.max_reps):
                return True
        return False

    @micropython.native
    def _load(self, slot):
        """Load the rep at `_next` and go on to the next one; return whether it was changed."""
        self.kind = self._kind[slot]
        if self.kind == FULL:
            self._number += 1
        self._next += 1
        if not self._notes[slot] & _CHANGED:
            return False
        self._notes[slot] &= ~_CHANGED
        self.seq = self._seq[slot]
        self.flags = self._flags[slot]
        self.number = self._number if self.kind == FULL else 0
        return True

    def first_seq(self):
        """Return the sequence number of the first rep that counts, its lowest 16 bits; -1 if it is no longer held."""
        return self._seq_of(1)

    def last_seq(self):
        """Return the sequence number of the last rep that counts, its lowest 16 bits; -1 if it is no longer held."""
        return self._seq_of(-1)

    def _seq_of(self, step):
        if step > 0 and self._retired_full + self._retired_partial:
            return -1
        index = self.retired if step > 0 else self.count - 1
        while self.retired <= index < self.count:
            slot = index % self.max_reps
            if self._kind[slot] != REJECTED:
                return self._seq[slot]
            index += step
        return -1

    def usual_rom(self, chord=0):
        """Return the ROM that range flags compare with: the target, else the learnt ROM, 0 if neither is known."""
        return self.target_rom or self.learnt

    def flag_last(self, flags):
        """Add flags to the newest rep, to be reported at the end of the set."""
        slot = (self.count - 1) % self.max_reps
        if self._flags[slot] | flags != self._flags[slot]:
            self._flags[slot] |= flags
            self._notes[slot] |= _CHANGED

    def _learn(self):
        """Learn the usual ROM."""
        self.learnt = self._median(self._rom)

    @micropython.native
    def _median(self, lengths):
        """Return the median of the first full reps' `lengths` in µm, without those that are 0; 0 if there are none."""
        ordered = self._first
        count = 0
        for index in range(self.retired, self.count):
            slot = index % self.max_reps
            if self._kind[slot] == FULL and count < self.limits.learn_reps and lengths[slot]:
                count = int(_insert(ordered, count, lengths[slot] << _STEP_SHIFT))
        return (ordered[count // 2] + ordered[(count - 1) // 2]) // 2 if count else 0

    @micropython.native
    def _judge_ranges(self):
        """Judge all ranges again: only now is it known which reps are the first full ones."""
        if not self.retired:
            self._learn()
        usual = self.usual_rom()
        for index in range(self.retired, self.count):
            slot = index % self.max_reps
            if self._kind[slot] == REJECTED:
                continue
            flags = self._flags[slot] & ~RANGE | self._range_flags(slot, usual)
            if flags != self._flags[slot]:
                self._flags[slot] = flags
                self._notes[slot] |= _CHANGED

    def _range_flags(self, slot, usual):
        return self.limits.range_flags(self._rom[slot] << _STEP_SHIFT, usual)

    @micropython.native
    def _judge_kinds(self, reference):
        self.full = self._retired_full
        self.partial = self._retired_partial
        for index in range(self.retired, self.count):
            slot = index % self.max_reps
            self._judge_kind(slot, reference)
            if self._kind[slot] == FULL:
                self.full += 1
            elif self._kind[slot] == PARTIAL:
                self.partial += 1

    @micropython.native
    def _judge_kind(self, slot, reference):
        kind = self.kind_of(self._judged[slot] << _STEP_SHIFT, reference) if self.is_set() else REJECTED
        if kind != self._kind[slot]:
            self._kind[slot] = kind
            self._notes[slot] |= _CHANGED

    def _judge_lone(self):
        """Reject the only rep of the set if it was taking up the cable, standing and walking back."""
        for index in range(self.count):
            slot = index % self.max_reps
            if self._kind[slot] != REJECTED and self._notes[slot] & _DOUBTFUL:
                self._kind[slot] = REJECTED
                self._notes[slot] |= _CHANGED
                self.lone = True
                self.full = self.partial = 0

    @micropython.native
    def median_load(self):
        """Return the median of the holds' mean forces in mN, or codes.NULL."""
        held = min(self.count, self.max_reps)
        count = 0
        for slot in range(held):
            if self._hold_mn[slot] != codes.NULL and self._kind[slot] != REJECTED:
                count += 1
        if not count:
            return codes.NULL
        lower = int(_ranked(self._hold_mn, self._kind, held, (count - 1) // 2))
        return (lower + int(_ranked(self._hold_mn, self._kind, held, count // 2))) // 2


@micropython.viper
def _ranked(forces: ptr32, kinds: ptr8, held: int, rank: int) -> int:
    """Return the force of a rep that exactly `rank` others are below; without a buffer, a few ms on an RP2040."""
    for slot in range(held):
        force = forces[slot]
        if force == _NULL or int(kinds[slot]) == _REJECTED:
            continue
        below = 0
        for other in range(held):
            if forces[other] != _NULL and int(kinds[other]) != _REJECTED:
                if forces[other] < force or (forces[other] == force and other < slot):
                    below += 1
        if below == rank:
            return force
    return _NULL


@micropython.viper
def _insert(ordered: ptr32, count: int, value: int) -> int:
    """Insert `value` into the first `count` values of `ordered`, which are ascending; return the new count."""
    index = count
    while index and int(ordered[index - 1]) > value:
        ordered[index] = ordered[index - 1]
        index -= 1
    ordered[index] = value
    return count + 1
