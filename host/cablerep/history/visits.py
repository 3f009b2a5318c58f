"""Sets gathered into visits: what one went to the gym for, left and right and every exercise of it.

The board knows sets only. A visit is cut where nobody trained for an hour: no rest lasts so long, and two trainings on
one day are further apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..store.database import StoredRep, StoredSet
from .logbook import Entry

PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """The sets of one visit in the order of their beginning; there is at least one."""

    entries: tuple[Entry, ...]

    @property
    def at(self) -> datetime:
        """When the first set began, in UTC."""
        return self.entries[0].set.at

    @property
    def end(self) -> datetime:
        """When the last rep was over, in UTC."""
        return max(set_end(one.set) for one in self.entries)

    @property
    def day(self) -> date:
        """The day on which it began, as the calendar on the wall has it."""
        return self.entries[0].day


def rep_at(one: StoredSet, rep: StoredRep) -> datetime:
    """Return when `rep` of `one` began, in UTC: a set begins with its first rep."""
    return one.at + timedelta(seconds=rep.start_s - one.reps[0].start_s)


def set_end(one: StoredSet) -> datetime:
    """Return when the last rep of `one` was over, in UTC; its beginning where it has no reps."""
    if not one.reps:
        return one.at
    return one.at + timedelta(seconds=max(rep.end_s for rep in one.reps) - one.reps[0].start_s)


def visits(entries: Iterable[Entry]) -> list[Visit]:
    """Return the visits that the sets `entries`, in any order, make up; the latest last."""
    found: list[list[Entry]] = []
    end: datetime | None = None
    for one in sorted(entries, key=lambda entry: entry.set.at):
        if end is None or one.set.at - end > PAUSE:
            found.append([])
            end = set_end(one.set)
        found[-1].append(one)
        end = max(end, set_end(one.set))
    return [Visit(tuple(members)) for members in found]
