"""The coach: the board has the chosen profile and side, despite restarts, its button and a pulled cable."""

from typing import Any

import pytest
from speaker import SESSION, Speaker, heard

from cablerep.device.coach import Coach
from cablerep.device.events import Connected, Disconnected, Hello
from cablerep.device.link import Link
from cablerep.device.session import Session
from cablerep.exercise import library as profile_library
from cablerep_fw.core.link import wire

DONE, OUT_OF_RANGE, IN_SET = 0, 2, 3
KICKBACK = profile_library.load("glute-medius-kickback")
GENERIC = profile_library.load("generic")


class Board:
    """A scripted board; `sentences` collects what the coach says to the lifter."""

    def __init__(self, profile=KICKBACK, side=""):
        self.session = Session()
        self.speaker = Speaker()
        self.coach = Coach(self.session, profile, side)
        self.sentences: list[str] = []
        self.session.open()
        self.session.take()

    def send(self, data: bytes) -> list[tuple[str, dict[str, Any]]]:
        """Let the board send `data`; return the commands that follow, without hello requests."""
        for event in self.session.feed(data):
            sentence = self.coach.handle(event)
            if sentence:
                self.sentences.append(sentence)
        return [command for command in heard(self.session.take()) if command[0] != "hello_request"]

    def hello(self, **changes):
        return self.send(self.speaker.hello(**{"side": 0, **changes}))

    def reply(self, command, status=DONE):
        name, fields = command
        number = {"profile": 0xC8, "side": 0xC7}[name]
        return self.send(self.speaker.say("reply", tag=fields["tag"], command=number, status=status))

    def connect(self, **changes):
        """Send HELLO, and "done" to each command that follows."""
        for command in self.hello(**changes):
            self.reply(command)


def names(commands):
    return [name for name, _ in commands]


def test_a_hello_is_followed_by_profile_and_side() -> None:
    board = Board(side="right")
    commands = board.hello()
    assert names(commands) == ["profile", "side"]
    assert {key: value for key, value in commands[0][1].items() if key != "tag"} == KICKBACK.limits()
    assert commands[1][1]["side"] == 2
    for command in commands:
        assert board.reply(command) == []
    assert board.hello(profile=KICKBACK.number, side=2) == [], "nothing to change at the next HELLO"
    assert (board.coach.pending, board.sentences) == (False, [])


def test_without_a_choice_the_board_keeps_its_own() -> None:
    board = Board(profile=None)
    assert board.hello(side=2) == []
    assert board.coach.side == "right"


def test_a_board_with_an_angle_sensor_gets_the_free_length_of_the_lifters_strap() -> None:
    board = Board(GENERIC)
    board.connect(angle_sensor=1)
    board.coach.choose_lifter(137, free_mm=420)
    commands = [one for one in heard(board.session.take()) if one[0] == "set_setting"]
    names = [row[0] for row in wire.SETTINGS]
    assert [(names[one["setting"] - 1], one["value"]) for _, one in commands] == [("free_mm", 420)]
    refused = board.speaker.say("reply", tag=commands[0][1]["tag"], command=0xC5, status=IN_SET)
    assert board.send(refused) == []
    (again,) = [one for one in board.send(board.speaker.say("health")) if one[0] == "set_setting"]
    board.send(board.speaker.say("reply", tag=again[1]["tag"], command=0xC5, status=DONE))
    assert not [one for one in board.send(board.speaker.say("health")) if one[0] == "set_setting"]
    plain = Board(GENERIC)
    plain.connect()
    plain.coach.choose_lifter(137, free_mm=420)
    assert "set_setting" not in [name for name, _ in heard(plain.session.take())], "it has no angle sensor"


def test_a_board_that_forgot_the_lifter_is_told_again() -> None:
    board = Board(GENERIC)
    board.connect()
    board.coach.choose_lifter(137, "left")
    (command,) = [one for one in heard(board.session.take()) if one[0] == "side"]
    assert (command[1]["side"], command[1]["lifter"]) == (1, 137)
    board.reply(command)
    assert board.hello(side=1, lifter=137, profile=GENERIC.number) == []
    (command,) = [one for one in board.hello(side=1, session=SESSION + 1) if one[0] == "side"]
    assert (command[1]["side"], command[1]["lifter"]) == (1, 137)


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
def test_first_side(profile, given: str, on_board: int, side: str) -> None:
    board = Board(profile, given)
    commands = dict(board.hello(side=on_board))
    assert board.coach.side == side
    wanted = ("", "left", "right").index(side)
    assert commands.get("side", {"side": on_board})["side"] == wanted
    assert ("side" in commands) == (wanted != on_board)


