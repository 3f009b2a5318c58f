"""Listens to an emulated chip while a trace is played into it: stores nothing and stops when the set is over.

It uses the same link and session as for a real board, but the chip's clock: a second of it may take three real ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from cablerep_sim.pico.emulator import Emulator
from cablerep_sim.pico.emulator import Event as ChipEvent
from cablerep_sim.pico.port_server import Cue
from cablerep_sim.pico.rows import BoardRows

from ..device.events import BoardText, Disconnected, Event, Hello, Phase, Rep, SetOver, Silent
from ..device.link import Link
from ..device.port import Port
from ..device.session import Session
from ..errors import PicoError

# Start options for the harness, see PROTOCOL.md: each row is on the pins when its sample is taken, so that the chip's
# samples equal those of a replay. The load is ready earlier, because clocking out the amplifier's 25 bits takes 81 µs.
START = {"start": {"after": "sampler", "offset_us": 0}, "load_lead_us": 200}

_TIME_S = 0.2  # real time between two queries of the chip's clock
_USB_S = 20.0  # real time; MicroPython is on the USB some tenths of a second after its start
_ANSWER_S = 20.0  # chip time; a start from source files compiles some forty of them
# Chip time after the end of the trace: a movement at rest is over after 1 s, a set after hold_max and a rest (see
# wire.SETTINGS).
_SETTLE_S = 3.0
_MAX_SETTLE_S = 34.0
_RESTING = ("rest", "slack")


class ChipHost:
    """The host of the chip in `emulator`, into which `rows` are played from its first sample on, see START."""

    def __init__(
        self,
        emulator: Emulator,
        rows: BoardRows,
        *,
        stream: bool = False,
        cues: Sequence[Cue] = (),
        tell: Callable[[ChipEvent], None] = lambda event: None,
        open_port: Callable[[str], Port] = Port,
        settle: bool = True,
    ) -> None:
        """`stream` requests raw samples, `cues` are executed on the way, `tell` receives every event of the harness.

        Without `settle` it ends with the trace.
        """
        self.begin_us: float | None = None
        self.over_us: float | None = None
        self._emulator = emulator
        self._rows = rows
        self._cues = cues
        self._tell = tell
        self.link = Link(
            f"socket://127.0.0.1:{emulator.port}",
            Session(stream=stream),
            open_port=open_port,
            clock=lambda: emulator.now_us / 1e6,
        )
        self._phase: Phase | None = None
        self._answered = False
        self._asked_at = 0.0
        self._lost = False  # the link is down, which was reported
        self._settle = settle

    @property
    def played(self) -> float:
        """The fraction of the trace played so far."""
        if self.begin_us is None:
            return 0.0
        elapsed_s = (self._emulator.now_us - self.begin_us) / 1e6
        return min(1.0, elapsed_s / max(self._rows.duration_s, 1e-3))

    def events(self) -> Iterator[Event]:
        """Yield the chip's events until its last set is over, with times from the trace's first row.

        Reps and sets are acknowledged. Raises PicoError if the chip does not respond or stops.
        """
        self._emulator.wait_for("usb", _USB_S)
        link = self.link
        link.open()
        try:
            while not self._settled():
                for event in link.poll():
                    if isinstance(event, Rep | SetOver):
                        link.session.acknowledge(event)
                    if isinstance(event, Phase):
                        self._phase = event
                    self._answered = self._answered or isinstance(event, Hello)
                    self._check_compiled(event)
                    again = self._lost and isinstance(event, Disconnected)
                    self._lost = isinstance(event, Disconnected) or (self._lost and not isinstance(event, Hello))
                    # A disconnection is reported once; Silent never, because the chip's clock advances in jumps.
                    if not again and not isinstance(event, Silent):
                        yield event
                link.flush()
                self._ask_time()
                while (news := self._emulator.next()) is not None:
                    self._hear(news)
                if not self._answered and self._emulator.now_us > _ANSWER_S * 1e6:
                    raise PicoError(f"the firmware did not answer within {_ANSWER_S:.0f} s of the chip's time")
        finally:
            link.close()

    def _ask_time(self) -> None:
        """Query the chip's time: the harness answers every command with it, and this one changes nothing."""
        if time.monotonic() - self._asked_at >= _TIME_S:
            self._asked_at = time.monotonic()
            self._emulator.send("begin")

    def _hear(self, news: ChipEvent) -> None:
        if news["event"] == "begin":
            self.begin_us = float(news["us"])
            for cue in self._cues:
                self._emulator.send(cue.do, after_us=1e6 * cue.at_s)
        elif news["event"] == "over":
            self.over_us = float(news["us"])
        self._tell(news)

    def _settled(self) -> bool:
        """Return whether the trace has been played and no more events can follow."""
        if self.over_us is None or not self._settle:
            return self.over_us is not None
        since_s = (self._emulator.now_us - self.over_us) / 1e6
        idle = self._phase is None or (self._phase.set == 0 and self._phase.phase in _RESTING)
        return since_s > (_SETTLE_S if idle else _MAX_SETTLE_S)

    @staticmethod
    def _check_compiled(event: Event) -> None:
        """Raise PicoError if MicroPython rejects the compiled files."""
        if isinstance(event, BoardText) and "incompatible .mpy" in event.text:
            raise PicoError("this MicroPython does not accept the compiled files; give --source")
