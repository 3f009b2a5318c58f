"""The host of an emulated chip into which a set is played: greets it, stores nothing, and stops when the set is over.

It speaks through the very link and session that a real board is spoken to with; only its clock is the chip's, because
an emulated second may take three of ours.
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

# How the harness is to begin, see PROTOCOL.md: each row at the pins as the sample of its number is taken, which makes
# the chip's samples those of a replay. Its load is ready a little earlier, since the amplifier's 25 bits take 81 µs.
START = {"start": {"after": "sampler", "offset_us": 0}, "load_lead_us": 200}

_TIME_S = 0.2  # of ours, between two looks at the chip's clock
_USB_S = 20.0  # of ours: MicroPython is on the USB a few tenths of a second behind its start
_ANSWER_S = 20.0  # of the chip's: a start from sources compiles some forty files
# Behind the end of the trace, in the chip's seconds: a movement that stands still is over after one, a set after a
# pause of hold_max and a rest, see core/wire.SETTINGS.
_SETTLE_S = 3.0
_LONGEST_S = 34.0
_RESTING = ("rest", "slack")


class ChipHost:
    """Hears the chip of `emulator` while `rows` are played into it from its first sample on, see START and `events`."""

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
        """`stream` asks for raw samples, `cues` happen on the way, `tell` hears every event of the harness.

        Without `settle` the end of the trace is the end.
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
        self._lost = False  # the line, and that was told
        self._settle = settle

    @property
    def played(self) -> float:
        """How much of the trace has been played, 0 to 1."""
        if self.begin_us is None:
            return 0.0
        elapsed_s = (self._emulator.now_us - self.begin_us) / 1e6
        return min(1.0, elapsed_s / max(self._rows.duration_s, 1e-3))

    def events(self) -> Iterator[Event]:
        """Yield what the chip says until its last set is over; its instants count from the trace's first row.

        Kept messages are acknowledged. Raises PicoError where the chip does not answer, or ends.
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
                    self._suspect(event)
                    again = self._lost and isinstance(event, Disconnected)
                    self._lost = isinstance(event, Disconnected) or (self._lost and not isinstance(event, Hello))
                    # Told once that the chip is gone; of silence nothing, since its clock goes in leaps to our eyes.
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
        """Have the harness say what time it is: any command is answered with it, and this one changes nothing."""
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
        """Say whether the trace is played and nothing is left to wait for."""
        if self.over_us is None or not self._settle:
            return self.over_us is not None
        since_s = (self._emulator.now_us - self.over_us) / 1e6
        idle = self._phase is None or (self._phase.set == 0 and self._phase.phase in _RESTING)
        return since_s > (_SETTLE_S if idle else _LONGEST_S)

    @staticmethod
    def _suspect(event: Event) -> None:
        """Raise PicoError where MicroPython says that it cannot take our files."""
        if isinstance(event, BoardText) and "incompatible .mpy" in event.text:
            raise PicoError("this MicroPython does not take the compiled files; give --source")
