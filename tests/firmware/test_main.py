"""The application's loop on a fake board: hosts that come and go, the journal's file, health, keys and lamps."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from detector_run import decode
from fake_board import FakeBoard, frame

from cablerep_fw.app import App
from cablerep_fw.core import lifetime
from cablerep_fw.core.detect.decimator import _LAST, _ORIGIN
from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_sim import scenarios

HELLO = frame("hello_request", 1, wire.SCHEMA_ID)
REST_MS = 12_000
Messages = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def kickbacks() -> list[tuple[int, int]]:
    """Travel and load of three reps, in counts of 1 µm and 1 mN."""
    recording = scenarios.build("clean", 3, reps=3, um_per_count=100)
    scale = round(float(recording.meta["um_per_count"]))
    first = int(recording.travel[0])
    return [(scale * (int(travel) - first), NO_LOAD) for travel in recording.travel]


class Bench:
    """An App on a fake board that a test turns by hand."""

    def __init__(self, board: FakeBoard | None = None) -> None:
        self.board = board or FakeBoard()
        self.app = App(self.board)
        self._read = 0

    def hear(self, data: bytes) -> Messages:
        self.board.hears(data)
        self.app.turn()
        return self.sent()

    def sent(self) -> Messages:
        data = bytes(self.board.line[self._read : self.board.sent])
        self._read = self.board.sent
        if self._read > 1 << 15:
            self._read = self.board.sent = 0
        return decode(data)

    def play(self, samples: list[tuple[int, int]]) -> Messages:
        heard: Messages = []
        for number, (travel, load) in enumerate(samples):
            self.board.ring.push(travel, load)
            if number % 10 == 9:
                self.app.turn()
                heard += self.sent()
        self.app.turn()
        return heard + self.sent()

    def stand(self, seconds: float) -> Messages:
        """Let the cable stand where it is."""
        decimator = self.app.engine.detector.decimator
        return self.play([(decimator.state[_ORIGIN] + decimator.state[_LAST], NO_LOAD)] * round(seconds * 200))


def acks(messages: Messages) -> bytes:
    return b"".join(frame("ack", values["session"], values["seq"]) for _, values in messages if "seq" in values)


def test_it_starts_sampling_says_hello_and_runs_while_the_board_does() -> None:
    bench = Bench()
    bench.board.turns = 3
    bench.app.run()
    assert bench.board.asked[0] == ("start", 200)
    assert [name for name, _ in bench.sent()] == ["hello"]
    assert ("repl",) not in bench.board.asked


def test_a_rate_that_the_board_has_not_falls_back_to_the_default() -> None:
    board = FakeBoard()
    board.settings.put(0, 20)
    assert Bench(board).app.engine.detector.rate_hz == 200


def test_the_repl_message_is_answered_before_the_port_is_handed_over() -> None:
    bench = Bench()
    bench.board.turns = 10
    bench.board.room = 5
    bench.board.hears(frame("repl", 3))
    bench.app.run()
    assert bench.board.asked[-1] == ("repl",)
    name, reply = bench.sent()[-1]
    assert (name, reply["tag"], reply["status"]) == ("reply", 3, 0)


def test_a_host_that_does_not_read_cannot_hold_the_repl_back() -> None:
    bench = Bench()
    bench.board.turns = 10
    bench.board.room = 0
    bench.board.hears(frame("repl", 3))
    bench.app.run()
    assert bench.board.asked[-1] == ("repl",)


def test_nothing_is_sent_to_a_host_that_is_gone_on_the_way_to_the_repl() -> None:
    bench = Bench()
    bench.board.turns = 10
    bench.board.present = False
    bench.board.hears(frame("repl", 3))
    bench.app.run()
    assert bench.board.asked[-1] == ("repl",)
    assert bench.sent() == []


def test_reps_reach_the_host_and_an_acknowledged_one_is_forgotten(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.hear(HELLO)
    heard = bench.play(kickbacks) + bench.stand(REST_MS / 1000 + 2)
    reps = [values for name, values in heard if name == "rep" and values["kind"] == 1]
    assert len({rep["seq"] for rep in reps}) == 3
    assert [name for name, _ in heard].count("set") >= 1
    assert bench.app.journal.kept == bench.app.engine.reporter.seq
    bench.hear(acks(heard))
    for _ in range(10):
        bench.app.turn()
    assert bench.app.journal.kept == 0


def test_it_counts_without_a_host_and_tells_the_next_one_everything(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.board.present = False
    assert bench.play(kickbacks) + bench.stand(15) == []
    assert saves(bench) == list(range(1, bench.app.engine.reporter.seq + 1)), "each message once"
    bench.board.present = True
    heard = bench.hear(HELLO)
    for _ in range(5):
        bench.app.turn()
        heard += bench.sent()
    assert [name for name, _ in heard].count("rep") == 3
    assert heard[0][0] == "hello"


def saves(bench: Bench) -> list[int]:
    """Return the sequence numbers that went to flash, in order."""
    return [asked[1] for asked in bench.board.asked if asked[0] == "save_journal"]


def test_alone_each_rep_goes_to_flash_while_the_set_goes_on(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.board.present = False
    reporter = bench.app.engine.reporter
    due = 0
    for number, (travel, load) in enumerate(kickbacks * 2):
        bench.board.ring.push(travel, load)
        bench.app.turn()
        if reporter.seq > len(saves(bench)):
            due = due or number
            assert number - due <= 100, "within half a second at 200 Hz"
        else:
            due = 0
    assert len(saves(bench)) >= 3


def test_frames_for_a_host_that_went_are_not_for_the_next(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.hear(HELLO + frame("stream", 2, 1))
    bench.board.room = 7  # in the middle of a frame
    bench.board.ring.push(0, NO_LOAD)
    bench.play([(0, NO_LOAD)] * 50)
    bench.board.present = False
    bench.app.turn()
    assert (bench.app.outbox.used, bench.app.outbox.offset) == (0, 0)
    assert not bench.app.engine.reporter.attached
    assert not bench.app.engine.reporter.streaming
    bench.board.present = True
    bench.board.room = 1 << 16
    bench.board.sent = bench._read = 0
    assert [name for name, _ in bench.hear(HELLO)][:1] == ["hello"]


def test_half_a_command_is_forgotten_with_its_host() -> None:
    bench = Bench()
    bench.hear(HELLO)
    bench.hear(frame("side", 1, 2, 0)[:-2])
    bench.board.present = False
    bench.app.turn()
    bench.board.present = True
    assert [name for name, _ in bench.hear(HELLO)] == ["hello", "reply"]


def test_a_flood_from_the_host_leaves_room_for_the_samples() -> None:
    bench = Bench()
    bench.board.hears(bytes(2000))
    bench.board.ring.push(0, NO_LOAD)
    bench.app.turn()
    assert bench.board.taken == 64
    assert bench.board.ring.waiting() == 0


def test_health_comes_once_a_second_of_samples_with_the_boards_share() -> None:
    bench = Bench()
    bench.hear(HELLO + b"what?\r\n")
    bench.board.fault_bits = 6
    bench.board.ring.overruns = 3
    heard = [values for name, values in bench.play([(0, NO_LOAD)] * 1000) if name == "health"]
    assert [values["samples"] for values in heard] == [200, 400, 600, 800, 1000]
    last = heard[-1]
    assert (last["faults"], last["overruns"], last["bad_frames"], last["missed"]) == (6, 3, 1, 0)
    assert last["jitter_us"] == 0xFFFF, "a field ends at its end"
    bench.board.fault_bits = 0
    heard = [values for name, values in bench.stand(1) if name == "health"]
    assert [values["faults"] for values in heard] == [0]


def test_without_a_host_nobody_is_told() -> None:
    bench = Bench()
    bench.board.present = False
    bench.play([(0, NO_LOAD)] * 1000)
    bench.board.present = True
    assert bench.stand(0.05) == []


def test_the_lamp_shows_phases_cues_and_faults(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.play(kickbacks)
    bench.stand(14)
    shown = [(wire.CUES[asked[1]], wire.PHASES[asked[2]]) for asked in bench.board.asked if asked[0] == "show"]
    assert all(one != other for one, other in itertools.pairwise(shown)), "only when it changes"
    assert {phase for _, phase in shown} >= {"rest", "concentric", "hold", "eccentric"}
    assert "set_ended" in {cue for cue, _ in shown}
    bench.board.asked.clear()
    bench.board.fault_bits = 1
    bench.stand(1.5)
    assert bench.board.asked == [("show", wire.CUES.index("fault"), wire.PHASES.index("rest"))]


def test_a_fault_is_no_reason_to_disturb_a_set(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.board.fault_bits = 1
    shown = bench.board.asked
    bench.play(kickbacks)
    fault = wire.CUES.index("fault")
    assert {wire.PHASES[asked[2]] for asked in shown if asked[:2] == ("show", fault)} <= {"slack", "rest"}
    assert ("show", fault, wire.PHASES.index("rest")) in shown


def test_the_button_tares_and_names_the_other_side() -> None:
    bench = Bench()
    bench.play([(0, 1234)] * 40)
    bench.board.pressed = 1
    bench.app.turn()
    assert bench.board.settings.values[3] == 1234
    for side in (1, 2, 1):
        bench.board.pressed = 2
        bench.app.turn()
        assert bench.board.settings.values[5] == side


def test_what_a_host_acknowledges_in_time_is_never_written(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.hear(HELLO)
    for at in range(0, len(kickbacks), 50):
        bench.hear(acks(bench.play(kickbacks[at : at + 50])))
    for _ in range(28):
        bench.hear(acks(bench.stand(0.5)))
    assert bench.app.engine.reporter.seq > 3
    assert bench.app.journal.kept == 0
    assert saves(bench) == []


def test_flash_is_erased_only_after_a_rest_of_a_third_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cable moves out and back by 15 mm, which is no rep, and rests for 0.1 to 0.9 s in between."""
    bench = Bench()
    tidied: list[int] = []
    detector = bench.app.engine.detector
    monkeypatch.setattr(bench.board, "tidy_journal", lambda journal: tidied.append(detector.decimator.samples))
    moved: list[tuple[int, int]] = []  # first and last sample of each movement
    travel = [0]
    for rest in range(20, 180):
        begin = len(travel)
        step = 2 if len(moved) % 2 else -2
        travel += [travel[-1] + step * n for n in range(1, 41)]
        moved.append((begin, len(travel)))
        travel += [travel[-1]] * rest
    bench.play([(190 * counts, 0) for counts in travel])
    assert len(tidied) > 10
    early = [at for at in tidied for begin, end in moved if begin + 30 <= at < end + 55]
    assert early == []


