"""A hundred thousand damaged inputs for each reader of board and host; none may raise anything but the reader's error.

    PYTHONPATH=firmware:host:sim:tests/helpers python tests/campaigns/damaged_input.py [COUNT [SEED [READER ...]]]

Prints a table, and stops at the first defect with its traceback, the seed and the number of the input.
"""

import sys
import time

import mutations

_PROGRESS_S = 10


def main(count: int = 100_000, seed: int = 1, *names: str) -> None:
    print(f"{'reader':<12}{'inputs':>9}{'accepted':>10}{'refused':>10}{'defects':>9}{'s':>7}")
    for name in names or mutations.NAMES:
        began_s = told_s = time.monotonic()

        def progress(done: int, name: str = name) -> None:
            nonlocal told_s
            if time.monotonic() - told_s > _PROGRESS_S:
                told_s = time.monotonic()
                print(f"{name}: {done} of {count}", file=sys.stderr, flush=True)

        results = mutations.run(name, count, seed, progress)
        seconds = time.monotonic() - began_s
        row = f"{name:<12}{count:>9}{results['accepted']:>10}{results['refused']:>10}{0:>9}{seconds:>7.0f}"
        print(row, flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
