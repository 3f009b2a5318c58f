"""A week of idling and training at 1 kHz on a 32-bit MicroPython: reps, missed samples, faults, growth of the heap.

    MICROPYTHON=... python tests/campaigns/a_week.py [DAYS]

tests/micropython/week.py says what is simulated and what is skipped. Exit status 1 if anything differs from what was
expected.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HEAP_GROWTH = 2048  # bytes, whatever the time: what the first hello and the first new session leave


def main(days: float = 7) -> int:
    script = ROOT / "tests" / "micropython" / "week.py"
    ended = subprocess.run(
        [os.environ.get("MICROPYTHON", "micropython"), "-X", "heapsize=16m", script, str(round(days * 1440))],
        env={**os.environ, "MICROPYPATH": f"{ROOT / 'firmware'}:.frozen"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    print(ended.stdout, end="")
    figures = dict(line.split(": ") for line in ended.stdout.splitlines())
    came = [figures[name].split(" of ") for name in ("sets", "reps")]
    right = all(one == other for one, other in came) and figures["faults"] == "0"
    return 0 if right and int(figures["heap growth"]) < _HEAP_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
