"""`cablerep evaluate`: scores the detector against traces with truth files, or against simulated ones.

The exit status is 1 if a limit is missed or the contract violated, so it can gate a change.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.lab.evaluation import Case, Changes, Failure
    from cablerep_sim.truth.score import Score

_SWEEP_FRACTION = 0.3  # change of each constant
_SWEEP_EXACT_PERCENT = 97.0  # stays exact at least: no constant may be critical
_LIMITS = (  # option, name of the limit, what it bounds
    ("--exact", "exact", "recordings counted exactly, %%"),
    ("--start", "start", "95 %% of the starts within X ms"),
    ("--top", "top", "95 %% of the tops within X ms"),
    ("--release", "release", "95 %% of the releases within X ms"),
    ("--end", "end", "95 %% of the ends within X ms"),
    ("--hold", "hold", "95 %% of the holds within X ms"),
    ("--ecc-mean", "ecc_mean", "95 %% of the mean eccentric speeds within X %%"),
    ("--ecc-peak", "ecc_peak", "95 %% of the peak eccentric speeds within X %%"),
    ("--rom", "rom", "95 %% of the ranges within X times the larger of 2 mm and 1 %%"),
    ("--latency", "latency", "95 %% of the reps reported within X ms of their end"),
    ("--latency-max", "latency_max", "every rep reported within X ms of its end"),
)


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score the detector against traces with truth",
        description="Scores the detector against traces with truth files, or against simulated recordings.",
    )
    parser.add_argument("paths", nargs="*", metavar="DIR", help="folder of traces with truth files, or a single trace")
    parser.add_argument(
        "--simulate", type=options.positive, metavar="N", help="score N simulated recordings, in memory"
    )
    parser.add_argument("--scenario", nargs="+", default=[], metavar="NAME", help="simulate only these scenarios")
    parser.add_argument("--seed", type=int, default=1, help="first seed of each scenario (default 1)")
    parser.add_argument("--rate", type=int, default=200, metavar="HZ", help="sample rate to simulate (default 200)")
    options.add_scenario_options(parser)
    parser.add_argument("--jobs", type=options.positive, metavar="N", help="processes (default: one per core)")
    parser.add_argument(
        "--worst", type=int, default=10, metavar="N", help="number of worst recordings to list (default 10)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument(
        "--sweep", action="store_true", help="vary each constant of the detector by 30 %% and score the result"
    )
    limits = parser.add_argument_group("limits", "the exit status is 1 if one of these is missed")
    limits.add_argument("--targets", action="store_true", help="all limits that the project promises")
    for option, name, meaning in _LIMITS:
        limits.add_argument(option, dest=f"limit_{name}", type=float, metavar="X", help=meaning)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score the recordings and print the result; return the exit status."""
    from pathlib import Path

    from cablerep.errors import CablerepError
    from cablerep.lab import evaluation
    from cablerep.text.console import note
    from cablerep_sim import scenarios

    if not args.paths and not args.simulate:
        raise CablerepError("nothing to evaluate; give a folder of traces with truth files, or --simulate N")
    files, without = evaluation.find([Path(path) for path in args.paths])
    for path in without:
        note(f"{path}: not scored, it has no truth file")
    cases: list[Case] = list(files)
    if args.simulate:
        pairs = scenarios.programme(args.simulate, args.scenario, args.seed)
        given = options.scenario_options(args)
        scenarios.build(*pairs[0], args.rate, **given)  # report invalid options here, not in a worker
        cases += [evaluation.SimulatedCase(name, seed, args.rate, tuple(given.items())) for name, seed in pairs]
    if not cases:
        raise CablerepError(f"{', '.join(args.paths)}: no trace has a truth file (NAME.truth.json)")
    return _sweep(args, cases) if args.sweep else _score(args, cases)


def _score(args: argparse.Namespace, cases: list[Case]) -> int:
    from cablerep.lab import scoreboard
    from cablerep.text.console import print_json
    from cablerep_sim.truth import score

    scores: list[Score] = []
    failures: list[Failure] = []
    for _, result in _results(args, cases, [{}]):
        if isinstance(result, score.Score):
            scores.append(result)
        else:
            failures.append(result)
    summary = score.summarise(scores)
    checks = score.check(summary, _limits(args))
    if args.json:
        print_json(scoreboard.as_object(scores, failures, checks, args.worst))
    else:
        real = scoreboard.real_lines(scores)
        if real:
            _print([*real, ""])
        _print(scoreboard.scenario_lines(scores))
        worst = scoreboard.worst_lines(scores, args.worst)
        if worst:
            _print(["", "Worst:", *worst])
        _print(["", *scoreboard.metric_lines(summary, checks)])
        flags = scoreboard.flag_lines(scores)
        if flags:
            _print(["", *flags])
        _print(scoreboard.violation_lines(scores, args.worst))
        _print([f"not scored: {failure.reason}" for failure in failures])
    violated = any(item.violations for item in scores)
    return int(bool(failures) or violated or not all(item.met for item in checks))


def _sweep(args: argparse.Namespace, cases: list[Case]) -> int:
    from cablerep.lab import evaluation, scoreboard
    from cablerep.text.console import print_json
    from cablerep_fw.reference.tuning_reasons import DEFINITIONS, TABLE
    from cablerep_sim.truth import score

    steps = evaluation.sweep(_SWEEP_FRACTION)
    groups: list[list[Score]] = [[] for _ in steps]
    refusals: dict[int, str] = {}
    for index, result in _results(args, cases, [change for _, _, change in steps]):
        if isinstance(result, score.Score):
            groups[index].append(result)
        else:
            refusals[index] = result.reason
    defaults = {row[0]: row[1] for row in TABLE}
    rows: list[tuple[str, int, int, score.Summary | str]] = [
        (name, defaults[name], value, refusals.get(index) or score.summarise(groups[index]))
        for index, (name, value, _) in enumerate(steps)
    ]
    required = _SWEEP_EXACT_PERCENT if args.limit_exact is None else args.limit_exact
    tuned = [row for row in rows if row[0] not in DEFINITIONS]
    edges = [row for row in tuned if not isinstance(row[3], str) and 100 * row[3].exact_share < required]
    if args.json:
        print_json({"steps": [_step_object(row) for row in rows]})
    else:
        _print(scoreboard.sweep_lines(rows, DEFINITIONS))
        _print(["definition: fixed by the contract; with another value, another count would be correct"])
        _print([f"{len(edges)} of {len(tuned)} changes of tuned constants leave less than {required:g} % exact"])
    return int(bool(edges))


def _step_object(row: tuple[str, int, int, Any]) -> dict[str, object]:
    from cablerep.lab import scoreboard

    name, default, value, outcome = row
    result = {"refused": outcome} if isinstance(outcome, str) else scoreboard.summary_object(outcome)
    return {"constant": name, "default": default, "value": value, **result}


def _results(
    args: argparse.Namespace, cases: list[Case], changes: list[Changes]
) -> Iterator[tuple[int, Score | Failure]]:
    """Yield the results in order, with a progress bar."""
    from cablerep.lab import evaluation
    from cablerep.text.console import tracked

    return tracked(evaluation.evaluate(cases, changes, args.jobs), len(cases) * len(changes))


def _limits(args: argparse.Namespace) -> dict[str, float]:
    """Return the limits: the promised ones with --targets, overridden by single options."""
    from cablerep_sim.truth import score

    limits = score.targets() if args.targets else {}
    for _, name, _ in _LIMITS:
        value = getattr(args, f"limit_{name}")
        if value is not None:
            limits[name] = value
    return limits


def _print(lines: list[str]) -> None:
    for line in lines:
        print(line)
