"""A hundred thousand damaged inputs for each reader of the host; none may raise anything but the reader's own error.

    PYTHONPATH=firmware:host:sim:tests/helpers python tests/campaigns/damaged_input.py [COUNT [SEED]]

Stops at the first defect with its traceback, and the seed and number of the input.
"""

import sys
import time

import mutations

NAMES = ("frames", "profiles", "truth", "traces", "addresses")
_PROGRESS_S = 10


def main(count: int = 100_000, seed: int = 1) -> None:
    for name in NAMES:
        began_s = told_s = time.monotonic()

        def progress(done: int, name: str = name) -> None:
            nonlocal told_s
            if time.monotonic() - told_s > _PROGRESS_S:
                told_s = time.monotonic()
                print(f"{name}: {done} of {count}", file=sys.stderr, flush=True)

        results = mutations.run(name, count, seed, progress)
        seconds = time.monotonic() - began_s
        print(f"{name}: {results['accepted']} accepted, {results['refused']} refused, 0 defects, {seconds:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
