"""One board on the server: the feed's thread, the model, and the channel to its viewers.

Reps, phases and ends of sets are sent at once, everything else FRAME_S apart. The model is used by the event loop
only; what may block is on the feed's thread, as for the terminal screen.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from ..device.events import Disconnected, Samples
from ..device.port import without_token
from ..errors import CablerepError, PortError
from ..model.cues import SoundState, cues_of
from ..model.screen import LiveModel
from ..model.screen_events import RepsRecalled, ScreenEvent
from ..monitor.feed import Feed
from ..monitor.keys import Request
from ..monitor.loop import MonitorPlan
from .channel import Channel
from .view import view

FRAME_S = 1 / 12
RETRY_S = 3.0  # between attempts to open a port that is not there


class Station:
    """A board by its `index`; `plans` are what its feed runs, one after the other: one, or the demo's endless ones.

    With `rest_s` the next plan begins so long after the end of a set.
    """

    def __init__(
        self,
        index: int,
        plans: Iterator[MonitorPlan],
        store: Path,
        report: Callable[[str], None],
        *,
        rest_s: float | None = None,
    ) -> None:
        self.index = index
        self.model = LiveModel()
        self.channel = Channel()
        self.viewers = 0
        self._plans = plans
        self._store = store
        self._report = report
        self._rest_s = rest_s
        self._left: object = None  # the set after which the last plan was left
        self._feed: Feed | None = None
        self._port = ""  # of the plan that runs
        self._stopped = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._said: list[object] = [0, []]  # how many cues there were, and the last ones

    @property
    def name(self) -> str:
        """What to call the board: its port, without the options of a virtual one."""
        return (self.model.port or self._port).partition("?")[0] or f"{self.index + 1}"

    def request(self, request: Request) -> bool:
        """Run a key's request on the feed's thread; return False if no board is being listened to."""
        if self._feed is None:
            return False
        self._feed.request(request)
        return True

    async def run(self) -> None:
        """Serve the board until cancelled."""
        self._loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._monitor, name=f"board {self.index}", daemon=True)
        thread.start()
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), FRAME_S)
                self._wake.clear()
                self._take()
        finally:
            self._stopped.set()
            if self._feed is not None:
                self._feed.stop()

    def _take(self) -> None:
        """Apply new events; make a frame if somebody looks."""
        for event in self._feed.take() if self._feed else ():
            self._apply(event)
        if self.viewers:
            self.publish()
        self._leave_plan()

    def _leave_plan(self) -> None:
        """Make room for the next plan once the rest is over."""
        over, rest_s = self.model.finished_set, self.model.rest_s
        if self._rest_s is not None and rest_s is not None and rest_s >= self._rest_s and over is not self._left:
            self._left = over
            if self._feed is not None:
                self._feed.stop()

    def publish(self) -> None:
        """Make a frame of the model as it is."""
        self.channel.publish({**view(self.model), "said": self._said})

    def _apply(self, event: ScreenEvent) -> None:
        before = SoundState.of(self.model)
        self.model.apply(event)
        cues = [] if isinstance(event, RepsRecalled) else cues_of(before, SoundState.of(self.model))
        if cues:
            count = self._said[0]
            assert isinstance(count, int), "as it was made"
            self._said = [count + 1, cues]

    # -- the feed's thread

    def _monitor(self) -> None:
        for plan in self._plans:
            if self._stopped.is_set():
                return
            self._port = without_token(plan.ports[0] or "")
            self._feed = Feed(plan, self._store, self._notice)
            while not self._stopped.is_set():
                try:
                    self._feed.run()
                    break
                except PortError as error:  # a server may be started before the board is plugged in
                    self._tell(str(error))
                    self._stopped.wait(RETRY_S)
                except CablerepError as error:
                    self._tell(str(error))
                    self._report(f"{self.name}: {error}")
                    return

    def _tell(self, reason: str) -> None:
        """Show why there is no board."""
        event = Disconnected(self.model.port, reason)
        if self._loop is not None and not self._stopped.is_set():
            self._loop.call_soon_threadsafe(self._apply, event)

    def _notice(self, event: ScreenEvent) -> None:
        """Wake the event loop for what must not wait for the next frame."""
        if not isinstance(event, Samples) and self._loop is not None and not self._stopped.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                self._loop.call_soon_threadsafe(self._wake.set)
