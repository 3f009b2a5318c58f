"""Scores: a perfect result has no error, and each kind of error appears in its own metric."""

from dataclasses import dataclass, replace

import pytest

from cablerep_sim.truth import score
from cablerep_sim.truth.file import Truth, TruthRep


@dataclass(frozen=True)
class Found:
    kind: str
    start_s: float
    top_s: float
    release_s: float
    end_s: float
    known_s: float
    rom_mm: float = 300.0
    concentric_mean_m_s: float = 0.3
    concentric_peak_m_s: float = 0.5
    eccentric_mean_m_s: float = 0.15
    eccentric_peak_m_s: float = 0.25
    work_j: float | None = 30.0
    chord_mm: float | None = None
    direction_deg: float | None = None
    bow_mm: float | None = None
    drift_mm: float | None = None
    amended: bool = False
    flags: tuple[str, ...] = ()
    set: int = 1


def true(start_s: float, kind: str = "full") -> TruthRep:
    times = (start_s, start_s + 4, start_s + 1, start_s + 2)
    return TruthRep(kind, *times, 300.0, 0.3, 0.5, 0.15, 0.25, 30.0, prompt=start_s > 0)


def found(start_s: float, kind: str = "full") -> Found:
    return Found(kind, start_s, start_s + 1, start_s + 2, start_s + 4, start_s + 4.1)


TRUTH = Truth("analytic", 3, 0, 1, (true(0), true(5), true(10, "partial")))
RIGHT = [found(0), found(5), found(10, "partial")]


def scored(reps: list[Found], sets: int = 1, truth: Truth = TRUTH) -> score.Score:
    return score.score("set-0001", "clean", truth, reps, sets)


def test_the_truth_scored_against_itself_has_only_latency() -> None:
    result = scored(RIGHT)
    assert result.exact
    assert result.expected == result.found == "2 full, 1 partial, 1 sets"
    late = {"latency", "latency_other"}
    assert {name for name, errors in result.errors.items() if any(abs(e) > 1e-9 for e in errors)} == late
    assert result.errors["latency_other"] == pytest.approx([100])
    assert result.errors["latency"] == pytest.approx([100] * 2)
    on_floor = {"chord", "direction", "bow", "drift"}
    assert all(len(errors) == 3 for name, errors in result.errors.items() if name not in late | on_floor)
    assert result.badness < 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"start_s": 0.02}, {"start": 20}),
        ({"top_s": 1.03}, {"top": 30, "hold": -30}),
        ({"release_s": 1.99}, {"release": -10, "hold": -10}),
        ({"end_s": 4.5}, {"end": 500}),
        ({"known_s": 5.0}, {"latency_other": 1000}),
        ({"rom_mm": 306.0}, {"rom": 2}),
        ({"eccentric_mean_m_s": 0.153}, {"ecc_mean": 2}),
        ({"eccentric_peak_m_s": 0.24}, {"ecc_peak": -4}),
        ({"concentric_mean_m_s": 0.33}, {"con_mean": 10}),
        ({"concentric_peak_m_s": 0.45}, {"con_peak": -10}),
    ],
)
def test_each_error_appears_in_its_own_metric(change: dict[str, float], expected: dict[str, float]) -> None:
    result = scored([replace(RIGHT[0], **change), *RIGHT[1:]])  # type: ignore[arg-type]
    assert result.exact
    got = {name: errors[0] for name, errors in result.errors.items() if errors and abs(errors[0]) > 1e-9}
    assert got == pytest.approx({"latency": 100, "latency_other": 100, **expected})


def test_a_rep_reported_before_its_true_end_is_not_late() -> None:
    assert scored([replace(RIGHT[0], known_s=3.0), *RIGHT[1:]]).errors["latency_other"][0] == 0


def test_a_small_range_may_be_two_millimetres_off() -> None:
    small = Truth("analytic", 1, 0, 1, (replace(true(0), rom_mm=50.0),))
    assert scored([replace(found(0), rom_mm=51.0)], truth=small).errors["rom"] == pytest.approx([0.5])


@pytest.mark.parametrize(
    "reps",
    [
        RIGHT[:2],
        [*RIGHT, found(15)],
        [RIGHT[0], found(5, "partial"), RIGHT[2]],
        [found(0, "partial"), RIGHT[1], found(10)],
        [found(2.5), *RIGHT[1:]],
    ],
    ids=["one missing", "one too many", "a kind", "two kinds that even out", "another movement"],
)
def test_wrong_counts_are_not_exact(reps: list[Found]) -> None:
    result = scored(reps)
    assert not result.exact
    assert result.badness >= 1000


def test_one_movement_is_not_two_reps() -> None:
    both = replace(found(0), end_s=9.0)
    assert [true.start_s for true, _ in score.match(TRUTH.reps or (), [both])] == [0]
    assert not scored([both, RIGHT[2]]).exact


def test_the_number_of_sets_counts_too() -> None:
    assert not scored(RIGHT, sets=2).exact
    assert scored(RIGHT, sets=2, truth=replace(TRUTH, sets=None)).exact


