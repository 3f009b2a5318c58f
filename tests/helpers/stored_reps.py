"""Events as a store takes them: one session with a rep and its set, and a rep's curve."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from speaker import Speaker

from cablerep.device.events import Hello, Rep, SetOver
from cablerep.device.session import Session
from cablerep.store.curve import Curve
from cablerep_fw.core.link.wire import NULL16

NOON = datetime(2024, 5, 4, 12, 0, 0, tzinfo=UTC)
CURVE = Curve(50, np.array([0.0, 250.1234, -3.25]), np.array([181.9, 0.04, 240.26]))


def decoded() -> tuple[Hello, Rep, SetOver]:
    """Return the HELLO of a board without an angle sensor, one rep and its set, as a session decodes them."""
    board = Speaker()
    undirected = dict.fromkeys(("chord", "direction", "bow", "drift"), NULL16)
    hello, rep, over = Session().feed(board.hello() + board.rep(**undirected) + board.set())
    assert isinstance(hello, Hello)
    assert isinstance(rep, Rep)
    assert isinstance(over, SetOver)
    return hello, rep, over


HELLO, REP, SET = decoded()


def reps(count: int) -> list[Rep]:
    """Return `count` reps of one set, numbered from 1."""
    return [replace(REP, seq=n, rep=n, start_s=float(n), end_s=n + 0.5) for n in range(1, count + 1)]
