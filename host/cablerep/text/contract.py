"""Events as the JSON objects of the contract, and the summary that counts them.

The only place where these objects are made; replay, monitor and the tests all print them.
"""

from collections import OrderedDict
from typing import Any

from ..device.events import Event, Health, Hello, Rejected, Rep, SetOver
from ..device.fields import REP_KEYS

SET_KEYS = ("set", "reps", "partials", "start_s", "end_s", "rom_mm", "load_n", "known_s")
REJECTED_KEYS = ("start_s", "end_s", "rom_mm", "reason", "known_s")
SUMMARY_KEYS = ("reps", "partials", "rejected", "sets", "samples", "missed")

# How many reps the tally can still amend. An amendment comes at the end of its set; a set with more reps than this
# would last for hours.
_AMENDABLE = 4096


def contract_object(event: Event, **source: Any) -> dict[str, Any] | None:
    """Return the contract's object for `event` with the `source` keys after "event"; None if it defines none."""
    if isinstance(event, Rep):
        return _object("amend" if event.amended else "rep", source, event, REP_KEYS)
    if isinstance(event, Rejected):
        return _object("rejected", source, event, REJECTED_KEYS)
    if isinstance(event, SetOver):
        return _object("set", source, event, SET_KEYS)
    return None


def _object(name: str, source: dict[str, Any], event: Event, keys: tuple[str, ...]) -> dict[str, Any]:
    values = {key: getattr(event, key) for key in keys}
    if "flags" in values:
        values["flags"] = list(values["flags"])
    return {"event": name, **source, **values}


class Tally:
    """Counts after amendments, in constant memory for any number of events."""

    def __init__(self) -> None:
        self.kinds = {"full": 0, "partial": 0, "rejected": 0}
        self.sets = 0
        self.samples = 0  # read; missed ones not included
        self.missed = 0
        self._before = (0, 0)  # samples and missed of earlier boot sessions
        self._session: int | None = None
        self._kind_of: OrderedDict[tuple[int, float], str] = OrderedDict()  # latest reps, by session and start

    def add(self, event: Event) -> None:
        """Count one event. Counting the same stored message again changes nothing."""
        if isinstance(event, Rep):
            self._judge((event.session, event.start_s), event.kind)
        elif isinstance(event, Rejected):
            # A rep amended to rejected is followed by a Rejected with the same start, which must not count again.
            # Rejected carries no session, so look in all of them; -1 is never a session.
            if not any(start == event.start_s for _, start in self._kind_of):
                self._judge((-1, event.start_s), "rejected")
        elif isinstance(event, SetOver):
            self.sets += 1
        elif isinstance(event, Health):
            samples, missed = self._before
            self.samples = samples + event.samples - event.missed
            self.missed = missed + event.missed
        elif isinstance(event, Hello) and event.session != self._session:
            self._session = event.session
            self._before = (self.samples, self.missed)

    def _judge(self, key: tuple[int, float], kind: str) -> None:
        before = self._kind_of.get(key)
        if before is not None:
            self.kinds[before] -= 1
        self.kinds[kind] += 1
        self._kind_of[key] = kind
        if len(self._kind_of) > _AMENDABLE:
            self._kind_of.popitem(last=False)

    def summary(self, **source: Any) -> dict[str, Any]:
        """Return the contract's last object of a trace."""
        kinds = self.kinds
        counts = (kinds["full"], kinds["partial"], kinds["rejected"], self.sets, self.samples, self.missed)
        return {"event": "summary", **source, **dict(zip(SUMMARY_KEYS, counts, strict=True))}
