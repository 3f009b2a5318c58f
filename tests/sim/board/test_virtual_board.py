"""The virtual board, driven by a link whose `wait` advances the clock: no thread, no real time."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_board import frame
from line_host import LineHost

from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_fw.core.settings.settings import CELL_HZ
from cablerep_sim import scenarios
from cablerep_sim.board.address import Source, parse
from cablerep_sim.board.links import PipeLink
from cablerep_sim.board.virtual_board import VirtualBoard
from cablerep_sim.trace.trace import from_arrays

SET = "clean?seed=3&reps=3"


class ScriptedLine:
    """A Link on which time passes only while the board waits; `script` is called at each wait with the line."""

    def __init__(self, script: Callable[["ScriptedLine"], None] | None = None) -> None:
        self.s = 0.0
        self.waits = 0
        self.host: LineHost | None = LineHost()
        self.reads = True
        self.closed = False
        self.board: VirtualBoard | None = None
        self.script = script or (lambda line: None)
        self._to_host = bytearray()

    def clock(self) -> float:
        return self.s

    def present(self) -> bool:
        return self.host is not None

    def receive(self) -> bytes:
        return self.host.take() if self.host else b""

    def send(self, data: memoryview) -> int:
        taken = min(len(data), 512 - len(self._to_host))
        self._to_host += data[:taken]
        return taken

    def wait(self, seconds: float, room: bool) -> None:
        assert seconds >= 0
        self.waits += 1
        self.s += seconds
        if self.host and self.reads:
            self.host.feed(bytes(self._to_host))
        if self.reads:
            self._to_host.clear()
        self.script(self)

    def close(self) -> None:
        self.closed = True
        if self.host:
            self.host.feed(bytes(self._to_host))


def play(
    address: str, script: Callable[[ScriptedLine], None] | None = None, *, there: bool = True, **changes: object
) -> ScriptedLine:
    """Run a board that hangs up at the end, with a host that is `there` from the beginning; return its line."""
    line = ScriptedLine(script)
    if not there:
        line.host = None
    source = dataclasses.replace(parse(address), end="hangup", **changes)
    line.board = board = VirtualBoard(source, line, clock=line.clock)
    board.run()
    assert line.closed
    return line


@pytest.fixture(scope="module")
def length_s() -> float:
    return parse(SET).open().duration_s


def test_at_full_speed_nothing_is_lost() -> None:
    line = play(SET + "&speed=0")
    host = line.host
    assert host is not None
    trace = parse(SET).open()
    expected = [pair for block in trace.blocks() for pair in zip(*block, strict=True)]
    assert host.samples[: len(expected)] == expected
    assert host.missed_frames == host.decoder.bad == 0
    assert len(host.reps()) == 3
    assert host.names().count("set") == 1
    health = host.of("health")[-1]
    assert (health["dropped"], health["dropped_samples"], health["missed"], health["overruns"]) == (0, 0, 0, 0)
    assert health["heap_free"] == wire.NULL
    assert line.board is not None
    assert line.board.app.engine.detector.decimator.samples > trace.samples + 200, "the filters have settled"
    assert line.board.app.journal.kept == 0, "and the last acknowledgement was waited for"
    readings = sum(load != NO_LOAD for _, load in expected)
    assert health["load_hz10"] == pytest.approx(2000 * readings / len(expected), abs=20), "as it was measured"


@pytest.mark.parametrize("speed", [1.0, 16.0])
def test_real_time_takes_as_long_as_the_trace(speed: float, length_s: float) -> None:
    line = play(SET, speed=speed)
    assert line.host is not None
    assert line.host.missed_frames == 0
    assert len(line.host.reps()) == 3
    assert length_s / speed < line.s < (length_s + 16) / speed + 0.5, "and no more than the set's rest behind it"


def test_the_first_sample_waits_for_the_host(length_s: float) -> None:
    def come_after_a_minute(line: ScriptedLine) -> None:
        if line.s > 60 and line.host is None:
            line.host = LineHost()

    line = play(SET, come_after_a_minute, there=False)
    assert line.host is not None
    assert line.host.of("hello")[-1]["samples"] == 0
    assert len(line.host.reps()) == 3
    assert line.s > 60 + length_s, "and then takes its time"


def test_with_start_now_the_first_sample_does_not_wait() -> None:
    def come_after_five_seconds(line: ScriptedLine) -> None:
        if line.s > 5 and line.host is None:
            line.host = LineHost()

    line = play(SET, come_after_five_seconds, there=False, start="now")
    assert line.host is not None
    assert line.host.of("hello")[-1]["samples"] == pytest.approx(1000, abs=30)
    assert len(line.host.reps()) == 3


def test_without_hello_the_samples_start_after_a_second(length_s: float) -> None:
    line = ScriptedLine()
    line.host = LineHost()
    line.host.out = b""
    board = VirtualBoard(dataclasses.replace(parse(SET), end="hangup"), line, clock=line.clock)
    begun = []
    line.script = lambda line: begun.append(line.s) if board.app.engine.detector.decimator.samples else None
    board.run()
    assert begun[0] == pytest.approx(1, abs=0.1)
    assert line.host.names() == ["hello"], "nobody asked for more"


def test_a_host_that_does_not_read_is_waited_for_at_speed_0() -> None:
    def pause(line: ScriptedLine) -> None:
        line.reads = line.waits % 50 > 25

    line = play(SET + "&speed=0", pause)
    assert line.host is not None
    assert line.host.missed_frames == 0
    assert len(line.host.reps()) == 3


@pytest.mark.parametrize("deaf_until", [0, 20.0])
def test_at_full_speed_the_board_waits_for_acknowledgements(deaf_until: float) -> None:
    held: list[bytes] = []
    asked_at = -1  # samples when a message began to wait for its acknowledgement
    asked_s = 0.0
    ahead: list[int] = []

    def answer_late(line: ScriptedLine) -> None:
        nonlocal asked_at, asked_s
        assert line.host is not None
        samples = board.app.engine.detector.decimator.samples
        if not board.app.journal.kept:
            asked_at = -1
            return
        if asked_at < 0:
            asked_at, asked_s = samples, line.s
        held.append(line.host.take())
        if line.s > deaf_until and len(held) > 10:
            line.host.out = b"".join(held)
            held.clear()
        if asked_s > deaf_until:
            ahead.append(samples - asked_at)

    line = ScriptedLine(answer_late)
    board = VirtualBoard(parse("sim://several-sets?seed=3&speed=0&end=hangup"), line, clock=line.clock)
    board.run()
    assert line.host is not None
    assert len(line.host.reps()) > 10
    assert len(ahead) > 100
    assert max(ahead) <= 2 * 96, "what two turns play"


def test_a_host_that_does_not_read_costs_samples_in_real_time_and_no_rep() -> None:
    def pause(line: ScriptedLine) -> None:
        line.reads = line.s < 5 or line.s > 12

    line = ScriptedLine(pause)
    board = VirtualBoard(dataclasses.replace(parse(SET), end="hangup"), line, clock=line.clock)
    host = line.host
    assert host is not None
    host.out = b"\0" + frame("hello_request", 1, wire.SCHEMA_ID) + frame("stream", 2, 1)
    host._next_sample = None
    host._take_frame = _tolerant(host)  # type: ignore[method-assign]
    board.run()
    health = host.of("health")[-1]
    assert health["dropped_samples"] > 10
    assert host.missed_frames > 0
    assert len(host.reps()) == 3


def _tolerant(host: LineHost) -> Callable[[wire.Message, bytes, int], None]:
    take = LineHost._take_frame

    def take_frame(message: wire.Message, payload: bytes, number: int) -> None:
        host._next_sample = None
        take(host, message, payload, number)

    return take_frame


@pytest.mark.parametrize("speed", [0.0, 1.0])
def test_a_host_that_never_acknowledges_is_given_up(speed: float) -> None:
    line = ScriptedLine()
    line.host = LineHost(stream=False, acknowledges=False)
    board = VirtualBoard(dataclasses.replace(parse(SET), speed=speed, end="hangup"), line, clock=line.clock)
    board.run()
    assert len(line.host.reps()) == 3
    assert board.app.journal.kept >= 4


def test_at_full_speed_without_a_host_the_trace_is_played() -> None:
    line = ScriptedLine()
    line.host = None
    board = VirtualBoard(dataclasses.replace(parse(SET), speed=0, start="now", end="hangup"), line, clock=line.clock)
    board.run()
    assert board.app.journal.kept >= 4, "three reps and a set"


def test_without_end_hangup_the_board_idles_at_the_end(length_s: float) -> None:
    def leave_later(line: ScriptedLine) -> None:
        if line.s > length_s + 60:
            board.stop()

    line = ScriptedLine(leave_later)
    board = VirtualBoard(parse(SET), line, clock=line.clock)
    board.run()
    assert line.host is not None
    assert line.host.of("health")[-1]["samples"] == pytest.approx((length_s + 60) * 200, abs=300)
    assert line.host.names().count("set") == 1


@pytest.mark.parametrize("speed", [0.0, 16.0])
def test_a_set_that_the_trace_cuts_off_still_ends(speed: float) -> None:
    recording = scenarios.build("clean", 3, reps=3)
    last = recording.truth.reps[-1]
    cut = int((last.start_s + last.top_s) / 2 * 200)
    trace = from_arrays("cut", recording.meta, recording.t_us[:cut], recording.travel[:cut], recording.load[:cut])
    line = ScriptedLine()
    board = VirtualBoard(Source(lambda: trace, speed, "hangup"), line, clock=line.clock)
    board.run()
    assert line.host is not None
    assert len(line.host.reps()) == 2
    assert line.host.names().count("set") == 1
    assert board.app.journal.kept == 0, "the last acknowledgement was waited for"


def test_notes_about_the_trace_are_logged(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("# rate_hz: 100\nt_us,travel,load\n" + "".join(f"{13000 * k},{k},\n" for k in range(50)))
    line = play(f"sim://{path}?speed=0")
    assert line.host is not None
    assert line.host.names()[:3] == ["hello", "hello", "log"]


def test_commands_are_answered_while_it_plays() -> None:
    def ask(line: ScriptedLine) -> None:
        if line.host and line.waits == 50:
            line.host.out += frame("set_setting", 9, 1, 100) + frame("save", 10) + frame("clear_faults", 11)

    line = play(SET, ask)
    assert line.host is not None
    statuses = {reply["tag"]: wire.STATUSES[reply["status"]] for reply in line.host.of("reply")}
    assert statuses[9] == "out of range", "a trace has one rate"
    assert statuses[10] == statuses[11] == "done"


def test_the_repl_message_ends_it() -> None:
    def ask(line: ScriptedLine) -> None:
        if line.host and line.waits == 50:
            line.host.out += frame("repl", 9)

    line = play(SET, ask)
    assert line.host is not None
    assert line.host.text == ["A virtual board has no REPL; it has ended."]


def test_an_exception_is_printed_on_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise RuntimeError("the encoder fell off")

    def breaks(line: ScriptedLine) -> None:
        line.reads = line.waits < 30 or line.waits > 35
        if line.waits == 35:
            line.send(memoryview(bytes(600)))  # the line is full
            monkeypatch.setattr(board, "button", broken)

    line = ScriptedLine(breaks)
    board = VirtualBoard(parse(SET), line, clock=line.clock)
    board.run()
    assert line.host is not None
    assert line.closed
    assert line.host.text[0] == "Traceback (most recent call last):"
    assert line.host.text[-1] == "RuntimeError: the encoder fell off"


def test_an_unread_exception_does_not_block_the_end() -> None:
    def ask(line: ScriptedLine) -> None:
        if line.host and line.waits == 50:
            line.host.out += frame("repl", 9)
        line.reads = line.waits < 60
        if line.waits == 60:
            line.send(memoryview(bytes(600)))

    line = play(SET, ask)
    assert line.waits < 200, "they are given up"


def test_a_killed_board_comes_back_with_its_unacknowledged_reps(tmp_path: Path) -> None:
    def kill(line: ScriptedLine) -> None:
        if line.s > 60:
            board.stop()

    line = ScriptedLine(kill)
    line.host = None
    board = VirtualBoard(parse(SET + "&start=now"), line, tmp_path, clock=line.clock)
    board.run()
    session = board.app.engine.reporter.session

    line = ScriptedLine()
    source = dataclasses.replace(parse(SET), speed=0, end="hangup")
    VirtualBoard(source, line, tmp_path, clock=line.clock).run()
    host = line.host
    assert host is not None
    sessions = [key[0] for key in host.reps()]
    assert sessions.count(session) == 3
    assert len(sessions) == 6, "and the new board's own"
    assert set((tmp_path / "cablerep.flash").read_bytes()) == {0xFF}, "all fetched"


def test_settings_survive_but_the_trace_sets_the_scale(tmp_path: Path) -> None:
    line = ScriptedLine()
    assert line.host is not None
    line.host.out += frame("set_setting", 9, 8, 5000) + frame("set_setting", 10, 2, 7) + frame("save", 11)
    source = dataclasses.replace(parse(SET), speed=0, end="hangup")
    VirtualBoard(source, line, tmp_path, clock=line.clock).run()
    board = VirtualBoard(source, ScriptedLine(), tmp_path)
    assert board.settings.values[7] == 5000
    assert board.settings.values[1] == source.open().header.um_per_count


def test_a_host_that_requests_samples_after_hello_gets_the_first() -> None:
    asked = []

    def ask(line: ScriptedLine) -> None:
        if line.host and line.host.of("hello") and not asked:
            asked.append(line.s)
            line.host.out += frame("stream", 2, 1)

    line = ScriptedLine(ask)
    line.host = LineHost(stream=False)
    VirtualBoard(dataclasses.replace(parse(SET + "&speed=0"), end="hangup"), line, clock=line.clock).run()
    first = next(iter(parse(SET).open().blocks()))
    assert line.host.samples[:2] == [(first[0][i], first[1][i]) for i in range(2)]


def test_the_cell_rate_is_that_of_the_trace() -> None:
    board = VirtualBoard(parse("sim://glute-kickback?load_hz=80"), PipeLink())
    assert board.settings.values[CELL_HZ] == pytest.approx(80, abs=2)  # its clock is up to 2 % off
