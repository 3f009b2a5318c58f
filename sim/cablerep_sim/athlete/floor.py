"""The athlete on the floor plan: where the strap is, seen from above, while the cable has a given length.

x points straight away from the machine and y counter-clockwise of it, from the swivel's axis; angles are in radians.
The cable's length is that of the intended movement: a kick leaves its start in one direction, and how far it has come
follows from the length. So travel, and every instant of the truth, is the same with and without an angle sensor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .movement import Array, Movement
from .rep import RepPlan
from .sway import Sway

OFF_LINE_DEG = 27.0  # how much straighter back a kick goes that is off its line
DRIFT_MM = (45.0, 60.0)  # of a hold that drifts on purpose
_SHORTEST_SHIFT_S = 0.15  # in a shorter pause nobody moves a foot
_TURNS = 6  # of the iteration for a bow, which converges by a factor of ten a turn
_SWAY_SHARE = 0.7  # of the sway along the cable, across it
_STEEPEST_RAD = np.radians(80)  # between cable and kick; beyond, the cable hardly moves


@dataclass(frozen=True)
class Manner:
    """How an athlete kicks, for the right leg; a left one is its mirror image. Lengths in mm, angles in degrees."""

    free_mm: float = 900.0  # from the axis to the strap at travel 0
    bearing_deg: float = 0.0  # of the stance
    direction_deg: float = 37.0
    spread_deg: float = 0.0  # standard deviation of the direction from rep to rep
    turn_deg: float = 0.0  # the hips have turned in by this much at the last rep of a set
    wander_mm: float = 0.0  # standard deviation of the start, across the cable
    bow_mm: float = 0.0  # largest
    drift_mm: float = 0.0  # largest, in a hold
    height_mm: float = 0.0  # of the strap above the swivel
    rise_mm: float = 0.0  # how much higher it is at the top


@dataclass(frozen=True)
class _Kick:
    """One rep on the floor plan."""

    plan: RepPlan
    start_rho: float  # distance from the axis at its start, on the floor
    bearing: float  # of its start
    direction: float
    bow_out_mm: float
    bow_back_mm: float
    drift_mm: float
    reach_out_mm: float = 1.0  # along its direction at the end of the concentric
    reach_back_mm: float = 1.0  # and at the beginning of the eccentric


class FloorPlan:
    """The strap's place at any instant. `mirrored` for a left leg."""

    def __init__(
        self,
        movement: Movement,
        plans: Sequence[RepPlan],
        manner: Manner,
        rng: np.random.Generator,
        sway: Sway | None = None,
        walk: Sequence[tuple[float, float]] = (),
    ) -> None:
        """`walk` is for a strap that is carried about: instants in s, and the bearings there."""
        self.mirrored = False
        self.manner = manner
        self._movement = movement
        self._sway = sway  # along the cable
        self._across = None if sway is None else Sway.draw(rng, list(zip(sway.knots_s, sway.rms_mm, strict=True)))
        self._kicks: list[_Kick] = []
        at_stack = float(np.radians(rng.uniform(-3, 3)))
        self._knots_s, self._knots = [0.0], [at_stack]
        last_s = -np.inf
        sizes = {number: sum(plan.set_number == number for plan in plans) for number in {p.set_number for p in plans}}
        done: dict[int, int] = {}
        for plan in plans:
            index = done.get(plan.set_number, 0)
            done[plan.set_number] = index + 1
            kick = self._draw(plan, rng, index / max(sizes[plan.set_number] - 1, 1))
            if plan.out_s[0] - last_s < _SHORTEST_SHIFT_S:
                kick = self._reached(kick, self._knots[-1])
            self._kicks.append(kick)
            last_s = plan.back_s[1]
            x, y = self._of_kick(kick, np.array([last_s]), self._lengths(np.array([last_s])))
            self._knots_s += [plan.out_s[0], last_s]
            self._knots += [kick.bearing, float(np.arctan2(y[0], x[0]))]
        self._knots_s.append(max(last_s, 0.0) + 3.0)
        self._knots.append(at_stack)
        if walk:
            self._knots_s = [at_s for at_s, _ in walk]
            self._knots = [bearing for _, bearing in walk]

    def polar(self, t_s: Array) -> tuple[Array, Array]:
        """Return the strap's distance from the axis on the floor in mm, and its bearing, at rising instants `t_s`."""
        lengths = self._lengths(t_s)
        rho = np.sqrt(np.maximum(lengths**2 - self.manner.height_mm**2, 0))
        bearing = self._between(t_s)
        for kick in self._kicks:
            first, last = np.searchsorted(t_s, (kick.plan.out_s[0], kick.plan.back_s[1]))
            if last > first:
                x, y = self._of_kick(kick, t_s[first:last], lengths[first:last])
                rho[first:last] = np.hypot(x, y)
                bearing[first:last] = np.arctan2(y, x)
        if self._across is not None:
            travel = self._movement.position(t_s)
            bearing = bearing + _SWAY_SHARE * self._across.displacement(t_s, travel) / np.maximum(rho, 1.0)
        return rho, -bearing if self.mirrored else bearing

    def bearing(self, t_s: Array) -> Array:
        """Return the strap's bearing, as the cable shows it."""
        return self.polar(t_s)[1]

    def _lengths(self, t_s: Array) -> Array:
        """Return the cable's length from the axis to the strap."""
        travel = self._movement.position(t_s)
        if self._sway is not None:
            travel = travel + self._sway.displacement(t_s, travel)
        return travel + self.manner.free_mm

    def _between(self, t_s: Array) -> Array:
        """Return the bearing outside the kicks: from each knot smoothly to the next."""
        knots_s, knots = np.array(self._knots_s), np.array(self._knots)
        i = np.clip(np.searchsorted(knots_s, t_s, side="right") - 1, 0, len(knots) - 2)
        u = np.clip((t_s - knots_s[i]) / np.maximum(knots_s[i + 1] - knots_s[i], 1e-9), 0, 1)
        result: Array = knots[i] + (knots[i + 1] - knots[i]) * _smooth(u)
        return result

    def _draw(self, plan: RepPlan, rng: np.random.Generator, tired: float) -> _Kick:
        manner = self.manner
        length = float(self._movement.position(np.array([plan.out_s[0]]))[0]) + manner.free_mm
        bearing = np.radians(manner.bearing_deg) + manner.wander_mm * _normal(rng) / length
        direction = manner.direction_deg + manner.spread_deg * _normal(rng) - manner.turn_deg * tired
        bows, drift, far = rng.uniform(-1, 1, 2) * manner.bow_mm, rng.uniform(-1, 1), rng.uniform(*DRIFT_MM)
        drift_mm = np.copysign(far, drift) if "drift_in_hold" in plan.flaws else drift * manner.drift_mm
        if "off_line" in plan.flaws:
            direction -= OFF_LINE_DEG
        kick = _Kick(
            plan,
            start_rho=float(np.sqrt(max(length**2 - manner.height_mm**2, 0.0))),
            bearing=float(bearing),
            direction=float(np.radians(direction)),
            bow_out_mm=float(bows[0]),
            bow_back_mm=float(bows[1]),
            drift_mm=float(drift_mm),
        )
        return self._reached(kick, kick.bearing)

    def _reached(self, kick: _Kick, bearing: float) -> _Kick:
        """Return `kick` from a start at `bearing`, with its reach."""
        direction = float(np.clip(kick.direction, bearing - _STEEPEST_RAD, bearing + _STEEPEST_RAD))
        ends_s = np.array([kick.plan.out_s[1], kick.plan.back_s[0]])
        lengths = self._movement.position(ends_s) + self.manner.free_mm
        rho = np.sqrt(np.maximum(lengths**2 - (self.manner.height_mm + self.manner.rise_mm) ** 2, 0))
        reach = _along(kick.start_rho, bearing, direction, rho, np.array([0.0, kick.drift_mm]))
        out_mm, back_mm = (max(float(value), 1.0) for value in reach)
        return replace(kick, bearing=bearing, direction=direction, reach_out_mm=out_mm, reach_back_mm=back_mm)

    def _of_kick(self, kick: _Kick, t_s: Array, lengths: Array) -> tuple[Array, Array]:
        """Return the places during one kick."""
        manner, plan = self.manner, kick.plan
        out, back = t_s < plan.out_s[1], t_s >= plan.back_s[0]
        held = _smooth(np.clip((t_s - plan.out_s[1]) / max(plan.back_s[0] - plan.out_s[1], 1e-9), 0, 1))
        reach = np.where(out, kick.reach_out_mm, kick.reach_back_mm)
        along = np.where(out | back, 0.5, 1.0) * reach
        for _ in range(_TURNS):
            x = np.where(out | back, np.clip(along / reach, 0, 1), 1.0)
            bow = 4 * x * (1 - x)
            across = np.where(out, kick.bow_out_mm * bow, kick.drift_mm * x * x + kick.bow_back_mm * bow)
            across = np.where(out | back, across, kick.drift_mm * held)
            rho = np.sqrt(np.maximum(lengths**2 - (manner.height_mm + manner.rise_mm * x) ** 2, 0))
            along = _along(kick.start_rho, kick.bearing, kick.direction, rho, across)
        cos, sin = np.cos(kick.direction), np.sin(kick.direction)
        straight = along < 0  # nearer than its start: straight in
        x0, y0 = np.cos(kick.bearing), np.sin(kick.bearing)
        places_x = kick.start_rho * x0 + along * cos - across * sin
        places_y = kick.start_rho * y0 + along * sin + across * cos
        return np.where(straight, rho * x0, places_x), np.where(straight, rho * y0, places_y)


def _along(start_rho: float, bearing: float, direction: float, rho: Array, across: Array) -> Array:
    """Return how far in `direction` the place lies that is `rho` from the axis and `across` beside the line."""
    ahead = start_rho * np.cos(bearing - direction)
    beside = start_rho * np.sin(bearing - direction)
    square = ahead**2 + rho**2 - start_rho**2 - across**2 - 2 * across * beside
    result: Array = np.sqrt(np.maximum(square, 0)) - ahead
    return result


def _smooth(u: Array) -> Array:
    result: Array = u * u * u * (10 + u * (6 * u - 15))
    return result


def _normal(rng: np.random.Generator) -> float:
    return float(np.clip(rng.standard_normal(), -2.5, 2.5))
