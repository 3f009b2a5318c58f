"""A recorded trace as the events of one long session, whatever number of sessions the engine made of it.

The bytes go through the very session that a board's bytes go through: there is one source of events.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cablerep_sim.replay import Replay
from cablerep_sim.trace.trace import Trace

from ..device.events import Event, Hello, Phase, Rejected, Rep, SetOver
from ..device.session import Session


def replayed(trace: Trace, limits: Mapping[str, int] | None = None) -> Iterator[Event]:
    """Yield the events of `trace` in the order in which they became known, times in seconds from its first row.

    `limits` are a profile's, see `Replay`. Raises TraceError where the file changes under way, and LimitError.
    """
    replay = Replay(trace, limits=limits)
    session = Session()
    number: int | None = None  # of the session
    sets_before = sets = 0
    for data in replay:
        for event in session.feed(data):
            if isinstance(event, Hello) and event.session != number:
                number = event.session
                sets_before = sets
            if isinstance(event, Rep | SetOver):
                sets = max(sets, sets_before + event.set)
            yield _moved(event, replay.base_samples / trace.rate_hz, sets_before)


def _moved(event: Event, seconds: float, sets: int) -> Event:
    """Return `event` as seen from the trace's first row and first set."""
    if not seconds and not sets:
        return event

    def at(instant: float) -> float:
        return round(instant + seconds, 4)

    if isinstance(event, Rep):
        instants = (event.start_s, event.top_s, event.release_s, event.end_s, event.known_s)
        start_s, top_s, release_s, end_s, known_s = map(at, instants)
        return replace(
            event, set=event.set + sets, start_s=start_s, top_s=top_s, release_s=release_s, end_s=end_s, known_s=known_s
        )
    if isinstance(event, SetOver):
        return replace(
            event,
            set=event.set + sets,
            start_s=at(event.start_s),
            end_s=at(event.end_s),
            known_s=at(event.known_s),
        )
    if isinstance(event, Rejected):
        return replace(event, start_s=at(event.start_s), end_s=at(event.end_s), known_s=at(event.known_s))
    if isinstance(event, Phase):
        return replace(event, set=event.set + sets if event.set else 0, at_s=at(event.at_s), known_s=at(event.known_s))
    return event
