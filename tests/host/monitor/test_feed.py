"""The feed: the monitoring loop on its thread, events and requests through queues."""

import threading
from pathlib import Path

import pytest
from live_stage import Kickback

from cablerep.device.events import SetOver
from cablerep.errors import PortError
from cablerep.model.screen import LiveModel
from cablerep.model.screen_events import ExerciseChosen, Message, RepsRecalled, ScreenEvent
from cablerep.monitor.feed import Feed
from cablerep.monitor.loop import MonitorPlan
from cablerep.store.database import Store


def run(feed: Feed) -> list[ScreenEvent]:
    """Run the feed on a thread to its end, and return everything that it told."""
    errors: list[BaseException] = []

    def loop() -> None:
        try:
            feed.run()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=loop)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    if errors:
        raise errors[0]
    return feed.take()


def test_a_set_is_stored_and_shown(tmp_path: Path) -> None:
    feed = Feed(
        MonitorPlan(("sim://clean?reps=3&seed=3&speed=0",), ("left",), sets=1, stream=True), tmp_path / "store.sqlite"
    )
    wished: list[str] = []
    feed.request(lambda watch, coach: wished.append(coach.side) or "done")
    model = LiveModel()
    things = run(feed)
    for thing in things:
        model.apply(thing)
    assert wished == ["left"]
    assert Message("done") in things
    assert ExerciseChosen(None, "left") in things
    assert any(isinstance(thing, RepsRecalled) for thing in things)
    assert (model.full, model.side, len(model.sets)) == (3, "left", 1)
    assert model.curve, "it asked for samples"
    assert feed.take() == [], "nothing twice"
    with Store(tmp_path / "store.sqlite") as store:
        assert [one.full for one in store.sets()] == [3]


def test_stop_ends_the_feed(tmp_path: Path) -> None:
    feed = Feed(MonitorPlan(("sim://clean?reps=3&seed=3",)), tmp_path / "store.sqlite")
    feed.stop()
    assert not any(isinstance(thing, SetOver) for thing in run(feed))


def test_errors_are_raised(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="no such port"):
        run(Feed(MonitorPlan(("/dev/no-such-port",)), tmp_path / "store.sqlite"))


def test_a_chosen_profile_carries_over_to_the_next_board(tmp_path: Path) -> None:
    ports = tuple(f"sim://clean?reps=2&seed={seed}&speed=0" for seed in (3, 4))
    plan = MonitorPlan(ports, ("left", "right"), sets=1, profile=None)
    sides = [thing.side for thing in run(Feed(plan, tmp_path / "store.sqlite")) if isinstance(thing, ExerciseChosen)]
    assert sides == ["left", "right"]
    assert Kickback().number == 1
