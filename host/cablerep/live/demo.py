"""The demo's sets, and the picture of the live screen during one of them.

The picture is made from the same bytes as the screen, timed by samples and not by a clock, so it is reproducible.
"""

from urllib.parse import quote

from cablerep_sim.board.address import parse
from cablerep_sim.replay import Replay

from ..device.events import Connected
from ..device.session import Session
from ..errors import SourceError
from ..exercise.profile import Profile
from ..model.screen import LiveModel
from ..model.screen_events import ExerciseChosen
from ..monitor.loop import MonitorPlan

SPEED = 4  # multiple of real time; 0: as fast as possible
_EXTRA_HOLD_S = 0.4  # beyond the tempo's hold: the simulated holds vary by some 4 %
_SLOWER = 1.25  # times the tempo: phases are timed from 25 mm/s on, which omits a fifth of a smooth movement
_PLATE_KG = 12.5  # for both legs, so that they can be compared
_OTHER = {"left": "right", "right": "left", "": ""}
_PICTURE_REP = 7  # the picture shows the hold of this rep
_PICTURE_FAULTS = "hold_short@3,swing@5"  # with a profile, whose sentences it shows
_PICTURE_HOLD_S = 1.3  # this far into it


def plan(sets: int = 1, side: str = "", faults: str = "", profile: Profile | None = None) -> MonitorPlan:
    """Return one board for each of `sets` sets; sides alternate starting with `side`, "" for none."""
    sides = tuple(side if number % 2 == 0 else _OTHER[side] for number in range(sets))
    urls = tuple(_address(one, faults, profile, seed) for seed, one in enumerate(sides, 1))
    return MonitorPlan(urls, sides, sets=1, profile=profile, stream=True)


def _address(side: str = "", faults: str = "", profile: Profile | None = None, seed: int = 1) -> str:
    """Return a board's address. Its athlete keeps the tempo of `profile`, so only `faults` are flagged.

    Another `seed` is another set of the same athlete.
    """
    tempo = profile.tempo if profile is not None else None
    options = {
        "reps": "8",
        "hold_s": f"{tempo.hold_s + _EXTRA_HOLD_S:g}" if tempo else "2",
        "concentric_s": f"{_SLOWER * tempo.concentric_s:g}" if tempo and tempo.concentric_s else "",
        "eccentric_s": f"{_SLOWER * tempo.eccentric_s:g}" if tempo else "",
        "plate_kg": f"{_PLATE_KG:g}" if side else "",
        "side": side,
        "faults": faults,
        "seed": str(seed) if seed > 1 else "",  # the first is the default
        "speed": str(SPEED),
    }
    return "sim://glute-kickback?" + "&".join(
        f"{name}={quote(value, safe='@,')}" for name, value in options.items() if value
    )


def picture(width: int = 80, height: int = 24, profile: Profile | None = None, *, light: bool = False) -> str:
    """Return an SVG of the live screen during a hold late in the demo's set. Raises CablerepError."""
    from .picture import picture_of

    side, faults = ("left", _PICTURE_FAULTS) if profile is not None else ("", "")
    address = _address(side, faults, profile)
    model = LiveModel()
    model.apply(Connected(address))
    session = Session()
    for data in Replay(parse(address).open(), streaming=True, limits=profile.limits() if profile else None):
        for event in session.feed(data):
            model.apply(event)
            model.apply(ExerciseChosen(profile, side))
            if model.full == _PICTURE_REP - 1 and model.rep_phase == "hold" and model.phase_s >= _PICTURE_HOLD_S:
                return picture_of(model, width, height, "cablerep demo", light=light)
    raise SourceError(f"{address}: no hold of {_PICTURE_HOLD_S} s in rep {_PICTURE_REP} to take a picture of")
