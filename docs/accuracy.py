"""Measure the tables of docs/detection.md and write them there: python docs/accuracy.py [--sets N] [--print].

`--sets` is the number of simulated sets behind each column of the first table and each row of the others. 300 take
about half an hour of one core, 2 000 some three hours. `--print` prints the tables and leaves the page alone.
"""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cablerep.lab import evaluation
from cablerep_sim import scenarios
from cablerep_sim.truth import score
from cablerep_sim.truth.score import Score

PAGE = Path(__file__).parent / "detection.md"
REAL = {"legs": "real"}
STILL = {"legs": "still"}
COLUMNS: tuple[tuple[str, int, Mapping[str, str]], ...] = (
    ("100 Hz", 100, REAL),
    ("200 Hz", 200, REAL),
    ("1 kHz", 1000, REAL),
    ("still legs, 200 Hz", 200, STILL),
)
SWAY_MM = ("0", "1", "2", "3", "5")
WITHIN_MS = {"2": 50, "3": 120, "5": 220}  # 95 % of the holds, sway that begins and ends with the hold
WHOLE_MS = {"2": 130, "3": 220, "5": 330}  # sway through the whole set
OVERSHOOT_MS = 50
ROWS = (  # text, names of the metrics, unit, promise
    ("start", ("start",), "ms", 30),
    ("top", ("top",), "ms", 30),
    ("release", ("release",), "ms", 30),
    ("end", ("end",), "ms", 30),
    ("hold", ("hold",), "ms", 40),
    ("mean eccentric speed", ("ecc_mean",), "%", 1.5),
    ("peak eccentric speed", ("ecc_peak",), "%", 4),
    ("mean concentric speed", ("con_mean",), "%", None),
    ("work", ("work",), "%", None),
    ("ROM, multiple of 2 mm or 1 %", ("rom",), "", 1),
)


def measure(sets: int, rate_hz: int, options: Mapping[str, str], jobs: int) -> tuple[list[Score], int]:
    """Return the scores of `sets` simulated sets of all scenarios, and how many sets could not be drawn."""
    given = tuple(options.items())
    cases = [evaluation.SimulatedCase(name, seed, rate_hz, given) for name, seed in scenarios.programme(sets)]
    results = [result for _, result in evaluation.evaluate(cases, workers=jobs)]
    scores = [result for result in results if isinstance(result, Score)]
    return scores, len(results) - len(scores)


