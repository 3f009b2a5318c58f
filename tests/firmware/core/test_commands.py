"""Commands from the host: each one, each refusal, and arbitrary bytes."""

from typing import Any

import pytest
from detector_run import decode
from fake_board import FakeBoard, frame
from hypothesis import given, settings
from hypothesis import strategies as st
from pull import Pull

from cablerep_fw import app
from cablerep_fw.core import commands
from cablerep_fw.core.commands import Commands
from cablerep_fw.core.detect.decimator import _FORCE_MN
from cablerep_fw.core.engine import Engine
from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_fw.core.settings.settings import LIFTER, LOAD_ZERO, RATE_HZ, SIDE

PROFILE_FIELDS = (3, 500_000, 8000, 30_000, 1000, 700_000, 600_000, 120, 80, 4, 1, 30, 45, 15)
SETTING = {row[0]: number for number, row in enumerate(wire.SETTINGS, 1)}


class Desk:
    """Commands on a fake board, with the frames that they gave rise to."""

    def __init__(self) -> None:
        self.board = FakeBoard()
        self.journal = Journal(8)
        self.outbox = Outbox()
        self.engine = Engine(self.board.settings, self.journal, self.outbox, 77)
        self.commands = Commands(self.board, self.engine, b"0.1.0 b0 fake")

    @property
    def values(self) -> list[int]:
        return list(self.board.settings.values)

    def hear(self, data: bytes) -> list[tuple[str, dict[str, Any]]]:
        for byte in data:
            self.commands.take(byte)
        sent = b""
        while self.outbox.used:
            sent += self.outbox.buffers[self.outbox.first][: self.outbox.lengths[self.outbox.first]]
            self.outbox.pop()
        return decode(sent)

    def ask(self, name: str, *fields: int, tag: int = 9) -> tuple[str, list[str]]:
        """Send a command; return the status of its reply and the names of what came before it."""
        answers = self.hear(frame(name, tag, *fields))
        kind, reply = answers.pop()
        assert kind == "reply"
        assert (reply["tag"], reply["command"]) == (tag, wire.BY_NAME[name].id)
        return wire.STATUSES[reply["status"]], [kind for kind, _ in answers]

    def begin_set(self) -> None:
        self.engine.detector.sets.active = True
        assert not self.engine.detector.idle()

    def read_load(self, counts: int, travel: int = 0) -> None:
        for _ in range(20):
            self.board.ring.push(travel, counts)
        self.engine.feed(self.board.ring)


def test_indices_of_fields_are_those_of_the_table() -> None:
    names = [row[0] for row in wire.SETTINGS]
    profile = wire.BY_NAME["profile"].fields[commands._FIRST :]
    assert [names[index] for index in commands._OF_PROFILE] == [field[0] for field in profile]
    side = wire.BY_NAME["side"].fields[commands._FIRST :]
    assert [names[index] for index in commands._OF_SIDE] == [field[0] for field in side]
    for name, field in (("hello_request", "schema"), ("stream", "on"), ("tare", "what"), ("side", "side")):
        assert wire.BY_NAME[name].place(field) == commands._FIRST
    assert wire.BY_NAME["set_setting"].place("setting") == wire.BY_NAME["get"].place("setting") == commands._FIRST
    assert wire.BY_NAME["set_setting"].place("value") == commands._SECOND
    assert [wire.BY_NAME["ack"].place(name) for name in ("session", "seq")] == [0, 1]
    health = wire.BY_NAME["health"]
    assert (health.place("overruns"), health.place("bad_frames")) == (app._OVERRUNS, app._BAD_FRAMES)


def test_each_command_has_its_handler() -> None:
    sent = [message for message in wire.MESSAGES if message.direction == wire.TO_BOARD]
    assert [handler.__name__ for handler in commands._HANDLERS] == [f"_{message.name}" for message in sent]
    assert [message.id for message in sent] == list(range(0xC0, 0xC0 + len(sent)))
    assert max(len(message.letters) for message in sent) == len(wire.BY_NAME["profile"].letters)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_hello_comes_first_and_the_journal_from_its_beginning(desk: Desk) -> None:
    desk.board.notes.append("mind the step")
    desk.journal.add(wire.BY_NAME["set"], [5, 1, *[0] * 11])
    desk.journal.next_slot()
    desk.journal.mark_sent()
    answers = desk.hear(frame("hello_request", 4, wire.SCHEMA_ID))
    assert [kind for kind, _ in answers] == ["hello", "log", "reply"]
    assert answers[0][1]["schema"] == wire.SCHEMA_ID
    assert answers[0][1]["session"] == 77
    assert answers[0][1]["kept"] == 1
    assert answers[2][1] == {"tag": 4, "command": 0xC0, "status": 0, "setting": 0, "value": 0}
    assert desk.engine.reporter.attached
    assert desk.journal.next_slot() >= 0


