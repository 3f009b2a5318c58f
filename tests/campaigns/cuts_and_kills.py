"""Ten thousand cuts of every kind: board, power, monitor, store, cable. Each rep must be stored exactly once.

    PYTHONPATH=firmware:host:sim:tests/helpers python tests/campaigns/cuts_and_kills.py

`--cuts` (9500) happen on a simulated clock (tests/helpers/cuts.py), `--kills` (500) are `kill -9` of real processes
(tests/helpers/kills.py). Only messages that the board had made no more than a second before its end may be missing.
Prints a table and exits with 1 if anything was lost, doubled or altered. `--first N` starts with another chapter, to
repeat one that went wrong: the name in a problem is the seed and the number of the chapter.
"""

import argparse
import sys
import time
from collections.abc import Callable

import cuts
import kills
from ledger import Ledger, Tally

_PROGRESS_S = 10
_COLUMNS = ("cuts", "at risk", "lost, < 1 s", "lost", "doubled", "altered")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", type=int, default=9500)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first chapter")
    args = parser.parse_args()
    began_s = time.monotonic()
    tallies = {kind: Tally() for kind in (*cuts.KINDS, *kills.KINDS)}
    messages = _run(
        args.cuts, cuts.CHAPTER, lambda number, size: cuts.chapter(args.seed, number, size), args.first, tallies
    )
    messages += _run(
        args.kills, kills.ROUND, lambda number, size: kills.round_of(args.seed, number, size), args.first, tallies
    )
    _print_table(tallies)
    wrong = sum(tally.wrong for tally in tallies.values())
    print(f"\n{messages} reps and sets, {time.monotonic() - began_s:.0f} s, seed {args.seed}: {wrong} wrong")
    return 1 if wrong else 0


def _run(total: int, size: int, chapter: Callable[[int, int], Ledger], first: int, tallies: dict[str, Tally]) -> int:
    """Run chapters until `total` cuts are made; return how many messages the boards made."""
    told_s = time.monotonic()
    done = messages = 0
    number = first
    while done < total:
        ledger = chapter(number, min(size, total - done))
        done += sum(tally.cuts for tally in ledger.tallies.values())
        number += 1
        messages += len(ledger.made)
        for kind, tally in ledger.tallies.items():
            tallies[kind].add(tally)
        for problem in ledger.problems:
            print(problem, flush=True)
        if time.monotonic() - told_s > _PROGRESS_S:
            told_s = time.monotonic()
            print(f"{done} of {total} cuts, {messages} messages", file=sys.stderr, flush=True)
    return messages


def _print_table(tallies: dict[str, Tally]) -> None:
    print(f"{'kind':<14}" + "".join(f"{name:>13}" for name in _COLUMNS))
    rows = [*tallies.items(), ("all", Tally())]
    for tally in tallies.values():
        rows[-1][1].add(tally)
    for kind, tally in rows:
        values = (tally.cuts, tally.at_risk, tally.young, tally.lost, tally.doubled, tally.altered)
        print(f"{kind:<14}" + "".join(f"{value:>13}" for value in values))
    print()
    for kind, meaning in (cuts.WHAT | kills.WHAT).items():
        print(f"{kind:<14} {meaning}")


if __name__ == "__main__":
    sys.exit(main())
