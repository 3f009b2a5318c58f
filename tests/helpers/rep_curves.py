"""Curves for made-up reps, and a store filled by the simulator as a board and its host would fill it."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from stored_reps import HELLO

from cablerep.device.events import Hello, Rep, SetOver
from cablerep.device.session import Session
from cablerep.monitor.curves import CurveCutter
from cablerep.store.curve import RATE_HZ, Curve
from cablerep.store.database import Store, StoredRep
from cablerep_fw.core.link import wire
from cablerep_fw.core.settings.settings import SIDE, Settings
from cablerep_sim import scenarios
from cablerep_sim.replay import Replay
from cablerep_sim.trace.trace import from_arrays

BEGAN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def drawn(rep: StoredRep, load_n: float | None = 150.0) -> Curve:
    """Return a curve of straight lines through what is known of `rep`, with a force that tells of its travel."""
    instants = np.array((rep.start_s, rep.top_s, rep.release_s, rep.end_s)) - rep.start_s
    at_s = np.arange(0, instants[-1], 1 / RATE_HZ)
    travel_mm = np.interp(at_s, instants, (0.0, rep.rom_mm, rep.rom_mm, 0.0))
    return Curve(RATE_HZ, travel_mm, None if load_n is None else load_n + travel_mm / 10)


def fill(path: Path, *reps: int, began: datetime = BEGAN) -> None:
    """Store a simulated set of kickbacks for each number of `reps`, every three minutes.

    Sides take turns, left first; each set is a session of its own.
    """
    with Store(path) as store:
        for place, count in enumerate(reps):
            side = 1 + place % 2
            settings = Settings()
            settings.put(SIDE, side)
            recording = scenarios.build("glute-kickback", 1 + place, reps=count, side=wire.SIDES[side])
            trace = from_arrays("set", recording.meta, recording.t_us, recording.travel, recording.load)
            session, cutter = Session(), CurveCutter()
            board = ""
            for data in Replay(trace, settings, streaming=True, session=1 + place):
                for event in session.feed(data):
                    if isinstance(event, Hello):
                        board = event.board
                        store.add_session(event, "sim", began + timedelta(minutes=3 * place))
                    elif isinstance(event, Rep | SetOver):
                        store.add(board, event, began)
                    for rep, curve in cutter.take(event):
                        store.add_curve(board, rep, curve)


def fill_later(path: Path, began: datetime) -> None:
    """Put a set of two reps, on the right and without curves, into a store that `fill` made, as its second session."""
    other = path.with_name("other.sqlite")
    fill(other, 1, 2, began=began)
    with Store(other) as source, Store(path) as target:
        later = source.sets()[1]
        hello = replace(HELLO, board=later.board, session=later.session, samples=0)
        target.add_session(hello, "sim", began)
        for rep in source.reps_of(later.board, later.session):
            target.add(later.board, Rep(**{field.name: getattr(rep, field.name) for field in fields(Rep)}), began)
