"""The commands that read the store, on sets that monitor stored."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_runs import Run, objects
from stored_reps import HELLO, REP, SET

from cablerep.device.events import Rep, SetOver
from cablerep.lab.replay import replayed
from cablerep.store.database import Store
from cablerep_sim.board.address import parse

READERS = ("history", "show", "compare", "progress", "advise")
NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def live(cablerep: Run) -> Run:
    """A store with two sets that a monitor has watched."""
    for seed in (1, 2):
        assert cablerep("monitor", "--port", f"sim://clean?reps=5&speed=0&seed={seed}", "--sets", 1)[0] == 0
    return cablerep


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of left and right sets; the last day's right ones are swung and small."""
    path = tmp_path_factory.mktemp("trained") / "store.sqlite"
    events = [event for event in replayed(parse("clean?reps=6&seed=4").open()) if isinstance(event, Rep | SetOver)]
    with Store(path) as store:
        for session in range(1, 5):
            side = "left" if session % 2 else "right"
            at = NOW - timedelta(days=10 if session < 3 else 1) + timedelta(minutes=session)
            store.add_session(replace(HELLO, session=session, samples=0), "x", at)
            for event in events:
                told = replace(event, session=session, side=side)
                if isinstance(told, Rep) and session == 4:
                    told = replace(told, flags=("swing",), rom_mm=0.6 * told.rom_mm)
                if isinstance(told, SetOver):
                    told = replace(told, profile=250)
                store.add("desk", told, at)
    return path


def test_a_missing_store_is_reported(cablerep: Run, tmp_path: Path) -> None:
    for command in READERS:
        status, out, err = cablerep(command)
        assert (status, out) == (1, "")
        assert "no sets are stored yet" in err
        assert "cablerep monitor" in err
        status, _, err = cablerep(command, "--store", tmp_path / "absent.sqlite")
        assert status == 1
        assert "there is no such store" in err
    assert cablerep("note", "last", "hello")[0] == 1
    assert not (tmp_path / "own.sqlite").exists(), "looking for it did not make it"


def test_an_empty_store_is_reported(cablerep: Run, tmp_path: Path) -> None:
    Store(tmp_path / "own.sqlite").close()
    for command in READERS:
        status, out, err = cablerep(command)
        assert (status, out) == (1, "")
        assert "no sets are stored yet" in err


def test_monitored_sets_are_listed(live: Run) -> None:
    out = live("history")[1]
    assert "2 sets, 10 reps" in out
    assert [len(list(objects(live("history", "--json", *more)[1]))) for more in ([], ["--last", 1])] == [2, 1]
    first, second = objects(live("history", "--json")[1])
    assert (first["full"], first["over"], len(first["rep_list"]), first["exercise"]) == (5, True, 5, "")
    assert 0 <= first["velocity_loss"] <= 1
    assert first["id"] in out
    out = live("history", "--reps", "--last", 1)[1]
    assert "set 1: 5 reps" in out
    assert second["id"] in out
    assert first["id"] not in out
    out = live("show", first["id"][:5])[1]
    assert out.startswith(first["id"])
    assert "velocity loss" in out
    (thing,) = objects(live("show", "last", "--json")[1])
    assert {**thing, "event": "history"} == second
    best = max(one["rom_mm"] for one in thing["rep_list"])
    assert thing["rom_loss"] == pytest.approx((best - thing["rep_list"][-1]["rom_mm"]) / best)


def test_notes_are_stored_and_shown(live: Run) -> None:
    status, out, _ = live("note", "last-1", "left knee", "felt  good\x1b[31m")
    assert status == 0
    assert out.startswith("noted on ")
    first, second = objects(live("history", "--json")[1])
    assert [note["text"] for note in first["notes"]] == ["left knee felt good?[31m"]
    assert second["notes"] == []
    assert "left knee felt good" in live("show", "last-1")[1]
    for text, said in (("  ", "the note is empty"), ("x" * 501, "has 501 characters")):
        status, _, err = live("note", "last", text)
        assert (status, said in err) == (1, True)


@pytest.mark.parametrize("command", ["show", "note", "compare"])
def test_an_unknown_set_is_refused(live: Run, command: str) -> None:
    more = {"show": [], "note": ["text"], "compare": ["last"]}[command]
    status, out, err = live(command, "uuuuuu", *more)
    assert (status, out) == (1, "")
    assert err.startswith("cablerep: error: there is no set 'uuuuuu'; the latest are ")
    assert err.count("\n") == 1
    assert live(command, "last-7", *more)[2] == "cablerep: error: last-7: there are 2 sets, from last to last-1\n"


def test_two_sets_are_compared(live: Run) -> None:
    status, out, _ = live("compare", "last-1", "last")
    assert (status, "range (mm)" in out) == (0, True)
    (thing,) = objects(live("compare", "last-1", "last", "--json")[1])
    assert thing["kind"] == "sets"
    assert [figure["key"] for figure in thing["figures"]][2:4] == ["rom_mm", "hold_s"]
    status, _, err = live("compare")
    assert (status, "nothing to compare yet" in err) == (0, True)
    with pytest.raises(SystemExit, match="2"):
        live("compare", "last")


