"""A couple trains with one machine for three weeks: each sees only theirs, mends mistakes, and takes it along."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cablerep.cli.main import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command on the couple's store and return what it prints."""
    store = tmp_path / "home.sqlite"
    monkeypatch.setenv("CABLEREP_STORE", str(store))
    monkeypatch.setenv("CABLEREP_PLANS", str(tmp_path / "plans"))
    monkeypatch.setenv("COLUMNS", "110")

    def command(*arguments: str) -> str:
        assert main(arguments) == 0
        return capsys.readouterr().out

    plan = Path(command("plans", "new", "evening").strip())
    plan.write_text('[[exercise]]\nprofile = "glute-medius-kickback"\nsets = 1\nreps = [6, 8]\nweight = "7.5 kg"\n')
    people = ("--people", "Ana", "Ben", "--plan", "evening", "--weeks", "3", "--days", "1", "--mistakes")
    command("simulate", *people, "--rate", "50", "--store", str(store))
    return command


def test_three_weeks_of_two_people(run: Callable[..., str], tmp_path: Path) -> None:
    def sets(*options: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in run("history", "--all", "--json", *options).splitlines()]

    everything = sets()
    ana, ben = (sets("--lifter", name) for name in ("Ana", "Ben"))
    assert len(everything) == 13
    assert len(ana) + len(ben) == 13
    assert {one["lifter"] for one in ana} == {"Ana"}

    # A wrong leg: two left sets of Ana's on the first day; the second was the right leg.
    first_day = str(ana[0]["at"])[:10]
    wrong = [one for one in ana if str(one["at"]).startswith(first_day)][1]
    assert wrong["side"] == "left"
    run("edit", str(wrong["id"]), "--side", "right")
    # A child's play: three pulls at almost no weight, stored as Ben's.
    play = min(ben, key=lambda one: float(str(one["load_n"])))
    assert play["full"] == 3
    run("edit", str(play["id"]), "--delete")
    assert [one["side"] for one in sets("--lifter", "Ana")] == ["left", "right"] * 3
    assert [one["side"] for one in sets("--lifter", "Ben")] == ["left", "right"] * 3

    # Everything that is built on the history agrees.
    progress = [json.loads(line) for line in run("progress", "--json").splitlines()]
    assert [(one["lifter"], one["side"], len(one["days"])) for one in progress] == [
        (name, side, 3) for name in ("Ana", "Ben") for side in ("left", "right")
    ]
    assert {json.loads(line)["lifter"] for line in run("compare", "--lifter", "Ben", "--json").splitlines()} == {"Ben"}
    advice = [json.loads(line) for line in run("advise", "--lifter", "Ana", "--plan", "evening", "--json").splitlines()]
    assert not [one for one in advice if one["rule"] == "more" and one["numbers"]["reps"] >= 8], "8 reps are the most"

    # Both apps' exports hold each person's own sets.
    for name in ("Ana", "Ben"):
        for app, delimiter, title in (("strong", ";", "Workout Name"), ("hevy", ",", "title")):
            path = tmp_path / f"{name}-{app}.csv"
            run("export", "--format", app, "--lifter", name, "-o", str(path))
            rows = list(csv.DictReader(path.open(encoding="utf-8"), delimiter=delimiter))
            assert {row[title] for row in rows} == {f"{name}: Glute medius kickback"}
            lifted = [row for row in rows if row.get("Reps") or row.get("reps")]
            assert len(lifted) == 6
    report = tmp_path / "report.html"
    run("report", "--lifter", "Ana", "-o", str(report))
    text = report.read_text(encoding="utf-8")
    assert "Ana" in text
    assert "Ben" not in text
