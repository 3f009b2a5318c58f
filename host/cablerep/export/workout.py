"""Training sessions as workouts, the model of training apps: exercises, and sets with a weight and a rep count.

Hold, tempo and form, for which apps have no column, go into the set's note. Times are local without a time zone, as the
CSV formats of apps have them; durations are exact even when the clocks change in between.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cablerep import words
from cablerep.history.logbook import Entry, whose
from cablerep.history.metrics import flag_counts, summarize
from cablerep.history.training import TrainingSession, set_end
from cablerep.store.database import StoredSet
from cablerep.text.reps import missing_reps
from cablerep.units import kilograms

GENERIC_NAME = "Cable exercise"  # of a set without a profile


@dataclass(frozen=True, slots=True)
class WorkoutSet:
    """A set as an app lists it; `order` counts the sets of its exercise in the workout from 1, times are UTC.

    `reps` counts full reps, or the partial reps of a set that has no others. `weight_kg` is None if it is unknown.
    """

    id: str
    exercise: str
    order: int
    at: datetime
    end: datetime
    reps: int
    weight_kg: float | None
    note: str
    type: str = ""  # "", "warm-up" or "drop"
    rpe: float | None = None


@dataclass(frozen=True, slots=True)
class Workout:
    """A training session as an app lists it; times are UTC."""

    name: str
    at: datetime
    end: datetime
    sets: tuple[WorkoutSet, ...]

    @property
    def by_exercise(self) -> dict[str, list[WorkoutSet]]:
        """The sets by exercise, as apps keep them, in the order in which the exercises were begun."""
        found: dict[str, list[WorkoutSet]] = {}
        for lifted in self.sets:
            found.setdefault(lifted.exercise, []).append(lifted)
        return found

    @property
    def duration_s(self) -> int:
        """Seconds from the beginning of the first set to the end of the last."""
        return round((self.end - self.at).total_seconds())


def local(instant: datetime) -> datetime:
    """Return the local time without a time zone."""
    return instant.astimezone().replace(tzinfo=None)


def guarded(text: str) -> str:
    """Return `text` so that a spreadsheet shows it as text: one that begins like a formula gets an apostrophe.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def workout(session: TrainingSession) -> Workout:
    """Return a session as a workout; each side is a separate exercise, so that an app charts it separately.

    Its name begins with the lifter's, if there is one: apps have no column for people.
    """
    names = dict.fromkeys(entry.exercise or GENERIC_NAME for entry in session.entries)
    return Workout(whose(session.lifter, ", ".join(names)), session.at, session.end, tuple(_sets(session)))


def _sets(session: TrainingSession) -> Iterator[WorkoutSet]:
    orders: Counter[str] = Counter()
    for entry in session.entries:
        reps = _rep_count(entry.set)
        if not reps:
            continue
        name = side_title(entry)
        orders[name] += 1
        load_n = entry.load_n
        yield WorkoutSet(
            id=entry.id,
            exercise=name,
            order=orders[name],
            at=entry.set.at,
            end=set_end(entry.set),
            reps=reps,
            weight_kg=None if load_n is None or load_n < 0 else kilograms(load_n),
            note=note(entry),
            type=entry.set.type,
            rpe=entry.set.rpe,
        )


def _rep_count(stored: StoredSet) -> int:
    """Return the full reps of a set, those that the board reported but the store misses included; or the partials."""
    full = max(stored.full, stored.reps_reported or 0)
    return full or max(stored.partials, stored.partials_reported or 0)


def side_title(entry: Entry) -> str:
    """Return the exercise's name followed by the side, for which apps have no column of its own."""
    name = entry.exercise or GENERIC_NAME
    return f"{name} ({entry.side})" if entry.side else name


def note(entry: Entry) -> str:
    """Return on one line what apps have no column for: partial reps, tempo, form, and the lifter's notes."""
    parts = [f"{entry.set.partials} partial"] if entry.set.partials else []
    parts += [missing_reps(entry.set)] if entry.set.missing else []
    parts += ["date estimated"] if entry.set.at_guessed else []
    hold, lower = (summarize(getattr(rep, name) for rep in entry.full) for name in ("hold_s", "eccentric_s"))
    if hold is not None and lower is not None:
        parts += [f"hold {hold.median:.1f} s", f"lower {lower.median:.1f} s"]
    if entry.set.rom_mm is not None:
        parts.append(f"range {entry.set.rom_mm:.0f} mm")
    parts += [f"{words.flag(flag)} {count}×" for flag, count in flag_counts(entry.set).items()]
    return "; ".join([*parts, *(" ".join(written.text.split()) for written in entry.set.notes)])