def figure(value: float) -> str:
    """Return `value` with two digits that say something."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.2g}"


def p95(scores: Sequence[Score], names: Sequence[str]) -> str:
    """Return the 95th percentile of the absolute errors of all `names` together."""
    found = score.spread(scores, names)
    return "-" if found is None else figure(found.p95)


def by_rate(sets: int, jobs: int) -> list[str]:
    """Return the table of all figures, a column for each rate, still legs last."""
    results = [measure(sets, rate_hz, options, jobs)[0] for _, rate_hz, options in COLUMNS]
    lines = [
        "| 95 % within | promised | " + " | ".join(heading for heading, _, _ in COLUMNS) + " |",
        "| --- " * (len(COLUMNS) + 2) + "|",
        f"| sets counted exactly | {score.EXACT_PERCENT} % | "
        + " | ".join(f"{100 * score.summarise(scores).exact_share:.1f} %" for scores in results)
        + " |",
    ]
    rows = list(ROWS)
    for metric in score.METRICS:
        if metric.name.startswith("latency"):
            text = "movement's end to `rep` event" + (", other reps" if "_" in metric.name else ", prompt reps")
            rows.append((text, (metric.name,), "ms", metric.p95))
    for text, names, unit, promised in rows:
        cells = [f"{p95(scores, names)} {unit}".strip() for scores in results]
        promise = "" if promised is None else f"{promised:g} {unit}".strip()
        lines.append(f"| {text} | {promise} | " + " | ".join(cells) + " |")
    latencies = [metric.name for metric in score.METRICS if metric.name.startswith("latency")]
    largest = [score.spread(scores, latencies) for scores in results]
    cells = ["-" if found is None else f"{found.largest:.0f} ms" for found in largest]
    lines.append("| the same, largest | 1300 ms | " + " | ".join(cells) + " |")
    reps = sum(len(item.errors.get("start", ())) for item in results[1])
    return [*lines, "", f"{sets} sets in each column, {reps} reps at 200 Hz."]


def sway_row(text: str, options: Mapping[str, str], promised_ms: float | None, sets: int, jobs: int) -> str:
    """Return one row of the sweep over sway: sets exact, holds, eccentric speed and false `hold_short`."""
    scores, refused = measure(sets, 200, {"judged": "1", **options}, jobs)
    summary = score.summarise(scores)
    hold, speed = summary.spreads["hold"], summary.spreads["ecc_mean"]
    flag = score.flag_counts(scores)["hold_short"]
    clear = flag.false_alarms + flag.clear
    cells = [
        text,
        f"{summary.exact} of {summary.recordings}" + (f" ({refused} not drawn)" if refused else ""),
        f"{figure(hold.median)} ms",
        f"{figure(hold.p95)} ms",
        "" if promised_ms is None else f"{promised_ms:g} ms",
        f"{figure(speed.median)} / {figure(speed.p95)} %",
        f"{flag.false_alarms} of {clear}",
    ]
    return "| " + " | ".join(cells) + " |"


SWAY_HEADING = (
    "| sway, rms | sets exact | hold, median | hold, 95 % | promised | mean eccentric speed, median / 95 % "
    "| false `hold_short` |",
    "| --- | --- | --- | --- | --- | --- | --- |",
)


def within_holds(sets: int, jobs: int) -> list[str]:
    """Return the sweep over sway that begins and ends with each hold and each stand, and an overshoot."""
    rows = [sway_row(f"{mm} mm", {**STILL, "sway_mm": mm}, WITHIN_MS.get(mm), sets, jobs) for mm in SWAY_MM]
    overshoot = {**STILL, "overshoot": "0.12", "sway_mm": "1"}
    rows.append(sway_row("1 mm, overshoot up to 12 %", overshoot, OVERSHOOT_MS, sets, jobs))
    return [*SWAY_HEADING, *rows, "", f"{sets} sets in each row, at 200 Hz."]


def whole_sets(sets: int, jobs: int) -> list[str]:
    """Return the sweep over sway through the whole set, with lopsided movements and an overshoot."""
    common = {**REAL, "sway_whole": "1", "lopsided": "1"}
    rows = [sway_row(f"{mm} mm", {**common, "sway_mm": mm}, WHOLE_MS.get(mm), sets, jobs) for mm in SWAY_MM]
    return [*SWAY_HEADING, *rows, "", f"{sets} sets in each row, at 200 Hz."]


FLAG_COLUMNS: tuple[tuple[str, int, Mapping[str, str]], ...] = (
    ("100 Hz", 100, {"faults": "random", "load_hz": "80"}),
    ("200 Hz", 200, {"faults": "random", "load_hz": "80"}),
    ("1 kHz", 1000, {"faults": "random", "load_hz": "80"}),
    ("200 Hz, cell of 10 readings a second", 200, {"faults": "random", "load_hz": "10"}),
    ("200 Hz, no cell", 200, {"faults": "random,no-load"}),
)
FORM_FLAGS = ("hold_short", "eccentric_fast", "range_over", "range_under", "swing", "slack", "slam")


def flag_cell(count: score.FlagCount) -> str:
    """Return the flagged ones of the faults that were due; the false alarms of the reps without that fault."""
    due, clear = count.hits + count.misses, count.false_alarms + count.clear
    return f"{count.hits} of {due}; {count.false_alarms} of {clear}" if due + clear else "not scored"


def form_flags(sets: int, jobs: int) -> list[str]:
    """Return the table of form flags: faults that were flagged of those in the recordings, and false alarms."""
    columns = [score.flag_counts(measure(sets, rate_hz, options, jobs)[0]) for _, rate_hz, options in FLAG_COLUMNS]
    lines = ["| flag | " + " | ".join(heading for heading, _, _ in FLAG_COLUMNS) + " |"]
    lines.append("| --- " * (len(FLAG_COLUMNS) + 1) + "|")
    for name in FORM_FLAGS:
        cells = []
        for counts in columns:
            cells.append(flag_cell(counts.get(name, score.FlagCount())))
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return [*lines, "", f"{sets} sets in each column."]


NO_ERRORS = dict.fromkeys(("angle_noise_deg", "arm_lag_deg", "angle_bend_deg", "free_error_mm", "rise_mm"), "0")
KICKS = ("glute-kickback", "clean", "mixed", "fatigue", "straight-kickback", "hip-abduction")
DIRECTION_ROWS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("a good sensor and arm, as in [simulation](simulation.md)", {}),
    ("no error at all", NO_ERRORS),
    ("no lag", {"arm_lag_deg": "0"}),
    ("AS5600 (4096 counts a turn)", {"angle": "as5600"}),
    ("kicks at 0 degrees", {"direction_deg": "0"}),
    ("kicks at 20 degrees", {"direction_deg": "20"}),
    ("kicks at 60 degrees", {"direction_deg": "60"}),
    ("strap 500 mm from the swivel", {"free_mm": "500"}),
    ("strap 1400 mm from the swivel", {"free_mm": "1400"}),
    ("stance 30 degrees to the side", {"bearing_deg": "30"}),
    ("lag 0.8 degrees", {"arm_lag_deg": "0.8"}),
    ("lag 4 degrees: a stock bracket", {"arm_lag_deg": "4"}),
    ("backlash 1 degree", {"arm_play_deg": "1"}),
    ("noise 0.3 degrees", {"angle_noise_deg": "0.3"}),
    ("nonlinearity 3 degrees", {"angle_bend_deg": "3"}),
    ("zero off by 2 degrees", {"angle_zero_deg": "2"}),
    ("free length 60 mm too long", {"free_error_mm": "60"}),
    ("strap rises by 250 mm", {"rise_mm": "250"}),
)


def directions(sets: int, jobs: int) -> list[str]:
    """Return the table of the four figures on the floor plan, by bearing, distance and fault of the sensor."""
    lines = [
        "| condition | direction, median / 95 % | chord, 95 % | bow, 95 % | drift, 95 % "
        "| `off_line` | `drift_in_hold` |",
        "| --- " * 7 + "|",
    ]
    for text, options in DIRECTION_ROWS:
        given = tuple({"angle": "mt6701", "faults": "random", "load_hz": "80", **options}.items())
        pairs = scenarios.programme(sets, KICKS)
        cases = [evaluation.SimulatedCase(name, seed, 200, given) for name, seed in pairs]
        results = [result for _, result in evaluation.evaluate(cases, workers=jobs)]
        scores = [result for result in results if isinstance(result, Score)]
        found = score.spread(scores, ("direction",))
        counts = score.flag_counts(scores)
        cells = [
            text,
            "-" if found is None else f"{found.median:.1f} / {found.p95:.1f} deg",
            f"{p95(scores, ('chord',))} %",
        ]
        cells += [f"{p95(scores, (name,))} mm" for name in ("bow", "drift")]
        cells += [flag_cell(counts.get(name, score.FlagCount())) for name in ("off_line", "drift_in_hold")]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", f"{sets} sets in each row, of {', '.join(KICKS)}."]


TABLES = {
    "directions": directions,
    "form-flags": form_flags,
    "by-rate": by_rate,
    "within-holds": within_holds,
    "whole-sets": whole_sets,
}


def main() -> int:
    """Measure and write; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sets", type=int, default=300, metavar="N")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (default 1)")
    parser.add_argument("--print", action="store_true", dest="only_print", help="print, and leave the page alone")
    parser.add_argument("--only", choices=tuple(TABLES), action="append", help="measure only this table; repeatable")
    args = parser.parse_args()
    for name in args.only or TABLES:
        lines = TABLES[name](args.sets, args.jobs)
        print("\n".join([f"{name}:", *lines, ""]), flush=True)
        if not args.only_print:
            _write(name, lines)
    return 0


def _write(name: str, lines: Sequence[str]) -> None:
    """Replace the table between the markers `<!-- accuracy: NAME -->` and `<!-- end -->` of the page."""
    text = PAGE.read_text(encoding="utf-8")
    marked = re.compile(rf"(<!-- accuracy: {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)
    changed, count = marked.subn(lambda found: found[1] + "\n".join(lines) + "\n", text)
    if count != 1:
        raise SystemExit(f"{PAGE}: there is no marker <!-- accuracy: {name} -->")
    PAGE.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
