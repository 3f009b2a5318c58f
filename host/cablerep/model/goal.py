"""What the lifter wants of the next set, and the set of last time that it is held against."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..device.events import Rep
from ..units import weight_text


@dataclass(frozen=True, slots=True)
class Goal:
    """The plan for a set: `set` of `sets`, `fewest` to `most` reps; 0 and None stand for what is not planned.

    `rest_s` is the rest after it. At a velocity loss of `stop_percent` the lifter wants to stop. `then` names what
    follows once the last set is done.
    """

    fewest: int = 0
    most: int = 0
    set: int = 0
    sets: int = 0
    weight_n: float | None = None
    rest_s: float = 0.0
    stop_percent: int = 0
    then: str = ""

    @property
    def reps(self) -> str:
        """The reps as text: "10", "8–12", or "" if none are planned."""
        if not self.most:
            return ""
        return f"{self.most}" if self.fewest == self.most else f"{self.fewest}–{self.most}"

    @property
    def sets_text(self) -> str:
        """ "set 2 of 3", or "" if no number of sets is planned."""
        return f"set {self.set} of {self.sets}" if self.sets and self.set <= self.sets else ""


@dataclass(frozen=True, slots=True)
class LastTime:
    """The set of the session before that matches the next one, its reps in order, and the lifter's best set so far.

    `day` is text such as "Tue 24 Nov"; `load_n` and the record's load are None if they are not known.
    """

    day: str
    reps: tuple[Rep, ...]
    load_n: float | None
    rom_mm: float | None
    record: str = ""

    @property
    def full(self) -> list[Rep]:
        """The full reps."""
        return [rep for rep in self.reps if rep.kind == "full"]

    def ghost(self, number: int) -> Rep | None:
        """Return full rep `number` (from 1) of last time, None if there was none."""
        full = self.full
        return full[number - 1] if 0 < number <= len(full) else None

    @property
    def summary(self) -> str:
        """ "10 reps, 7.3 kg on Tue 24 Nov"."""
        parts = [f"{len(self.full)} reps"]
        if self.load_n is not None and self.load_n >= 0:
            parts.append(weight_text(self.load_n))
        return f"{', '.join(parts)} on {self.day}"


def comparable(reps: Sequence[Rep]) -> list[Rep]:
    """Return the reps that may count in a loss: full, not thrown, not overlong, without a pause on the way out."""
    return [rep for rep in reps if rep.comparable]


def velocity_losses(reps: Sequence[Rep]) -> dict[float, float]:
    """Return the velocity loss at each comparable rep, 0 to 1 by its `start_s`: from the fastest rep so far."""
    losses: dict[float, float] = {}
    best = 0.0
    for rep in comparable(reps):
        best = max(best, rep.concentric_mean_m_s)
        losses[rep.start_s] = 1 - rep.concentric_mean_m_s / best if best else 0.0
    return losses
