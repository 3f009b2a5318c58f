"""Replays a trace through the firmware's engine and gives out the bytes that a board's link would send.

The samples are laid into the ring a slice at a time and every frame is taken out before the next slice, so nothing is
ever dropped, whatever the trace, and memory does not depend on its length.
"""

from collections.abc import Iterator, Mapping

from cablerep_fw import __version__
from cablerep_fw.core import lifetime
from cablerep_fw.core.engine import Engine
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.sense.ring import Ring
from cablerep_fw.core.settings.settings import Settings

from .limits import put_limits
from .trace.trace import Trace

# Samples at a time: enough to make the work per slice small beside that per sample.
_SLICE = 64
_RING = 1024  # more than a slice
# Frames that a slice may give rise to: a few a sample at the very worst, and an amendment for each rep of a set.
_FRAMES = 512
_KEPT = 1024
_WARNING = wire.LEVELS.index("warning")


class Replay:
    """The bytes of one trace: iterate over it, once.

    HELLO comes first, a LOG for each of the trace's notes after it, HEALTH with the final counts last. Kept messages
    are acknowledged at once. Should the trace outlast a session, the engine begins another, with a HELLO of its own:
    the instants behind it count from `base_samples` sample periods after the trace's first row.
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
    ) -> None:
        """`settings` holds profile, side and limits; rate and calibration come from the trace.

        `limits` are a profile's, by the names of PROFILE's fields on the wire, as a host would send them. Form is
        judged by them only where `profile` is among them and not 0. `table` holds the detector's constants
        (core.tuning), `session` is the number of the first session. Raises LimitError.
        """
        self.trace = trace
        self.base_samples = 0
        self.settings = settings or Settings()
        put_limits(self.settings, limits or {})
        trace.configure(self.settings)
        self.journal = Journal(_KEPT)
        self.outbox = Outbox(_FRAMES)
        self.engine = Engine(self.settings, self.journal, self.outbox, session, table)
        self.engine.reporter.attach()
        self.engine.reporter.streaming = streaming
        self._hello = f"{__version__} {board_id} sim".encode()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes as they arise. Raises TraceError where the trace's file has changed under way."""
        engine = self.engine
        ring = Ring(_RING)
        engine.send_hello(self._hello)
        for note in self.trace.notes:
            self.outbox.send_text(wire.BY_NAME["log"], (_WARNING,), note.encode())
        yield self._taken()
        for travel, load in self.trace.blocks():
            for at in range(0, len(travel), _SLICE):
                part = travel[at : at + _SLICE]
                count = len(part)
                ring.travel[:count] = part
                ring.load[:count] = load[at : at + _SLICE]
                ring.tail = 0
                ring.head = count
                engine.feed(ring)
                if self.outbox.used or self.journal.kept:
                    yield self._taken()
                if lifetime.due(engine.detector):
                    yield from self._renew()
        engine.finish()
        yield self._taken() + self._health()

    def _renew(self) -> Iterator[bytes]:
        """Begin another session."""
        engine = self.engine
        engine.finish()
        yield self._taken() + self._health()
        self.base_samples += engine.detector.decimator.samples
        engine.restart(engine.reporter.session + 1)
        engine.send_hello(self._hello)
        yield self._taken()

    def _taken(self) -> bytes:
        """Take every frame there is, and acknowledge what is kept."""
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
        return self._taken()
