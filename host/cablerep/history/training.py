"""Training sessions: sets of a lifter grouped by the pauses between them, with every exercise and both sides.

The board knows only sets. A pause of more than an hour separates two sessions: rests between sets are shorter, and two
sessions on one day are further apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..store.database import StoredRep, StoredSet
from .logbook import Entry, by_lifter

PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TrainingSession:
    """The sets of one lifter's session in the order in which they began; never empty."""

    entries: tuple[Entry, ...]

    @property
    def lifter(self) -> str:
        """The lifter's name, empty for nobody."""
        return self.entries[0].lifter

    @property
    def at(self) -> datetime:
        """When the first set began, in UTC."""
        return self.entries[0].set.at

    @property
    def end(self) -> datetime:
        """When the last rep ended, in UTC."""
        return max(set_end(entry.set) for entry in self.entries)

    @property
    def day(self) -> date:
        """The local date on which it began."""
        return self.entries[0].day


def rep_at(stored: StoredSet, rep: StoredRep) -> datetime:
    """Return when `rep` began, in UTC; a set begins with its first rep."""
    return stored.at + timedelta(seconds=rep.start_s - stored.reps[0].start_s)


def set_end(stored: StoredSet) -> datetime:
    """Return when the last rep of a set ended, in UTC; without reps, when the set began."""
    if not stored.reps:
        return stored.at
    return stored.at + timedelta(seconds=max(rep.end_s for rep in stored.reps) - stored.reps[0].start_s)


def training_sessions(entries: Iterable[Entry]) -> list[TrainingSession]:
    """Group sets, in any order, into sessions of one lifter each; the one that began last is last."""
    found = [session for _, members in by_lifter(entries) for session in _sessions(members)]
    return sorted(found, key=lambda session: session.at)


def _sessions(entries: Iterable[Entry]) -> list[TrainingSession]:
    found: list[list[Entry]] = []
    end: datetime | None = None
    for entry in sorted(entries, key=lambda entry: entry.set.at):
        if end is None or entry.set.at - end > PAUSE:
            found.append([])
            end = set_end(entry.set)
        found[-1].append(entry)
        end = max(end, set_end(entry.set))
    return [TrainingSession(tuple(members)) for members in found]
