"""Listens to a board: every rep is committed to the store, then acknowledged, then shown.

The order matters: the board deletes what is acknowledged. If a commit fails, the rep stays on the board and is resent.
"""

from collections.abc import Iterator
from types import TracebackType

from ..device.client import mismatch_text
from ..device.events import Connected, Event, Hello, Rep, SchemaMismatch, SetOver
from ..device.link import Link
from ..errors import SchemaMismatchError
from ..store.database import Added, Store
from .curves import CurveCutter


class Watch:
    """One board on `link`, as a `with` block. Its reps go to `store`, with `curves` also their curves."""

    def __init__(self, link: Link, store: Store, *, curves: bool = True) -> None:
        self.link = link
        self.store = store
        self.board: Hello | None = None  # of the present events; the session may be one HELLO ahead
        self._cutter = CurveCutter() if curves and link.session.stream else None

    def __enter__(self) -> "Watch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.link.close()

    def open(self) -> Connected:
        """Open the port for the first time. Raises PortError."""
        return self.link.open()

    def turn(self) -> Iterator[Event]:
        """Poll the link and yield new events. Repeated reps and sets are acknowledged again but not yielded.

        Raises StoreError, and SchemaMismatchError for a board of another version.
        """
        for event in self.link.poll():
            if isinstance(event, SchemaMismatch):
                raise SchemaMismatchError(f"{self.link.port}: {mismatch_text(event)}")
            if isinstance(event, Hello):
                self.board = event
                self.store.add_session(event, self.link.port)
            if isinstance(event, Rep | SetOver):
                new = self._store(event)
                self.link.session.acknowledge(event)
                if not new:
                    continue
            self._store_curves(event)
            yield event
        self.link.flush()

    def recalled(self) -> list[Rep]:
        """Return the stored reps of the board's current session."""
        return [] if self.board is None else [*self.store.reps_of(self.board.board, self.board.session)]

    def _store(self, event: Rep | SetOver) -> Added:
        assert self.board is not None, "the session yields no rep before HELLO"
        return self.store.add(self.board.board, event)

    def _store_curves(self, event: Event) -> None:
        """Store the curves that `event` completes. They follow their reps, which must not wait for them."""
        for rep, curve in self._cutter.take(event) if self._cutter else ():
            assert self.board is not None, "there are no samples before HELLO"
            self.store.add_curve(self.board.board, rep, curve)

    def source_of(self, event: Event) -> dict[str, object]:
        """Return the keys that identify the source of a live event."""
        keys: dict[str, object] = {"board": self.board.board if self.board else ""}
        if isinstance(event, Rep | SetOver):
            keys |= {"session": event.session, "seq": event.seq, "side": event.side}
        elif self.board:
            keys["session"] = self.board.session
        return keys
