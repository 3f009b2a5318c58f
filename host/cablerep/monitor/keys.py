"""What the keys of a screen do, of the terminal's and the page's alike: each function returns a request to the feed.

A request runs on the feed's thread, which owns link and store, and returns a message for the person at the screen, or
"" where the result comes as an event.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..device.coach import Coach
from ..exercise.profile import Profile
from ..people import edits
from ..store.database import Lifter, Store
from ..units import weight_text
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


def next_lifter() -> Request:
    """Change to the lifter whose turn it is; a set that is on ends, if the cable rests."""

    def change(watch: Watch, coach: Coach) -> str:
        if len(watch.companion.lifters) < 2:
            return "one lifter at most was given; press L to choose one"
        return _change_lifter(watch, coach, watch.companion.next_lifter())

    return change


def lifter(one: Lifter) -> Request:
    """Change to a lifter, or to nobody; a set that is on ends, if the cable rests."""
    return lambda watch, coach: _change_lifter(watch, coach, one)


def _change_lifter(watch: Watch, coach: Coach, one: Lifter) -> str:
    watch.companion.lifter = one
    coach.choose_lifter(one.number, watch.companion.next_side(coach) if coach.side else None, one.free_mm)
    if watch.board is not None:
        watch.link.session.command("end_set")  # refused during a movement: then the lifter is the next set's
    asked = watch.companion.free_length_asked(watch.board)
    return asked or f"next: {one.name or 'nobody'}{f', {coach.side}' if coach.side else ''}"


def weight(weight_n: float | None) -> Request:
    """Take a typed weight for the sets to come, for machines without a load cell."""

    def take(watch: Watch, coach: Coach) -> str:
        watch.weight_n = weight_n
        return "no weight" if weight_n is None else f"weight of the next sets: {weight_text(weight_n)}"

    return take


def edit_set(session: int, number: int, changes: Mapping[str, Any]) -> Request:
    """Correct set `number` of the board's `session`: see `Store.edit` for `changes`."""

    def change(watch: Watch, coach: Coach) -> str:
        stored = None if watch.board is None else watch.store.set_of(watch.board.board, session, number)
        if stored is None:
            return "nothing was changed: the set has no reps yet"
        done = watch.store.edit(stored, changes)
        lines = [edits.line(edit, watch.store.lifters()) for edit in done]
        return f"set {number}: {'; '.join(lines)}" if lines else "nothing was changed: the set is so already"

    return change


def undo_edit(session: int, number: int) -> Request:
    """Take back the latest correction of set `number` of the board's `session`."""

    def undo(watch: Watch, coach: Coach) -> str:
        stored = None if watch.board is None else watch.store.set_of(watch.board.board, session, number)
        done = [] if stored is None else watch.store.undo_edit(stored)
        lines = [edits.line(edit, watch.store.lifters()) for edit in done]
        return f"set {number}: {'; '.join(lines)}" if lines else "nothing to take back: the set was not corrected"

    return undo


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
