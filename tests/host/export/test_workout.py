"""Workouts: a training session in the terms of training apps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import FIRST, page, rep

from cablerep.export import workout
from cablerep.history.training import TrainingSession
from cablerep.store.database import Note
from cablerep.units import kilograms


def test_each_side_is_a_separate_exercise_with_its_own_set_order() -> None:
    sets = [page(2, minute=minute, side=side) for minute, side in ((0, "left"), (3, "right"), (6, "left"))]
    made = workout.workout(TrainingSession((*sets, page(2, minute=9, exercise="", load_n=None))))
    assert made.name == "Kickback, Cable exercise"
    assert [(one.exercise, one.order, one.reps) for one in made.sets] == [
        ("Kickback (left)", 1, 2),
        ("Kickback (right)", 1, 2),
        ("Kickback (left)", 2, 2),
        ("Cable exercise", 1, 2),
    ]
    assert (made.at, made.end) == (FIRST, FIRST + timedelta(minutes=9, seconds=16.5))
    assert [one.weight_kg for one in made.sets[2:]] == [pytest.approx(15.2957, abs=1e-4), None]


def test_sets_of_partial_reps_export_their_count_and_empty_sets_nothing() -> None:
    partial = rep(1, kind="partial", rep=None)
    made = workout.workout(
        TrainingSession((page([partial, partial]), page([rep(2, kind="rejected", rep=None)], minute=1)))
    )
    assert [(lifted.reps, lifted.note.split(";")[0]) for lifted in made.sets] == [(2, "2 partial")]


def test_reps_that_the_board_reported_count_even_if_they_are_missing() -> None:
    entry = page(2)
    entry = replace(entry, set=replace(entry.set, reps_reported=11, partials_reported=0, at_guessed=True))
    (lifted,) = workout.workout(TrainingSession((entry,))).sets
    assert (lifted.reps, lifted.note[:40]) == (11, "9 of 11 reps missing; date estimated; hold 2.2 s"[:40])


def test_a_negative_load_is_no_weight() -> None:
    (lifted,) = workout.workout(TrainingSession((page(2, load_n=-30.0),))).sets
    assert lifted.weight_kg is None


def test_the_note_has_partials_tempo_flags_and_notes() -> None:
    reps = [rep(1, flags=("hold_short",)), rep(2, kind="partial", rep=None, flags=("swing", "hold_short"))]
    one = page(reps)
    one = replace(one, set=replace(one.set, notes=(Note(FIRST, "felt\n good"), Note(FIRST, "more"))))
    expected = "1 partial; hold 2.2 s; lower 3.3 s; range 300 mm; short hold 2×; swing 1×; felt good; more"
    assert workout.note(one) == expected
    assert workout.note(page(0, target=None)) == ""


@given(st.floats(0, 4000))
def test_kilograms_are_force_over_standard_gravity(force_n: float) -> None:
    assert kilograms(force_n) * 9.80665 == pytest.approx(force_n)
    assert kilograms(force_n) <= force_n / 9.8