def test_during_a_set_flash_is_written_twice_a_second_at_most_and_never_erased(
    kickbacks: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    bench.board.present = False
    detector = bench.app.engine.detector
    written, tidied = [], []

    def save(journal: Any) -> bool:
        if not detector.idle():
            written.append(detector.decimator.samples)
        return False  # so that there is always something to write

    monkeypatch.setattr(bench.board, "save_journal", save)
    monkeypatch.setattr(bench.board, "tidy_journal", lambda journal: tidied.append(detector.idle()))
    bench.play(kickbacks + kickbacks)
    bench.stand(15)
    assert written and tidied
    assert min(later - earlier for earlier, later in itertools.pairwise(written)) >= 100
    assert set(tidied) == {True}


def test_a_host_that_does_not_acknowledge_does_not_keep_the_journal_from_flash(
    kickbacks: list[tuple[int, int]],
) -> None:
    bench = Bench()
    bench.hear(HELLO)
    bench.play(kickbacks)
    bench.stand(15)
    assert saves(bench) == list(range(1, bench.app.engine.reporter.seq + 1))


def test_what_flash_held_is_sent_and_not_written_again() -> None:
    def restored(journal: Any) -> None:
        journal.add(wire.BY_NAME["set"], [5, 1, *[0] * 11])
        journal.saved = journal.used

    board = FakeBoard()
    board.restored = restored
    bench = Bench(board)
    heard = bench.hear(HELLO)
    assert [name for name, _ in heard] == ["hello", "reply", "set"]
    bench.stand(3)
    assert saves(bench) == []


def test_a_journal_that_cannot_be_saved_is_no_reason_to_stop(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.board.works = False
    bench.play(kickbacks)
    bench.stand(15)
    assert bench.app.engine.reporter.seq == bench.app.journal.kept > 3


def test_a_write_that_failed_is_repeated_every_two_seconds(kickbacks: list[tuple[int, int]]) -> None:
    bench = Bench()
    bench.board.works = False
    bench.play(kickbacks)
    bench.stand(15)
    bench.board.asked.clear()
    bench.stand(6)
    assert [name for name, *_ in bench.board.asked if name == "save_journal"] == ["save_journal"] * 3
    bench.board.works = True
    bench.stand(6)
    assert bench.app.journal.next_unsaved() < 0


def test_another_session_begins_before_the_old_one_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    bench.hear(HELLO)
    monkeypatch.setattr(lifetime, "max_samples", lambda rate_hz: 10 * rate_hz)
    heard = bench.stand(6)
    hellos = [values for name, values in heard if name == "hello"]
    assert [values["session"] for values in hellos] == [1002]
    assert bench.app.engine.reporter.attached
    health = [values["samples"] for name, values in bench.stand(3) if name == "health"]
    assert health
    assert max(health) < 1000, "counted anew"


def test_a_set_that_outlasts_its_session_is_told_before_the_next_begins(
    kickbacks: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    bench.hear(HELLO)
    engine = bench.app.engine
    monkeypatch.setattr(
        lifetime, "due", lambda detector: detector.reporter.seq == 2 and engine.reporter.session == 1001
    )
    heard = bench.play(kickbacks)
    sets = [values for name, values in heard if name == "set"]
    assert {values["session"] for values in sets} == {1001, 1002}
    assert engine.reporter.session == 1002


def test_micropython_sends_the_same_bytes_and_touches_no_heap(
    micropython, cpython, tmp_path: Path, kickbacks: list[tuple[int, int]]
) -> None:
    samples = tmp_path / "samples"
    samples.write_text("".join(f"{travel} {load}\n" for travel, load in kickbacks + [kickbacks[-1]] * 2800))
    said = [run("app_frames.py", samples, tmp_path / name) for name, run in (("c", cpython), ("m", micropython))]
    assert said[0] == said[1]
    assert said[1].startswith("touched 0 commanded 0 13 "), "neither a sample nor a command allocates"
    sent = (tmp_path / "m").read_bytes()
    assert sent == (tmp_path / "c").read_bytes()
    names = [name for name, _ in decode(sent)]
    assert names.count("rep") >= 3
    assert {"hello", "log", "samples", "phase", "set", "health", "reply"} <= set(names)
