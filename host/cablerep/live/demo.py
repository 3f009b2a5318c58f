"""The picture of the live screen during one of the demo's sets.

It is made from the same bytes as the screen, timed by samples and not by a clock, so it is reproducible.
"""

from cablerep_sim.board.address import parse
from cablerep_sim.replay import Replay

from ..device.events import Connected
from ..device.session import Session
from ..errors import SourceError
from ..exercise.profile import Profile
from ..model.screen import LiveModel
from ..model.screen_events import ExerciseChosen
from ..monitor.demo import address

_PICTURE_REP = 7  # the picture shows the hold of this rep
_PICTURE_FAULTS = "hold_short@3,swing@5"  # with a profile, whose sentences it shows
_PICTURE_HOLD_S = 1.3  # this far into it


def picture(width: int = 80, height: int = 24, profile: Profile | None = None, *, light: bool = False) -> str:
    """Return an SVG of the live screen during a hold late in the demo's set. Raises CablerepError."""
    from .picture import picture_of

    side, faults = ("left", _PICTURE_FAULTS) if profile is not None else ("", "")
    url = address(side, faults, profile)
    model = LiveModel()
    model.apply(Connected(url))
    session = Session()
    for data in Replay(parse(url).open(), streaming=True, limits=profile.limits() if profile else None):
        for event in session.feed(data):
            model.apply(event)
            model.apply(ExerciseChosen(profile, side))
            if model.full == _PICTURE_REP - 1 and model.rep_phase == "hold" and model.phase_s >= _PICTURE_HOLD_S:
                return picture_of(model, width, height, "cablerep demo", light=light)
    raise SourceError(f"{url}: no hold of {_PICTURE_HOLD_S} s in rep {_PICTURE_REP} to take a picture of")
