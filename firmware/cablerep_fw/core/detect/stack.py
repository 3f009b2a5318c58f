"""Where the cable rests between sets: learnt, and learnt again when it moves.

The stack moves when a friction wheel slips or when the pulley carriage is set to another height.
"""

from ..compat import micropython


class Stack:
    """`x` is the position in µm: the stack once it is `known`, until then the lowest rest so far. Nothing allocates."""

    def __init__(self, dwell_t, rest_t):
        """A rest with a slack cable, or a lower rest than before, takes `dwell_t`; any other `rest_t` (instants)."""
        self.dwell_t = dwell_t
        self.rest_t = rest_t
        self.known = False
        self._slack_seen = False  # a load cell has shown the cable slack, so it shows when the stack is down
        self.x = 0x1FFFFFFF

    def begin(self, position):
        """Start at `position`, which stands in for the stack until the cable rests lower."""
        if position < self.x and not self.known:
            self.x = position

    @micropython.native
    def rest(self, rested_t, position, slack, trusted):
        """Take a tick of a rest that has lasted `rested_t`; return whether the stack moved.

        `slack` is whether a load cell shows no tension, `trusted` whether there is a load cell that can be trusted.
        """
        x = self.x
        if slack and trusted:
            if rested_t >= self.dwell_t:
                self._slack_seen = self.known = True
                self.x = position
        elif rested_t >= self.rest_t and not (trusted and self._slack_seen):
            self.known = True
            self.x = position
        elif position < x and (not self.known or rested_t >= self.dwell_t):
            self.x = position
        return self.x != x