def test_sides_and_days_are_compared(cablerep: Run, trained: Path) -> None:
    status, out, _ = cablerep("compare", "--store", trained)
    assert status == 0
    for part in (
        "left (1 set) vs right (1 set)",
        "profile 250, left",
        "profile 250, right",
        "right smaller",
        "swing",
    ):
        assert part in out, part
    sides, left, right = objects(cablerep("compare", "--store", trained, "--json")[1])
    rom = next(figure for figure in sides["figures"] if figure["key"] == "rom_mm")
    assert rom["percent"] == pytest.approx(100 * (0.6 - 1) / 0.8, abs=0.01)
    assert (rom["one"]["n"], rom["other"]["n"], rom["word"]) == (6, 6, "right smaller")
    assert sides["other"]["flags"] == {"swing": 6}
    assert [one["side"] for one in (left, right)] == ["left", "right"]
    assert {figure["word"] for figure in left["figures"]} == {"", "similar"}, "it is the same set twice"
    rom = next(figure for figure in right["figures"] if figure["key"] == "rom_mm")
    assert (rom["percent"], rom["word"]) == (pytest.approx(-40, abs=0.01), "latest smaller")


def test_progress_over_days(cablerep: Run, trained: Path) -> None:
    status, out, _ = cablerep("progress", "--store", trained)
    assert (status, out.count("profile 250, ")) == (0, 2)
    left, right = objects(cablerep("progress", "--store", trained, "--json")[1])
    assert (left["exercise"], left["side"], right["side"]) == ("profile 250", "left", "right")
    assert [day["sets"] for day in left["days"]] == [1, 1]
    assert left["days"][0]["load_n"] > 0
    assert left["trend_n_per_week"] is None, "of two days"


def test_advice_shows_its_figures(cablerep: Run, trained: Path) -> None:
    status, out, _ = cablerep("advise", "--store", trained)
    assert status == 0
    assert "swing on 6 of 6 reps" in out
    things = list(objects(cablerep("advise", "--store", trained, "--json")[1]))
    assert [(thing["side"], thing["rule"]) for thing in things] == [("right", "down")]
    assert things[0]["numbers"]["flagged"] == 6
    rules = list(objects(cablerep("advise", "--rules", "--json")[1]))
    assert {thing["rule"] for thing in things} <= {rule["name"] for rule in rules}
    assert all(rule["name"] in cablerep("advise", "--rules")[1] for rule in rules)
    status, out, err = cablerep("advise", "--store", trained, "--side", "left")
    assert (status, out) == (0, "")
    assert "no advice" in err


@pytest.mark.parametrize("command", ["history", "compare", "progress", "advise"])
def test_filters_select_sets(cablerep: Run, trained: Path, command: str) -> None:
    def told(*options: object) -> tuple[int, int, str]:
        status, out, err = cablerep(command, "--store", trained, *options)
        return status, len(out), err

    assert told("--exercise", "profile 250") == told()
    assert told("--since", "30d", "--until", f"{NOW.astimezone():%Y-%m-%d}") == told()
    assert told("--side", "left") != told()
    assert told()[0] == 0
    status, size, err = told("--exercise", "press")
    assert (status, size) == (1, 0)
    assert "none of the 4 sets matches" in err
    assert "the exercises are profile 250" in err
    for wrong in (["--since", "yesterday"], ["--until", "2026-02-30"], ["--since", "99999999d"], ["--side", "up"]):
        with pytest.raises(SystemExit, match="2"):
            told(*wrong)


def test_every_line_is_json_with_its_kind(cablerep: Run, trained: Path) -> None:
    for command, event in zip(READERS, ("history", "show", "compare", "progress", "advice"), strict=True):
        status, out, err = cablerep(command, "--store", trained, "--json")
        assert (status, err) == (0, "")
        assert {json.loads(line)["event"] for line in out.splitlines()} == {event}


def test_history_names_what_is_missing(cablerep: Run, tmp_path: Path) -> None:
    path = tmp_path / "lossy.sqlite"
    with Store(path) as store:
        store.add_session(HELLO, "x", NOW)
        store.add("desk", replace(REP, seq=3))
        store.add("desk", replace(REP, seq=3, rom_mm=1.0))
        store.add("desk", replace(SET, seq=7, reps=5))
    status, out, err = cablerep("history", "--store", path)
    assert (status, " 1 of 5 " in out) == (0, True)
    assert "5 messages of board desk never arrived" in err
    assert "numbers 1 to 2, numbers 4 to 6\n" in err
    assert "1 message came again with other content" in err
    (thing,) = objects(cablerep("history", "--store", path, "--json")[1])
    assert (thing["missing"], thing["reps_reported"], thing["at_guessed"]) == (4, 5, False)
