"""Tempo in the four figures that coaches write: eccentric, bottom, concentric, hold, in seconds.

The order is that of Poliquin's convention after Ian King: the way back comes first even where, as on a cable, a rep
begins with the way out.
"""

import math
from dataclasses import dataclass

LONGEST_S = 60.0  # of any figure; a hold may be that long where the profile says so (contract)


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds of the four parts of a rep; `concentric_s` 0 stands for X: as fast as control allows."""

    eccentric_s: float
    bottom_s: float
    concentric_s: float
    hold_s: float

    def __str__(self) -> str:
        out = f"{self.concentric_s:g}" if self.concentric_s else "X"
        return f"{self.eccentric_s:g}-{self.bottom_s:g}-{out}-{self.hold_s:g}"

    @property
    def rep_s(self) -> float:
        """How long a rep lasts."""
        return self.eccentric_s + self.bottom_s + self.concentric_s + self.hold_s

    @property
    def words(self) -> str:
        """The four figures in the order in which they are done."""
        out = f"out in {self.concentric_s:g} s" if self.concentric_s else "out as fast as control allows"
        hold = f"hold for {self.hold_s:g} s" if self.hold_s else "no hold"
        bottom = f"rest for {self.bottom_s:g} s" if self.bottom_s else "no rest"
        return f"{out}, {hold}, back in {self.eccentric_s:g} s, {bottom} at the bottom"


def parse(text: str) -> Tempo:
    """Return the tempo that `text` says: "3-0-1-2", "3012" or "30X2". Raises ValueError, which says what it may be."""
    parts = text.split("-") if "-" in text else list(text)
    if len(parts) != 4:
        raise ValueError(f"it has {len(parts)} figures, not four")
    figures = [_seconds(part.strip(), at == 2) for at, part in enumerate(parts)]
    if figures[0] == 0:
        raise ValueError("the way back takes some time: its figure cannot be 0")
    return Tempo(*figures)


def _seconds(part: str, may_be_fast: bool) -> float:
    if may_be_fast and part in ("X", "x"):
        return 0.0
    try:
        seconds = float(part)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_S or not part.replace(".", "").isdigit():
        raise ValueError(f"{part[:20]!r} is no number of seconds from 0 to {LONGEST_S:g}")
    if may_be_fast and not seconds:
        raise ValueError("a way out as fast as control allows is written X, not 0")
    return seconds
