"""What to change next time, in the terms of the exercise, with the numbers that it rests on.

The rules are one table of data: what each looks at in words, what it needs, what it says. None speaks from too little.
The limits are ours, made for being hard to reach by chance, and no trainer's judgement; docs/history.md lists them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .logbook import SAME_LOAD, Entry, days, groups, meets
from .metrics import METRICS, clearly_apart, flag_counts, full_reps, rom_loss, spread
from .symmetry import symmetry_index

LEAST_REPS = 5  # full reps that a rule needs, unless it says otherwise
MOST = 0.5  # more than this part of the reps: most
MANY = 1 / 3  # this part or more: many
STOP_LOSS = 0.20  # of range: every fifth millimetre gone
SIDES_PERCENT = 15  # the literature mostly calls 10 to 15 % between the legs large (Bishop et al. 2016)

Numbers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trained:
    """One exercise on one side: its sets day by day, the latest day last, and those of the other side."""

    exercise: str
    side: str
    days: tuple[tuple[Entry, ...], ...]
    other: tuple[tuple[Entry, ...], ...]

    @property
    def latest(self) -> tuple[Entry, ...]:
        """The sets of the latest day."""
        return self.days[-1]


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` and `needs` say in words what `look` does: it returns the numbers for `because`, or None for no advice."""

    name: str
    when: str
    needs: str
    sentence: str
    because: str
    look: Callable[[Trained], Numbers | None]


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence for the lifter, the rule that it comes from, and the numbers as text and as data."""

    exercise: str
    side: str
    rule: str
    sentence: str
    because: str
    numbers: Numbers


def _kept_twice(trained: Trained) -> Numbers | None:
    if len(trained.days) < 2:
        return None
    sets = [one for day in trained.days[-2:] for one in day]
    reps = [(rep, one.target) for one in sets for rep in one.full]
    if any(_full(day) < LEAST_REPS for day in trained.days[-2:]) or not _one_load(sets):
        return None
    if any(target is None or not meets(rep, target) for rep, target in reps):
        return None
    if _share(trained.latest, "swing") > MOST or _share(trained.latest, "range_over") >= MANY:
        return None  # what asks for less load, or for a shorter way, is no reason for more
    return {
        "reps": len(reps),
        "since": f"{sets[0].day}",
        "hold_s": min(rep.hold_s for rep, _ in reps),
        "asked_hold_s": max(target.hold_s for _, target in reps if target),
        "back_m_s": max(rep.eccentric_mean_m_s for rep, _ in reps),
        "asked_back_m_s": min(target.fastest_m_s for _, target in reps if target),
    }


def _flagged(flag: str, least: Callable[[float], bool]) -> Callable[[Trained], Numbers | None]:
    """Return the look at how many reps of the latest day have `flag`."""

    def look(trained: Trained) -> Numbers | None:
        reps = _judged(trained.latest)
        if reps < LEAST_REPS or not least(_share(trained.latest, flag)):
            return None
        flagged = sum(flag_counts(one.set).get(flag, 0) for one in trained.latest)
        return {"flagged": flagged, "reps": reps, "percent": 100 * flagged / reps, "day": f"{trained.latest[0].day}"}

    return look


def _range_lost(trained: Trained) -> Numbers | None:
    whole = [one for one in trained.latest if len(one.full) >= LEAST_REPS]
    lost = [(share, one) for one in whole if (share := rom_loss(one.set)) is not None]
    if not lost:
        return None
    share, worst = max(lost, key=lambda pair: pair[0])
    if share <= STOP_LOSS:
        return None
    roms = [rep.rom_mm for rep in worst.full]
    return {"percent": 100 * share, "best_mm": max(roms), "last_mm": roms[-1], "reps": len(roms), "set": worst.id}


def _weaker(trained: Trained) -> Numbers | None:
    """Compare with the other side on the latest day, where that was trained too and with the same load.

    Reps with a swing tell of momentum and not of strength, and two figures that contradict one another of neither side.
    """
    other = next((day for day in trained.other if day[0].day == trained.latest[0].day), ())
    mine, theirs = (
        [rep for one in sets for rep in one.full if "swing" not in rep.flags] for sets in (trained.latest, other)
    )
    if min(len(mine), len(theirs)) < LEAST_REPS or not _one_load([*trained.latest, *other]):
        return None
    found: list[Numbers] = []
    for metric in METRICS:
        own, others = spread(map(metric.of, mine)), spread(map(metric.of, theirs))
        assert own is not None
        assert others is not None
        percent = symmetry_index(own.mean, others.mean) or 0.0
        large = abs(percent) > SIDES_PERCENT and clearly_apart(metric, own, others)
        if metric.key in ("rom_mm", "concentric_mean_m_s") and large:
            numbers = {"figure": metric.name, "unit": metric.unit, "mine": own.mean, "theirs": others.mean}
            found.append(numbers | {"percent": percent, "reps": own.n, "other_reps": others.n})
    if not found or any(numbers["percent"] < 0 for numbers in found):
        return None
    return {"day": f"{trained.latest[0].day}"} | max(found, key=lambda one: float(one["percent"]))


RULES = (
    Rule(
        "up",
        "every full rep of the last two days was held and let back as asked, at one load, and neither 'down' nor "
        "'shorten' is said",
        f"two days with {LEAST_REPS} full reps each, and a profile that asks for a hold or a slow way back",
        "Go up one plate, or to the next stronger band.",
        "all {reps} reps since {since}: shortest hold {hold_s:.2f} s of {asked_hold_s:g} s asked, fastest way back "
        "{back_m_s:.2f} m/s of {asked_back_m_s:.2f} m/s allowed",
        _kept_twice,
    ),
    Rule(
        "down",
        "swing is flagged on most reps of the latest day",
        f"{LEAST_REPS} reps",
        "Go down one plate, or to a weaker band: the load is thrown, not lifted.",
        "swing on {flagged} of {reps} reps on {day} ({percent:.0f} %)",
        _flagged("swing", lambda share: share > MOST),
    ),
    Rule(
        "hold",
        "hold_short is flagged on most reps of the latest day",
        f"{LEAST_REPS} reps",
        "Stay at this plate until the hold is there; one less if it does not come.",
        "hold short on {flagged} of {reps} reps on {day} ({percent:.0f} %)",
        _flagged("hold_short", lambda share: share > MOST),
    ),
    Rule(
        "slower",
        "eccentric_fast is flagged on most reps of the latest day",
        f"{LEAST_REPS} reps",
        "Stay at this plate until the way back is slow; one less if it does not get slower.",
        "eccentric fast on {flagged} of {reps} reps on {day} ({percent:.0f} %)",
        _flagged("eccentric_fast", lambda share: share > MOST),
    ),
    Rule(
        "shorten",
        "range_over is flagged on a third or more of the reps of the latest day",
        f"{LEAST_REPS} reps",
        "Stop the way out sooner: beyond the target the back or the hips help.",
        "range over on {flagged} of {reps} reps on {day} ({percent:.0f} %)",
        _flagged("range_over", lambda share: share >= MANY),
    ),
    Rule(
        "tight",
        "slack is flagged on a third or more of the reps of the latest day",
        f"{LEAST_REPS} reps",
        "Stand further from the stack, so that the cable stays tight at the bottom.",
        "slack on {flagged} of {reps} reps on {day} ({percent:.0f} %)",
        _flagged("slack", lambda share: share >= MANY),
    ),
    Rule(
        "softly",
        "slam is flagged on a third or more of the reps of the latest day",
        f"{LEAST_REPS} reps",
        "End each rep before the stack lands.",
        "slam on {flagged} of {reps} reps on {day} ({percent:.0f} %)",
        _flagged("slam", lambda share: share >= MANY),
    ),
    Rule(
        "stop",
        f"a set of the latest day lost more than {100 * STOP_LOSS:.0f} % of its range by its last full rep",
        f"{LEAST_REPS} full reps in that set",
        "End the set earlier: its last reps are not whole any more.",
        "range of set {set} fell by {percent:.0f} %, from {best_mm:.0f} to {last_mm:.0f} mm over {reps} reps",
        _range_lost,
    ),
    Rule(
        "weaker",
        f"range or speed of the way out is more than {SIDES_PERCENT} % (symmetry index) smaller than on the other side "
        "on the latest day, by more than errors and scatter make, at one load, and neither is larger by as much",
        f"{LEAST_REPS} full reps without swing of each side on that day",
        "Begin with this side, and do no more on the other than it can.",
        "{figure} {mine:.3g} {unit} against {theirs:.3g} {unit} ({percent:.0f} %) on {day}, of {reps} and {other_reps} "
        "reps",
        _weaker,
    ),
)


def advise(sets: Sequence[Entry]) -> list[Advice]:
    """Return what the rules say of each exercise and side in `sets`, in the order of the rules."""
    found = []
    for trained in _trained(sets):
        for rule in RULES:
            numbers = rule.look(trained)
            if numbers is not None:
                because = rule.because.format(**numbers)
                found.append(Advice(trained.exercise, trained.side, rule.name, rule.sentence, because, numbers))
    return found


def _trained(sets: Sequence[Entry]) -> list[Trained]:
    by_day = {(exercise, side): tuple(tuple(them) for _, them in days(group)) for exercise, side, group in groups(sets)}
    opposite = {"left": "right", "right": "left"}
    return [
        Trained(exercise, side, mine, by_day.get((exercise, opposite.get(side, "")), ()) if side else ())
        for (exercise, side), mine in by_day.items()
    ]


def _full(sets: Sequence[Entry]) -> int:
    return sum(len(full_reps(one.set)) for one in sets)


def _judged(sets: Sequence[Entry]) -> int:
    return sum(one.set.full + one.set.partials for one in sets)


def _share(sets: Sequence[Entry], flag: str) -> float:
    return sum(flag_counts(one.set).get(flag, 0) for one in sets) / max(1, _judged(sets))


def _one_load(sets: Sequence[Entry]) -> bool:
    """Say whether all sets were done with one plate, or with loads of one plate; where neither is known it is so."""
    plates = {one.plate for one in sets if one.plate is not None}
    loads = sorted(one.set.load_n for one in sets if one.set.load_n is not None)
    if plates and all(one.plate is not None for one in sets):
        return len(plates) == 1
    return not loads or loads[-1] <= loads[0] * (1 + SAME_LOAD)
