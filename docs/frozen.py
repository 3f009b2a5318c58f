"""Run cablerep with a fixed clock, fixed session numbers and simulated boards at full speed.

Usage: python docs/frozen.py INSTANT ARGUMENT..., for example: python docs/frozen.py 2026-11-13T17:30 history --last 2

The manual's examples come from here, so that they are the same in every run. Each session number that a simulated board
draws moves the clock on by two minutes; it draws two for a set.
"""

import datetime
import random
import secrets
import sys

_STEP = datetime.timedelta(minutes=2)


def freeze(instant: str) -> None:
    """Make this process believe that it is `instant`; call it before cablerep is imported."""
    start = datetime.datetime.fromisoformat(instant).replace(tzinfo=datetime.UTC)
    drawn = 0

    class FrozenDatetime(datetime.datetime):
        __slots__ = ()  # pyarrow expects the size of the original

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return cls.fromtimestamp((start + drawn * _STEP).timestamp(), tz)

    def fixed_number(below: int) -> int:
        nonlocal drawn
        drawn += 1
        return random.Random(f"{instant} {drawn}").randrange(below)

    datetime.datetime = FrozenDatetime  # type: ignore[misc]
    secrets.randbelow = fixed_number

    from cablerep_sim.board import address

    assert callable(address._speed)
    address._speed = lambda text: 0.0  # type: ignore[assignment]  # as fast as it goes; the shown address stays


if __name__ == "__main__":
    freeze(sys.argv[1])
    from cablerep.cli.main import main

    sys.argv[0] = "cablerep"
    sys.exit(main(sys.argv[2:]))
