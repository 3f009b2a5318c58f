"""The coach without a profile: a board that comes is told its side, and its button is followed."""

import pytest
from speaker import Speaker, heard

from cablerep.errors import CablerepError
from cablerep.live.coach import coach_for, known_profiles, load_profile
from cablerep.session import Session
from cablerep_fw.core import wire


def test_a_side_that_was_asked_for_is_told_to_the_board() -> None:
    session, board = Session(), Speaker()
    coach = coach_for(session, None, "right")
    (hello,) = session.feed(board.hello(side=0))
    assert coach.take(hello) == ""
    assert [(name, fields["side"]) for name, fields in heard(session.take()) if name == "side"] == [("side", 2)]
    assert coach.side == "right"


def test_the_boards_side_is_followed_and_turned() -> None:
    session, board = Session(), Speaker()
    coach = coach_for(session, None, "")
    (hello,) = session.feed(board.hello(side=1))
    coach.take(hello)
    assert coach.side == "left"
    coach.turn()
    coach.turn()
    assert coach.side == "left"
    sides = [wire.SIDES[fields["side"]] for name, fields in heard(session.take()) if name == "side"]
    assert sides == ["right", "left"]


def test_there_are_no_profiles() -> None:
    assert coach_for(Session(), None, "").profile is None
    assert list(known_profiles()) == []
    with pytest.raises(CablerepError, match="no profile 'x'"):
        load_profile("x")
