"""What to change next time, with the numbers behind it.

The rules are one table of data: what each looks at in words, how much data it needs, and its advice. The limits are our
own, chosen to be hard to reach by chance; they are no trainer's judgement. docs/history.md lists them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import words
from .compare import symmetry_index
from .logbook import SAME_LOAD, Entry, by_lifter, days, groups, kept_tempo, meets
from .metrics import FIGURES, clearly_different, comparable_reps, flag_counts, rom_loss, summarize

MIN_REPS = 5  # reps that a rule needs
MOST = 0.5  # "most reps": more than this fraction
MANY = 1 / 3  # "a third or more"
MAX_RANGE_LOSS = 0.20
MAX_SIDES_PERCENT = 15  # most of the literature calls 10 to 15 % between the legs large (Bishop et al. 2016)

Numbers = dict[str, Any]

_WEIGHT_FLAGS = (
    "swing",
    "hold_short",
    "eccentric_fast",
    "slack",
)  # whose advice is about the weight, or rests on force
_NAMES = {"rom_mm": "range", "concentric_mean_m_s": "lifting speed"}


@dataclass(frozen=True, slots=True)
class Trained:
    """One lifter's exercise on one side: its sets by day, the latest day last, and those of the other side.

    `rep_range` is the fewest and the most reps of a set that the lifter plans, None without a plan.
    """

    lifter: str
    exercise: str
    side: str
    days: tuple[tuple[Entry, ...], ...]
    other: tuple[tuple[Entry, ...], ...]
    rep_range: tuple[int, int] | None = None

    @property
    def latest(self) -> tuple[Entry, ...]:
        """The sets of the latest day."""
        return self.days[-1]


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` and `needs` describe what `check` does: it returns the numbers for `because`, or None for no advice."""

    name: str
    when: str
    needs: str
    sentence: str
    because: str
    check: Callable[[Trained], Numbers | None]


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence for the lifter, the rule it comes from, and the numbers as text and as data."""

    lifter: str
    exercise: str
    side: str
    rule: str
    sentence: str
    because: str
    numbers: Numbers


def _kept_twice(trained: Trained) -> Numbers | None:
    if len(trained.days) < 2:
        return None
    entries = [entry for day in trained.days[-2:] for entry in day]
    reps = [(rep, entry.target) for entry in entries for rep in comparable_reps(entry.set)]
    if any(_comparable(day) < MIN_REPS for day in trained.days[-2:]) or not _one_load(entries):
        return None
    if _untrusted(entries):
        return None
    if any(target is None or not meets(rep, target) for rep, target in reps):
        return None
    if trained.rep_range is not None and any(len(entry.full) < trained.rep_range[1] for entry in trained.latest):
        return None  # the plan adds reps before weight
    if _fraction(trained.latest, "swing") > MOST or _fraction(trained.latest, "range_over") >= MANY:
        return None  # would contradict the rules that ask for less load or a shorter range
    judged = [(rep, target) for rep, target in reps if target is not None]
    fastest, asked = min(judged, key=lambda pair: pair[0].eccentric_s - pair[1].min_eccentric_s(pair[0]))
    return {
        "reps": len(reps),
        "since": f"{entries[0].day}",
        "hold_s": min(rep.hold_s for rep, _ in reps),
        "asked_hold_s": max(target.hold_s for _, target in judged),
        "back_s": fastest.eccentric_s,
        "asked_back_s": asked.min_eccentric_s(fastest),
        "back_m_s": max(rep.eccentric_mean_m_s for rep, _ in reps),
        "asked_back_m_s": min(target.max_eccentric_m_s for _, target in judged),
    }


def _flagged(flag: str, enough: Callable[[float], bool]) -> Callable[[Trained], Numbers | None]:
    """Return a check for `flag` on a large enough fraction of the latest day's reps."""

    def check(trained: Trained) -> Numbers | None:
        reps = _judged(trained.latest)
        if reps < MIN_REPS or not enough(_fraction(trained.latest, flag)):
            return None
        if flag in _WEIGHT_FLAGS and _untrusted(trained.latest):
            return None
        flagged = sum(flag_counts(entry.set).get(flag, 0) for entry in trained.latest)
        return {"flagged": flagged, "reps": reps, "percent": 100 * flagged / reps, "day": f"{trained.latest[0].day}"}

    return check


