"""The demonstration's set, and the picture of the live screen in the middle of it.

The picture is made from the same bytes as the screen, by the recording's samples and not by a clock, so it comes out
the same each time.
"""

from cablerep_sim.address import parse
from cablerep_sim.replay import Replay

from .errors import SourceError
from .link import Connected
from .live_model import LiveModel
from .screen import render
from .session import Session
from .svg_terminal import svg

ADDRESS = "sim://glute-kickback?reps=8&hold_s=2&speed=4"
_PICTURE_REP = 7  # the picture shows the hold of this rep
_PICTURE_HOLD_S = 1.3  # this far into it
_WIDTH, _HEIGHT = 80, 24


def picture(address: str = ADDRESS) -> str:
    """Return an SVG of the live screen during a hold late in the demonstration's set. Raises CablerepError."""
    model = LiveModel()
    model.apply(Connected(address))
    session = Session()
    for data in Replay(parse(address).open(), streaming=True):
        for event in session.feed(data):
            model.apply(event)
            if model.full == _PICTURE_REP - 1 and _holds(model):
                return svg(render(model, _WIDTH, _HEIGHT), _WIDTH, _HEIGHT, "cablerep demo")
    raise SourceError(f"{address}: no hold of {_PICTURE_HOLD_S} s in rep {_PICTURE_REP} to take a picture of")


def _holds(model: LiveModel) -> bool:
    return model.phase is not None and model.phase.phase == "hold" and model.phase_s >= _PICTURE_HOLD_S
