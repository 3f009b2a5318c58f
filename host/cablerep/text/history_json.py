"""Sets, comparisons, progress and advice as the JSON objects that the history's commands print, one a line.

The only place where those objects are made. Shares are from 0 to 1, `percent` is in percent, days are of the calendar.
"""

from dataclasses import asdict
from typing import Any

from ..device.fields import REP_KEYS
from ..history.advice import Advice, Rule
from ..history.compare import Comparison
from ..history.logbook import Entry, kept_tempo
from ..history.metrics import flag_counts, rom_loss, velocity_loss
from ..history.progress import Day, Progress
from ..history.symmetry import Group

_REP_KEYS = ("seq", *(key for key in REP_KEYS if key not in ("set", "known_s")), "was")


def set_object(event: str, one: Entry) -> dict[str, Any]:
    """Return a set with its reps and what they say together."""
    thing = asdict(one.set)
    reps = [{key: rep[key] for key in _REP_KEYS} for rep in thing.pop("reps")]
    return {
        "event": event,
        "id": one.id,
        **thing,
        "at": one.set.at.isoformat(timespec="seconds"),
        "notes": [{"at": note.at.isoformat(timespec="seconds"), "text": note.text} for note in one.set.notes],
        "exercise": one.exercise,
        "plate": one.plate,
        "flags": flag_counts(one.set),
        "velocity_loss": velocity_loss(one.set),
        "rom_loss": rom_loss(one.set),
        "tempo_kept": kept_tempo(one),
        "rep_list": reps,
    }


def comparison_object(one: Comparison) -> dict[str, Any]:
    """Return a comparison with its figures."""
    return {
        "event": "compare",
        "kind": one.kind,
        "exercise": one.exercise,
        "side": one.side,
        "one": _group(one.one),
        "other": _group(one.other),
        "figures": [asdict(difference) for difference in one.differences],
    }


def _group(group: Group) -> dict[str, Any]:
    sets = [one.id for one in group.sets]
    return {
        "name": group.name,
        "day": f"{group.sets[-1].day}",
        "sets": sets,
        "reps": group.reps,
        "flags": dict(group.flags()),
    }


def progress_object(one: Progress) -> dict[str, Any]:
    """Return the progress of one exercise and side."""
    return {
        "event": "progress",
        "exercise": one.exercise,
        "side": one.side,
        "tempo_asked": one.asked,
        "days": [_day(day) for day in one.days],
        "best": None if one.best is None else _day(one.best),
        "trend_n_per_week": one.trend_n_per_week,
        "trend_days": len(one.loads),
    }


def _day(day: Day) -> dict[str, Any]:
    best = day.best
    return {
        "day": f"{day.day}",
        "load_n": day.load_n,
        "plate": None if best is None else best.plate,
        "set": None if best is None else best.id,
        "reps": None if best is None else best.set.full,
        "kept": day.kept,
        "sets": day.sets,
    }


def advice_object(one: Advice) -> dict[str, Any]:
    """Return a piece of advice with its numbers."""
    return {"event": "advice", **asdict(one)}


def rule_object(rule: Rule) -> dict[str, Any]:
    """Return a rule in words."""
    return {"event": "rule", **{key: getattr(rule, key) for key in ("name", "when", "needs", "sentence")}}