def _range_lost(trained: Trained) -> Numbers | None:
    long_enough = [entry for entry in trained.latest if len(comparable_reps(entry.set)) >= MIN_REPS]
    losses = [(lost, entry) for entry in long_enough if (lost := rom_loss(entry.set)) is not None]
    if not losses:
        return None
    lost, entry = max(losses, key=lambda pair: pair[0].fraction)
    if lost.fraction <= MAX_RANGE_LOSS:
        return None
    return {
        "percent": 100 * lost.fraction,
        "best_mm": lost.best.rom_mm,
        "best_rep": lost.best.rep,
        "last_mm": lost.last.rom_mm,
        "last_rep": lost.last.rep,
        "reps": len(comparable_reps(entry.set)),
        "set": entry.id,
    }


def _weaker(trained: Trained) -> Numbers | None:
    """Compare with the other side on the latest day, if it was trained then too and with the same load.

    If range and speed contradict each other, neither side is weaker.
    """
    other = next((day for day in trained.other if day[0].day == trained.latest[0].day), ())
    mine, theirs = (
        [rep for entry in entries for rep in comparable_reps(entry.set)] for entries in (trained.latest, other)
    )
    if min(len(mine), len(theirs)) < MIN_REPS or not _one_load([*trained.latest, *other]):
        return None
    found: list[Numbers] = []
    for figure in FIGURES:
        own, others = summarize(map(figure.value, mine)), summarize(map(figure.value, theirs))
        assert own is not None
        assert others is not None
        percent = symmetry_index(own.mean, others.mean) or 0.0
        large = abs(percent) > MAX_SIDES_PERCENT and clearly_different(figure, own, others)
        if figure.key in _NAMES and large:
            numbers = {"figure": _NAMES[figure.key], "unit": figure.unit, "mine": own.mean, "theirs": others.mean}
            found.append(numbers | {"percent": percent, "reps": own.n, "other_reps": others.n})
    if not found or any(numbers["percent"] < 0 for numbers in found):
        return None
    return {"day": f"{trained.latest[0].day}"} | max(found, key=lambda numbers: float(numbers["percent"]))


def _more_reps(trained: Trained) -> Numbers | None:
    """The plan adds reps before weight: below its most reps at a kept tempo, add one."""
    if trained.rep_range is None or _comparable(trained.latest) < MIN_REPS or _untrusted(trained.latest):
        return None
    fewest, most = trained.rep_range
    reps = [len(entry.full) for entry in trained.latest]
    kept = all(kept_tempo(entry) is not False for entry in trained.latest)
    if not kept or not fewest <= min(reps) < most:
        return None
    return {"day": f"{trained.latest[0].day}", "reps": min(reps), "fewest": fewest, "most": most}


def _too_few_reps(trained: Trained) -> Numbers | None:
    if trained.rep_range is None or _judged(trained.latest) < MIN_REPS or _untrusted(trained.latest):
        return None
    fewest, most = trained.rep_range
    reps = [len(entry.full) for entry in trained.latest]
    if len(reps) < 2 or sum(count < fewest for count in reps) <= MOST * len(reps):
        return None
    return {"day": f"{trained.latest[0].day}", "reps": min(reps), "sets": len(reps), "fewest": fewest, "most": most}


def _flag_rule(name: str, flag: str, most: bool, sentence: str) -> Rule:
    """Return a rule about a flag on most reps of the latest day, or on a third of them."""
    label = words.flag(flag)
    return Rule(
        name,
        f"{label} is flagged on {'most reps' if most else 'a third or more of the reps'} of the latest day",
        f"{MIN_REPS} reps",
        sentence,
        f"{label} on {{flagged}} of {{reps}} reps on {{day}} ({{percent:.0f}} %)",
        _flagged(flag, (lambda fraction: fraction > MOST) if most else (lambda fraction: fraction >= MANY)),
    )


