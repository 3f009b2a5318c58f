"""The monitoring loop on its own thread, with one queue of events for the screen and one of requests from it.

A port may block for a second, and a commit for as long as the disk does; the screen must not. SQLite requires that a
store is used by the thread that opened it, so everything that uses the store runs here.
"""

import queue
from collections.abc import Callable, Iterable
from pathlib import Path

from ..device.coach import Coach
from ..device.events import Durable, Event, Hello, SetOver
from ..exercise.library import by_number
from ..exercise.profile import Profile
from ..model.screen_events import ExerciseChosen, Message, PlateFound, RepsRecalled, ScreenEvent, WeightTyped
from ..store.plates import plate_of
from .keys import Request
from .loop import MonitorPlan, monitor_boards
from .watch import Watch


class Feed:
    """Monitors the boards of a plan in `run`, on its own thread; all other methods are for the screen's thread.

    `notify` is called on the feed's thread with each event that `take` will return, so that a screen need not poll.
    """

    def __init__(
        self, plan: MonitorPlan, store_path: Path, notify: Callable[[ScreenEvent], None] = lambda event: None
    ) -> None:
        self._plan = plan
        self._store_path = store_path
        self._notify = notify
        self._events: queue.SimpleQueue[ScreenEvent] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._stopped = False

    def run(self) -> None:
        """Monitor until the plan is done or `stop` is called. Raises what `monitor_boards` raises."""
        monitor_boards(
            self._plan,
            self._store_path,
            lambda watch, coach: _FeedView(watch, coach, self._emit, self._requests, lambda: self._stopped),
        )

    def _emit(self, event: ScreenEvent) -> None:
        self._events.put(event)
        self._notify(event)

    def stop(self) -> None:
        """Make `run` return soon."""
        self._stopped = True

    def request(self, request: Request) -> None:
        """Run `request` on the loop's thread at its next turn."""
        self._requests.put(request)

    def take(self) -> list[ScreenEvent]:
        """Return the events since the last call."""
        return [self._events.get() for _ in range(self._events.qsize())]


class _FeedView:
    """The view that forwards all events, and runs requests between two turns."""

    def __init__(
        self,
        watch: Watch,
        coach: Coach,
        emit: Callable[[ScreenEvent], None],
        requests: queue.SimpleQueue[Request],
        stopped: Callable[[], bool],
    ) -> None:
        self._watch = watch
        self._coach = coach
        self._emit = emit
        self._requests = requests
        self._stopped = stopped
        self._board_profile: Profile | None = None  # the board's own, unless another was chosen
        self._chosen: tuple[Profile | None, str] | None = None  # last emitted profile and side
        self._weight_n: float | None = None  # last emitted typed weight

    def show(self, event: Event) -> None:
        self._emit(event)
        if isinstance(event, SetOver):
            self._emit(self._plate(event))
        if isinstance(event, Hello):
            self._board_profile = by_number(event.profile)

    def _plate(self, over: SetOver) -> PlateFound:
        if over.load_n is None or self._watch.board is None:
            return PlateFound("")
        plates = self._watch.store.plates(self._watch.board.board)
        number = plate_of(over.load_n, plates)
        printed_n = next((plate.printed_n for plate in plates if plate.number == number), None)
        return PlateFound("" if number is None else f"plate {number}", printed_n)

    def advise(self, sentence: str) -> None:
        self._emit(Message(sentence))

    def recall(self, events: Iterable[Durable]) -> None:
        self._emit(RepsRecalled(tuple(events)))

    def tick(self) -> bool:
        while not self._stopped() and not self._requests.empty():
            message = self._requests.get()(self._watch, self._coach)
            if message:
                self._emit(Message(message))
        chosen = (self._coach.profile or self._board_profile, self._coach.side)
        if chosen != self._chosen:
            self._chosen = chosen
            self._emit(ExerciseChosen(*chosen))
        for event in self._watch.companion.news(*chosen):
            self._emit(event)
        if self._watch.weight_n != self._weight_n:
            self._weight_n = self._watch.weight_n
            self._emit(WeightTyped(self._weight_n))
        return not self._stopped()
