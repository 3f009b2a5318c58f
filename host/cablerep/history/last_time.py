"""What a set is held against: the lifter's set of the session before, and their best set at the right tempo."""

from collections.abc import Sequence
from datetime import date

from ..store.database import Lifter, Store
from ..units import weight_text
from .logbook import Entry, days, entries
from .progress import keeps

_LAST = 300  # sets looked at: a year of three sets a day, twice a week


def past_sets(store: Store, exercise: str, exercise_id: str, side: str, lifter: Lifter) -> list[Entry]:
    """Return a lifter's latest working sets of one exercise and side, oldest first. Raises StoreError."""
    found = entries(store, _LAST, exercise=exercise, side=side or None, lifter=lifter)
    return [entry for entry in found if entry.exercise_id == exercise_id and entry.side == side and not entry.set.type]


def matching_set(past: Sequence[Entry], today: date, done: int) -> Entry | None:
    """Return the set of the latest day before `today` that matches the next one, after `done` sets today."""
    before = days(entry for entry in past if entry.day < today and entry.full)
    if not before:
        return None
    _, last = before[-1]
    return last[min(done, len(last) - 1)]


def record_text(past: Sequence[Entry]) -> str:
    """Return the heaviest set that kept its tempo, the longest of equals: "7.3 kg × 10 at tempo"; "" without one."""
    known = [
        (entry.load_n, len(entry.full), entry)
        for entry in past
        if entry.load_n is not None and entry.full and keeps(entry)
    ]
    if not known:
        return ""
    load_n, reps, entry = max(known, key=lambda one: one[:2])
    return f"{weight_text(load_n)} × {reps}{' at tempo' if entry.target is not None else ''}"
