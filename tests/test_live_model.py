"""The live screen's model: what it shows of a set, and that only the board's samples move its clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speaker import SESSION, Speaker

from cablerep.events import Rep
from cablerep.link import Connected, Disconnected, Silent
from cablerep.live_model import LiveModel
from cablerep.session import Session
from cablerep_fw.core import wire

CONCENTRIC, HOLD = wire.PHASES.index("concentric"), wire.PHASES.index("hold")


class Stage:
    def __init__(self) -> None:
        self.board = Speaker()
        self.session = Session()
        self.model = LiveModel()

    def hear(self, *frames: bytes) -> LiveModel:
        for event in self.session.feed(b"".join(frames)):
            self.model.apply(event)
        return self.model

    def samples(self, first: int, *travel: int) -> bytes:
        pairs = [(counts, -181_562 + 1000) for counts in travel]
        tail = b"".join(value.to_bytes(4, "little", signed=True) for pair in pairs for value in pair)
        return self.board.say("samples", tail, first=first)


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.hear(stage.board.hello(samples=0, um_per_count=1_000_000_000))  # a millimetre a count
    return stage


def test_the_state_of_the_line() -> None:
    model = LiveModel()
    assert model.state == "connecting"
    model.apply(Connected("/dev/x"))
    assert (model.state, model.port) == ("connecting", "/dev/x")
    model.apply(Silent("/dev/x", 3.0))
    assert (model.state, "nothing heard for 3 s" in model.word) == ("silent", True)
    model.apply(Disconnected("/dev/x", "pulled"))
    assert (model.state, model.word) == ("waiting", "pulled")


def test_the_hold_clock_is_the_boards(stage: Stage) -> None:
    board = stage.board
    stage.hear(board.say("phase", phase=HOLD, at=10_000, known=10_600))
    assert stage.model.phase_s == pytest.approx(0.06)
    stage.hear(stage.samples(400, 1, 2, 3))
    assert stage.model.phase_s == pytest.approx(402 / 200 - 1.0)


def test_the_bar_runs_from_the_reps_start_to_the_furthest_point(stage: Stage) -> None:
    board = stage.board
    assert stage.model.height is None
    stage.hear(stage.samples(0, *range(300, 320)))
    stage.hear(board.say("phase", phase=CONCENTRIC, at=500, known=1000))  # sample 10: 310 mm
    assert stage.model.bottom_mm == 310
    stage.hear(stage.samples(20, 360))
    assert stage.model.height == pytest.approx(0.5), "100 mm fill the bar at least"
    stage.hear(stage.samples(21, 510))
    assert stage.model.height == 1.0
    stage.hear(stage.samples(22, 410))
    assert stage.model.height == pytest.approx(0.5), "and more where more was reached"
    stage.hear(stage.samples(23, 200))
    assert stage.model.height == 0.0
    assert stage.model.force_n == pytest.approx(2.034)


def test_reps_are_counted_amended_and_begin_anew_with_a_set(stage: Stage) -> None:
    board = stage.board
    model = stage.hear(board.rep(start=100), board.rep(seq=2, start=200, rep=2), board.rep(seq=3, start=300, kind=2))
    assert (model.full, model.partials, model.set) == (2, 1, 1)
    stage.hear(board.amend(seq=4, start=200, kind=2), board.set(seq=5))
    assert (model.full, model.partials, len(model.sets)) == (1, 2, 1)
    assert "partial" in model.word
    stage.hear(board.rep(seq=6, start=900, set=2))
    assert (model.full, model.partials, model.set, len(model.reps)) == (1, 0, 2, 1)


def test_reps_of_before_are_recalled(stage: Stage) -> None:
    (event,) = stage.session.feed(stage.board.rep())
    assert isinstance(event, Rep)
    stage.model.recall([event])
    assert stage.model.full == 1


def test_a_new_session_begins_with_nothing(stage: Stage) -> None:
    board = stage.board
    stage.hear(stage.samples(0, 5), board.rep(), board.say("phase", phase=HOLD))
    model = stage.hear(board.hello(session=SESSION + 1, samples=0))
    assert (model.phase, model.travel_mm, model.now_s, model.set, model.full) == (None, None, 0.0, 0, 0)
    assert model.word == "the board began a new session"


def test_words_fade_with_the_boards_time(stage: Stage) -> None:
    board = stage.board
    stage.hear(board.say("rejected", reason=1, rom=250_000))
    assert stage.model.word == "not counted: 250 mm, take up"
    stage.hear(stage.samples(200 * 11, 1))
    assert stage.model.word
    stage.hear(stage.samples(200 * 13, 1))
    assert stage.model.word == ""


def test_losses_faults_and_words_are_kept(stage: Stage) -> None:
    board = stage.board
    board.number += 4
    model = stage.hear(board.say("health", missed=3, faults=2), b"\0Traceback (most recent call last):\n")
    assert (model.frames_lost, model.word) == (4, "board said: Traceback (most recent call last):")
    assert model.health is not None
    assert model.health.missed == 3


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1)), max_size=30))
def test_no_samples_break_it_or_stay(batches: list[tuple[int, int]]) -> None:
    stage = Stage()
    stage.hear(stage.board.hello())
    for first, counts in batches:
        model = stage.hear(stage.samples(first, counts, counts), stage.board.say("phase", phase=CONCENTRIC, at=first))
        assert model.height is None or 0 <= model.height <= 1


def test_the_trail_is_bounded_even_where_time_runs_backwards(stage: Stage) -> None:
    stage.hear(stage.samples(2**31, 1))
    for first in range(0, 8000, 20):
        stage.hear(stage.samples(first, *range(20)))
    assert len(stage.model._trail) <= 3000
