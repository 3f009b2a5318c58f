"""`cablerep export`: writes sets in the formats of other programs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.export.workout import Workout
    from cablerep.history.logbook import Entry
    from cablerep.store.database import Store

    Job = tuple[Path, Callable[[Path], object]]  # a file, and the function that writes it

_SUFFIXES = {"strong": (".csv",), "hevy": (".csv",), "jsonl": (".jsonl", ".json"), "parquet": (".parquet",)}
FORMATS = ("strong", "hevy", "jsonl", "parquet", "fit", "traces")


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "export",
        help="write sets for other programs",
        description="Writes the sets in the store for other programs. strong and hevy: CSV as in those apps; "
        "jsonl: JSON Lines, one rep per line; parquet: a table of reps for analysis; fit: strength activities, "
        "a file per session; traces: the stored curves as trace files, one per set.",
    )
    parser.add_argument("--format", required=True, choices=FORMATS, help="output format")
    parser.add_argument(
        "-o",
        "--out",
        required=True,
        type=Path,
        metavar="PATH",
        help="file to write; for traces a folder, for fit a folder or, for one session, a file .fit",
    )
    options.add_store(parser)
    options.add_filters(parser)
    parser.add_argument("--last", type=options.positive, metavar="N", help="only the latest N sets (default: all)")
    parser.add_argument("--force", action="store_true", help="overwrite existing files")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files; return the exit status."""
    from cablerep.cli import files
    from cablerep.errors import HistoryError, OutputError
    from cablerep.history import logbook
    from cablerep.store.database import Store
    from cablerep.text import console as terminal

    if args.format in _SUFFIXES:
        files.check_suffix(args.out, *_SUFFIXES[args.format])
    elif args.out.suffix and not (args.format == "fit" and args.out.suffix == ".fit"):
        what = "a folder or a file .fit" if args.format == "fit" else "a folder"
        raise OutputError(f"{args.out}: {args.format} needs {what}; choose another name")
    if args.format not in ("fit", "traces"):
        files.check([args.out], force=args.force)
    with Store(options.store_path(args.store), read_only=True) as store:
        entries = logbook.entries(
            store,
            args.last,
            exercise=args.exercise,
            side=args.side,
            lifter=options.lifter(store, args.lifter),
            since=args.since,
            until=args.until,
        )
        if not entries:
            raise HistoryError(f"no set in {store.path} matches; 'cablerep history --all' lists all sets")
        jobs = _jobs(args.format, entries, store, args.out)
    if jobs and jobs[0][0] != args.out:
        files.make_folder(args.out)
    files.check([path for path, _ in jobs], force=args.force)
    for path, make in jobs:
        make(path)
        print(path)
    terminal.note(f"{_count(len(entries), 'set')}, {_count(sum(len(one.set.reps) for one in entries), 'rep')}")
    return 0


def _jobs(format_: str, entries: Sequence[Entry], store: Store, out: Path) -> list[Job]:
    """Return the files to write. Raises CablerepError if they cannot be made."""
    from cablerep.export import hevy, jsonl, parquet, strong

    if format_ == "traces":
        return _traces(entries, store, out)
    if format_ == "fit":
        return _activities(_workouts(entries), out)
    if format_ == "parquet":
        return [_job(out, parquet.encode(entries, store.curve))]
    if format_ == "jsonl":
        return [_job(out, jsonl.encode(entries))]
    encode = strong.encode if format_ == "strong" else hevy.encode
    return [_job(out, encode(_workouts(entries)))]


def _workouts(entries: Sequence[Entry]) -> list[Workout]:
    """Return the workouts of the sessions that have a rep. Raises OutputError if there are none."""
    from cablerep.errors import OutputError
    from cablerep.export.workout import workout
    from cablerep.history.training import training_sessions

    found = [made for session in training_sessions(entries) if (made := workout(session)).sets]
    if not found:
        raise OutputError("these sets have no reps to export")
    return found


def _activities(found: Sequence[Workout], out: Path) -> list[Job]:
    from cablerep.errors import OutputError
    from cablerep.export import fit

    if out.suffix != ".fit":
        return [_job(out / f"{workout.at.astimezone():%Y-%m-%d-%H%M}.fit", fit.encode(workout)) for workout in found]
    if len(found) > 1:
        raise OutputError(
            f"{out}: these are {len(found)} sessions and a FIT file holds one; give a folder, or choose with --since, "
            "--until and --last"
        )
    return [_job(out, fit.encode(found[0]))]


def _traces(entries: Sequence[Entry], store: Store, out: Path) -> list[Job]:
    from functools import partial

    from cablerep.errors import OutputError
    from cablerep.export import traces
    from cablerep.text import console as terminal
    from cablerep_sim.trace.writer import write_trace

    jobs: list[Job] = []
    for one in entries:
        rows = traces.rows(one, store.curve)
        if rows is not None:
            side = f"-{one.side}" if one.side else ""
            path = out / f"{one.set.at.astimezone():%Y-%m-%d-%H%M}{side}-{one.id}.csv.gz"
            jobs.append((path, partial(write_trace, **rows._asdict())))
    if not jobs:
        raise OutputError(
            "no rep of these sets has a curve; 'cablerep monitor' stores the curves of reps that it sees live"
        )
    if len(jobs) < len(entries):
        terminal.note(f"{_count(len(entries) - len(jobs), 'set')} without a curve skipped")
    return jobs


def _job(path: Path, data: bytes) -> Job:
    from cablerep.cli import files

    return path, lambda target: files.write(target, data)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
