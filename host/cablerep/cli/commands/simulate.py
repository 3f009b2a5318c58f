"""`cablerep simulate`: writes simulated traces with analytic truth files, for `cablerep evaluate` to score.

Any scenario at any rate, reproducible by seed.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "simulate",
        help="write simulated traces with truth files",
        description="Writes traces of a simulated athlete and machine: NAME.csv.gz and NAME.truth.json.",
    )
    parser.add_argument("--out", metavar="DIR", help="output folder, created if needed")
    parser.add_argument(
        "--sets", type=options.positive, default=30, metavar="N", help="number of recordings (default 30)"
    )
    parser.add_argument("--scenario", nargs="+", default=[], metavar="NAME", help="only these scenarios, in turn")
    parser.add_argument("--rate", type=int, default=200, metavar="HZ", help="sample rate, 10 to 1000 (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="first seed of each scenario (default 1)")
    options.add_scenario_options(parser)
    parser.add_argument("--csv", action="store_true", help="write plain .csv files")
    parser.add_argument("--jobs", type=options.positive, metavar="N", help="processes (default: one per core)")
    parser.add_argument("--force", action="store_true", help="overwrite existing files")
    people = parser.add_argument_group("weeks of training", "stores sets of people who follow a plan; needs --store")
    people.add_argument("--people", nargs="+", metavar="NAME", help="who trains, taking turns")
    people.add_argument("--plan", metavar="NAME", help="session plan: a name listed by 'cablerep plans', or a file")
    people.add_argument("--weeks", type=options.positive, default=3, metavar="N", help="number of weeks (default 3)")
    people.add_argument("--days", type=int, choices=(1, 2, 3), default=2, help="sessions a week (default 2)")
    people.add_argument(
        "--mistakes", action="store_true", help="one set is stored for the wrong leg, and a child plays with the cable"
    )
    people.add_argument("--store", metavar="FILE", type=Path, help="store to write to; created if needed")
    parser.add_argument("--list", action="store_true", help="list and describe the scenarios")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the recordings; return the exit status."""
    from cablerep.cli import files
    from cablerep.errors import CablerepError
    from cablerep.lab.pool import spread
    from cablerep.text.console import tracked
    from cablerep_sim import scenarios
    from cablerep_sim.truth import file as truth

    if args.list:
        width = max(map(len, scenarios.NAMES))
        for name in scenarios.NAMES:
            print(f"{name:<{width}}  {scenarios.meaning(name)}")
        print("\nFaults, for --with faults=NAME,NAME@REP:")
        for name, meaning in scenarios.faults().items():
            print(f"{name:<{width}}  {meaning}")
        return 0
    if args.people:
        return _simulate_weeks(args)
    if not args.out:
        raise CablerepError("no output folder; give --out DIR")
    given = options.scenario_options(args)
    pairs = scenarios.programme(args.sets, args.scenario, args.seed)
    scenarios.build(*pairs[0], args.rate, **given)  # report invalid options before writing files
    folder = Path(args.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CablerepError(f"{folder}: cannot be created ({error.strerror}); choose another folder") from error
    suffix = ".csv" if args.csv else ".csv.gz"
    paths = [folder / f"{name}-{seed:04d}{suffix}" for name, seed in pairs]
    files.check([each for path in paths for each in (path, truth.path_beside(path))], force=args.force)
    jobs = [(path, name, seed, args.rate, given) for path, (name, seed) in zip(paths, pairs, strict=True)]
    for _ in tracked(spread(write, jobs, args.jobs), len(jobs)):
        pass
    print(f"{len(jobs)} recordings at {args.rate} Hz in {folder}")
    return 0


def _simulate_weeks(args: argparse.Namespace) -> int:
    """Store weeks of training that end today; return the exit status."""
    from datetime import UTC, datetime, timedelta

    from cablerep.errors import CablerepError, LifterError
    from cablerep.exercise.library import load
    from cablerep.lab import weeks
    from cablerep.people import lifters, plans
    from cablerep.store.database import Store
    from cablerep.text.console import tracked

    if args.store is None:
        raise CablerepError("--people needs --store FILE: simulated sets do not belong among your own")
    plan = plans.load(args.plan) if args.plan else plans.of_options(load("glute-medius-kickback"), reps=[8, 12], sets=1)
    now = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0)
    monday = now - timedelta(days=now.weekday() + 7 * args.weeks)
    with Store(args.store) as store:
        people = []
        for name in args.people:
            try:
                people.append(lifters.find(store.lifters(), name))
            except LifterError:
                people.append(lifters.add(store, name))
        course = weeks.Course(
            people, plan, monday, args.weeks, args.days, rate_hz=args.rate, seed=args.seed, mistakes=args.mistakes
        )
        count = sum(1 for _ in tracked(weeks.simulate(store, course), course.sets))
    print(f"{count} sets of {', '.join(one.name for one in people)} in {args.store}")
    return 0


def write(job: tuple[Path, str, int, int, dict[str, str]]) -> None:
    """Simulate one recording and write its trace and truth, in a worker process. Raises CablerepError."""
    from cablerep.cli import files
    from cablerep_sim import scenarios
    from cablerep_sim.trace.writer import write_trace
    from cablerep_sim.truth import file as truth

    path, name, seed, rate_hz, given = job
    recording = scenarios.build(name, seed, rate_hz, **given)
    write_trace(path, recording.meta, recording.t_us, recording.travel, recording.load, recording.angle)
    files.write(truth.path_beside(path), truth.to_json(recording.truth).encode())
