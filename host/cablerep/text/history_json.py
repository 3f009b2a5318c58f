"""Sets, comparisons, progress and advice as the JSON objects that the history commands print, one per line.

The only place where these objects are made. Fractions are 0 to 1, `percent` is in percent, days are local dates.
"""

from dataclasses import asdict
from typing import Any

from ..device.fields import REP_KEYS
from ..history.advice import Advice, Rule
from ..history.compare import Comparison, Difference, Group
from ..history.logbook import Entry, kept_tempo
from ..history.metrics import Loss, flag_counts, rom_loss, tension_s, velocity_loss
from ..history.progress import Day, Progress

_REP_KEYS = ("seq", *(key for key in REP_KEYS if key not in ("set", "known_s")), "was")


def set_object(event: str, entry: Entry) -> dict[str, Any]:
    """Return a set with its reps and its summary."""
    fields = asdict(entry.set)
    reps = [{key: rep[key] for key in _REP_KEYS} for rep in fields.pop("reps")]
    fields["lifter"] = fields.pop("lifter_name")
    del fields["facts"]
    return {
        "event": event,
        "id": entry.id,
        **fields,
        "at": entry.set.at.isoformat(timespec="seconds"),
        "notes": [{"at": note.at.isoformat(timespec="seconds"), "text": note.text} for note in entry.set.notes],
        "missing": entry.set.missing,
        "exercise": entry.exercise,
        "plate": entry.plate,
        "load_n": entry.load_n,
        "measured_n": entry.set.load_n,
        "flags": flag_counts(entry.set),
        **_loss("velocity_loss", velocity_loss(entry.set)),
        **_loss("rom_loss", rom_loss(entry.set)),
        "tension_s": round(tension_s(entry.set), 2),
        "tempo_kept": kept_tempo(entry),
        "rep_list": reps,
    }


def _loss(name: str, lost: Loss | None) -> dict[str, Any]:
    """Return a loss and the numbers of the reps that it is measured between."""
    if lost is None:
        return {name: None, f"{name}_reps": None}
    return {name: lost.fraction, f"{name}_reps": [lost.best.rep, lost.last.rep]}


def comparison_object(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison with its figures."""
    return {
        "event": "compare",
        "kind": comparison.kind,
        "lifter": comparison.first.lifter,
        "exercise": comparison.exercise,
        "side": comparison.side,
        "one": _group(comparison.first),
        "other": _group(comparison.second),
        "figures": [_difference(difference) for difference in comparison.differences],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    fields = asdict(difference)
    renamed = {"first": "one", "second": "other", "verdict": "word"}
    return {renamed.get(key, key): value for key, value in fields.items()}


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "day": f"{group.entries[-1].day}",
        "sets": [entry.id for entry in group.entries],
        "reps": group.reps,
        "flags": dict(group.flags()),
    }


def progress_object(progress: Progress) -> dict[str, Any]:
    """Return the progress of one exercise and side."""
    return {
        "event": "progress",
        "lifter": progress.lifter,
        "exercise": progress.exercise,
        "side": progress.side,
        "tempo_asked": progress.has_target,
        "days": [_day(day) for day in progress.days],
        "best": None if progress.best is None else _day(progress.best),
        "trend_n_per_week": progress.trend_n_per_week,
        "trend_days": len(progress.loads),
        "weeks": [{"monday": f"{week.monday}", "tension_s": round(week.tension_s, 2)} for week in progress.weeks],
    }


def _day(day: Day) -> dict[str, Any]:
    best = day.best
    return {
        "day": f"{day.day}",
        "load_n": day.load_n,
        "plate": None if best is None else best.plate,
        "set": None if best is None else best.id,
        "missed_set": None if day.missed is None else day.missed.id,
        "reps": None if best is None else best.set.full,
        "kept": day.kept,
        "sets": day.sets,
    }


def advice_object(advice: Advice) -> dict[str, Any]:
    """Return a piece of advice with its numbers."""
    return {"event": "advice", **asdict(advice)}


def rule_object(rule: Rule) -> dict[str, Any]:
    """Return a rule in words."""
    return {"event": "rule", **{key: getattr(rule, key) for key in ("name", "when", "needs", "sentence")}}
