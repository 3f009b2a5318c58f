"""The client: settings change all or none, only between movements, and are read back."""

import pytest
from speaker import Speaker, heard

from cablerep.device.client import Client
from cablerep.device.link import Link
from cablerep.device.session import Session
from cablerep.errors import PortError, SchemaMismatchError, SettingError
from cablerep_fw.core.link import wire

NAMES = [row[0] for row in wire.SETTINGS]
DONE, OUT_OF_RANGE, IN_SET, FAILED = 0, 2, 3, 4
BEFORE = {"mn_per_count": 1_000_000, "load_zero": 0}
AFTER = {"mn_per_count": 2_034_000, "load_zero": -181_562}


class Board:
    """A port with a board that stores settings; `status` chooses the status of each reply."""

    def __init__(self) -> None:
        self.speaker = Speaker()
        self.settings = {name: row[4] for name, row in zip(NAMES, wire.SETTINGS, strict=True)}
        self.saved: list[dict[str, int]] = []
        self.requests: list[str] = []
        self.status = lambda command, setting: DONE
        self.forgetful = False  # replies "done" and changes nothing
        self.schema = wire.SCHEMA_ID
        self._out = b""

    def write(self, data: bytes) -> None:
        for name, fields in heard(data):
            if name == "hello_request":
                self._out += self.speaker.hello(schema=self.schema)
                continue
            setting = NAMES[fields["setting"] - 1] if "setting" in fields else ""
            self.requests.append(f"{name} {setting}".strip())
            status = self.status(name, setting)
            if status is None:
                continue
            if name == "set_setting" and status == DONE and not self.forgetful:
                self.settings[setting] = fields["value"]
            if name == "save" and status == DONE:
                self.saved.append(dict(self.settings))
            value = self.settings.get(setting, 0)
            number = fields.get("setting", 0)
            command = wire.BY_NAME[name].id
            self._out += self.speaker.say(
                "reply", tag=fields["tag"], command=command, status=status, setting=number, value=value
            )

    def read(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def close(self) -> None:
        self.requests.append("closed")


class Clock:
    """Each reading takes a tenth of a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def client(board: Board) -> Client:
    clock = Clock()
    client = Client(Link("x", Session(), open_port=lambda url: board, clock=clock), clock)  # type: ignore[arg-type]
    client.open()
    return client


def test_settings_are_written_saved_and_read_back(board: Board, client: Client) -> None:
    reports: list[str] = []
    client.write_settings(AFTER, 10, reports.append)
    assert {name: board.settings[name] for name in AFTER} == AFTER
    assert len(board.saved) == 1 and board.saved[0]["load_zero"] == AFTER["load_zero"]
    assert board.requests[-2:] == ["get mn_per_count", "get load_zero"]
    assert reports == []


def test_a_value_out_of_range_changes_nothing(board: Board, client: Client) -> None:
    with pytest.raises(
        SettingError, match="mn_per_count would be 2000000000 1e-6 mN, outside -1000000000 to 1000000000"
    ):
        client.write_settings({"load_zero": 3, "mn_per_count": 2_000_000_000}, 10, print)
    assert board.requests == []


@pytest.mark.parametrize(
    ("command", "setting", "status"),
    [("set_setting", "load_zero", OUT_OF_RANGE), ("save", "", FAILED), ("set_setting", "mn_per_count", OUT_OF_RANGE)],
)
def test_a_failed_change_restores_the_old_settings(
    board: Board, client: Client, command: str, setting: str, status: int
) -> None:
    first = [True]

    def status_of(name: str, of: str) -> int:
        if (name, of) == (command, setting) and first.pop():
            first.append(False)
            return status
        return DONE

    board.status = status_of
    with pytest.raises(SettingError, match=wire.STATUSES[status]):
        client.write_settings(AFTER, 10, print)
    assert {name: board.settings[name] for name in BEFORE} == BEFORE
    assert board.saved == []


def test_a_value_that_reads_back_differently_is_an_error(board: Board, client: Client) -> None:
    board.forgetful = True
    with pytest.raises(SettingError, match="mn_per_count reads 1000000 after 2034000 was written"):
        client.write_settings(AFTER, 10, print)


def test_a_movement_is_waited_for_and_reported_once(board: Board, client: Client) -> None:
    refusals = [IN_SET] * 3
    board.status = lambda name, setting: refusals.pop() if name == "set_setting" and refusals else DONE
    reports: list[str] = []
    client.write_settings(AFTER, 10, reports.append)
    assert len(reports) == 1 and "let the weight down" in reports[0]
    assert board.settings["load_zero"] == AFTER["load_zero"]


def test_the_wait_for_a_movement_ends_at_its_deadline(board: Board, client: Client) -> None:
    board.status = lambda name, setting: IN_SET if name in ("set_setting", "save") else DONE
    with pytest.raises(SettingError, match="mn_per_count: refused during a set; the settings are unchanged"):
        client.write_settings(AFTER, 10, lambda text: None)
    assert {name: board.settings[name] for name in BEFORE} == BEFORE


def test_a_lost_reply_is_requested_again_once(board: Board, client: Client) -> None:
    board.status = lambda name, setting: None  # type: ignore[return-value,assignment]
    with pytest.raises(PortError, match="no reply to get within 4 s"):
        client.read_setting("cell")
    assert board.requests == ["get cell"] * 2
    losses = [None]
    board.status = lambda name, setting: losses.pop() if losses else DONE  # type: ignore[return-value,assignment]
    assert client.read_setting("cell") == board.settings["cell"], "one lost reply is recovered"
    board.status = lambda name, setting: OUT_OF_RANGE
    with pytest.raises(SettingError, match="cannot read cell: out of range"):
        client.read_setting("cell")


def test_no_board_and_another_message_table_are_errors(board: Board) -> None:
    clock = Clock()
    silent = Board()
    silent.write = lambda data: None  # type: ignore[method-assign]
    for one, error in ((silent, PortError), (board, SchemaMismatchError)):
        board.schema = wire.SCHEMA_ID ^ 1
        link = Link("x", Session(), open_port=lambda url, one=one: one, clock=clock)  # type: ignore[misc,arg-type]
        with pytest.raises(error, match="cablerep flash"), Client(link, clock) as client:
            client.open()
        assert one.requests == ["closed"]
