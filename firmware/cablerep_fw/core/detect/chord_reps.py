"""The movements of a set on a board with an angle sensor: those with a direction are judged by their chords.

A kick of 300 mm at 45 degrees moves the cable by 230 mm only. A movement whose direction is unknown is judged by
travel, against the travel of all movements.
"""

from array import array

from ..compat import const
from .set_reps import SetReps

_STEP_SHIFT = const(5)  # as set_reps stores lengths


class ChordReps(SetReps):
    """SetReps that also knows the chord of each movement, in µm; 0 where its direction is unknown.

    Names the class where others say `super()`, which would allocate.
    """

    def __init__(self, target_rom, limits, table, max_reps):
        self._chord = array("H", bytes(2 * max_reps))
        self._chords = SetReps(target_rom, limits, table, 1)  # for the reference and the usual length of chords
        SetReps.__init__(self, target_rom, limits, table, max_reps)

    def clear(self):
        """Start a set."""
        self._chords.clear()
        SetReps.clear(self)

    def note_rise(self, rise, chord=0):
        """Take the rise of a movement into account, whatever becomes of the movement; if it is added, it is next."""
        self._chord[self.count % self.max_reps] = self.rounded(chord) >> _STEP_SHIFT
        SetReps.note_rise(self, rise)
        if chord:
            self._chords.note_rise(chord)

    def reference_of(self, chord):
        """Return what a movement is compared with."""
        return self._chords.reference() if chord else self.reference()

    def is_set(self):
        """Return whether any movement is large enough for the set to be one."""
        return SetReps.is_set(self) or self._chords.is_set()

    def usual_rom(self, chord=0):
        """Return the length that range flags compare with: the target, else the learnt one, 0 if neither is known."""
        return self._chords.usual_rom() if chord else SetReps.usual_rom(self)

    def _learn(self):
        SetReps._learn(self)
        self._chords.learnt = self._median(self._chord)

    def _range_flags(self, slot, usual):
        chord = self._chord[slot] << _STEP_SHIFT
        if chord:
            return self.limits.range_flags(chord, self._chords.usual_rom())
        return SetReps._range_flags(self, slot, usual)

    def _judge_kind(self, slot, reference):
        SetReps._judge_kind(self, slot, self._chords.reference() if self._chord[slot] else reference)
