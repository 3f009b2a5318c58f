"""Scenarios to practise calibration on: an uncalibrated machine, and an owner who follows the guide.

They are not sets, so they are kept apart from the scenarios that score the detector.
"""

from __future__ import annotations

from math import atan2, hypot

from ..athlete.athlete import Athlete
from ..athlete.legs import Legs
from ..athlete.rep import Rep
from .script import Act
from .stage import Stage

STILL_S = 4.0  # at each point: the board's reading is steady after one second, a person a little later
_HANG_S = 1.0  # to exchange one weight for another
_PULL_S = 1.5
_HEIGHT_MM = 300.0  # of the handle while weights hang on it, clear of the stack
_LINE_MM = 900.0  # the walk of a calibration of the swivel, straight out
_ASIDE_MM = 500.0  # from its end to the mark on the right, at a right angle
_FROM_LEFT = -0.15  # rad: the strap comes onto the line from its left
_WALK_S = 5.0
_PIN_S = 3.0  # to let the stack down and move the pin


def calibrate_travel(stage: Stage) -> None:
    """The cable held at marks of known length, one after another; the option marks gives them in mm."""
    athlete = _steady(stage)
    stage.calibrated = False
    for mark_mm in stage.options.lists.get("marks", (0.0, 500.0, 1000.0)):
        if mark_mm != athlete.at_mm:
            athlete.move(mark_mm - athlete.at_mm, _PULL_S)
        athlete.stand(STILL_S)
    _let_go(stage)


def calibrate_load(stage: Stage) -> None:
    """Known weights hung on the cable, one after another; the option weights gives them in kg."""
    athlete = _steady(stage)
    stage.calibrated = False
    stage.machine = {"ratio": 1.0, "pulley_kg": 0.0}
    athlete.move(_HEIGHT_MM, _PULL_S)
    for weight_kg in stage.options.lists.get("weights", (0.0, 5.0, 10.0, 20.0)):
        _hang(stage, weight_kg, _HANG_S)
        athlete.stand(STILL_S)
    _hang(stage, 0.0, _HANG_S)
    _let_go(stage)


def calibrate_stack(stage: Stage) -> None:
    """Each plate of the stack lifted, held still and set down; the option plates is their number, of 5 kg each."""
    athlete = _steady(stage)
    for plate in range(1, stage.whole("plates", 5, 5) + 1):
        _hang(stage, 5.0 * plate, _PIN_S)
        athlete.do(Rep(rom_mm=400.0, out_s=_PULL_S, hold_s=STILL_S, back_s=_PULL_S))
    athlete.stand(_PIN_S)


def _steady(stage: Stage) -> Athlete:
    """Return the athlete, whose legs have nothing to do here."""
    stage.athlete.legs = Legs()
    return stage.athlete


def calibrate_swivel(stage: Stage) -> None:
    """The strap walked straight out along a line, held to its right, and walked back in."""
    athlete = stage.athlete
    stage.angle = stage.angle or "mt6701"
    stage.free_mm = free_mm = stage.unless("free_mm", 850.0)
    line_mm = free_mm + _LINE_MM
    right_mm = hypot(line_mm, _ASIDE_MM) - free_mm
    right = atan2(_ASIDE_MM, line_mm)
    bearings = stage.walk

    def reach(travel_mm: float, bearing: float, within_s: float) -> None:
        athlete.move(travel_mm - athlete.at_mm, within_s)
        bearings.append((athlete.t_s, bearing))

    bearings.append((0.0, _FROM_LEFT))
    athlete.stand(STILL_S)
    bearings.append((athlete.t_s, _FROM_LEFT))
    reach(0.2 * _LINE_MM, 0.0, _PULL_S)
    reach(_LINE_MM, 0.0, _WALK_S)
    for travel_mm, bearing in ((right_mm, right), (_LINE_MM, 0.0)):
        athlete.stand(STILL_S)
        bearings.append((athlete.t_s, bearings[-1][1]))
        reach(travel_mm, bearing, _PULL_S)
    reach(0.0, 0.0, _WALK_S)
    athlete.stand(STILL_S)


def _hang(stage: Stage, weight_kg: float, within_s: float) -> None:
    """Stand for `within_s` while the weight on the cable changes to this one."""
    before_kg = stage.weights[-1][1] if stage.weights else weight_kg
    stage.weights.append((stage.athlete.t_s, before_kg))
    stage.athlete.stand(within_s)
    stage.weights.append((stage.athlete.t_s, weight_kg))


def _let_go(stage: Stage) -> None:
    athlete = stage.athlete
    if athlete.at_mm > 0:
        athlete.move(-athlete.at_mm, _PULL_S)
    athlete.stand(STILL_S)


SCRIPTS: tuple[Act, ...] = (calibrate_travel, calibrate_load, calibrate_stack, calibrate_swivel)
