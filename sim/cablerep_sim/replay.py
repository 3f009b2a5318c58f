"""Replays a trace through the firmware's engine and yields the bytes that a board's link would send.

Samples go into the ring a slice at a time, and every frame is taken out before the next slice. So nothing is ever
dropped, and memory use does not depend on the length of the trace.
"""

from collections.abc import Iterator, Mapping

from cablerep_fw import __version__
from cablerep_fw.core import lifetime
from cablerep_fw.core.engine import Engine
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.sense.ring import Ring
from cablerep_fw.core.settings.settings import SIDE, Settings

from .limits import put_limits
from .trace.trace import Trace

# Samples at a time: enough that the overhead per slice is small.
_SLICE = 64
_RING = 1024  # more than a slice
# Frames that one slice can produce: a few per sample at worst, and an amendment for each rep of a set.
_FRAMES = 512
_JOURNAL = 1024
_WARNING = wire.LEVELS.index("warning")


class Replay:
    """The bytes of one trace. It can be iterated over once.

    HELLO comes first, then a LOG for each of the trace's notes, and HEALTH with the final counts last. Journal messages
    are acknowledged at once. A trace longer than a session continues in another session with its own HELLO; instants
    after it count from `base_samples` sample periods after the trace's first row.
    """

    def __init__(
        self,
        trace: Trace,
        settings: Settings | None = None,
        *,
        streaming: bool = False,
        table: object = None,
        session: int = 1,
        board_id: str = "replay",
        limits: Mapping[str, int] | None = None,
        side: str = "",
    ) -> None:
        """Take profile, side and limits from `settings`, rate and calibration from the trace.

        `limits` are a profile's limits, named as PROFILE's fields on the wire. Form is judged by them only if
        `profile` is among them and not 0. `side` is that of the sets, by default the trace's own. `table` holds the
        detector's constants (core.detect.tuning), and `session` is the number of the first session. Raises LimitError.
        """
        self.trace = trace
        self.base_samples = 0
        self.settings = settings or Settings()
        put_limits(self.settings, limits or {})
        trace.configure(self.settings)
        named = side or trace.meta.get("side", "")
        if named in wire.SIDES[1:]:
            self.settings.put(SIDE, wire.SIDES.index(named))
        self.journal = Journal(_JOURNAL)
        self.outbox = Outbox(_FRAMES)
        self.engine = Engine(self.settings, self.journal, self.outbox, session, table)
        self.engine.reporter.attach()
        self.engine.reporter.streaming = streaming
        self._hello = f"{__version__} {board_id} sim".encode()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes as they are sent. Raises TraceError if the trace's file changes meanwhile."""
        engine = self.engine
        ring = Ring(_RING, angle=self.trace.has_angle)
        engine.send_hello(self._hello)
        for note in self.trace.notes:
            self.outbox.send_text(wire.BY_NAME["log"], (_WARNING,), note.encode())
        yield self._drain()
        for travel, load, angle in self.trace.blocks_with_angle():
            for start in range(0, len(travel), _SLICE):
                samples = travel[start : start + _SLICE]
                count = len(samples)
                ring.travel[:count] = samples
                ring.load[:count] = load[start : start + _SLICE]
                if ring.angle is not None:
                    ring.angle[:count] = angle[start : start + _SLICE]
                ring.tail = 0
                ring.head = count
                engine.feed(ring)
                if self.outbox.used or self.journal.kept:
                    yield self._drain()
                if lifetime.due(engine.detector):
                    yield from self._renew()
        engine.finish()
        yield self._drain() + self._health()

    def _renew(self) -> Iterator[bytes]:
        """Begin the next session."""
        engine = self.engine
        engine.finish()
        yield self._drain() + self._health()
        self.base_samples += engine.detector.decimator.samples
        engine.restart(engine.reporter.session + 1)
        engine.send_hello(self._hello)
        yield self._drain()

    def _drain(self) -> bytes:
        """Return every frame there is, and acknowledge the journal's."""
        outbox, journal = self.outbox, self.journal
        frames = []
        while True:
            while journal.sent:
                journal.ack(journal.session_of(journal.tail), journal.number_of(journal.tail))
            self.engine.pump()
            while outbox.used:
                frames.append(outbox.buffers[outbox.first][: outbox.lengths[outbox.first]])
                outbox.pop()
            if not journal.kept:
                return b"".join(frames)

    def _health(self) -> bytes:
        record = [0] * len(wire.BY_NAME["health"].fields)
        self.engine.fill_health(record)
        self.outbox.send(wire.BY_NAME["health"], record)
        return self._drain()
