"""Tempo as coaches write it, four numbers of seconds: eccentric, bottom, concentric, hold.

The order is Poliquin's, after Ian King: the eccentric comes first, although a rep on a cable begins with the
concentric.
"""

import math
from dataclasses import dataclass

MAX_S = 60.0  # of each number; a profile may allow holds of that length (contract)


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds of the four phases of a rep; `concentric_s` 0 means X: as fast as control allows."""

    eccentric_s: float
    bottom_s: float
    concentric_s: float
    hold_s: float

    def __str__(self) -> str:
        concentric = f"{self.concentric_s:g}" if self.concentric_s else "X"
        return f"{self.eccentric_s:g}-{self.bottom_s:g}-{concentric}-{self.hold_s:g}"

    @property
    def rep_s(self) -> float:
        """Duration of a rep."""
        return self.eccentric_s + self.bottom_s + self.concentric_s + self.hold_s

    @property
    def description(self) -> str:
        """The four phases in words, in the order in which they are performed."""
        lift = f"lift in {self.concentric_s:g} s" if self.concentric_s else "lift as fast as control allows"
        hold = f"hold for {self.hold_s:g} s" if self.hold_s else "no hold"
        bottom = f"rest for {self.bottom_s:g} s" if self.bottom_s else "no rest"
        return f"{lift}, {hold}, lower in {self.eccentric_s:g} s, {bottom} at the bottom"


def parse(text: str) -> Tempo:
    """Parse "3-0-1-2", "3012" or "30X2". Raises ValueError, which says what is allowed."""
    parts = text.split("-") if "-" in text else list(text)
    if len(parts) != 4:
        raise ValueError(f"it has {len(parts)} numbers, not four")
    numbers = [_seconds(part.strip(), index == 2) for index, part in enumerate(parts)]
    if numbers[0] == 0:
        raise ValueError("the eccentric cannot be 0")
    return Tempo(*numbers)


def _seconds(part: str, allow_x: bool) -> float:
    if allow_x and part in ("X", "x"):
        return 0.0
    try:
        seconds = float(part)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= MAX_S or not part.replace(".", "").isdigit():
        raise ValueError(f"{part[:20]!r} is not a number of seconds from 0 to {MAX_S:g}")
    if allow_x and not seconds:
        raise ValueError("for a concentric as fast as control allows write X, not 0")
    return seconds
