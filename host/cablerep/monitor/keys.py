"""What the keys of a screen do, of the terminal's and the page's alike: each function returns a request to the feed.

A request runs on the feed's thread, which owns link and store, and returns a message for the person at the screen, or
"" where the result comes as an event.
"""

from collections.abc import Callable

from ..device.coach import Coach
from ..exercise.profile import Profile
from ..store.database import Store
from .watch import Watch

Request = Callable[[Watch, Coach], str]

_TARE_LOAD, _FORCED = 2, 4  # as in the wire's TARE; travel needs no tare
_NO_BOARD = "no board is connected"


def side() -> Request:
    """Change to the other side, from the next set on."""

    def switch(watch: Watch, coach: Coach) -> str:
        coach.switch_side()
        return f"next set: {coach.side} side"

    return switch


def exercise(profile: Profile) -> Request:
    """Change the exercise, from the next set on."""

    def choose(watch: Watch, coach: Coach) -> str:
        coach.choose(profile)
        return profile.name

    return choose


def tare(*, forced: bool = False) -> Request:
    """Zero the load cell; only with `forced` under load."""
    return _command("tare", what=_TARE_LOAD | (_FORCED if forced else 0))


def end_set() -> Request:
    """End the set now, without waiting for the rest."""
    return _command("end_set")


def note(session: int, number: int, text: str) -> Request:
    """Store a note on set `number` of the board's `session`."""

    def store(watch: Watch, coach: Coach) -> str:
        if watch.board is None:
            return _NO_BOARD
        return add_note(watch.store, watch.board.board, session, number, text)

    return store


def _command(name: str, **fields: int) -> Request:
    """Send a command; its reply comes as an event."""

    def send(watch: Watch, coach: Coach) -> str:
        if watch.board is None:
            return _NO_BOARD
        watch.link.session.command(name, **fields)
        return ""

    return send


def add_note(store: Store, board: str, session: int, number: int, text: str) -> str:
    """Store a note on set `number` of a board's `session`; return a message for the person at the screen."""
    stored = store.set_of(board, session, number)
    if stored is None:
        return "the note was not stored: its set has no reps yet"
    store.add_note(stored, text)
    return "note stored"
