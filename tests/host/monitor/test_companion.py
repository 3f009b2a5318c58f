"""What a screen knows beside the board: whose turn it is, the plan, and last time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stored_reps import HELLO

from cablerep.device.coach import Coach
from cablerep.device.session import Session
from cablerep.exercise import library
from cablerep.lab.weeks import Course, simulate
from cablerep.model.screen_events import GoalChosen, LastTimeFound, LifterChosen, LiftersKnown
from cablerep.monitor.companion import Companion
from cablerep.people import lifters, plans
from cablerep.store.database import Store

PROFILE = library.load("glute-medius-kickback")
PLAN = plans.of_options(PROFILE, reps=[3, 4], sets=2, stop_percent=20)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ana and Ben trained yesterday and, of today's sets, have done the first left one each."""
    path = tmp_path_factory.mktemp("companion") / "store.sqlite"
    noon = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)
    with Store(path) as store:
        people = [lifters.add(store, name) for name in ("Ana", "Ben")]
        one = plans.of_options(PROFILE, reps=[3, 3], sets=1, weight="7.5 kg")
        list(simulate(store, Course(people, one, noon - timedelta(days=1), weeks=1, days=1, rate_hz=50)))
        today = one.model_copy(update={"exercise": [one.exercise[0].model_copy(update={"sides": "left"})]})
        for stored in simulate(store, Course(people, today, noon, weeks=1, days=1, rate_hz=50, first_session=5)):
            assert stored.side == "left"
    return path


def test_each_lifter_has_a_goal_and_a_last_time_of_their_own(path: Path) -> None:
    with Store(path) as store:
        ana, ben = store.lifters()
        companion = Companion(store, PLAN, [ana, ben], ana)
        news = {type(event): event for event in companion.news(PROFILE, "left")}
        assert [one.name for one in news[LiftersKnown].lifters] == ["Ana", "Ben"]
        assert news[LifterChosen].name == "Ana"
        goal = news[GoalChosen].goal
        assert (goal.reps, goal.sets_text, goal.stop_percent) == ("3–4", "set 2 of 2", 20)
        last = news[LastTimeFound].last_time
        assert len(last.full) == 3
        assert "kg × 3" in last.record
        assert list(companion.news(PROFILE, "left")) == [], "nothing has changed"
        companion.lifter = companion.next_lifter()
        changed = {type(event) for event in companion.news(PROFILE, "left")}
        assert changed == {LifterChosen, LastTimeFound}, "Ben has done as many sets as Ana"
        assert companion.next_lifter() == ana


def test_the_plan_begins_with_the_side_that_has_fewer_sets(path: Path) -> None:
    with Store(path) as store:
        companion = Companion(store, PLAN, [], store.lifters()[0])
        coach = Coach(Session())
        companion.begin(coach)
        assert (coach.profile and coach.profile.id, coach.side, coach.lifter) == (
            PROFILE.id,
            "right",
            companion.lifter.number,
        )
        assert companion.next_side(coach) == "right"
        assert Companion(store, PLAN, [], lifters.NOBODY).next_side(coach) == "left"


def test_the_end_of_the_plan_is_announced(path: Path) -> None:
    with Store(path) as store:
        step = PLAN.exercise[0].model_copy(update={"sets": 1, "sides": "left"})
        more = step.model_copy(update={"profile": "hip-abduction"})
        companion = Companion(store, PLAN.model_copy(update={"exercise": [step, more]}), [], store.lifters()[0])
        coach = Coach(Session(), PROFILE, "left")
        assert companion.after_set(coach) == "Next: Hip abduction."
        assert coach.profile == more.exercise
        companion = Companion(store, PLAN.model_copy(update={"exercise": [step]}), [], store.lifters()[0])
        assert companion.after_set(coach) == "The plan is done."


def test_the_free_length_of_a_strap_is_asked_when_it_is_new(path: Path) -> None:
    hello = replace(HELLO, angle_sensor=1)
    with Store(path) as store:
        ana = store.lifters()[0]
        assert "cablerep lifters free 'Ana' MM" in Companion(store, lifter=ana).free_length_asked(hello)
        assert Companion(store, lifter=ana).free_length_asked(HELLO) == "", "without the sensor it does not matter"
        assert Companion(store, lifter=replace(ana, free_mm=420)).free_length_asked(hello) == ""
        assert Companion(store).free_length_asked(hello) == "", "nobody has no strap"
