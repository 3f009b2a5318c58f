"""The live screen's model: the state of a set, on the board's clock."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_stage import CONCENTRIC, ECCENTRIC, HOLD, REST, SLACK, Kickback, Stage, in_a_hold
from speaker import SESSION

from cablerep.device.events import Connected, Disconnected, MessagesLost, Rep, Silent, StoreNotice
from cablerep.model.screen import LiveModel
from cablerep.model.screen_events import ExerciseChosen, Message, RepsRecalled
from cablerep_fw.core.link import wire


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.begin()
    return stage


def test_connection_states() -> None:
    model = LiveModel()
    assert model.state == "connecting"
    model.apply(Connected("/dev/x"))
    assert (model.state, model.port) == ("connecting", "/dev/x")
    model.apply(Silent("/dev/x", 3.0))
    assert (model.state, "no data for 3 s" in model.message) == ("silent", True)
    model.apply(Disconnected("/dev/x", "pulled"))
    assert (model.state, model.message) == ("waiting", "pulled")


def test_the_hold_clock_runs_on_board_time(stage: Stage) -> None:
    stage.hear(stage.board.say("phase", phase=HOLD, at=10_000, known=10_600))
    assert stage.model.phase_s == pytest.approx(0.06)
    stage.hear(stage.samples(400, 1, 2, 3))
    assert stage.model.phase_s == pytest.approx(402 / 200 - 1.0)


def test_a_new_cue_does_not_restart_the_phase(stage: Stage) -> None:
    """A board tells of the cue in the middle of a hold with the time of the cue."""
    stage.hear(stage.phase(CONCENTRIC, 0.0), stage.phase(HOLD, 1.0), stage.phase(HOLD, 3.0, cue=1))
    stage.hear(stage.samples(640, 1))
    assert stage.model.phase_s == pytest.approx(2.2)
    assert stage.model.phase is not None
    assert stage.model.phase.cue == "hold_reached"
    stage.hear(stage.phase(ECCENTRIC, 3.5))
    assert stage.model.held_s == pytest.approx(2.5)


def test_height_runs_from_the_reps_start_to_the_furthest_point(stage: Stage) -> None:
    assert stage.model.extension is None
    stage.hear(stage.samples(0, *range(300, 320)))
    stage.hear(stage.board.say("phase", phase=CONCENTRIC, at=500, known=1000))  # sample 10: 310 mm
    assert stage.model.bottom_mm == 310
    stage.hear(stage.samples(20, 360))
    assert stage.model.extension == pytest.approx(0.5), "100 mm fill the bar at least"
    stage.hear(stage.samples(21, 510))
    assert stage.model.extension == 1.0
    stage.hear(stage.samples(22, 410))
    assert stage.model.extension == pytest.approx(0.5), "and more where more was reached"
    stage.hear(stage.samples(23, 200))
    assert stage.model.extension == 0.0
    assert stage.model.force_n == pytest.approx(2.034)


def test_a_curve_starts_at_the_rep_and_not_at_its_message(stage: Stage) -> None:
    stage.hear(stage.samples(0, *range(40)))
    stage.hear(stage.board.say("phase", phase=CONCENTRIC, at=1000, known=2000))
    stage.hear(stage.samples(40, *range(40, 60)))
    curve = stage.model.curve
    assert curve[0].at_s == pytest.approx(0.1)
    assert curve[0].travel_mm == 20
    assert curve[-1].at_s > 0.27
    assert all(later.at_s - sooner.at_s >= 0.019 for sooner, later in pairwise(curve))
    stage.hear(stage.phase(HOLD, 0.3), stage.phase(CONCENTRIC, 0.5))
    assert stage.model.curve is curve, "a sticking point is not a new rep"
    stage.hear(stage.phase(ECCENTRIC, 0.6), stage.phase(REST, 0.7), stage.phase(CONCENTRIC, 0.8))
    assert stage.model.curve_before is curve
    assert stage.model.curve == []


def test_reps_are_counted_and_amended_and_restart_with_each_set(stage: Stage) -> None:
    board = stage.board
    model = stage.hear(board.rep(start=100), board.rep(seq=2, start=200, rep=2), board.rep(seq=3, start=300, kind=2))
    assert (model.full, model.partials, model.set) == (2, 1, 1)
    stage.hear(board.amend(seq=4, start=200, kind=2), board.set(seq=5))
    assert (model.full, model.partials, len(model.sets)) == (1, 2, 1)
    assert "partial" in model.message
    stage.hear(board.amend(seq=6, start=200, kind=2, flags=0))
    assert model.message == "", "its kind is as it was"
    stage.hear(board.rep(seq=7, start=900, set=2))
    assert (model.full, model.partials, model.set, len(model.reps)) == (1, 0, 2, 1)


def test_stored_reps_are_recalled(stage: Stage) -> None:
    (event,) = stage.session.feed(stage.board.rep())
    assert isinstance(event, Rep)
    stage.model.apply(RepsRecalled((event,)))
    assert stage.model.full == 1


def moved(rep: Rep, number: int, start_s: float, session: int = SESSION) -> Rep:
    later = start_s - rep.start_s
    return replace(rep, session=session, seq=number, rep=number, start_s=start_s, end_s=rep.end_s + later)


def test_the_count_goes_on_after_the_board_started_again_in_a_set(stage: Stage) -> None:
    (rep,) = (one for one in stage.session.feed(stage.board.rep()) if isinstance(one, Rep))
    model = stage.begin(session=SESSION + 1)
    model.apply(RepsRecalled((moved(rep, 1, 10.0), moved(rep, 2, 16.0))))
    assert (model.full, model.set) == (2, 0)
    assert "goes on from 2" in model.message
    model.apply(moved(rep, 3, 22.0))  # the board had stored it
    assert model.full == 3
    model.apply(moved(rep, 1, 4.0, SESSION + 1))
    model.apply(replace(moved(rep, 9, 30.0), set=7))
    assert ([one.rep for one in model.reps], model.set) == ([1, 2, 3, 4], 1)
    model.apply(replace(moved(rep, 1, 60.0, SESSION + 1), set=2))
    assert (model.full, model.set) == (1, 2), "the next set begins anew"


def test_a_set_that_begins_long_after_a_restart_is_another_one(stage: Stage) -> None:
    (stored,) = (one for one in stage.session.feed(stage.board.rep()) if isinstance(one, Rep))
    model = stage.begin(session=SESSION + 1)
    model.apply(RepsRecalled((stored,)))
    model.apply(moved(stored, 1, 40.0, SESSION + 1))
    assert model.full == 1


def test_rest_runs_from_the_last_rep_to_the_next_movement(stage: Stage) -> None:
    model = stage.model
    assert model.rest_s is None
    stage.hear(stage.board.rep(), stage.board.set(), stage.samples(200 * 15, 1))  # the set's last rep ended at 5.0 s
    assert model.rest_s == pytest.approx(10.0, abs=0.001)
    stage.hear(stage.phase(CONCENTRIC, 15.0))
    assert model.rest_s is None
    stage.hear(stage.phase(REST, 16.0))
    assert model.rest_s == pytest.approx(11.0, abs=0.001), "that was no rep"
    stage.hear(stage.board.rep(seq=3, set=2))
    assert model.rest_s is None


def test_load_is_the_sets_or_the_latest_reps(stage: Stage) -> None:
    assert stage.model.load_n is None
    stage.hear(stage.board.rep())
    assert stage.model.load_n == pytest.approx(201.234, abs=0.01)
    stage.hear(stage.board.set())
    assert stage.model.load_n == pytest.approx(182.004, abs=0.01)


def test_load_during_a_set_is_the_median_force_of_its_holds(stage: Stage) -> None:
    rep = stage.session.feed(stage.board.rep())[-1]
    assert isinstance(rep, Rep)
    first, last = round(200 * rep.top_s), round(200 * rep.release_s)
    stage.hear(stage.phase(CONCENTRIC, rep.start_s))
    for number in range(round(200 * rep.start_s), round(200 * rep.end_s)):
        stage.hear(stage.samples(number, 1000, force_n=60.0 if first <= number <= last else 80.0))
    stage.model.apply(rep)
    assert stage.model.load_n == pytest.approx(60.0, abs=0.5)


def test_flags_are_explained_by_the_profile(stage: Stage) -> None:
    stage.rep(("hold_short", "swing"))
    assert stage.model.verdict == ("short hold", "swing")
    stage.model.apply(ExerciseChosen(Kickback(), "left"))
    assert stage.model.verdict == ("Hold longer at the top.", "swing")
    assert stage.model.side == "left"
    stage.rep(seq=2, rep=2, start=60_000)
    assert stage.model.verdict == ()


def test_the_eccentric_has_a_speed_and_a_band(stage: Stage) -> None:
    model = stage.model
    assert (model.eccentric_m_s, model.eccentric_band_m_s) == (None, None)
    stage.hear(stage.phase(ECCENTRIC, 0.0), stage.samples(0, *range(400, 360, -1)))
    assert model.eccentric_m_s == pytest.approx(0.2), "a millimetre in 5 ms"
    model.apply(ExerciseChosen(Kickback(), ""))
    assert model.eccentric_band_m_s == (pytest.approx(0.05), 1.875 * 0.15), "300 mm are usual"
    stage.rep(rom=600_000)
    assert model.eccentric_band_m_s == (pytest.approx(0.1), 1.875 * 0.15), "but this set's are longer"
    assert not model.too_fast
    stage.hear(stage.phase(ECCENTRIC, 0.1, cue=2))
    assert model.too_fast
    stage.hear(stage.phase(REST, 0.3))
    assert model.eccentric_m_s is None
    assert not model.too_fast


def test_an_unjudged_eccentric_has_no_band() -> None:
    stage = Stage(Kickback(eccentric_max_m_s=0.0))
    assert stage.model.eccentric_band_m_s is None


def test_a_new_session_starts_empty(stage: Stage) -> None:
    board = stage.board
    stage.hear(stage.samples(0, 5), board.rep(), board.say("phase", phase=HOLD))
    model = stage.hear(board.hello(session=SESSION + 1, samples=0))
    assert (model.phase, model.travel_mm, model.now_s, model.set, model.full) == (None, None, 0.0, 0, 0)
    assert model.message == "the board started a new session"
    model.show_message("")
    stage.hear(board.hello(session=SESSION + 2, samples=0, profile=3))
    assert model.message == "", "another profile makes a new session too"


def test_messages_expire_on_board_time(stage: Stage) -> None:
    board = stage.board
    stage.hear(board.say("rejected", reason=wire.REASONS.index("lone"), rom=250_000))
    assert stage.model.message == "not counted: 250 mm, single movement"
    stage.hear(stage.samples(200 * 11, 1))
    assert stage.model.message
    stage.hear(stage.samples(200 * 13, 1))
    assert stage.model.message == ""


@pytest.mark.parametrize(("reason", "rom"), [("take_up", 400_000), ("walk_in", 300_000), ("outlier", 30_000)])
def test_usual_rejections_are_not_reported(stage: Stage, reason: str, rom: int) -> None:
    assert stage.hear(stage.board.say("rejected", reason=wire.REASONS.index(reason), rom=rom)).message == ""


def test_a_new_rep_clears_the_message(stage: Stage) -> None:
    stage.model.apply(Message("note stored"))
    assert stage.model.message == "note stored"
    stage.rep()
    assert stage.model.message == ""


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        ("tare", "done", "load cell tared"),
        ("tare", "refused during a set", "tare: refused during a set"),
        ("tare", "refused under load", "tare: refused under load; take the load off, or press T to tare anyway"),
        ("hello_request", "done", ""),
        ("stream", "failed", ""),
    ],
)
def test_replies_to_keys_are_reported(stage: Stage, command: str, status: str, words: str) -> None:
    command_id, number = wire.BY_NAME[command].id, wire.STATUSES.index(status)
    assert stage.hear(stage.board.say("reply", tag=9, command=command_id, status=number)).message == words


def test_losses_faults_and_messages_are_kept(stage: Stage) -> None:
    board = stage.board
    board.number += 4
    model = stage.hear(board.say("health", missed=3, faults=2), b"\0Traceback (most recent call last):\n")
    assert (model.frames_lost, model.message) == (4, "the board printed: Traceback (most recent call last):")
    assert model.health is not None
    assert model.health.missed == 3


def test_no_phase_while_disconnected() -> None:
    stage = in_a_hold()
    assert stage.model.rep_phase == "hold"
    stage.model.apply(Disconnected("x", "pulled"))
    assert stage.model.rep_phase == ""


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1)), max_size=30))
def test_memory_is_bounded_for_any_samples(batches: list[tuple[int, int]]) -> None:
    stage = Stage(Kickback())
    stage.hear(stage.board.hello())
    for first, counts in batches:
        model = stage.hear(stage.samples(first, counts, counts), stage.phase(CONCENTRIC, first / 200 % 400_000))
        assert model.extension is None or 0 <= model.extension <= 1
        stage.hear(stage.phase(SLACK, first / 200 % 400_000))
    assert len(stage.model.curve) <= 3000


def test_losses_and_notices_about_the_store_are_shown(stage: Stage) -> None:
    stage.model.apply(MessagesLost("desk", 7, ((4, 4), (7, 9))))
    assert stage.model.messages_lost == 4
    assert stage.model.message.startswith("4 messages of the board never arrived")
    stage.model.apply(StoreNotice("the store is free again"))
    assert stage.model.message == "the store is free again"
