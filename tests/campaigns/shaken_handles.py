"""A million movements of shaken handles, held against the contract's invariants.

    PYTHONPATH=firmware:host:sim:tests/helpers python tests/campaigns/shaken_handles.py [MOVEMENTS [FIRST_SEED]]

Exits with 1 at the end if any was wrong. Every hundredth seed goes through the whole detector, with gaps and outliers.
"""

import sys
import time

from shaken import detector_tally, stage_tally

_PROGRESS_S = 10


def main(movements: int = 1_000_000, first_seed: int = 2_000_000) -> int:
    seen = wrong = 0
    seed = first_seed
    began_s = told_s = time.monotonic()
    while seen < movements:
        tally = detector_tally(seed) if seed % 100 == 0 else stage_tally(seed)
        seen += tally.movements
        wrong += len(tally.wrong)
        for fault in tally.wrong[:3]:
            print(fault)
        seed += 1
        if time.monotonic() - told_s > _PROGRESS_S:
            told_s = time.monotonic()
            print(f"{seen} of {movements} movements, {wrong} wrong, {told_s - began_s:.0f} s", flush=True)
    print(f"{seen} movements from seeds {first_seed} to {seed - 1}: {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
