"""The scoreboard's tables and JSON object."""

import json

from cablerep.lab import scoreboard
from cablerep.lab.evaluation import Failure
from cablerep_sim.truth import score
from cablerep_sim.truth.score import Score


def scores() -> list[Score]:
    good = {"start": [1.0, -2.0, 40.0], "top": [3.0], "hold": [12.5], "rom": [0.1], "latency": [110.0]}
    return [
        Score("clean-0001", "clean", True, "3 full", "3 full", good),
        Score("clean-0002", "clean", True, "3 full", "3 full", {"start": [1.0]}),
        Score("swing-0001", "swing", False, "9 full, 0 partial", "8 full, 1 partial", {"start": [-5.0]}),
    ]


def test_scenario_table_has_one_line_each_and_a_total() -> None:
    lines = scoreboard.scenario_lines(scores())
    cells = [line.split() for line in lines]
    assert cells[0][:4] == ["scenario", "exact", "instants", "ms"]
    assert cells[1][:3] == ["clean", "2/2", "2/32.6/40.0"]
    assert cells[2] == ["swing", "0/1", "5/5/5", "-", "-", "-", "-", "-"]
    assert cells[3][:2] == ["all", "2/3"]
    assert lines[0].index("latency ms") + len("latency ms") == len(lines[1])
    assert "2 mm or 1 %" in lines[4]


def real_scores() -> list[Score]:
    legs = Score("legs.csv.gz", "by_eye", True, "30 in all", "30 full", truth="by_eye")
    legs.holds, legs.holds_tolerance_s = [0.05, -0.1, -0.7, None], 0.15
    return [legs, Score("press.csv", "by_eye", False, "3 in all", "2 full", truth="label"), *scores()]


def test_real_recordings_have_a_table_of_counts_and_holds() -> None:
    lines = [line.split() for line in scoreboard.real_lines(real_scores())]
    assert lines[1][-7:] == ["exact", "4", "2", "0.10", "0.64", "1", "1"]
    assert lines[2][-1] == "WRONG"
    assert lines[3] == ["all", "1/2", "4", "2", "0.10", "0.64", "1", "1"]
    assert scoreboard.real_lines(scores()) == []


def test_violations_are_listed_and_counted() -> None:
    bad = Score("a.csv", "clean", True, "3 full", "3 full", violations=["x", "y", "z"])
    assert scoreboard.violation_lines([bad], 2) == [
        "violation of the contract: a.csv: x",
        "violation of the contract: a.csv: y",
        "and 1 more",
    ]
    assert scoreboard.worst_lines([bad], 5) == [f"{'a.csv':<28} violates the contract: x"]


def test_recordings_without_instants_have_only_counts() -> None:
    lines = scoreboard.scenario_lines([Score("a", "by_eye", True, "3 in all", "3 full")])
    assert [line.split()[:2] for line in lines] == [["scenario", "exact"], ["by_eye", "1/1"], ["all", "1/1"]]


def test_metric_table_shows_limits() -> None:
    summary = score.summarise(scores())
    checks = score.check(summary, {"exact": 60, "start": 30, "latency_max": 100})
    lines = {line.split()[0]: line.split() for line in scoreboard.metric_lines(summary, checks)}
    assert lines["exact"][2:] == ["3", "66.67", "60", "met"]
    assert lines["start"] == ["start", "ms", "5", "2", "33.0", "30", "MISSED", "40.0"]
    assert lines["latency"] == ["latency", "ms", "1", "110", "110", "110", "100", "MISSED"]
    assert "ecc_mean" not in lines


def test_worst_list_puts_miscounts_first() -> None:
    lines = scoreboard.worst_lines(scores(), 10)
    assert [line.split()[0] for line in lines] == ["swing-0001", "clean-0001"]
    assert "expected 9 full, 0 partial; found 8 full, 1 partial" in lines[0]
    assert lines[1].endswith("start +40 ms")
    assert len(scoreboard.worst_lines(scores(), 1)) == 1


def test_json_object_matches_the_tables() -> None:
    summary = score.summarise(scores())
    failure = Failure("x.csv", "x.csv:3: bad")
    thing = scoreboard.as_object(scores(), [failure], score.check(summary, {"start": 30}), 1)
    assert json.loads(json.dumps(thing)) == thing
    assert thing["all"]["recordings"] == 3 and thing["all"]["exact"] == 2
    assert thing["scenarios"]["clean"]["errors"]["start"]["largest"] == 40
    assert thing["limits"] == [{"name": "start", "limit": 30, "value": summary.spreads["start"].p95, "met": False}]
    assert [worst["name"] for worst in thing["worst"]] == ["swing-0001"]
    assert thing["failures"] == [{"name": "x.csv", "reason": "x.csv:3: bad"}]


def test_sweep_table_starts_with_the_weakest_constant() -> None:
    good, bad = score.summarise(scores()[:2]), score.summarise(scores())
    rows = [("near", 10, 7, good), ("near", 10, 13, good), ("dwell", 5, 4, "too short"), ("dwell", 5, 6, bad)]
    cells = [line.split() for line in scoreboard.sweep_lines(rows, {"near"})]
    assert [line[:3] for line in cells[1:]] == [
        *(["dwell", "5", "4"], ["dwell", "5", "6"], ["near", "10", "7"], ["near", "10", "13"]),
    ]
    assert cells[1][3:] == ["refused:", "too", "short"]
    assert cells[2][3] == "66.67" and cells[3][3] == "100.00"
    assert [line[-1] == "definition" for line in cells[1:]] == [False, False, True, True]


def test_flag_table_shows_expected_and_reported() -> None:
    counts = {"swing": score.FlagCount(19, 1, 2, 398), "slam": score.FlagCount(clear=420)}
    lines = scoreboard.flag_lines([Score("a", "clean", True, "", "", {}, counts)])
    assert [line.split() for line in lines[1:]] == [
        ["swing", "20", "19", "95.0", "400", "2", "0.5"],
        ["slam", "0", "0", "-", "420", "0", "0.0"],
    ]
    assert scoreboard.flag_lines(scores()) == []
    told = scoreboard.as_object([Score("a", "clean", True, "", "", {}, counts)], [], [], 0)
    assert told["flags"]["swing"] == {"hits": 19, "misses": 1, "false_alarms": 2, "clear": 398}
