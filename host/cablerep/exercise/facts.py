"""What a profile asked of the reps of a set, kept with the set: editing the profile later must not change the past."""

import json
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Profile needs pydantic, which does not run everywhere this module does
    from .profile import Profile


@dataclass(frozen=True, slots=True)
class Facts:
    """A profile's name and targets; `number` and `id` name its file. A target of 0 is not judged.

    `eccentric_s` are the minimum and maximum over the full range, `max_eccentric_m_s` is the mean speed that follows
    from the minimum.
    """

    number: int
    id: str
    name: str
    sides: str
    hold_s: float
    eccentric_s: tuple[float, float]
    max_eccentric_m_s: float
    target_mm: float
    over_mm: float
    over_percent: int
    under_percent: int


def facts_of(profile: "Profile") -> Facts:
    """Return what `profile` asks now."""
    return Facts(
        number=profile.number,
        id=profile.id,
        name=profile.name,
        sides=profile.sides,
        hold_s=profile.min_hold_s,
        eccentric_s=profile.eccentric_range_s,
        max_eccentric_m_s=profile.eccentric_max_m_s,
        target_mm=profile.rom.target_mm,
        over_mm=profile.rom.largest_mm,
        over_percent=profile.rom.over_percent,
        under_percent=profile.rom.under_percent,
    )


def to_json(facts: Facts) -> str:
    """Return the facts as one line of JSON, the same line for the same facts."""
    return json.dumps(asdict(facts), separators=(",", ":"), sort_keys=True)


def from_json(text: str) -> Facts:
    """Return the facts that `to_json` wrote. Raises ValueError for anything else."""
    fields = json.loads(text)
    try:
        facts = Facts(**(fields | {"eccentric_s": tuple(fields["eccentric_s"])}))
    except (KeyError, TypeError):
        raise ValueError("an exercise has other fields than a profile's") from None
    texts = (facts.id, facts.name, facts.sides)
    numbers: list[float] = [facts.number, facts.hold_s, *facts.eccentric_s, facts.max_eccentric_m_s]
    numbers += [facts.target_mm, facts.over_mm, facts.over_percent, facts.under_percent]
    right = len(facts.eccentric_s) == 2 and all(type(one) is str for one in texts)
    if not right or not all(type(one) in (int, float) and isfinite(one) for one in numbers):
        raise ValueError("an exercise has values that no profile has")
    return facts
