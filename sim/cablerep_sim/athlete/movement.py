"""Intended movement of the cable: a sum of strokes, and so an analytic function of time.

Overlapping point-to-point strokes describe human movement well (Flash and Henis 1991, "Arm trajectory modifications
during reaching towards visual targets"), and their sum has exact derivatives at any instant and any rate.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Shape(Protocol):
    """A stroke from 0 to 1 over the normalised time u from 0 to 1, at rest at both ends."""

    def position(self, u: Array) -> Array:
        """Return the fraction of the distance covered at `u`."""

    def speed(self, u: Array) -> Array:
        """Return the first derivative by `u`."""

    def acceleration(self, u: Array) -> Array:
        """Return the second derivative by `u`."""


@dataclass(frozen=True)
class MinimumJerk:
    """The smoothest stroke between two rests (Flash and Hogan 1985), its peak moved by `skew`.

    `skew` from -0.8 (late peak) to 0.8 (early peak) warps time by w = u + skew·u·(1 - u), which stays monotone.
    """

    skew: float = 0.0

    def position(self, u: Array) -> Array:
        w = u + self.skew * u * (1 - u)
        return w * w * w * (10 + w * (6 * w - 15))

    def speed(self, u: Array) -> Array:
        w = u + self.skew * u * (1 - u)
        v = w * (1 - w)
        return 30 * v * v * (1 + self.skew * (1 - 2 * u))

    def acceleration(self, u: Array) -> Array:
        w = u + self.skew * u * (1 - u)
        slope = 1 + self.skew * (1 - 2 * u)
        v = w * (1 - w)
        return 60 * v * (1 - 2 * w) * slope * slope - 60 * v * v * self.skew


@dataclass(frozen=True)
class Plateau:
    """A stroke of constant speed with smooth ramps over the first `rise` and the last `fall` of its time.

    Each 0.05 or more, both together 1 at most: a controlled tempo, or a machine that limits the speed.
    """

    rise: float = 0.3
    fall: float = 0.3

    @property
    def _top(self) -> float:
        """Speed of the plateau: the ramps are worth half their length each."""
        return 1 / (1 - (self.rise + self.fall) / 2)

    def position(self, u: Array) -> Array:
        a = np.minimum(u / self.rise, 1)
        b = np.minimum((1 - u) / self.fall, 1)
        # The integral of the ramp 3z² - 2z³ is z³ - z⁴/2; subtract what each ramp falls short of the plateau.
        lacking = self.rise * (a - a * a * a * (1 - a / 2)) + self.fall * (0.5 - b + b * b * b * (1 - b / 2))
        return self._top * (u - lacking)

    def speed(self, u: Array) -> Array:
        a = np.minimum(u / self.rise, 1)
        b = np.minimum((1 - u) / self.fall, 1)
        result: Array = self._top * a * a * (3 - 2 * a) * b * b * (3 - 2 * b)
        return result

    def acceleration(self, u: Array) -> Array:
        a = np.minimum(u / self.rise, 1)
        b = np.minimum((1 - u) / self.fall, 1)
        result: Array = self._top * 6 * (a * (1 - a) / self.rise - b * (1 - b) / self.fall)
        return result


@dataclass(frozen=True)
class Trapezoid:
    """Constant acceleration over the first `rise` of the time, constant speed, constant braking over the last `fall`.

    Each 0.05 or more, both together 1 at most: a motor, or a leg that starts and stops abruptly.
    """

    rise: float = 0.2
    fall: float = 0.2

    @property
    def _top(self) -> float:
        return 1 / (1 - (self.rise + self.fall) / 2)

    def position(self, u: Array) -> Array:
        a = np.minimum(u / self.rise, 1)
        b = np.minimum((1 - u) / self.fall, 1)
        lacking = self.rise * (a - a * a / 2) + self.fall * (1 - b) * (1 - b) / 2
        result: Array = self._top * (u - lacking)
        return result

    def speed(self, u: Array) -> Array:
        result: Array = self._top * np.minimum(np.minimum(u / self.rise, (1 - u) / self.fall), 1)
        return result

    def acceleration(self, u: Array) -> Array:
        result: Array = self._top * ((u < self.rise) / self.rise - (u > 1 - self.fall) / self.fall)
        return result


@dataclass(frozen=True)
class Drop:
    """Let go: faster and faster over the first `rise` of the time, then at one speed, until the ground stops it."""

    rise: float = 0.5

    @property
    def top(self) -> float:
        """Speed at which it lands, as a multiple of the mean speed."""
        return 1 / (1 - self.rise / 2)

    def position(self, u: Array) -> Array:
        a = np.minimum(u / self.rise, 1)
        result: Array = self.top * (u - self.rise * (a - a * a / 2))
        return result

    def speed(self, u: Array) -> Array:
        result: Array = self.top * np.minimum(u / self.rise, 1)
        return result

    def acceleration(self, u: Array) -> Array:
        result: Array = np.where(u < self.rise, 1.0, 0.0) * (self.top / self.rise)
        return result


@dataclass(frozen=True)
class Lopsided:
    """A stroke whose speed goes as u^`rise` · (1 - u)^`fall`, each above 0: 2 and 2 is the minimum-jerk stroke.

    Recorded legs move like this: 0.8 and 1.5 fits a seated knee extension, which starts quickly, 2.3 and 1.5 the
    lowering of a leg, which is fastest late.
    """

    rise: float = 2.0
    fall: float = 2.0

    def position(self, u: Array) -> Array:
        knots, widths, fractions, steps, firsts, seconds = _beta_table(self.rise, self.fall)
        i = np.searchsorted(knots, u, side="right") - 1
        # Cubic between two knots, through the position and the speed at each: good to 1e-9.
        z = (u - knots[i]) / widths[i]
        result: Array = fractions[i] + z * steps[i] + z * (1 - z) * ((1 - z) * firsts[i] + z * seconds[i])
        return result

    def speed(self, u: Array) -> Array:
        return _beta_speed(u, self.rise, self.fall)

    def acceleration(self, u: Array) -> Array:
        inside = np.clip(u, 1e-4, 1 - 1e-4)  # with an exponent below 1 it is infinite at the end itself
        result: Array = self.speed(inside) * (self.rise / inside - self.fall / (1 - inside))
        return result


_CELLS = 512  # of the table of positions, denser towards both ends


def _beta_speed(u: Array, rise: float, fall: float) -> Array:
    # Rounding may leave u a hair above 1.
    result: Array = u**rise * np.abs(1 - u) ** fall / _beta(rise, fall)
    return result


def _beta(rise: float, fall: float) -> float:
    """Return the integral of u^rise · (1 - u)^fall from 0 to 1."""
    return math.gamma(rise + 1) * math.gamma(fall + 1) / math.gamma(rise + fall + 2)


@functools.cache
def _beta_table(rise: float, fall: float) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return for each cell: its first knot in u, width, fraction covered at its start, and cubic coefficients."""
    # With u = sin² x the integrand has no infinite derivative; Gauss-Legendre with five points in each cell.
    edges = np.linspace(0, np.pi / 2, _CELLS + 1)
    nodes, weights = np.polynomial.legendre.leggauss(5)
    half = edges[1] / 2
    x = edges[:-1, None] + half * (1 + nodes)
    speeds = np.sin(x) ** (2 * rise + 1) * np.cos(x) ** (2 * fall + 1) * 2
    covered = np.concatenate(([0.0], np.cumsum(half * (speeds @ weights))))
    covered /= covered[-1]
    knots = np.sin(edges) ** 2
    widths, steps = np.diff(knots), np.diff(covered)
    slopes = _beta_speed(knots, rise, fall)
    return knots[:-1], widths, covered[:-1], steps, slopes[:-1] * widths - steps, steps - slopes[1:] * widths


