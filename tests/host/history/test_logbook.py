"""The logbook: which exercise and day a set belongs to, and whether it kept its tempo."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from logbook_pages import ASKED, FIRST, page, rep
from stored_reps import HELLO, NOON, REP, SET

from cablerep.errors import HistoryError
from cablerep.exercise import library as profile_library
from cablerep.exercise.facts import facts_of
from cablerep.history import logbook
from cablerep.history.logbook import Target
from cablerep.store.database import Calibration, Store


def test_entries_of_a_store(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite") as store:
        store.add("desk", REP, NOON)
        (first,) = logbook.entries(store)
        assert (first.exercise, first.target, first.plate, first.side) == ("", None, None, "right")
        assert first.title == "no exercise named, right"
        store.add("desk", SET, NOON)
        assert logbook.entries(store)[0].exercise == "", "0 means no profile"
    assert first.day == NOON.astimezone().date()
    assert [one.seq for one in first.full] == [REP.seq]


def test_a_set_has_its_exercise_and_plate(tmp_path: Path) -> None:
    kickback = profile_library.load("glute-medius-kickback")
    assert SET.load_n is not None
    with Store(tmp_path / "store.sqlite") as store:
        store.add("desk", replace(SET, profile=kickback.number), NOON)
        plates = {"1": SET.load_n - 50, "2": SET.load_n + 3}
        store.add_calibration(Calibration("desk", NOON, "stack", {}, plates, 0.0))
        (one,) = logbook.entries(store)
    assert (one.exercise, one.exercise_id, one.plate) == ("Glute medius kickback", "glute-medius-kickback", 2)
    assert one.target == Target(kickback.min_hold_s, kickback.eccentric_range_s, kickback.eccentric_band_m_s()[1])
    assert logbook.entry(one.set, profile_library.load("generic")).target is None, "it has no target"
    assert logbook.entry(one.set).exercise == f"profile {kickback.number}"


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, True),
        ({"hold_s": 2.0, "eccentric_s": 3.0, "eccentric_mean_m_s": 0.1}, True),
        ({"hold_s": 1.99}, False),
        ({"eccentric_mean_m_s": 0.101}, False),
        ({"eccentric_s": 2.1, "eccentric_mean_m_s": 0.1}, True),  # slow enough over 210 mm
        ({"eccentric_s": 9.0, "eccentric_mean_m_s": 0.03}, True),  # slower than the target is fine
        ({"flags": ("hold_short",)}, False),  # the board judges from samples
        ({"flags": ("eccentric_fast",)}, False),
        ({"flags": ("swing",)}, True),  # a flag that does not concern tempo
    ],
)
def test_a_rep_meets_its_target(changes: dict[str, object], met: bool) -> None:
    assert logbook.meets(rep(1, **changes), ASKED) == met


def test_a_rep_meets_a_target_that_asks_nothing() -> None:
    assert logbook.meets(rep(1, hold_s=0.0, eccentric_mean_m_s=3.0), Target(0.0, (0.0, 60.0), 0.0))


@pytest.mark.parametrize(("good", "bad", "kept"), [(5, 0, True), (4, 1, True), (3, 1, False), (0, 2, False)])
def test_a_set_keeps_its_tempo_if_four_of_five_reps_do(good: int, bad: int, kept: bool) -> None:
    reps = [rep(n, hold_s=2.5 if n <= good else 1.0) for n in range(1, good + bad + 1)]
    reps.append(rep(99, kind="partial", rep=None, hold_s=0.1))
    assert logbook.kept_tempo(page(reps)) == kept


def test_tempo_is_not_judged_without_a_target_or_full_reps() -> None:
    assert logbook.kept_tempo(page(5, target=None)) is None
    assert logbook.kept_tempo(page(0)) is None


def test_days_are_in_order_and_complete() -> None:
    pages = [page(day=3), page(day=1, minute=9), page(day=1, minute=2)]
    assert [(day, len(group)) for day, group in logbook.days(pages)] == [
        (FIRST.date() + timedelta(days=1), 2),
        (FIRST.date() + timedelta(days=3), 1),
    ]
    assert logbook.days(pages)[0][1] == [pages[2], pages[1]]


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Store]:
    """A store with the sets of PAGES; kickbacks are profile 2, abductions an unknown one."""
    with Store(tmp_path / "store.sqlite") as store:
        for day, one in enumerate(PAGES):
            at = FIRST + timedelta(days=day)
            store.add_session(replace(HELLO, session=day, samples=0), "x", at)
            profile = 2 if "kickback" in one.exercise else 6
            store.add("desk", replace(SET, session=day, side=one.side, profile=profile, start_s=0.0), at)
        yield store


PAGES = [
    page(day=0, side="left", exercise="Glute medius kickback"),
    page(day=1, side="right", exercise="Glute medius kickback"),
    page(day=2, side="left", exercise="Hip abduction"),
]


@pytest.mark.parametrize(
    ("how", "places"),
    [
        ({}, [0, 1, 2]),
        ({"exercise": "kickback"}, [0, 1]),
        ({"exercise": "Glute-Medius"}, [0, 1]),
        ({"exercise": "press"}, []),
        ({"exercise": ""}, [0, 1, 2]),
        ({"side": "left"}, [0, 2]),
        ({"since": date(2026, 3, 3)}, [1, 2]),
        ({"until": date(2026, 3, 3)}, [0, 1]),
        ({"side": "left", "since": date(2026, 3, 3), "exercise": "hip"}, [2]),
    ],
)
def test_sets_are_selected_by_filters(stored: Store, how: dict[str, object], places: list[int]) -> None:
    every = logbook.entries(stored)
    assert [one.day for one in every] == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]
    assert logbook.entries(stored, **how) == [every[place] for place in places]  # type: ignore[arg-type]
    assert logbook.entries(stored, 1, **how) == [every[place] for place in places[-1:]]  # type: ignore[arg-type]


def test_a_stored_set_is_found_by_id_prefix_or_recency(stored: Store) -> None:
    every = logbook.entries(stored)
    for place, one in enumerate(every):
        assert logbook.find(stored, one.id) == one
        assert logbook.find(stored, f" {one.id.upper()} ") == one
        assert logbook.find(stored, f"last-{2 - place}") == one
    for name in ("uuuuuu", "", "last-3", "last-", "last-x"):
        with pytest.raises(HistoryError, match=f"last-2|{every[0].id}"):
            logbook.find(stored, name)


def test_nothing_is_found_in_an_empty_store(tmp_path: Path) -> None:
    with Store(tmp_path / "empty.sqlite") as store, pytest.raises(HistoryError, match="no sets in the store yet"):
        logbook.find(store, "last")


def test_a_set_is_chosen_by_id_prefix_or_recency() -> None:
    for place, one in enumerate(PAGES):
        assert logbook.choose(PAGES, one.id) is one
        assert logbook.choose(PAGES, f" {one.id.upper()} ") is one
        assert logbook.choose(PAGES, f"last-{2 - place}") is one
    assert logbook.choose(PAGES, "last") is PAGES[2]
    beginnings = [one.id[0] for one in PAGES]
    alone = next(one for one in PAGES if beginnings.count(one.id[0]) == 1)
    assert logbook.choose(PAGES, alone.id[0]) is alone, "a unique prefix is enough"


@pytest.mark.parametrize("name", ["uuuuuu", "", "last-3", "last-", "last--1", "last-x", "last-²", "lasting"])
def test_choosing_an_unknown_set_lists_the_latest(name: str) -> None:
    with pytest.raises(HistoryError) as error:
        logbook.choose(PAGES, name)
    assert "last-2" in str(error.value) or PAGES[0].id in str(error.value)
    with pytest.raises(HistoryError, match="no sets in the store yet"):
        logbook.choose([], name)


def test_choosing_an_ambiguous_id_lists_the_candidates() -> None:
    many = [page(minute=minute) for minute in range(60)]
    first = next(one.id[0] for one in many if [other.id[0] for other in many].count(one.id[0]) > 1)
    twins = [one for one in many if one.id.startswith(first)]
    with pytest.raises(HistoryError, match=f"'{first}' matches {len(twins)} sets") as error:
        logbook.choose(many, first)
    assert all(one.id in str(error.value) for one in twins[-8:])


@pytest.mark.parametrize(
    ("known", "load_n"),
    [
        ({}, 150.0),
        ({"typed_n": 120.0}, 150.0),
        ({"load_n": None, "typed_n": 120.0}, 120.0),
        ({"load_n": -9.0, "typed_n": 120.0}, 120.0),
        ({"load_n": -9.0}, -9.0),
        ({"printed_n": 147.1, "typed_n": 120.0}, 147.1),
        ({"printed_n": 147.1, "weight_n": 100.0}, 100.0),
        ({"load_n": None}, None),
    ],
)
def test_a_set_has_one_load(known: dict[str, float | None], load_n: float | None) -> None:
    entry = page(3, load_n=150.0)
    printed_n = known.pop("printed_n", None)
    assert replace(entry, set=replace(entry.set, **known), printed_n=printed_n).load_n == load_n


def test_what_was_true_when_a_set_ended_stays_with_it() -> None:
    profile = profile_library.load("glute-medius-kickback")
    facts = replace(facts_of(profile), name="Kickback as it was", hold_s=4.0)
    entry = logbook.entry(replace(page(3).set, profile=profile.number, facts=facts), profile)
    assert (entry.exercise, entry.target and entry.target.hold_s) == ("Kickback as it was", 4.0)