RULES = (
    Rule(
        "up",
        "every comparable rep of the last two days met its target for hold and lowering, at one load, and neither "
        "'down' nor 'shorten' applies; with a plan, every set of the latest day reached its most reps",
        f"two days with {MIN_REPS} comparable reps each, and a profile that asks for a hold or slow lowering",
        "Go up one plate, or to the next stronger band.",
        "all {reps} reps since {since}: shortest hold {hold_s:.2f} s of {asked_hold_s:g} s asked, fastest lowering "
        "{back_s:.2f} s of {asked_back_s:.2f} s asked over that range",
        _kept_twice,
    ),
    Rule(
        "more",
        "the sets of the latest day kept their tempo, and the shortest is within the plan's reps, below the most",
        f"a plan, and {MIN_REPS} comparable reps that day",
        "Stay at this weight and add a rep to each set, up to {most}.",
        "{reps} reps in the shortest set of {day}, the plan asks for {fewest} to {most}",
        _more_reps,
    ),
    Rule(
        "fewer",
        "most sets of the latest day have fewer reps than the plan's fewest",
        f"a plan, two sets and {MIN_REPS} reps that day",
        "Go down one plate, or to a weaker band, until {fewest} reps come out.",
        "{reps} reps in the shortest of {sets} sets of {day}, the plan asks for {fewest} to {most}",
        _too_few_reps,
    ),
    _flag_rule(
        "down", "swing", True, "Go down one plate, or to a weaker band: the load is being thrown rather than lifted."
    ),
    _flag_rule(
        "hold", "hold_short", True, "Stay at this plate until you can hold it; go down one if the hold does not come."
    ),
    _flag_rule(
        "slower",
        "eccentric_fast",
        True,
        "Stay at this plate until you lower it slowly; go down one if it does not get slower.",
    ),
    _flag_rule("shorten", "range_over", False, "Stop the lift sooner: beyond the target, the back or the hips help."),
    _flag_rule("tight", "slack", False, "Stand further from the stack, so that the cable stays tight at the bottom."),
    _flag_rule("softly", "slam", False, "End each rep before the stack lands."),
    Rule(
        "stop",
        f"a set of the latest day lost more than {100 * MAX_RANGE_LOSS:.0f} % of its range by its last comparable rep",
        f"{MIN_REPS} comparable reps in that set",
        "End the set earlier: its last reps no longer cover the full range.",
        "range of set {set} fell by {percent:.0f} %, from {best_mm:.0f} mm in rep {best_rep} to {last_mm:.0f} mm in "
        "rep {last_rep}",
        _range_lost,
    ),
    Rule(
        "weaker",
        f"range or lifting speed is more than {MAX_SIDES_PERCENT} % (symmetry index) smaller than on the other side on "
        "the latest day, by more than error and scatter explain, at one load, and neither is larger by as much",
        f"{MIN_REPS} comparable reps on each side that day",
        "Begin with this side, and do no more reps on the other than it can.",
        "{figure} is {percent:.0f} % smaller than on the other side on {day}, over {reps} and {other_reps} reps",
        _weaker,
    ),
)


RepRange = Callable[[str, str], "tuple[int, int] | None"]  # by lifter and by the profile's id


def advise(entries: Sequence[Entry], rep_range: RepRange = lambda lifter, exercise_id: None) -> list[Advice]:
    """Return what the rules advise for each lifter, exercise and side in `entries`, in the order of the rules.

    `rep_range` returns what a lifter's plan asks of an exercise. Warm-up and drop sets are left out.
    """
    found = []
    for trained in _trained([entry for entry in entries if not entry.set.type], rep_range):
        for rule in RULES:
            numbers = rule.check(trained)
            if numbers is not None:
                because = rule.because.format(**numbers)
                exercise = (trained.lifter, trained.exercise, trained.side)
                found.append(Advice(*exercise, rule.name, rule.sentence.format(**numbers), because, numbers))
    return found


def _trained(entries: Sequence[Entry], rep_range: RepRange) -> list[Trained]:
    opposite = {"left": "right", "right": "left"}
    found = []
    for lifter, members in by_lifter(entries):
        by_day = {
            (exercise, side): tuple(tuple(group) for _, group in days(sets)) for exercise, side, sets in groups(members)
        }
        for (exercise, side), mine in by_day.items():
            other = by_day.get((exercise, opposite.get(side, "")), ()) if side else ()
            planned = rep_range(lifter, mine[-1][-1].exercise_id)
            found.append(Trained(lifter, exercise, side, mine, other, planned))
    return found


def _comparable(entries: Sequence[Entry]) -> int:
    return sum(len(comparable_reps(entry.set)) for entry in entries)


def _judged(entries: Sequence[Entry]) -> int:
    return sum(entry.set.full + entry.set.partials for entry in entries)


def _fraction(entries: Sequence[Entry], flag: str) -> float:
    return sum(flag_counts(entry.set).get(flag, 0) for entry in entries) / max(1, _judged(entries))


def _untrusted(entries: Sequence[Entry]) -> bool:
    """Return whether a load is below zero: the cell is wired backwards, or was tared under load."""
    return any(entry.load_n is not None and entry.load_n < 0 for entry in entries)


def _one_load(entries: Sequence[Entry]) -> bool:
    """Return whether all sets used one plate, or loads within SAME_LOAD; sets without either do not count against."""
    plates = {entry.plate for entry in entries if entry.plate is not None}
    loads = sorted(entry.load_n for entry in entries if entry.load_n is not None)
    if plates and all(entry.plate is not None for entry in entries):
        return len(plates) == 1
    return not loads or loads[-1] <= loads[0] * (1 + SAME_LOAD)
