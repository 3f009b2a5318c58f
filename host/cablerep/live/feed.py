"""The watch loop on a thread of its own: events go to the screen through a queue, wishes come back through another.

A port may block for a second and a commit for as long as the disk does; the screen must not. SQLite wants a store to be
used by the thread that opened it, so everything that touches it is done here.
"""

import queue
from collections.abc import Callable, Iterable
from pathlib import Path

from ..device.coach import Coach
from ..device.events import Event, Hello, Rep, SetOver
from ..exercise.library import by_number
from ..exercise.profile import Profile
from ..monitor.loop import Plan, attend
from ..monitor.watch import Watch
from ..store.plates import plate_of
from .news import Coached, Plated, Recalled, Shown, Told

Wish = Callable[[Watch, Coach], str]  # does what a key asked for; returns words for the person, or nothing


class Feed:
    """Watches the boards of a plan in `run`, which a thread calls; all other methods are for the screen's thread."""

    def __init__(self, plan: Plan, store_path: Path) -> None:
        self._plan = plan
        self._store_path = store_path
        self._shown: queue.SimpleQueue[Shown] = queue.SimpleQueue()
        self._wishes: queue.SimpleQueue[Wish] = queue.SimpleQueue()
        self._stopped = False

    def run(self) -> None:
        """Watch until the plan is done or somebody stops it. Raises what `attend` raises."""
        attend(
            self._plan,
            self._store_path,
            lambda watch, coach: _FeedView(watch, coach, self._shown.put, self._wishes, lambda: self._stopped),
        )

    def stop(self) -> None:
        """Let `run` return soon."""
        self._stopped = True

    def wish(self, wish: Wish) -> None:
        """Have `wish` done by the loop's thread at its next turn."""
        self._wishes.put(wish)

    def take(self) -> list[Shown]:
        """Return what is new since the last call."""
        return [self._shown.get() for _ in range(self._shown.qsize())]


class _FeedView:
    """The view that hands everything on, and does what was wished for between two turns."""

    def __init__(
        self,
        watch: Watch,
        coach: Coach,
        tell: Callable[[Shown], None],
        wishes: queue.SimpleQueue[Wish],
        stopped: Callable[[], bool],
    ) -> None:
        self._watch = watch
        self._coach = coach
        self._tell = tell
        self._wishes = wishes
        self._stopped = stopped
        self._board_profile: Profile | None = None  # of a board that nobody told another one
        self._told: tuple[Profile | None, str] | None = None  # profile and side, as the screen knows them

    def show(self, event: Event) -> None:
        self._tell(event)
        if isinstance(event, SetOver):
            self._tell(Plated(self._plate(event)))
        if isinstance(event, Hello):
            self._board_profile = by_number(event.profile)

    def _plate(self, over: SetOver) -> str:
        if over.load_n is None or self._watch.board is None:
            return ""
        number = plate_of(over.load_n, self._watch.store.plates(self._watch.board.board))
        return "" if number is None else f"plate {number}"

    def advise(self, sentence: str) -> None:
        self._tell(Told(sentence))

    def recall(self, reps: Iterable[Rep]) -> None:
        self._tell(Recalled(tuple(reps)))

    def tick(self) -> bool:
        while not self._stopped() and not self._wishes.empty():
            words = self._wishes.get()(self._watch, self._coach)
            if words:
                self._tell(Told(words))
        known = (self._coach.profile or self._board_profile, self._coach.side)
        if known != self._told:
            self._told = known
            self._tell(Coached(*known))
        return not self._stopped()
