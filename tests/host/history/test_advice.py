"""Advice: each rule applies when it should, and only then, and never on too little data."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import ASKED, page, rep

from cablerep import words
from cablerep.history import advice
from cablerep.history.advice import MIN_REPS, RULES, advise
from cablerep.history.logbook import Entry, Target


def rules_of(*sets: Entry) -> list[str]:
    return [one.rule for one in advise(sets)]


def flagged(flag: str, of: int, reps: int, **where: object) -> Entry:
    """Return a set in which so many of its reps have the flag, and none has met its hold."""
    return page([rep(n, hold_s=1.0, flags=(flag,) if n <= of else ()) for n in range(1, reps + 1)], **where)  # type: ignore[arg-type]


def test_two_days_of_kept_tempo_advise_one_plate_up() -> None:
    (one,) = advise([page(6, day=0, hold_s=2.4), page(5, day=3, hold_s=2.1, eccentric_mean_m_s=0.08)])
    assert (one.rule, one.exercise, one.side) == ("up", "Kickback", "")
    assert one.sentence.startswith("Go up one plate")
    assert one.because == (
        "all 11 reps since 2026-03-02: shortest hold 2.10 s of 2 s asked, fastest lowering 3.30 s of 2.97 s asked over "
        "that range"
    )
    assert one.numbers["reps"] == 11


@pytest.mark.parametrize(
    "sets",
    [
        [page(12)],  # one day
        [page(6), page(6, minute=9)],  # one day with two sets
        [page(6, day=0), page(MIN_REPS - 1, day=3)],
        [page(6, day=0), page([*(rep(n) for n in range(1, 6)), rep(6, hold_s=1.9)], day=3)],
        [page(6, day=0, eccentric_mean_m_s=0.11), page(6, day=3)],
        [page(6, day=0, target=None), page(6, day=3, target=None)],
        [page(6, day=0, load_n=150.0), page(6, day=3, load_n=170.0)],  # went up already
        [page(6, day=0, plate=4), page(6, day=3, plate=5)],
        [page(6, day=0, side="left"), page(6, day=3, side="right")],
        [page(6, day=0), page(6, day=1), page(6, day=2, hold_s=1.0)],  # not on the latest day
        [page(6, day=0), page(6, day=3, flags=("swing",))],
    ],
)
def test_no_advice_to_go_up(sets: Sequence[Entry]) -> None:
    assert "up" not in rules_of(*sets)


def test_going_up_tolerates_friction_and_an_old_miss() -> None:
    assert rules_of(page(6, day=0, hold_s=0.5), page(6, day=3, load_n=150.0), page(6, day=5, load_n=156.0)) == ["up"]
    assert rules_of(page(6, day=0, load_n=None), page(6, day=3, load_n=None)) == ["up"]
    assert rules_of(page(6, day=0, plate=4, load_n=150.0), page(6, day=3, plate=4, load_n=190.0)) == ["up"]


FLAG_RULES = [
    ("down", "swing", 6, 10),
    ("hold", "hold_short", 6, 10),
    ("slower", "eccentric_fast", 6, 10),
    ("shorten", "range_over", 4, 10),
    ("tight", "slack", 4, 10),
    ("softly", "slam", 4, 10),
]


@pytest.mark.parametrize(("rule", "flag", "enough", "reps"), FLAG_RULES)
def test_flags_on_enough_reps_give_advice(rule: str, flag: str, enough: int, reps: int) -> None:
    assert rules_of(flagged(flag, enough, reps)) == [rule]
    assert rules_of(flagged(flag, enough - 1, reps)) == []
    assert rules_of(flagged(flag, MIN_REPS - 1, MIN_REPS - 1)) == [], "too few"
    assert rules_of(flagged(flag, reps, reps), flagged(flag, 0, reps, day=3)) == [], "it was better the last time"
    (one,) = advise([flagged(flag, enough, reps, side="left")])
    assert one.because == f"{words.flag(flag)} on {enough} of {reps} reps on 2026-03-02 ({10 * enough} %)"


@pytest.mark.parametrize("flag", ["swing", "hold_short", "eccentric_fast", "slack"])
def test_a_load_below_zero_silences_advice_on_weight(flag: str) -> None:
    assert rules_of(flagged(flag, 6, 6)) != []
    assert rules_of(flagged(flag, 6, 6, load_n=-20.0)) == []


def test_a_load_below_zero_silences_the_advice_to_go_up() -> None:
    assert rules_of(page(6, day=0), page(6, day=3)) == ["up"]
    assert rules_of(page(6, day=0, load_n=-20.0), page(6, day=3, load_n=-20.0)) == []


def test_sets_of_one_day_are_combined() -> None:
    assert rules_of(flagged("swing", 3, 3), flagged("swing", 1, 3, minute=9)) == ["down"], "4 of 6"


def shrinking(last_mm: float, reps: int = 6) -> Entry:
    return page([rep(n, hold_s=1.0, rom_mm=300.0 if n < reps else last_mm) for n in range(1, reps + 1)])


def test_range_loss_advises_to_stop_earlier() -> None:
    assert rules_of(shrinking(239.0)) == ["stop"]
    assert rules_of(shrinking(241.0)) == []
    assert rules_of(shrinking(200.0, MIN_REPS - 1)) == []
    (one,) = advise([shrinking(225.0)])
    assert "25 %, from 300 mm in rep 1 to 225 mm in rep 6" in one.because


def test_a_range_loss_leaves_out_a_rep_that_went_too_far() -> None:
    reps = [rep(n, hold_s=1.0, rom_mm=300.0) for n in range(1, 7)]
    reps[2] = rep(3, hold_s=1.0, rom_mm=400.0, flags=("range_over",))
    assert rules_of(page(reps)) == []


def sides(left_mm: float, right_mm: float, reps: int = 6, **right: object) -> list[Entry]:
    left = page(reps, side="left", rom_mm=left_mm, hold_s=1.0)
    return [left, page(reps, minute=9, side="right", rom_mm=right_mm, hold_s=1.0, **right)]  # type: ignore[arg-type]


def test_the_weaker_side_goes_first() -> None:
    (one,) = advise(sides(250.0, 300.0))
    assert (one.rule, one.side) == ("weaker", "left")
    assert one.sentence == "Begin with this side, and do no more reps on the other than it can."
    assert one.because == "range is 18 % smaller than on the other side on 2026-03-02, over 6 and 6 reps"
    assert [each.side for each in advise(sides(300.0, 250.0))] == ["right"]
    slow = sides(300.0, 300.0, concentric_mean_m_s=0.2)
    assert [(each.rule, each.side) for each in advise(slow)] == [("weaker", "right")]


@pytest.mark.parametrize(
    "sets",
    [
        sides(260.0, 300.0),  # 14 %
        sides(200.0, 300.0, MIN_REPS - 1),
        sides(200.0, 300.0, load_n=200.0),  # different loads
        [sides(200.0, 300.0)[0], page(6, day=1, side="right", hold_s=1.0)],  # on different days
        sides(200.0, 300.0, flags=("swing",)),  # momentum, not strength
        sides(200.0, 300.0, concentric_mean_m_s=0.2),  # range and speed contradict each other
        [page(6, hold_s=1.0, rom_mm=200.0), page(6, minute=9, side="right", hold_s=1.0)],  # one side is not named
    ],
)
def test_no_weaker_side(sets: Sequence[Entry]) -> None:
    assert "weaker" not in rules_of(*sets)


def test_a_difference_within_the_scatter_is_not_weakness() -> None:
    wild = [rep(n, hold_s=1.0, rom_mm=450.0 if n % 2 else 60.0) for n in range(1, 7)]
    assert "weaker" not in rules_of(page(wild, side="left"), sides(250.0, 310.0)[1])


FLAGS = ["swing", "range_over", "hold_short", "eccentric_fast", "slack", "slam", "range_under"]
REPS = st.builds(
    rep,
    st.integers(1, 20),
    hold_s=st.floats(0, 5),
    eccentric_s=st.floats(0.2, 6),
    eccentric_mean_m_s=st.floats(0.03, 1.0),
    rom_mm=st.floats(20, 2000),
    kind=st.sampled_from(["full", "partial", "rejected"]),
    flags=st.lists(st.sampled_from(FLAGS), unique=True, max_size=4).map(tuple),
)


def pages(most: int) -> st.SearchStrategy[list[Entry]]:
    return st.lists(
        st.builds(
            page,
            st.lists(REPS, max_size=most),
            day=st.integers(0, 9),
            side=st.sampled_from(["left", "right", ""]),
            target=st.sampled_from([None, ASKED, Target(0.0, (3.0, 6.0), 0.1)]),
            load_n=st.sampled_from([None, 100.0, 200.0]),
        ),
        max_size=6,
    )


@given(pages(12))
def test_advice_text_is_complete_for_any_store(sets: list[Entry]) -> None:
    for one in advise(sets):
        assert "{" not in one.sentence + one.because
        assert any(character.isdigit() for character in one.because), "it gives its numbers"
        assert one.rule in {rule.name for rule in RULES}


@given(st.lists(REPS, max_size=MIN_REPS - 1))
def test_no_advice_on_too_little_data(reps: list[object]) -> None:
    assert advise([page(reps, side="left")]) == []  # type: ignore[arg-type]


def test_rules_have_unique_names_and_state_what_they_need() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert str(MIN_REPS) in rule.needs
    assert advice.advise([]) == []
