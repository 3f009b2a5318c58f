"""The plan, last time's set and what was chosen in mid-set, on the model of the screen."""

import live_stage
import pytest
from live_stage import REST, Kickback, Stage

from cablerep.model.goal import Goal, LastTime, velocity_losses
from cablerep.model.screen_events import ExerciseChosen, GoalChosen, LastTimeFound, LifterChosen, WeightTyped

GOAL = Goal(8, 12, 2, 3, rest_s=60, stop_percent=20)


@pytest.fixture
def stage() -> Stage:
    stage = Stage(Kickback())
    stage.begin()
    stage.model.apply(GoalChosen(GOAL))
    return stage


def test_what_is_chosen_in_mid_set_is_for_the_next_one(stage: Stage) -> None:
    stage.model.apply(ExerciseChosen(stage.model.profile, "left"))
    stage.model.apply(LifterChosen("Ana"))
    stage.rep(side=1)
    stage.model.apply(ExerciseChosen(stage.model.profile, "right"))
    stage.model.apply(LifterChosen("Ben"))
    model = stage.model
    assert (model.side, model.lifter, model.announced) == ("left", "Ana", "next set: Ben, right")
    stage.hear(stage.board.set(set=1))
    assert (model.side, model.lifter, model.announced) == ("right", "Ben", "")


def test_the_goal_stays_with_its_set_until_the_next_begins(stage: Stage) -> None:
    stage.rep()
    stage.hear(stage.board.set(set=1))
    stage.model.apply(GoalChosen(Goal(8, 12, 3, 3)))
    assert stage.model.goal == GOAL
    stage.rep(set=2, seq=9, start=200_000)
    assert stage.model.goal == Goal(8, 12, 3, 3)


def test_a_screen_that_starts_in_mid_set_shows_what_was_chosen_before_it() -> None:
    stage = Stage()
    stage.begin()
    rep = stage.rep().reps[0]
    again = live_stage.Stage()
    again.begin()
    again.model.apply(live_stage.recalled(rep))
    again.model.apply(ExerciseChosen(Kickback(), "left"))
    again.model.apply(LifterChosen("Ana"))
    assert (again.model.full, again.model.lifter) == (1, "Ana")


def test_the_rest_counts_down_to_the_plans_rest(stage: Stage) -> None:
    stage.rep()
    stage.hear(stage.board.set(set=1), stage.phase(REST, 25.0001))
    assert stage.model.rest_target_s == 60
    assert stage.model.rest_left_s == pytest.approx(40)


def test_velocity_loss_leaves_out_thrown_reps(stage: Stage) -> None:
    for number, (speed, flags) in enumerate([(500_000, ()), (900_000, ("swing",)), (450_000, ()), (390_000, ())], 1):
        stage.rep(flags, seq=number, rep=number, start=100_000 * number, concentric_mean=speed)
    assert list(velocity_losses(stage.model.reps).values()) == pytest.approx([0, 0.1, 0.22])
    assert stage.model.velocity_loss == pytest.approx(0.22)
    assert stage.model.stop_reached


def test_last_times_rep_stands_beside_the_next_one(stage: Stage) -> None:
    other = Stage()
    other.begin()
    for number in (1, 2):
        other.rep(seq=number, rep=number, start=100_000 * number)
    last = LastTime("Tue 24 Nov", tuple(other.model.reps), 71.6, 310.0)
    stage.model.apply(LastTimeFound(last))
    assert stage.model.ghost == last.reps[0]
    stage.rep()
    assert stage.model.ghost == last.reps[1]
    assert last.summary == "2 reps, 7.3 kg on Tue 24 Nov"


def test_a_typed_weight_stands_in_where_nothing_was_measured(stage: Stage) -> None:
    stage.model.apply(WeightTyped(122.6))
    assert stage.model.load_n == 122.6
    stage.rep()
    assert stage.model.load_n == pytest.approx(201.23, abs=0.01), "what the cell measured comes first"


def test_a_rep_is_not_called_good_by_a_profile_that_did_not_judge_it() -> None:
    stage = Stage(Kickback())
    stage.begin(profile=5)
    stage.rep()
    assert not stage.model.judged
    assert not stage.model.shows_verdict