def test_amendments_replace_a_rep_but_latency_is_that_of_the_first_report() -> None:
    early = replace(found(10), known_s=14.05)
    late = replace(found(10, "partial"), known_s=40.0, amended=True)
    result = scored([*RIGHT[:2], early, late])
    assert result.exact
    assert result.errors["latency"] == pytest.approx([100, 50])
    assert scored([*RIGHT, found(20), replace(found(20, "rejected"), amended=True)]).exact


def test_a_truth_by_eye_may_be_only_a_number() -> None:
    by_eye = Truth("by_eye", 4, 1)
    result = scored(RIGHT, 7, by_eye)
    assert result.exact and not result.errors
    assert result.expected == "4 ± 1 in all"
    assert not scored(RIGHT[:2], 7, by_eye).exact


def test_a_truth_without_instants_is_scored_by_the_rest() -> None:
    labelled = Truth("label", 1, 0, None, (TruthRep("full", 0.0, 4.0),))
    result = scored([found(0)], truth=labelled)
    assert result.exact
    assert {name for name, errors in result.errors.items() if errors} == {"start", "end", "latency_other"}


def test_summaries_pool_absolute_errors() -> None:
    scores = [scored([replace(RIGHT[0], start_s=offset), *RIGHT[1:]]) for offset in (-0.01, 0.03)]
    scores.append(scored(RIGHT[:1]))
    summary = score.summarise(scores)
    assert (summary.recordings, summary.exact, summary.exact_share) == (3, 2, pytest.approx(2 / 3))
    start = summary.spreads["start"]
    assert (start.count, start.median, start.largest) == (7, 0, pytest.approx(30))
    both = score.spread(scores, ("start", "end"))
    assert both is not None and both.count == 14
    assert score.by_scenario(scores).keys() == {"clean"}
    assert score.summarise([]).exact_share == 1
    assert score.spread([], ("start",)) is None


def test_limits_are_met_or_missed() -> None:
    summary = score.summarise([scored([replace(RIGHT[0], start_s=0.02), *RIGHT[1:]])])
    targets = score.targets()
    assert targets["exact"] == 99.5 and targets["start"] == 30 and targets["latency_max"] == 1300
    assert all(item.met for item in score.check(summary, targets))
    missed = score.check(summary, {"start": 1, "latency_max": 99, "exact": 100, "rom": 0})
    assert [item.met for item in missed] == [False, False, True, True]
    wrong = score.summarise([scored(RIGHT[:1])])
    assert not score.check(wrong, {"exact": 99.5})[0].met
    by_eye = score.summarise([scored(RIGHT, truth=Truth("by_eye", 3))])
    (nothing,) = score.check(by_eye, {"start": 30})
    assert nothing.value is None and nothing.met


def test_unclear_flags_count_neither_as_hits_nor_as_false_alarms() -> None:
    due = (("swing",), (), ("swing", "slam"))
    reps = tuple(replace(rep, flags=flags) for rep, flags in zip(TRUTH.reps or (), due, strict=True))
    reps = (reps[0], replace(reps[1], unclear=("slack",)), reps[2])
    told = (("swing",), ("slam", "slack"), ("slam",))
    found_reps = [replace(rep, flags=flags) for rep, flags in zip(RIGHT, told, strict=True)]
    counts = score.flag_counts([scored(found_reps, truth=replace(TRUTH, reps=reps))] * 2)
    assert counts["swing"] == score.FlagCount(hits=2, misses=2, clear=2)
    assert counts["slam"] == score.FlagCount(hits=2, false_alarms=2, clear=2)
    assert counts["slack"] == score.FlagCount(clear=4)
    assert counts["hold_short"] == score.FlagCount(clear=6)


def test_without_a_truth_of_form_there_are_no_flag_counts() -> None:
    assert score.flag_counts([scored([replace(rep, flags=("swing",)) for rep in RIGHT])]) == {}


def test_an_amended_flag_counts() -> None:
    reps = (replace(TRUTH.reps[0], flags=("slam",)),) if TRUTH.reps else ()
    late = replace(RIGHT[0], amended=True, flags=("slam",))
    result = scored([RIGHT[0], late], truth=Truth("analytic", 1, 0, 1, reps))
    assert score.flag_counts([result])["slam"] == score.FlagCount(hits=1)


def test_force_where_it_must_be_unknown_is_counted_like_a_flag() -> None:
    reps = (replace(true(0), work_j=None, work_unknown=True), replace(true(5), work_unknown=False))
    truth = Truth("analytic", 2, 0, 1, reps)
    given, missing = found(0), replace(found(5), work_j=None)
    counts = score.flag_counts([scored([given, missing], truth=truth)])
    assert counts == {score.NO_FORCE: score.FlagCount(misses=1, false_alarms=1)}


def test_directions_are_compared_across_the_half_turn() -> None:
    truth = Truth("analytic", 1, 0, 1, (replace(true(0), chord_mm=300.0, direction_deg=179.0, drift_mm=4.0),))
    result = scored([replace(RIGHT[0], chord_mm=303.0, direction_deg=-178.0, drift_mm=6.5)], truth=truth)
    errors = {name: result.errors[name] for name in ("chord", "direction", "bow", "drift")}
    assert errors == {"chord": pytest.approx([1.0]), "direction": [3.0], "bow": [], "drift": [2.5]}
