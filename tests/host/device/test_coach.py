"""Coaching: the board has the profile and the side that were chosen, whatever it, its button or the cable does."""

from typing import Any

import pytest
from speaker import SESSION, Speaker, heard

from cablerep.device.coach import Coaching
from cablerep.device.events import Hello
from cablerep.device.link import Connected, Disconnected, Link
from cablerep.device.session import Session
from cablerep.exercise import library as profile_library

DONE, OUT_OF_RANGE, IN_SET = 0, 2, 3
KICKBACK = profile_library.load("glute-medius-kickback")
GENERIC = profile_library.load("generic")


class Board:
    """A board that says what a test wants and remembers what it was told; the words that came of it are in `words`."""

    def __init__(self, profile=KICKBACK, side=""):
        self.session = Session()
        self.speaker = Speaker()
        self.coaching = Coaching(self.session, profile, side)
        self.words: list[str] = []
        self.session.open()
        self.session.take()

    def says(self, data: bytes) -> list[tuple[str, dict[str, Any]]]:
        """Let the board say `data`; return what it is asked then, but for questions who it is."""
        for event in self.session.feed(data):
            word = self.coaching.take(event)
            if word:
                self.words.append(word)
        return [asked for asked in heard(self.session.take()) if asked[0] != "hello_request"]

    def hello(self, **changes):
        return self.says(self.speaker.hello(**{"side": 0, **changes}))

    def answers(self, asked, status=DONE):
        name, fields = asked
        command = {"profile": 0xC8, "side": 0xC7}[name]
        return self.says(self.speaker.say("reply", tag=fields["tag"], command=command, status=status))

    def meets(self, **changes):
        """HELLO, and everything it asks for is done."""
        for asked in self.hello(**changes):
            self.answers(asked)


def names(asked):
    return [name for name, _ in asked]


def test_a_board_is_given_profile_and_side_at_its_hello() -> None:
    board = Board(side="right")
    asked = board.hello()
    assert names(asked) == ["profile", "side"]
    assert {key: value for key, value in asked[0][1].items() if key != "tag"} == KICKBACK.limits()
    assert asked[1][1]["side"] == 2
    for one in asked:
        assert board.answers(one) == []
    assert board.hello(profile=KICKBACK.number, side=2) == [], "another HELLO of the same session needs nothing"
    assert (board.coaching.waiting, board.words) == (False, [])


def test_nothing_chosen_changes_nothing() -> None:
    board = Board(profile=None)
    assert board.hello(side=2) == []
    assert board.coaching.side == "right"


@pytest.mark.parametrize(
    ("profile", "given", "on_board", "side"),
    [
        (KICKBACK, "", 0, "left"),
        (KICKBACK, "", 2, "right"),
        (KICKBACK, "left", 2, "left"),
        (GENERIC, "", 2, ""),
        (GENERIC, "left", 2, "left"),
        (None, "right", 1, "right"),
    ],
)
def test_the_first_side(profile, given: str, on_board: int, side: str) -> None:
    board = Board(profile, given)
    asked = dict(board.hello(side=on_board))
    assert board.coaching.side == side
    wanted = ("", "left", "right").index(side)
    assert asked.get("side", {"side": on_board})["side"] == wanted
    assert ("side" in asked) == (wanted != on_board)


def test_a_profile_refused_during_a_set_is_asked_again_until_it_is_taken() -> None:
    board = Board()
    profile, side = board.hello()
    board.answers(side)
    assert board.answers(profile, IN_SET) == []
    assert board.coaching.waiting
    assert board.words == ["Glute medius kickback from the next set on."]
    (again,) = board.says(board.speaker.say("health"))
    assert board.answers(again, IN_SET) == []
    (again,) = board.says(board.speaker.say("health"))
    board.answers(again)
    assert not board.coaching.waiting
    assert len(board.words) == 1, "it is said once"
    assert board.says(board.speaker.say("health")) == []