@dataclass(frozen=True)
class HalfCosine:
    """Half a swing: it turns without a rest, and its acceleration is largest at the ends."""

    def position(self, u: Array) -> Array:
        result: Array = (1 - np.cos(np.pi * u)) / 2
        return result

    def speed(self, u: Array) -> Array:
        result: Array = np.pi / 2 * np.sin(np.pi * u)
        return result

    def acceleration(self, u: Array) -> Array:
        result: Array = np.pi**2 / 2 * np.cos(np.pi * u)
        return result


@dataclass(frozen=True)
class Submovement:
    """One stroke: `distance_mm` (outward positive) within `duration_s` from `start_s`."""

    start_s: float
    duration_s: float
    distance_mm: float
    shape: Shape

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


@dataclass
class Movement:
    """Travel in mm: `start_mm` plus every submovement, each at rest before its start and after its end."""

    start_mm: float = 0.0
    parts: list[Submovement] = field(default_factory=list)  # only ever appended to
    _cache: tuple[Array, Array, Array] = field(default=(np.empty(0),) * 3, init=False, repr=False, compare=False)

    def position(self, t_s: Array) -> Array:
        """Return travel in mm at the rising instants `t_s`."""
        steps = np.zeros(len(t_s) + 1)
        steps[0] = self.start_mm + self._done_mm(t_s)
        result = np.zeros(len(t_s))
        for part, span, u in self._spans(t_s):
            result[span] += part.distance_mm * part.shape.position(u)
            steps[span.stop] += part.distance_mm
        result += np.cumsum(steps)[:-1]
        return result

    def speed(self, t_s: Array) -> Array:
        """Return speed in mm/s at the rising instants `t_s`."""
        result = np.zeros(len(t_s))
        for part, span, u in self._spans(t_s):
            result[span] += part.distance_mm / part.duration_s * part.shape.speed(u)
        return result

    def acceleration(self, t_s: Array) -> Array:
        """Return acceleration in mm/s² at the rising instants `t_s`."""
        result = np.zeros(len(t_s))
        for part, span, u in self._spans(t_s):
            result[span] += part.distance_mm / part.duration_s**2 * part.shape.acceleration(u)
        return result

    def _spans(self, t_s: Array) -> Iterator[tuple[Submovement, slice, Array]]:
        """Yield each submovement that is under way, with the instants it covers and its normalised time there."""
        if not len(t_s):
            return
        begins, ends, _ = self._columns()
        active = np.flatnonzero((begins <= t_s[-1]) & (ends > t_s[0]))
        edges = np.searchsorted(t_s, np.stack((begins[active], ends[active]))).T.tolist()
        for i, (first, last) in zip(active.tolist(), edges, strict=True):
            part = self.parts[i]
            yield part, slice(first, last), (t_s[first:last] - part.start_s) / part.duration_s

    def _done_mm(self, t_s: Array) -> float:
        """Return the distance of all submovements that are over before the first instant."""
        _, ends, distances = self._columns()
        return float(distances[ends <= t_s[0]].sum()) if len(t_s) else 0.0

    def _columns(self) -> tuple[Array, Array, Array]:
        """Return begin, end and distance of every submovement; most questions are about a few of many."""
        if len(self._cache[0]) != len(self.parts) or not self.parts:
            begins = np.array([part.start_s for part in self.parts])
            ends = np.array([part.end_s for part in self.parts])
            self._cache = begins, ends, np.array([part.distance_mm for part in self.parts])
        return self._cache
