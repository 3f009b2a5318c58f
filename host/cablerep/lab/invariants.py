"""Checks events against the contract's invariants, which hold for any input at any rate.

Pure: events of one trace in, sentences about violations out.
"""

from collections.abc import Iterable, Iterator

from ..device.events import Event, Hello, Rejected, Rep, SetOver

_ROUNDING_S = 1.5e-4  # two instants rounded to 0.1 ms
_ROUNDING_M_S = 1.5e-4


def violations(events: Iterable[Event]) -> list[str]:
    """Return a sentence for each violation in the events of one trace, in their order."""
    checker = _Checker()
    return [text for event in events for text in checker.check(event)]


class _Checker:
    def __init__(self) -> None:
        self._begin(None)

    def _begin(self, session: int | None) -> None:
        self._session = session
        self._known_s = 0.0
        self._reps: dict[float, Rep] = {}  # as last amended
        self._awaited: float | None = None  # start of the rep that was amended to rejected just now
        self._sets: set[int] = set()

    def check(self, event: Event) -> Iterator[str]:
        if isinstance(event, Hello):
            if event.session != self._session:
                self._begin(event.session)
            return
        if not isinstance(event, Rep | Rejected | SetOver):
            return
        where = _name(event)
        if event.known_s < self._known_s:
            yield f"{where} is known at {event.known_s:g} s, before the event before it ({self._known_s:g} s)"
        self._known_s = event.known_s
        if event.end_s > event.known_s + _ROUNDING_S and not isinstance(event, Rejected):
            yield f"{where} is known before it ends"
        if not event.start_s <= event.end_s:
            yield f"{where} ends at {event.end_s:g} s, before its start"
        if self._awaited is not None and not (isinstance(event, Rejected) and event.start_s == self._awaited):
            yield f"the rep at {self._awaited:g} s was amended to rejected, and no rejected event follows"
        self._awaited = None
        match event:
            case Rep():
                yield from self._check_rep(event, where)
            case SetOver():
                yield from self._check_set(event, where)

    def _check_rep(self, rep: Rep, where: str) -> Iterator[str]:
        if not rep.start_s <= rep.top_s <= rep.release_s <= rep.end_s:
            yield f"{where}: start, top, release and end are not in order"
        for name, duration_s in (("concentric", rep.concentric_s), ("eccentric", rep.eccentric_s)):
            if not duration_s > 0:
                yield f"{where}: the {name} lasts {duration_s:g} s"
        if rep.hold_s < 0:
            yield f"{where}: the hold lasts {rep.hold_s:g} s"
        for name in ("concentric", "eccentric"):
            mean, peak = getattr(rep, f"{name}_mean_m_s"), getattr(rep, f"{name}_peak_m_s")
            if not 0 <= mean <= peak + _ROUNDING_M_S:
                yield f"{where}: the {name}'s mean speed is {mean:g} m/s, its peak speed {peak:g} m/s"
        if (rep.rep is None) != (rep.kind != "full"):
            yield f"{where}: a {rep.kind} rep has the number {rep.rep}"
        before = self._reps.get(rep.start_s)
        if rep.amended and before and (before.kind, before.flags) == (rep.kind, rep.flags):
            yield f"{where}: amended without a change"
        if rep.amended != (rep.start_s in self._reps):
            yield f"{where}: {'amends no rep' if rep.amended else 'was reported before'}"
        if rep.kind == "rejected":
            if not rep.amended:
                yield f"{where}: a new rep is rejected"
            self._awaited = rep.start_s
        elif not rep.amended:
            if rep.set in self._sets:
                yield f"{where}: its set {rep.set} is over"
            for other in self._reps.values():
                if other.kind != "rejected" and rep.start_s < other.end_s - _ROUNDING_S and other.start_s < rep.end_s:
                    yield f"{where}: it overlaps the rep at {other.start_s:g} s"
        self._reps[rep.start_s] = rep

    def _check_set(self, over: SetOver, where: str) -> Iterator[str]:
        if over.set in self._sets:
            yield f"{where}: its number was used before"
        self._sets.add(over.set)
        counted = [rep for rep in self._reps.values() if rep.set == over.set and rep.kind != "rejected"]
        kinds = tuple(sum(rep.kind == kind for rep in counted) for kind in ("full", "partial"))
        if kinds != (over.reps, over.partials):
            yield f"{where}: it has {over.reps} + {over.partials} reps, its events {kinds[0]} + {kinds[1]}"
        if counted and abs(over.start_s - min(rep.start_s for rep in counted)) > _ROUNDING_S:
            yield f"{where}: it starts at {over.start_s:g} s, not with its first rep"
        if counted and abs(over.end_s - max(rep.end_s for rep in counted)) > _ROUNDING_S:
            yield f"{where}: it ends at {over.end_s:g} s, not with its last rep"
        self._reps = {start_s: rep for start_s, rep in self._reps.items() if rep.set != over.set}


def _name(event: Rep | Rejected | SetOver) -> str:
    kind = {Rep: "the rep", Rejected: "the rejection", SetOver: "the set"}[type(event)]
    return f"{kind} at {event.start_s:g} s"