def test_an_answer_that_was_lost_is_asked_for_again() -> None:
    board = Board()
    board.hello()
    assert names(board.says(board.speaker.say("health"))) == ["profile", "side"]


def test_a_profile_that_the_board_does_not_take_is_told_of() -> None:
    board = Board()
    board.answers(board.hello()[0], OUT_OF_RANGE)
    assert board.words == ["The board does not take Glute medius kickback: out of range."]
    assert not board.coaching.waiting


def test_a_board_that_started_anew_is_given_both_again() -> None:
    board = Board(side="right")
    board.meets()
    assert names(board.hello(session=SESSION + 1)) == ["profile", "side"]


def test_a_wish_outlives_a_cable_that_was_pulled() -> None:
    board = Board(side="right")
    board.hello()
    board.coaching.take(Disconnected("x", "pulled"))
    board.coaching.take(Connected("x"))
    board.session.open()
    board.session.take()
    board.hello()
    assert names(board.says(board.speaker.say("health"))) == ["profile", "side"]


def test_the_other_leg_is_next_after_a_set_of_now() -> None:
    board = Board()
    board.meets(samples=400)
    (asked,) = board.says(board.speaker.set(side=1, known=30_000))
    assert asked[0] == "side" and asked[1]["side"] == 2
    assert board.words == ["Next: right side."]
    board.answers(asked)
    board.hello(samples=700, side=2)
    (asked,) = board.says(board.speaker.set(seq=3, set=2, side=2, known=60_000))
    assert asked[1]["side"] == 1


def test_a_set_out_of_the_journal_turns_nothing() -> None:
    board = Board()
    board.meets(samples=4000)
    assert board.says(board.speaker.set(side=1, known=30_000)) == [], "known at 3 s, HELLO at 20 s"
    assert board.says(board.speaker.set(side=1, session=SESSION - 1, known=990_000)) == []
    assert board.coaching.side == "left"


def test_an_exercise_of_both_legs_has_no_other_side() -> None:
    board = Board(GENERIC)
    board.meets()
    assert board.says(board.speaker.set(side=0, known=90_000)) == []


def test_the_boards_button_is_followed() -> None:
    board = Board()
    board.meets()
    assert board.hello(side=2) == []
    assert board.coaching.side == "right"
    assert board.words == ["Next: right side."]


def test_a_hello_that_crossed_our_wish_does_not_undo_it() -> None:
    board = Board()
    board.meets()
    board.coaching.turn()
    (asked,) = heard(board.session.take())
    assert board.hello(side=1) == [], "sent before the board heard of it"
    assert board.coaching.side == "right"
    board.answers(asked)
    assert board.hello(side=2) == []
    assert (board.coaching.side, board.words) == ("right", [])


def test_keys_for_side_and_exercise() -> None:
    board = Board()
    board.meets()
    board.coaching.turn()
    assert board.coaching.side == "right"
    board.coaching.choose(GENERIC)
    asked = heard(board.session.take())
    assert [(name, fields.get("side")) for name, fields in asked] == [("side", 2), ("side", 0), ("profile", None)]
    board.coaching.choose(KICKBACK)
    assert board.coaching.side == "left"


def test_a_virtual_board_takes_them() -> None:
    """The firmware's own loop behind the protocol: its next set has the number and the side."""
    session = Session()
    link = Link("sim://glute-kickback?reps=2&hold_s=0.5&speed=0", session)
    coaching = Coaching(session, KICKBACK, "right")
    over = None
    link.open()
    try:
        while over is None:
            for event in link.poll():
                coaching.take(event)
                if isinstance(event, Hello):
                    hello = event
                over = event if type(event).__name__ == "SetOver" else over
            link.flush()
        assert (over.profile, over.side, over.reps) == (KICKBACK.number, "right", 2)
        assert hello.profile == KICKBACK.number
        assert coaching.side == "left"
    finally:
        link.close()