def test_hello_follows_a_delimiter(desk: Desk) -> None:
    desk.commands.hello()
    assert bytes(desk.outbox.buffers[0][: desk.outbox.lengths[0]]) == b"\0"


def test_a_host_with_another_schema_gets_only_hello(desk: Desk) -> None:
    assert desk.ask("hello_request", wire.SCHEMA_ID ^ 1) == ("failed", ["hello"])
    assert not desk.engine.reporter.attached


def test_a_new_host_must_request_samples_itself(desk: Desk) -> None:
    assert desk.ask("stream", 1)[0] == "done"
    assert desk.engine.reporter.streaming
    desk.ask("hello_request", wire.SCHEMA_ID)
    assert not desk.engine.reporter.streaming


def test_stream(desk: Desk) -> None:
    assert desk.ask("stream", 2)[0] == "out of range"
    assert not desk.engine.reporter.streaming
    assert desk.ask("stream", 1)[0] == "done"
    assert desk.ask("stream", 0)[0] == "done"
    assert not desk.engine.reporter.streaming


def test_samples_begin_with_the_next_one(desk: Desk) -> None:
    desk.ask("hello_request", wire.SCHEMA_ID)
    desk.read_load(5)
    desk.ask("stream", 1)
    desk.read_load(5)
    assert desk.hear(b"")[0][1]["first"] == 20


def test_an_acknowledgement_has_no_reply(desk: Desk) -> None:
    desk.journal.add(wire.BY_NAME["set"], [5, 1, *[0] * 11])
    assert desk.hear(frame("ack", 5, 2) + frame("ack", 6, 1)) == []
    assert desk.journal.kept == 1
    assert desk.hear(frame("ack", 5, 1) + frame("ack", 5, 1) + frame("ack", 0xFFFFFFFF, 0xFFFFFFFF)) == []
    assert desk.journal.kept == 0


def test_tare(desk: Desk) -> None:
    assert desk.ask("tare", 0)[0] == "out of range"
    assert desk.ask("tare", 4)[0] == "out of range"
    assert desk.ask("tare", 2)[0] == "failed", "there is no load cell yet"
    assert desk.ask("tare", 1)[0] == "done"
    desk.read_load(-181_562)
    assert desk.ask("tare", 3) == ("done", ["hello"])
    assert desk.values[LOAD_ZERO] == -181_562
    desk.begin_set()
    desk.read_load(5)
    assert desk.ask("tare", 2)[0] == "refused during a set"
    assert desk.values[LOAD_ZERO] == -181_562


def test_a_loaded_cell_is_tared_only_if_forced(desk: Desk) -> None:
    for travel in range(0, 300_000, 4_000):
        desk.read_load(40_000, travel)
    for _ in range(10):
        desk.read_load(40_000, travel)
    desk.engine.finish()
    assert desk.ask("tare", 2)[0] == "refused under load"
    assert desk.ask("tare", 1)[0] == "done"
    assert desk.values[LOAD_ZERO] == 0
    assert desk.ask("tare", 6)[0] == "done"
    assert desk.values[LOAD_ZERO] == 40_000
    assert desk.ask("tare", 8)[0] == "out of range"


def test_get(desk: Desk) -> None:
    for number, row in enumerate(wire.SETTINGS, 1):
        (_, reply) = desk.hear(frame("get", 1, number))[0]
        assert (reply["status"], reply["setting"], reply["value"]) == (0, number, row[4])
    for number in (0, len(wire.SETTINGS) + 1, 255):
        (_, reply) = desk.hear(frame("get", 1, number))[0]
        assert (wire.STATUSES[reply["status"]], reply["setting"], reply["value"]) == ("out of range", number, 0)


