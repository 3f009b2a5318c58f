"""Replays a trace as the events of one long session, even if the engine split it into several.

The bytes pass through the same session as a board's bytes: there is one source of events.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cablerep_sim.replay import Replay
from cablerep_sim.trace.trace import Trace

from ..device.events import Event, Hello, Phase, Rejected, Rep, SetOver
from ..device.session import Session


def replayed(trace: Trace, limits: Mapping[str, int] | None = None, side: str = "") -> Iterator[Event]:
    """Yield the events of `trace` in the order they became known, with times in seconds from its first row.

    `limits` are a profile's, `side` is that of the sets, see `Replay`. Raises TraceError if the file changes during
    the replay, and LimitError.
    """
    replay = Replay(trace, limits=limits, side=side)
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
            yield _shifted(event, replay.base_samples / trace.rate_hz, sets_before)


def _shifted(event: Event, seconds: float, sets: int) -> Event:
    """Return `event` with times and set numbers relative to the whole trace."""
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
