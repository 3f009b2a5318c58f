"""The figures that the project promises, on a smaller run of `cablerep evaluate --simulate` at three rates.

All scenarios take part, and the limits are those of the full run: `--targets`.
"""

import json

import pytest

from cablerep.cli.main import main

NEEDS_ANGLE = ("off_line", "drift_in_hold")


# Sway and overshoot blur the ends of the eccentric.
REAL_LEGS = ("--with", "legs=real", "--ecc-mean", "3")
STILL_LEGS = ("--with", "legs=still")


@pytest.mark.parametrize(
    ("rate_hz", "recordings", "legs"), [(200, 53, REAL_LEGS), (100, 26, STILL_LEGS), (1000, 8, REAL_LEGS)]
)
def test_promised_figures_hold(rate_hz, recordings, legs, capsys):
    status = main(["evaluate", "--simulate", str(recordings), "--rate", str(rate_hz), "--targets", *legs])
    out = capsys.readouterr().out
    assert status == 0 and "MISSED" not in out, out


def count_flags(faults, rate_hz, recordings, capsys):
    """Return hits, misses, false alarms and clear reps of each flag over sets with faults drawn at random."""
    options = ("load_hz=80", f"faults={faults}")
    arguments = ("--simulate", str(recordings), "--rate", str(rate_hz), "--with", *options)
    assert main(["evaluate", "--json", *arguments]) == 0
    counts = json.loads(capsys.readouterr().out)["flags"]
    return {name: count for name, count in counts.items() if name not in NEEDS_ANGLE and name != "no force"}


def test_form_faults_are_flagged(capsys):
    recordings = 50
    counts = count_flags("random", 200, recordings, capsys)
    for name, count in counts.items():
        assert count["false_alarms"] <= 0.002 * count["clear"], (name, count)
        assert count["hits"] > recordings // 20, f"{name}: too few to say anything"
        assert count["hits"] >= 0.95 * (count["hits"] + count["misses"]), (name, count)


def test_faults_of_travel_are_flagged_without_a_load_cell(capsys):
    found = count_flags("random,no-load", 100, 20, capsys)
    assert set(found) == {"hold_short", "eccentric_fast", "range_over", "range_under", "slam"}
    assert all(count["false_alarms"] == 0 for count in found.values()), found
    assert all(count["misses"] == 0 for count in found.values()), found
