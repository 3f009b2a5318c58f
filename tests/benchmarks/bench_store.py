"""What reading a large store costs: `python tests/benchmarks/bench_store.py [REPS]`, a million by default (2 minutes).

Fills a store with sets of ten reps, half of them in one long session, and prints seconds of CPU beyond starting the
program, and the peak memory, of the commands that people use most.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cablerep.device.events import Hello, Rep, SetOver
from cablerep.device.session import Session
from cablerep.store import derive, schema
from cablerep.store.database import Store

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "helpers"))

from speaker import Speaker  # noqa: E402

REPS_PER_SET = 10
SETS_PER_SESSION = 20
BEGAN = datetime(2024, 6, 1, 12, tzinfo=UTC)
COMMANDS = (
    ("history", "--last", "20"),
    ("history", "--last", "20", "--side", "left", "--since", "2024-06-02"),
    ("show", "last"),
    ("note", "last", "good"),
)


def fill(path: Path, reps: int) -> None:
    """Store `reps` reps in one transaction: half of them in sessions of 20 sets, half in one session."""
    board = Speaker()
    hello, rep, ended = Session().feed(board.hello() + board.rep() + board.set())
    assert isinstance(hello, Hello)
    assert isinstance(rep, Rep)
    assert isinstance(ended, SetOver)
    sets = reps // REPS_PER_SET
    with Store(path) as store:
        db = store._db
        db.execute("BEGIN IMMEDIATE")
        for number in range(sets):
            long = number >= sets // 2
            session = 1_000_000 if long else number // SETS_PER_SESSION
            index = number - sets // 2 if long else number % SETS_PER_SESSION
            if not index:
                at = BEGAN + timedelta(hours=8 * session if not long else 9 * sets)
                derive.put_session(db, "desk", session, at, ("x", "0.1", 200))
            first_s = 120.0 * index
            for place in range(REPS_PER_SET):
                at_s = first_s + 6.0 * place
                event = replace(
                    rep, session=session, set=index + 1, rep=place + 1, seq=index * 11 + place + 1,
                    side=("left", "right")[index % 2], start_s=at_s, end_s=at_s + 4, known_s=at_s + 5,
                )  # fmt: skip
                add(db, event)
            add(
                db,
                replace(
                    ended, session=session, set=index + 1, seq=index * 11 + 11, reps=REPS_PER_SET,
                    side=("left", "right")[index % 2], start_s=first_s, known_s=first_s + 80,
                ),
            )  # fmt: skip
            derive.update_set(db, "desk", session, index + 1)
        db.execute("COMMIT")


def add(db: object, event: Rep | SetOver) -> None:
    row = (
        "desk",
        event.session,
        event.seq,
        "set" if isinstance(event, SetOver) else "rep",
        "2024-01-01T00:00:00+00:00",
    )
    db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", (*row, schema.encode(event)))  # type: ignore[attr-defined]
    derive.count_message(db, "desk", event, BEGAN)  # type: ignore[arg-type]
    derive.apply(db, "desk", event)  # type: ignore[arg-type]


def cost(command: tuple[str, ...], path: Path) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory in MB of a command."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "cablerep", *command, "--store", str(path)], stdout=out, stderr=out
        )
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def least(command: tuple[str, ...], path: Path) -> tuple[float, float]:
    costs = [cost(command, path) for _ in range(5)]
    return min(seconds for seconds, _ in costs), max(memory for _, memory in costs)


def main() -> None:
    reps = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.sqlite", Path(folder) / "small.sqlite"
        begin = time.monotonic()
        fill(large, reps)
        fill(small, 20 * REPS_PER_SET * 2)
        size = large.stat().st_size / 1e6
        print(f"{reps} reps, {size:.0f} MB, filled in {time.monotonic() - begin:.0f} s")
        for command in COMMANDS:
            seconds, memory = least(command, large)
            start, _ = least(command, small)
            line = {"command": " ".join(command), "cpu_s": round(seconds - start, 3), "memory_mb": round(memory)}
            print(json.dumps(line))


if __name__ == "__main__":
    main()
