"""The model of a set as the page receives it: plain values by name, rounded to what can be seen.

Everything that is derived is derived here or in `model/`; the page only draws and translates.
"""

from collections.abc import Sequence
from typing import Any

from .. import units
from ..device.events import Health, Rep, SetOver
from ..device.fields import REP_KEYS
from ..model.goal import Goal, LastTime
from ..model.phase_style import phase_style
from ..model.screen import LiveModel
from ..model.tempo import positions, sections
from ..model.trail import Point

Value = Any  # whatever JSON can hold
_LOSSES = ("journal_lost", "missed", "overruns", "dropped_samples", "dropped")  # counters of Health that should be 0


def view(model: LiveModel) -> dict[str, Value]:
    """Return everything that the page shows of one board. `curve` and `curve_before` are lists that grow at the end."""
    style = phase_style(model)
    phase = model.phase
    track = sections(model)
    guide, lifter = positions(model, track)
    band = model.eccentric_band_m_s
    return {
        "link": model.state,
        "port": model.port,
        "board": None if model.board is None else [model.board.board, model.board.version, model.board.rate_hz],
        "session": 0 if model.board is None else model.board.session,
        "faults": [] if model.health is None else [*model.health.faults],
        "losses": _losses(model, model.health),
        "exercise": None if model.profile is None else _exercise(model),
        "side": model.side,
        "lifter": model.lifter,
        "lifters": [[one.number, one.name] for one in model.lifters],
        "announced": model.announced,
        "goal": None if model.goal is None else _goal(model.goal),
        "last_time": None if model.last_time is None else _last_time(model.last_time),
        "velocity_loss": _rounded(model.velocity_loss, 3),
        "stop_reached": model.stop_reached,
        "range_hint": model.range_hint,
        "judged": model.judged,
        "plate": model.plate if model.finished_set else "",
        "set": model.set,
        "over": _over(model.finished_set),
        "count": model.full,
        "partials": model.partials,
        "moment": [style.name, style.sign, style.colour],
        "phase": model.rep_phase or ("" if phase is None else phase.phase),
        "phase_s": round(model.phase_s, 1) if model.rep_phase and not model.taking_up else None,
        "hold_s": _rounded(model.shown_hold_s, 2),
        "hold_target_s": model.hold_target_s,
        "hold_reached": model.hold_reached,
        "too_fast": model.too_fast,
        "rest_s": _rounded(model.rest_s, 0),
        "rest_left_s": _rounded(model.rest_left_s, 0),
        "rest_target_s": model.rest_target_s,
        "load_n": _rounded(model.load_n, 1),
        "force_n": _rounded(model.force_n, 0),
        "out": _rounded(model.extension, 3),
        "speed_m_s": _rounded(model.eccentric_m_s, 2),
        "band_m_s": None if band is None else [round(edge, 3) for edge in band],
        "track": [[one.phase, one.seconds, round(one.begin, 3), round(one.end, 3)] for one in track],
        "guide": _rounded(guide, 3),
        "done": round(lifter, 3),
        "reps": [_rep(rep) for rep in model.reps],
        "advice": list(model.verdict),
        "verdict": model.shows_verdict,
        "message": model.message,
        "curve": _curve(model.curve),
        "curve_before": _curve(model.curve_before),
    }


def unit() -> dict[str, Value]:
    """Return the unit in which loads are shown."""
    chosen = units.weight_unit()
    return {"symbol": chosen.symbol, "newtons": chosen.newtons, "digits": chosen.digits}


def _exercise(model: LiveModel) -> dict[str, Value]:
    profile = model.profile
    assert profile is not None, "only called with one"
    return {"number": profile.number, "name": profile.name, "tempo": str(profile.tempo), "cues": list(profile.cues)}


def _goal(goal: Goal) -> dict[str, Value]:
    return {"reps": goal.reps, "set": goal.set, "sets": goal.sets, "stop_percent": goal.stop_percent, "then": goal.then}


def _last_time(last_time: LastTime) -> dict[str, Value]:
    return {
        "day": last_time.day,
        "load_n": last_time.load_n,
        "record": last_time.record,
        "reps": [_rep(rep) for rep in last_time.reps],
    }


def _over(over: SetOver | None) -> dict[str, Value] | None:
    if over is None:
        return None
    return {"reps": over.reps, "partials": over.partials, "rom_mm": round(over.rom_mm), "load_n": over.load_n}


def _rep(rep: Rep) -> dict[str, Value]:
    """Return the contract's figures of a rep, whichever this version measures."""
    values = ((key, getattr(rep, key)) for key in REP_KEYS)
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in values}


def _losses(model: LiveModel, health: Health | None) -> dict[str, int]:
    counts = {} if health is None else {name: getattr(health, name) for name in _LOSSES}
    counts |= {"frames": model.frames_lost, "malformed": model.frames_malformed, "messages": model.messages_lost}
    return {name: count for name, count in counts.items() if count}


def _curve(points: Sequence[Point]) -> list[list[float | None]]:
    """Return (seconds from the start, mm from the start, N) of each point."""
    if not points:
        return []
    first = points[0]
    return [
        [
            round(point.at_s - first.at_s, 2),
            round(point.travel_mm - first.travel_mm),
            _rounded(point.force_n, 0),
        ]
        for point in points
    ]


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None:
        return None
    return round(value, digits) if digits else float(round(value))
