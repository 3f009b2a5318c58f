"""Evaluation: simulated and recorded cases score the same, bad files are reported, constants can be changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from cablerep.cli.commands import simulate
from cablerep.lab import evaluation
from cablerep.lab.evaluation import Failure, FileCase, SimulatedCase
from cablerep_fw.core.detect import tuning
from cablerep_fw.reference.tuning_reasons import TABLE
from cablerep_sim import scenarios
from cablerep_sim.errors import CablerepError
from cablerep_sim.trace.trace import from_arrays
from cablerep_sim.truth.score import Score


def only(case: evaluation.Case, **changes: int) -> Score | Failure:
    ((place, result),) = evaluation.evaluate([case], [changes])
    assert place == 0
    return result


def test_a_simulated_set_is_counted_exactly() -> None:
    result = only(SimulatedCase("glute-kickback", 1, 200))
    assert isinstance(result, Score)
    assert (result.name, result.scenario, result.exact) == ("glute-kickback-0001", "glute-kickback", True)
    assert result.found == "8 full, 0 partial, 1 sets"
    assert len(result.errors["start"]) == 8


def test_a_written_simulation_scores_the_same(tmp_path: Path) -> None:
    for suffix in (".csv", ".csv.gz"):
        simulate.write((tmp_path / f"partials-0003{suffix}", "partials", 3, 200, {}))
        cases, without = evaluation.find([tmp_path / f"partials-0003{suffix}"])
        filed = only(cases[0])
        direct = only(SimulatedCase("partials", 3, 200))
        assert not without
        assert isinstance(filed, Score) and isinstance(direct, Score)
        assert (filed.scenario, filed.exact, filed.found) == (direct.scenario, direct.exact, direct.found)
        # The truth file keeps a tenth of a millisecond.
        assert filed.errors["start"] == pytest.approx(direct.errors["start"], abs=0.06)


def test_find_lists_traces_with_and_without_truth(tmp_path: Path) -> None:
    simulate.write((tmp_path / "clean-0001.csv", "clean", 1, 100, {}))
    (tmp_path / "alone.csv").write_text("# rate_hz: 100\nt_us,travel,load\n0,0,\n")
    (tmp_path / "notes.txt").write_text("")
    cases, without = evaluation.find([tmp_path])
    assert cases == [FileCase(tmp_path / "clean-0001.csv")]
    assert without == [tmp_path / "alone.csv"]


def test_folders_without_traces_are_refused(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "in this folder"), (tmp_path / "gone", "no such folder or trace")):
        with pytest.raises(CablerepError, match=words):
            evaluation.find([path])


def test_a_bad_file_is_one_failure(tmp_path: Path) -> None:
    simulate.write((tmp_path / "clean-0001.csv", "clean", 1, 100, {}))
    (tmp_path / "bad.csv").write_text("nothing of a trace")
    (tmp_path / "bad.truth.json").write_text('{"truth": "by_eye", "reps_total": 1}')
    (tmp_path / "odd.csv").write_text((tmp_path / "clean-0001.csv").read_text())
    (tmp_path / "odd.truth.json").write_text("{}")
    results = [result for _, result in evaluation.evaluate(evaluation.find([tmp_path])[0], workers=1)]
    failures = [result for result in results if isinstance(result, Failure)]
    assert len(results) == 3
    assert [Path(failure.name).name for failure in failures] == ["bad.csv", "odd.csv"]
    assert "bad.csv" in failures[0].reason
    assert "odd.truth.json: truth is missing" in failures[1].reason


def test_amendments_replace_reps() -> None:
    # A partial rep before any full one is taken for a full one until the set shows otherwise.
    for seed in range(1, 40):
        recording = scenarios.build("mixed", seed)
        assert recording.truth.reps is not None
        if recording.truth.reps[0].kind == "partial":
            break
    trace = from_arrays("x", recording.meta, recording.t_us, recording.travel, recording.load)
    reading = evaluation.detect(trace)
    amended = {rep.start_s for rep in reading.reps if rep.amended}
    assert amended
    settled = reading.settled()
    assert len({rep.start_s for rep in settled}) == len(settled) == recording.truth.reps_total
    assert [rep.kind for rep in settled] == [rep.kind for rep in recording.truth.reps]
    reading.reps.append(replace(settled[1], kind="rejected", amended=True))
    assert [rep.start_s for rep in reading.settled()] == [rep.start_s for rep in settled if rep is not settled[1]]


def test_a_sweep_covers_all_constants() -> None:
    defaults = list(tuning.defaults())
    changed = evaluation.constants({TABLE[3][0]: 77})
    assert [new for new, old in zip(changed, defaults, strict=True) if new != old] == [77]
    with pytest.raises(KeyError):
        evaluation.constants({"no such constant": 1})
    steps = evaluation.sweep(0.3)
    assert [name for name, _, _ in steps[::2]] == [row[0] for row in TABLE]
    assert all(change == {name: value} for name, value, change in steps)
    name, default = TABLE[0][:2]
    assert [(n, v) for n, v, _ in steps[:2]] == [(name, round(0.7 * default)), (name, round(1.3 * default))]


def test_a_changed_constant_changes_the_result() -> None:
    # With a threshold of 2 m/s nothing is a movement.
    result = only(SimulatedCase("glute-kickback", 1, 200), threshold=2_000_000)
    assert isinstance(result, Score)
    assert not result.exact


def test_results_carry_the_index_of_their_changes() -> None:
    cases = [SimulatedCase("lone-rep", seed, 100) for seed in (1, 2)]
    results = list(evaluation.evaluate(cases, [{}, {"threshold": 2_000_000}], workers=1))
    assert [(place, isinstance(r, Score) and r.exact) for place, r in results] == [
        *((0, True), (0, True), (1, False), (1, False)),
    ]


def test_form_is_judged_by_the_limits_of_the_truth(tmp_path: Path) -> None:
    options = (("faults", "hold_short@2,range_over@5"), ("reps", "6"))
    direct = only(SimulatedCase("glute-kickback", 1, 200, options))
    simulate.write((tmp_path / "glute-kickback-0001.csv", "glute-kickback", 1, 200, dict(options)))
    filed = only(evaluation.find([tmp_path])[0][0])
    for result in (direct, filed):
        assert isinstance(result, Score)
        assert (result.flags["hold_short"].hits, result.flags["hold_short"].clear) == (1, 5)
        assert result.flags["range_over"].hits == 1
        assert not any(count.misses or count.false_alarms for count in result.flags.values())


def test_an_impossible_fault_is_a_failure() -> None:
    result = only(SimulatedCase("lone-rep", 1, 200, (("faults", "swing@3"),)))
    assert isinstance(result, Failure)
    assert "there is no rep 3 for swing; lone-rep has 1" in result.reason
