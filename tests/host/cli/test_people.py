"""`cablerep lifters` and `cablerep edit`, and what the readers of the store show after them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_runs import Run, objects
from stored_reps import HELLO, SET, reps

from cablerep.cli.main import main
from cablerep.store.database import Store

NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def machine(cablerep: Run, tmp_path: Path) -> Run:
    """Two days with two sets each, nobody's; Ana and Ben are known."""
    with Store(tmp_path / "own.sqlite") as store:
        for session in range(1, 5):
            at = NOW - timedelta(days=session // 3) + timedelta(minutes=session)
            store.add_session(replace(HELLO, session=session, samples=0), "x", at)
            for rep in reps(5):
                store.add("desk", replace(rep, session=session, side="left"), at)
            store.add("desk", replace(SET, session=session, seq=9, reps=5, partials=0, side="left", profile=0), at)
    for name in ("Ana", "Ben"):
        assert cablerep("lifters", "add", name)[0] == 0
    return cablerep


def ids(run: Run, *options: str) -> list[str]:
    status, out, _ = run("history", "--json", *options)
    return [one["id"] for one in objects(out)] if status == 0 else []


def test_each_lifter_sees_only_their_sets(machine: Run) -> None:
    everything = ids(machine)
    assert machine("lifters", "give", "Ana", *everything[:2])[0] == 0
    assert machine("lifters", "give", "Ben")[0] == 0, "all of nobody's"
    assert ids(machine, "--lifter", "Ana") == everything[:2]
    assert ids(machine, "--lifter", "ben") == everything[2:]
    assert ids(machine, "--lifter", "nobody") == []
    assert machine("lifters")[1] == "Ana  2 sets\nBen  2 sets\n"
    for command in ("compare", "progress", "advise"):
        lifters = {one["lifter"] for one in objects(machine(command, "--json")[1])}
        assert lifters <= {"Ana", "Ben"}
        assert {one["lifter"] for one in objects(machine(command, "--json", "--lifter", "Ben")[1])} <= {"Ben"}
    assert len({one["lifter"] for one in objects(machine("progress", "--json")[1])}) == 2
    _, out, _ = machine("history")
    assert "Ana" in out
    assert "there is no lifter 'Carl'" in machine("history", "--lifter", "Carl")[2]


def test_a_wrong_leg_and_a_childs_play_are_mended(machine: Run) -> None:
    status, out, _ = machine(
        "edit", "last", "--side", "right", "--weight", "12.5kg", "--rpe", "8", "--type", "warm-up", "--note", "easy"
    )
    assert status == 0
    assert "side: right, was left" in out
    assert "weight: 12.5 kg, was as measured" in out
    (one,) = objects(machine("show", "--json")[1])
    assert (one["side"], one["rpe"], one["type"]) == ("right", 8.0, "warm-up")
    assert one["load_n"] == pytest.approx(12.5 * 9.80665)
    _, out, _ = machine("show")
    assert "12.5 kg, warm-up set, RPE 8" in out
    assert out.count("corrected") == 5
    before = ids(machine)
    assert machine("edit", "last-1", "--delete")[0] == 0
    assert ids(machine) == [*before[:2], before[3]]
    assert before[2] in machine("edit", "--deleted")[1]
    assert machine("edit", before[2], "--undelete")[0] == 0
    assert ids(machine) == before
    assert len(machine("edit", "--log")[1].splitlines()) == 7
    assert machine("edit", "last", "--undo")[0] == 0
    assert next(objects(machine("show", "--json")[1]))["notes"] == []


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("last", "--weight", "heavy"), "12.5 kg"),
        (("last", "--rpe", "11"), "1 to 10"),
        (("last", "--exercise", "no-such-one"), "there is no profile"),
        (("nosuchset", "--delete"), "there is no set"),
    ],
)
def test_unusable_values_are_refused(machine: Run, options: tuple[str, ...], text: str) -> None:
    status, _, err = machine("edit", *options)
    assert status == 1
    assert text in err


@pytest.mark.parametrize("options", [("last",), (), ("last", "--delete", "--undelete")])
def test_an_edit_needs_a_set_and_a_change(machine: Run, options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["edit", *options])
    assert stopped.value.code == 2