@pytest.mark.parametrize("name", SETTING)
def test_set_setting_replies_with_the_resulting_value(desk: Desk, name: str) -> None:
    _, _, least, most, default = wire.SETTINGS[SETTING[name] - 1]
    wanted = least if least != default else most
    if name == "rate_hz":
        wanted = 500
    (_, reply) = desk.hear(frame("set_setting", 1, SETTING[name], wanted))[-1]
    assert (reply["status"], reply["setting"], reply["value"]) == (0, SETTING[name], wanted)
    (_, reply) = desk.hear(frame("set_setting", 1, SETTING[name], most + 1))[-1]
    assert (wire.STATUSES[reply["status"]], reply["value"]) == ("out of range", wanted)
    desk.begin_set()
    (_, reply) = desk.hear(frame("set_setting", 1, SETTING[name], default))[-1]
    allowed = name == "side"
    assert wire.STATUSES[reply["status"]] == ("done" if allowed else "refused during a set")
    assert reply["value"] == (default if allowed else wanted)


def test_a_new_rate_starts_a_session_and_restarts_the_sampler(desk: Desk) -> None:
    assert desk.ask("set_setting", SETTING["rate_hz"], 1000) == ("done", ["hello"])
    assert ("start", 1000) in desk.board.asked
    assert (desk.engine.reporter.session, desk.engine.detector.rate_hz) == (1001, 1000)


def test_a_rate_the_board_does_not_support_is_refused(desk: Desk) -> None:
    assert desk.ask("set_setting", SETTING["rate_hz"], 49)[0] == "out of range"
    assert desk.values[RATE_HZ] == 200
    assert desk.board.asked == []


def test_the_same_value_again_changes_nothing(desk: Desk) -> None:
    assert desk.ask("set_setting", SETTING["rate_hz"], 200) == ("done", [])
    assert desk.ask("profile", *PROFILE_FIELDS)[0] == "done"
    session = desk.engine.reporter.session
    assert desk.ask("profile", *PROFILE_FIELDS) == ("done", [])
    desk.begin_set()
    assert desk.ask("profile", *PROFILE_FIELDS) == ("done", []), "what changes nothing harms no set"
    assert desk.engine.reporter.session == session


def test_wiring_takes_effect_at_the_next_start(desk: Desk) -> None:
    assert desk.ask("set_setting", SETTING["pin_led"], 25) == ("done", ["hello"])
    assert desk.engine.reporter.session == 77


def test_the_load_zero_takes_effect_at_once(desk: Desk) -> None:
    assert desk.ask("set_setting", SETTING["load_zero"], 1000)[0] == "done"
    assert desk.engine.reporter.session == 77
    desk.read_load(1500)
    assert desk.engine.detector.decimator.state[_FORCE_MN] == 500


def test_save(desk: Desk) -> None:
    assert desk.ask("save")[0] == "done"
    desk.board.works = False
    assert desk.ask("save")[0] == "failed"
    assert desk.board.asked == [("save_settings",)] * 2
    desk.begin_set()
    assert desk.ask("save")[0] == "refused during a set"
    assert len(desk.board.asked) == 2


def test_the_side_may_be_set_at_any_time(desk: Desk) -> None:
    desk.begin_set()
    assert desk.ask("side", 2, 137) == ("done", ["hello"])
    assert (desk.values[SIDE], desk.values[LIFTER]) == (2, 137)
    assert desk.ask("side", 3, 0)[0] == "out of range"
    assert (desk.values[SIDE], desk.values[LIFTER]) == (2, 137)


def test_a_profile_is_applied_completely_or_not_at_all(desk: Desk) -> None:
    before = desk.values
    for place in range(1, len(PROFILE_FIELDS)):
        wrong = list(PROFILE_FIELDS)
        # The settings' ranges are narrower than the fields'.
        narrow = {9: 0, 10: 2, 13: 1001}
        wrong[place] = -1 if wire.BY_NAME["profile"].fields[place + 1][1] == "i" else narrow.get(place, 301)
        assert desk.ask("profile", *wrong)[0] == "out of range"
        assert desk.values == before
    assert desk.ask("profile", *PROFILE_FIELDS) == ("done", ["hello"])
    names = [name for name, *_ in wire.BY_NAME["profile"].fields[1:]]
    assert [desk.values[SETTING[name] - 1] for name in names] == list(PROFILE_FIELDS)
    assert desk.engine.reporter.session == 1001, "the detector begins anew with it"
    desk.begin_set()
    assert desk.ask("profile", 0, *PROFILE_FIELDS[1:])[0] == "refused during a set"