def test_a_profile_refused_during_a_set_is_sent_until_accepted() -> None:
    board = Board()
    profile, side = board.hello()
    board.reply(side)
    assert board.reply(profile, IN_SET) == []
    assert board.coach.pending
    assert board.sentences == ["Glute medius kickback from the next set on."]
    (again,) = board.send(board.speaker.say("health"))
    assert board.reply(again, IN_SET) == []
    (again,) = board.send(board.speaker.say("health"))
    board.reply(again)
    assert not board.coach.pending
    assert len(board.sentences) == 1, "reported once"
    assert board.send(board.speaker.say("health")) == []


def test_unanswered_commands_are_sent_again() -> None:
    board = Board()
    board.hello()
    assert names(board.send(board.speaker.say("health"))) == ["profile", "side"]


def test_a_rejected_profile_is_reported() -> None:
    board = Board()
    board.reply(board.hello()[0], OUT_OF_RANGE)
    assert board.sentences == ["The board rejected Glute medius kickback: out of range."]
    assert not board.coach.pending


def test_a_restarted_board_gets_both_again() -> None:
    board = Board(side="right")
    board.connect()
    assert names(board.hello(session=SESSION + 1)) == ["profile", "side"]


def test_the_choice_survives_a_reconnect() -> None:
    board = Board(side="right")
    board.hello()
    board.coach.handle(Disconnected("x", "pulled"))
    board.coach.handle(Connected("x"))
    board.session.open()
    board.session.take()
    board.hello()
    assert names(board.send(board.speaker.say("health"))) == ["profile", "side"]


def test_the_side_changes_after_a_live_set() -> None:
    board = Board()
    board.connect(samples=400)
    (command,) = board.send(board.speaker.set(side=1, known=30_000))
    assert command[0] == "side" and command[1]["side"] == 2
    assert board.sentences == ["Next: right side."]
    board.reply(command)
    board.hello(samples=700, side=2)
    (command,) = board.send(board.speaker.set(seq=3, set=2, side=2, known=60_000))
    assert command[1]["side"] == 1


def test_a_set_from_the_journal_does_not_change_the_side() -> None:
    board = Board()
    board.connect(samples=4000)
    assert board.send(board.speaker.set(side=1, known=30_000)) == [], "it ended at 3 s, HELLO came at 20 s"
    assert board.send(board.speaker.set(side=1, session=SESSION - 1, known=990_000)) == []
    assert board.coach.side == "left"


def test_an_exercise_for_both_legs_has_no_side() -> None:
    board = Board(GENERIC)
    board.connect()
    assert board.send(board.speaker.set(side=0, known=90_000)) == []


def test_a_press_of_the_boards_button_is_adopted() -> None:
    board = Board()
    board.connect()
    assert board.hello(side=2) == []
    assert board.coach.side == "right"
    assert board.sentences == ["Next: right side."]


def test_a_hello_sent_before_the_command_does_not_undo_it() -> None:
    board = Board()
    board.connect()
    board.coach.switch_side()
    (command,) = heard(board.session.take())
    assert board.hello(side=1) == [], "sent before the command arrived"
    assert board.coach.side == "right"
    board.reply(command)
    assert board.hello(side=2) == []
    assert (board.coach.side, board.sentences) == ("right", [])


def test_changing_side_and_exercise() -> None:
    board = Board()
    board.connect()
    board.coach.switch_side()
    assert board.coach.side == "right"
    board.coach.choose(GENERIC)
    commands = heard(board.session.take())
    assert [(name, fields.get("side")) for name, fields in commands] == [("side", 2), ("side", 0), ("profile", None)]
    board.coach.choose(KICKBACK)
    assert board.coach.side == "left"


def test_a_virtual_board_accepts_profile_and_side() -> None:
    """Runs the firmware: its next set has the profile's number and the side."""
    session = Session()
    link = Link("sim://glute-kickback?reps=2&hold_s=0.5&speed=0", session)
    coach = Coach(session, KICKBACK, "right")
    over = None
    link.open()
    try:
        while over is None:
            for event in link.poll():
                coach.handle(event)
                if isinstance(event, Hello):
                    hello = event
                over = event if type(event).__name__ == "SetOver" else over
            link.flush()
        assert (over.profile, over.side, over.reps) == (KICKBACK.number, "right", 2)
        assert hello.profile == KICKBACK.number
        assert coach.side == "left"
    finally:
        link.close()
