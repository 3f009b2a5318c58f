"""Listens to a board: every rep is committed to the store, then acknowledged, then shown.

The order matters: the board deletes what is acknowledged. If a commit fails, the rep stays on the board and is resent.
"""

import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType

from ..device.client import mismatch_text
from ..device.events import (
    Connected,
    Durable,
    Event,
    FramesMalformed,
    Health,
    Hello,
    MessagesLost,
    Rep,
    SchemaMismatch,
    SetOver,
    StoreNotice,
)
from ..device.link import Link
from ..errors import SchemaMismatchError, StoreBusyError, StoreReplacedError
from ..exercise.facts import facts_of
from ..exercise.library import by_number
from ..store.database import Added, Store
from .companion import Companion
from .curves import CurveCutter

MAX_STEP_S = 10.0  # a clock that moves by more against the uptime was set, as on a small computer after it started
RESUME_S = 30.0  # how long a restart may take for a set to go on; beyond it the lifter has stopped
_MAX_MALFORMED = 300  # a journal has 256 messages


def _uptime_s() -> float:
    """Return seconds since the computer started, sleep included. Only Linux tells; elsewhere the time of day.

    A clock that was set cannot be told from a computer that slept without it, and is then not noticed.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time() if clock is None else time.clock_gettime(clock)


class Watch:
    """One board on `link`, as a `with` block. Its reps go to `store`, with `curves` also their curves.

    With each set go the facts of its profile. `weight_n` is the weight that was typed for the next sets, or None.
    """

    def __init__(
        self,
        link: Link,
        store: Store,
        *,
        curves: bool = True,
        companion: Companion | None = None,
        practice: bool = False,
        clock: Callable[[], datetime] | None = None,
        uptime: Callable[[], float] = _uptime_s,
    ) -> None:
        self.link = link
        self.store = store
        self.board: Hello | None = None  # of the present events; the session may be one HELLO ahead
        self.weight_n: float | None = None
        self.companion = companion or Companion(store)
        self._cutter = CurveCutter() if curves and not practice and link.session.stream else None
        self._clock = clock or (lambda: datetime.now(UTC))
        self._practice = practice
        self._practice_s: dict[int, float] = {}  # since when, by session: what the board held before is stored
        self._added = Added.NEW  # result of the last `_add`
        self._malformed: list[bytes] = []  # payloads of durable messages that came once and could not be decoded
        self._uptime = uptime
        self._first_hello: Hello | None = None  # of the present session
        self._hello_up_s = 0.0  # uptime at that HELLO
        self._offset_s = 0.0  # of the clock from the uptime, at that HELLO or since the clock was set
        self._sessions: set[int] = set()  # of the board, from which anything has arrived
        self._lost: dict[int, object] = {}  # ranges that were reported last, by session

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

        While another program has locked the store this waits, and says so; a store that was replaced is opened again.
        Raises StoreError, and SchemaMismatchError for a board of another version.
        """
        for event in self.link.poll():
            if isinstance(event, SchemaMismatch):
                raise SchemaMismatchError(f"{self.link.port}: {mismatch_text(event)}")
            if isinstance(event, Hello):
                now, up_s = self._clock(), self._uptime()
                if self.board is None or self.board.session != event.session:
                    self._hello_up_s, self._offset_s = up_s, now.timestamp() - up_s
                    self._first_hello = event
                    if event.kept:
                        yield StoreNotice(_dates_line(event, now))
                    if self._practice:
                        self._practice_s[event.session] = event.samples / max(1, event.rate_hz)
                        yield StoreNotice("practice: what is lifted from now on is not stored")
                self.board = event
                self._sessions.add(event.session)
                yield from self._write(self.store.add_session, event, self.link.port, now)
            if isinstance(event, Rep | SetOver):
                self._sessions.add(event.session)
                yield from self._write(self._add, event)
                self.link.session.acknowledge(event)
                if self._added is Added.CONFLICT:
                    yield StoreNotice(
                        f"message {event.seq} of board {self._board_id} came again with other content; both are stored"
                    )
                if self._added is not Added.NEW:
                    continue
            for rep, curve in self._cutter.take(event) if self._cutter else ():
                # After the reps, which must not wait for them.
                yield from self._write(self.store.add_curve, self._board_id, rep, curve)
            yield event
            if isinstance(event, SetOver) and event.known_s > self._practice_s.get(event.session, math.inf):
                yield StoreNotice("practice: this set is not stored")
            if isinstance(event, FramesMalformed) and event.key is not None:
                yield from self._set_aside(event, *event.key)
            if isinstance(event, Health):
                yield from self._check_session(event)
        self.link.flush()

    def recalled(self) -> list[Durable]:
        """Return the stored reps and sets of the board's session.

        Before them come the reps of a set that the board's restart has just interrupted, from another session.
        """
        if self.board is None:
            return []
        board, session = self.board.board, self.board.session
        since = self._clock() - timedelta(seconds=RESUME_S + self.board.samples / max(1, self.board.rate_hz))
        interrupted = self.store.interrupted_set(board, session, since)
        return [*interrupted, *self.store.reps_of(board, session), *self.store.set_messages(board, session)]

    @property
    def _board_id(self) -> str:
        assert self.board is not None, "the session yields nothing of a board before its HELLO"
        return self.board.board

    def _add(self, event: Rep | SetOver) -> None:
        if event.known_s > self._practice_s.get(event.session, math.inf):
            self._added = self.store.pass_over(self._board_id, event)
            return
        if isinstance(event, Rep):
            self._added = self.store.add(self._board_id, event)
            return
        profile = by_number(event.profile)
        facts = None if profile is None else facts_of(profile)
        typed_n = self.weight_n if self.is_live(event) else None
        self._added = self.store.add(self._board_id, event, facts=facts, typed_n=typed_n)

    def is_live(self, over: SetOver) -> bool:
        """Return whether a set ended just now, and does not come from the board's journal."""
        board = self.board
        if board is None or over.session != board.session:
            return False
        return over.known_s >= board.samples / max(1, board.rate_hz)

    def _write(self, write: Callable[..., object], *values: object) -> Iterator[StoreNotice]:
        """Call `write` until the store accepts it, and yield what a person should know about the delay."""
        waiting = False
        while True:
            try:
                write(*values)
            except StoreBusyError:
                if not waiting:
                    waiting = True
                    yield StoreNotice(f"{self.store.path}: another program has locked the store; waiting for it")
                continue
            except StoreReplacedError as error:
                self.store.reopen()
                yield StoreNotice(f"{error}; going on in the one that is there now")
                if self.board is not None:
                    yield from self._write(self.store.add_session, self.board, self.link.port)
                continue
            if waiting:
                yield StoreNotice(f"{self.store.path}: the store is free again")
            return

    def _set_aside(self, event: FramesMalformed, session: int, seq: int) -> Iterator[StoreNotice]:
        """Store an undecodable message as it is, and acknowledge it, so that it does not come at every connection.

        Only if it came twice: the first time it may be a good one that the line has damaged.
        """
        if event.payload not in self._malformed:
            self._malformed = [*self._malformed[-_MAX_MALFORMED:], event.payload]
            return
        values = (self._board_id, session, seq, event.payload, event.reason)
        yield from self._write(self.store.add_malformed, *values)
        self.link.session.acknowledge_key(session, seq)
        yield StoreNotice(f"message {seq} of board {self._board_id} cannot be decoded; it was set aside in the store")

    def _check_session(self, health: Health) -> Iterator[Event]:
        """Correct the session's date if the clock was wrong, and report messages that are lost for good."""
        assert self.board is not None, "there is no HEALTH before HELLO"
        now, up_s = self._clock(), self._uptime()
        step_s = now.timestamp() - up_s - self._offset_s
        if abs(step_s) > MAX_STEP_S:
            self._offset_s += step_s
            hello_at = datetime.fromtimestamp(self._offset_s + self._hello_up_s, UTC)
            add = partial(self.store.add_session, corrected=True)
            yield from self._write(add, self._first_hello, self.link.port, hello_at)
        if health.kept:
            return  # what is missing may still come
        for lost in (one for session in self._sessions for one in self.store.losses(self._board_id, session)):
            if self._lost.get(lost.session) != lost.ranges:
                self._lost[lost.session] = lost.ranges
                yield MessagesLost(lost.board, lost.session, lost.ranges)

    def source_of(self, event: Event) -> dict[str, object]:
        """Return the keys that identify the source of a live event."""
        keys: dict[str, object] = {"board": self.board.board if self.board else ""}
        if isinstance(event, Rep | SetOver):
            keys |= {"session": event.session, "seq": event.seq, "side": event.side}
        elif self.board:
            keys["session"] = self.board.session
        return keys


def _dates_line(board: Hello, now: datetime) -> str:
    """Return what dates the sets get that the board has counted alone, before they are stored."""
    began = (now - timedelta(seconds=board.samples / max(1, board.rate_hz))).astimezone()
    return (
        f"the board holds {board.kept} reps and sets; by this computer's clock it has been on since "
        f"{began:%Y-%m-%d %H:%M}, and sets from before are given that time"
    )