def test_each_limit_starts_a_session_so_that_no_set_is_judged_by_two(desk: Desk) -> None:
    for session, (name, value) in enumerate({"rom_over": 400_000, "learn_reps": 2}.items(), 1001):
        assert desk.ask("set_setting", SETTING[name], value)[0] == "done"
        assert desk.engine.reporter.session == session


def test_the_end_of_a_set(desk: Desk) -> None:
    assert desk.ask("end_set") == ("done", []), "there is none, so it is over"
    desk.engine.reporter.attach()
    reps = Pull().still(1.5).move(300, 1.0).still(1.5)
    for _ in range(3):
        reps.rep(400, 0.8, 1.0, 1.5).still(0.8)
    heard: list[str] = []
    counts = reps.samples(200)
    for number, travel in enumerate(counts):
        desk.board.ring.push(travel, NO_LOAD)
        desk.engine.feed(desk.board.ring)
        heard += [kind for kind, _ in desk.hear(b"")]
        if number == len(counts) - 600:  # three seconds from the end: in the last rep
            assert desk.ask("end_set") == ("refused during a movement", [])
            assert desk.engine.detector.sets.active
    assert (heard.count("rep"), heard.count("set")) == (3, 0)
    assert desk.ask("end_set") == ("done", ["set"])
    assert desk.engine.detector.idle()
    assert desk.ask("end_set") == ("done", []), "once is enough"


def test_repl(desk: Desk) -> None:
    assert desk.ask("repl")[0] == "done"
    assert desk.commands.repl_wanted


def test_clear_faults(desk: Desk) -> None:
    desk.board.fault_bits = 2
    desk.engine.detector.decimator.jumps = 1
    assert desk.ask("clear_faults")[0] == "done"
    assert (desk.board.fault_bits, desk.engine.detector.decimator.jumps) == (0, 0)


def raw_frame(message_id: int, payload: bytes) -> bytes:
    buffer = bytearray(frames.MAX_FRAME)
    buffer[frames.PAYLOAD : frames.PAYLOAD + len(payload)] = payload
    return bytes(buffer[: frames.seal(buffer, message_id, 0, len(payload))])


@pytest.mark.parametrize("payload", [b"", b"\x07", b"\x07" * 30])
def test_the_reply_to_an_unknown_command_has_its_tag(desk: Desk, payload: bytes) -> None:
    ((_, reply),) = desk.hear(raw_frame(0xFE, payload))
    assert (reply["tag"], reply["command"]) == (payload[0] if payload else 0, 0xFE)
    assert wire.STATUSES[reply["status"]] == "unknown"


@pytest.mark.parametrize("name", [message.name for message in wire.MESSAGES if message.direction == wire.TO_BOARD])
def test_a_command_with_a_wrong_length_is_unknown(desk: Desk, name: str) -> None:
    message = wire.BY_NAME[name]
    for length in (message.size - 1, message.size + 1):
        ((_, reply),) = desk.hear(raw_frame(message.id, bytes(length)))
        assert wire.STATUSES[reply["status"]] == "unknown"


def test_a_line_that_echoes_is_not_answered(desk: Desk) -> None:
    for message in wire.MESSAGES:
        if message.direction == wire.TO_HOST:
            assert desk.hear(raw_frame(message.id, bytes(message.size))) == []


def test_input_that_is_not_a_frame_is_counted(desk: Desk) -> None:
    assert desk.hear(b"\x03\x02\r\nhelp()\r\n\x90\x91\0") == []
    assert desk.commands.bad_frames() == 3


ANY = st.binary(max_size=300) | st.lists(
    st.tuples(st.integers(0x80, 0xFF) | st.integers(0xC0, 0xCB), st.binary(max_size=24)), max_size=8
).map(lambda row: b"".join(raw_frame(message_id, payload) for message_id, payload in row))


@settings(deadline=None)
@given(data=ANY)
def test_arbitrary_bytes_leave_valid_settings(data: bytes) -> None:
    desk = Desk()
    desk.hear(data)
    assert all(desk.board.settings.accepts(place, value) for place, value in enumerate(desk.values))
    desk.commands.take(0)  # ends whatever was half said
    assert desk.ask("get", 1)[0] == "done"
