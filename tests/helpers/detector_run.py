"""Runs the engine over samples and gives back the messages that a host would see, for the tests of the detector."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cablerep_fw.core.engine import Engine
from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.sense.ring import GAP, NO_LOAD, Ring
from cablerep_fw.core.settings.settings import Settings

_PLACES = {row[0]: place for place, row in enumerate(wire.SETTINGS)}


def settings_with(**values: int) -> Settings:
    """Return settings with some of them set by name; 1 um a count, where nothing is said."""
    made = Settings()
    for name, value in values.items():
        made.put(_PLACES[name], value)
    return made


def decode(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Return the messages in a row of whole frames."""
    decoder = frames.Decoder()
    messages = []
    for byte in data:
        if decoder.feed(byte) == frames.FRAME:
            message = wire.BY_ID[decoder.message_id]
            payload = bytes(decoder.buffer[: decoder.start + decoder.length])
            messages.append((message.name, message.unpack(payload, decoder.start)))
    assert decoder.bad == 0
    return messages


@dataclass
class Heard:
    """What a run had to tell, in the order of the frames."""

    messages: list[tuple[str, dict[str, Any]]]
    data: bytes
    engine: Engine
    finals: dict[int, dict[str, Any]] = field(default_factory=dict)  # reps by start, amended

    def __post_init__(self) -> None:
        for name, values in self.messages:
            if name in ("rep", "amend"):
                self.finals[values["start"]] = values

    def named(self, name: str) -> list[dict[str, Any]]:
        """Return the messages of that name."""
        return [values for known, values in self.messages if known == name]

    @property
    def kinds(self) -> str:
        """f, p or r for each movement that was ever told as a rep, after amendments."""
        return "".join(wire.KINDS[rep["kind"]][0] for _, rep in sorted(self.finals.items()))

    @property
    def reps(self) -> list[dict[str, Any]]:
        """Reps that are left after amendments, in order."""
        return [rep for _, rep in sorted(self.finals.items()) if wire.KINDS[rep["kind"]] != "rejected"]

    @property
    def reasons(self) -> list[str]:
        """Reasons of the rejected messages, in order."""
        return [wire.REASONS[values["reason"]] for values in self.named("rejected")]


class Detector:
    """An engine with a host at its side that takes every frame and acknowledges what is kept."""

    def __init__(self, rate_hz: int = 200, *, streaming: bool = False, session: int = 7, **values: int) -> None:
        """`values` are settings by name."""
        self.journal = Journal()
        self.outbox = Outbox(400)
        self.engine = Engine(settings_with(rate_hz=rate_hz, **values), self.journal, self.outbox, session)
        self.engine.reporter.attach()
        self.engine.reporter.streaming = streaming
        self.ring = Ring(1024)
        self.taken = bytearray()

    def take(self) -> None:
        """Take what the engine has queued."""
        journal, outbox = self.journal, self.outbox
        while True:
            while journal.sent:
                journal.ack(journal.session_of(journal.tail), journal.number_of(journal.tail))
            self.engine.pump()
            if not outbox.used:
                return
            while outbox.used:
                self.taken.extend(outbox.buffers[outbox.first][: outbox.lengths[outbox.first]])
                outbox.pop()

    def feed(
        self,
        travel: Iterable[int],
        load: Iterable[int | None] | None = None,
        *,
        chunk: int = 100,
        missing: Mapping[int, int] | None = None,
    ) -> None:
        """Feed samples in counts, `chunk` at a time; `missing` maps a sample's place to how many miss before it."""
        loads = iter(load) if load is not None else None
        waiting = 0
        for place, counts in enumerate(travel):
            if missing and place in missing:
                self.ring.push(GAP, missing[place])
            newest = next(loads) if loads is not None else None
            self.ring.push(counts, NO_LOAD if newest is None else newest)
            waiting += 1
            if waiting == chunk:
                self.engine.feed(self.ring)
                self.take()
                waiting = 0
        self.engine.feed(self.ring)
        self.take()

    def heard(self) -> Heard:
        """Return what there was to hear so far."""
        assert self.outbox.dropped == self.outbox.dropped_samples == 0
        return Heard(decode(bytes(self.taken)), bytes(self.taken), self.engine)


def detect(
    travel: Iterable[int],
    rate_hz: int = 200,
    load: Iterable[int | None] | None = None,
    *,
    chunk: int = 100,
    missing: Mapping[int, int] | None = None,
    **values: int,
) -> Heard:
    """Run a detector over samples to their end; see Detector."""
    detector = Detector(rate_hz, **values)
    detector.feed(travel, load, chunk=chunk, missing=missing)
    detector.engine.finish()
    detector.take()
    return detector.heard()
