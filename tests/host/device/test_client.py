"""A conversation: settings are changed all or none, between movements only, and read back."""

import pytest
from speaker import Speaker, heard

from cablerep.device.client import Conversation
from cablerep.device.link import Link
from cablerep.device.session import Session
from cablerep.errors import PortError, SchemaMismatchError, SettingError
from cablerep_fw.core.link import wire

NAMES = [row[0] for row in wire.SETTINGS]
DONE, OUT_OF_RANGE, IN_SET, FAILED = 0, 2, 3, 4
BEFORE = {"mn_per_count": 1_000_000, "load_zero": 0}
AFTER = {"mn_per_count": 2_034_000, "load_zero": -181_562}


class Board:
    """A port with a board behind it that keeps settings; `status` says what becomes of a command."""

    def __init__(self) -> None:
        self.speaker = Speaker()
        self.settings = {name: row[4] for name, row in zip(NAMES, wire.SETTINGS, strict=True)}
        self.saved: list[dict[str, int]] = []
        self.asked: list[str] = []
        self.status = lambda command, setting: DONE
        self.forgetful = False  # takes values and does not keep them
        self.schema = wire.SCHEMA_ID
        self._out = b""

    def write(self, data: bytes) -> None:
        for name, fields in heard(data):
            if name == "hello_request":
                self._out += self.speaker.hello(schema=self.schema)
                continue
            setting = NAMES[fields["setting"] - 1] if "setting" in fields else ""
            self.asked.append(f"{name} {setting}".strip())
            status = self.status(name, setting)
            if status is None:
                continue
            if name == "set_setting" and status == DONE and not self.forgetful:
                self.settings[setting] = fields["value"]
            if name == "save" and status == DONE:
                self.saved.append(dict(self.settings))
            value = self.settings.get(setting, 0)
            place = fields.get("setting", 0)
            command = wire.BY_NAME[name].id
            self._out += self.speaker.say(
                "reply", tag=fields["tag"], command=command, status=status, setting=place, value=value
            )

    def read(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def close(self) -> None:
        self.asked.append("closed")


class Clock:
    """Every look at it takes a tenth of a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def talk(board: Board) -> Conversation:
    clock = Clock()
    talk = Conversation(Link("x", Session(), open_port=lambda url: board, clock=clock), clock)  # type: ignore[arg-type]
    talk.open()
    return talk


def test_settings_are_written_saved_and_read_back(board: Board, talk: Conversation) -> None:
    told: list[str] = []
    talk.write(AFTER, 10, told.append)
    assert {name: board.settings[name] for name in AFTER} == AFTER
    assert len(board.saved) == 1 and board.saved[0]["load_zero"] == AFTER["load_zero"]
    assert board.asked[-2:] == ["get mn_per_count", "get load_zero"]
    assert told == []


def test_a_value_out_of_range_changes_nothing(board: Board, talk: Conversation) -> None:
    with pytest.raises(
        SettingError, match="mn_per_count would be 2000000000 1e-6 mN, beyond -1000000000 to 1000000000"
    ):
        talk.write({"load_zero": 3, "mn_per_count": 2_000_000_000}, 10, print)
    assert board.asked == []


@pytest.mark.parametrize(
    ("command", "setting", "status"),
    [("set_setting", "load_zero", OUT_OF_RANGE), ("save", "", FAILED), ("set_setting", "mn_per_count", OUT_OF_RANGE)],
)
def test_what_fails_half_way_is_taken_back(
    board: Board, talk: Conversation, command: str, setting: str, status: int
) -> None:
    first = [True]

    def answer(name: str, what: str) -> int:
        if (name, what) == (command, setting) and first.pop():
            first.append(False)
            return status
        return DONE

    board.status = answer
    with pytest.raises(SettingError, match=wire.STATUSES[status]):
        talk.write(AFTER, 10, print)
    assert {name: board.settings[name] for name in BEFORE} == BEFORE
    assert board.saved == []


def test_a_board_that_did_not_keep_it_is_found_out(board: Board, talk: Conversation) -> None:
    board.forgetful = True
    with pytest.raises(SettingError, match="mn_per_count reads 1000000 after 2034000 was written"):
        talk.write(AFTER, 10, print)


def test_a_movement_is_waited_for_and_said_once(board: Board, talk: Conversation) -> None:
    refusals = [IN_SET] * 3
    board.status = lambda name, setting: refusals.pop() if name == "set_setting" and refusals else DONE
    told: list[str] = []
    talk.write(AFTER, 10, told.append)
    assert len(told) == 1 and "let the cable go back to the stack" in told[0]
    assert board.settings["load_zero"] == AFTER["load_zero"]


def test_a_movement_that_does_not_end_is_given_up(board: Board, talk: Conversation) -> None:
    board.status = lambda name, setting: IN_SET if name in ("set_setting", "save") else DONE
    with pytest.raises(SettingError, match="mn_per_count is refused during a set; the board keeps what it had"):
        talk.write(AFTER, 10, lambda text: None)
    assert {name: board.settings[name] for name in BEFORE} == BEFORE


def test_a_board_that_does_not_answer(board: Board, talk: Conversation) -> None:
    board.status = lambda name, setting: None  # type: ignore[return-value,assignment]
    with pytest.raises(PortError, match="no answer to get within 4 s"):
        talk.read("cell")
    assert board.asked == ["get cell"] * 2
    losses = [None]
    board.status = lambda name, setting: losses.pop() if losses else DONE  # type: ignore[return-value,assignment]
    assert talk.read("cell") == board.settings["cell"], "a reply that was lost is asked for again"
    board.status = lambda name, setting: OUT_OF_RANGE
    with pytest.raises(SettingError, match="the board does not tell cell: out of range"):
        talk.read("cell")


def test_nobody_there_and_another_version(board: Board) -> None:
    clock = Clock()
    silent = Board()
    silent.write = lambda data: None  # type: ignore[method-assign]
    for one, error in ((silent, PortError), (board, SchemaMismatchError)):
        board.schema = wire.SCHEMA_ID ^ 1
        link = Link("x", Session(), open_port=lambda url, one=one: one, clock=clock)  # type: ignore[misc,arg-type]
        with pytest.raises(error, match="cablerep flash"), Conversation(link, clock) as talk:
            talk.open()
        assert one.asked == ["closed"]
