"""Session plans: their files, and which set comes next."""

from collections import Counter
from pathlib import Path

import pytest

from cablerep.errors import PlanError
from cablerep.exercise import library
from cablerep.people import plans

KICKBACK = "glute-medius-kickback"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(plans.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "evening.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_a_plan(folder: Path) -> None:
    plans.add("evening")
    plan = plans.load("evening")
    first, second = plan.exercise
    assert (first.rep_range, first.sides_in_turn, second.rep_range) == ((8, 12), ("left", "right"), (15, 15))
    assert plans.lines(plan)[0].endswith("3 × 8–12, 7.5 kg, each side, rest 90 s, stop at 20 % velocity loss")
    assert plans.known() == [folder / "evening.toml"]
    with pytest.raises(PlanError, match="the file exists"):
        plans.add("evening")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "exercise is missing"),
        ("[[exercise]]\nsets = 2", r"exercise\.1\.profile is missing"),
        (f'[[exercise]]\nprofile = "{KICKBACK}"\nset = 2', "there is no key exercise.1.set; the keys .* sets"),
        (f'[[exercise]]\nprofile = "{KICKBACK}"\nsets = 0', r"exercise\.1\.sets is 0"),
        (f'[[exercise]]\nprofile = "{KICKBACK}"\nreps = [12, 8]', "the fewest come first"),
        (f'[[exercise]]\nprofile = "{KICKBACK}"\nweight = "heavy"', "is not a weight"),
        ('[[exercise]]\nprofile = "kickflip"', "there is no profile 'kickflip'"),
        ("[[exercise]", "not valid TOML"),
        ('id = "x"', "there is no key 'id'"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_with_its_key(folder: Path, text: str, problem: str) -> None:
    path = written(folder, text)
    with pytest.raises(PlanError, match=problem) as error:
        plans.load("evening")
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_plan_names_the_others(folder: Path) -> None:
    with pytest.raises(PlanError, match="cablerep plans new"):
        plans.load("morning")
    plans.add("evening")
    with pytest.raises(PlanError, match="the plans are evening"):
        plans.load("morning")


def test_sides_alternate_and_exercises_follow(folder: Path) -> None:
    written(folder, f'[[exercise]]\nprofile = "{KICKBACK}"\nsets = 2\n[[exercise]]\nprofile = "generic"\nsets = 1\n')
    plan = plans.load("evening")
    done: Counter[tuple[str, str]] = Counter()
    order = []
    while (following := plan.next_step(lambda exercise, side: done[exercise, side])) is not None:
        step, side = following
        order.append((step.profile, side))
        done[step.exercise.id, side] += 1
    assert order == [(KICKBACK, "left"), (KICKBACK, "right")] * 2 + [("generic", "")]


def test_options_make_a_plan_of_one_exercise() -> None:
    plan = plans.of_options(library.load(KICKBACK), reps=[8, 12], rest_s=60.0)
    assert plan.step_of(KICKBACK) == plan.exercise[0]
    with pytest.raises(PlanError, match="stop_percent is 200"):
        plans.of_options(library.load(KICKBACK), stop_percent=200)
