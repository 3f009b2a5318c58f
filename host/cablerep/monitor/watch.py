"""A board being listened to: every rep committed to the store, then acknowledged, then shown.

In that order, because the board forgets what is acknowledged; what a commit refuses stays on the board and comes again.
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
    """One board on `link`, its reps kept in `store`, and with `curves` those of them whose samples come.

    Use it in a `with` block.
    """

    def __init__(self, link: Link, store: Store, *, curves: bool = True) -> None:
        self.link = link
        self.store = store
        self.board: Hello | None = None  # whose events they are; the session may have heard a later HELLO already
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
        """Do one turn of the link and yield what is new; what came again is acknowledged again and not told again.

        Raises StoreError, and SchemaMismatchError where the board is of another version.
        """
        for event in self.link.poll():
            if isinstance(event, SchemaMismatch):
                raise SchemaMismatchError(f"{self.link.port}: {mismatch_text(event)}")
            if isinstance(event, Hello):
                self.board = event
                self.store.add_session(event, self.link.port)
            if isinstance(event, Rep | SetOver):
                new = self._keep(event)
                self.link.session.acknowledge(event)
                if not new:
                    continue
            self._keep_curves(event)
            yield event
        self.link.flush()

    def recalled(self) -> list[Rep]:
        """Return the reps of the board's present session that are in the store, its last set first in time."""
        return [] if self.board is None else [*self.store.reps_of(self.board.board, self.board.session)]

    def _keep(self, event: Rep | SetOver) -> Added:
        assert self.board is not None, "the session tells of no rep before HELLO"
        return self.store.add(self.board.board, event)

    def _keep_curves(self, event: Event) -> None:
        """Store the curves that `event` completes: after their reps, which may not wait for them."""
        for rep, curve in self._cutter.take(event) if self._cutter else ():
            assert self.board is not None, "there are no samples before HELLO"
            self.store.add_curve(self.board.board, rep, curve)

    def source_of(self, event: Event) -> dict[str, object]:
        """Return the keys that say where a live event comes from."""
        keys: dict[str, object] = {"board": self.board.board if self.board else ""}
        if isinstance(event, Rep | SetOver):
            keys |= {"session": event.session, "seq": event.seq, "side": event.side}
        elif self.board:
            keys["session"] = self.board.session
        return keys
