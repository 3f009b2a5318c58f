"""The floor plan: where the strap goes, seen from above, with the sector that the exercise asks for. Data only.

Lengths in mm from the place where the kick begins: `back` straight away from the machine, `right` as a lifter sees it
who faces the machine. Directions are positive to the right.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .. import words
from ..device.events import Hello, Rep, Samples

MARGIN_DEG = 5.0  # a direction is off line this far outside the band (contract)
RANGE_FLAGS = ("range_over", "range_under")
_POINTS = 12  # of a drawn kick
_STEP_S = 0.05  # between two points of the path
_MAX_POINTS = 600  # half a minute
_LENGTH_S = 3.0  # of the places remembered before a kick is known to have begun
_MIN_MM = 200.0  # shortest kick that fills the plan
_WRONG_SIDE = 3  # reps in a row after which the screen asks (contract)

Place = tuple[float, float]  # right, back


@dataclass(frozen=True, slots=True)
class Band:
    """The wanted directions of one leg, in degrees."""

    low: float
    high: float

    def misses_by(self, direction_deg: float) -> float:
        """Return how far a direction lies below (negative) or above (positive) the band, 0 inside."""
        if direction_deg < self.low:
            return direction_deg - self.low
        return max(0.0, direction_deg - self.high)


def bands(band_deg: tuple[float, float] | None, side: str) -> tuple[Band, ...]:
    """Return the band of the leg: mirrored for the left one, both where the side is not known, none without a band."""
    if band_deg is None:
        return ()
    low, high = band_deg
    right, left = Band(low, high), Band(-high, -low)
    if side:
        return (left if side == "left" else right,)
    return (right,) if right == left else (left, right)


def line_advice(direction_deg: float, side: str, band_deg: tuple[float, float]) -> str:
    """Return what to do about a kick off the line: further out, or straighter back."""
    misses = [(band, band.misses_by(direction_deg)) for band in bands(band_deg, side)]
    band, missed = min(misses, key=lambda one: abs(one[1]))
    outward = missed < 0 if band.low + band.high >= 0 else missed > 0
    return words.label("line_advice", "outward" if outward else "straighter")


def range_advice(sentence: str) -> str:
    """Return the advice about a range that was measured without an angle sensor."""
    return f"{sentence} {words.label('direction', 'unseen')}"


def is_on_other_side(reps: Sequence[Rep], band_deg: tuple[float, float] | None, side: str) -> bool:
    """Return whether the latest three reps went where the other leg's go, so that the side may be wrong."""
    if band_deg is None or not side or band_deg[0] <= 0 <= band_deg[1]:
        return False
    mine, other = bands(band_deg, side), bands(band_deg, "left" if side == "right" else "right")
    latest = [rep.direction_deg for rep in reps if rep.kind != "rejected"][-_WRONG_SIDE:]
    return len(latest) == _WRONG_SIDE and all(
        direction is not None and abs(other[0].misses_by(direction)) < abs(mine[0].misses_by(direction))
        for direction in latest
    )


@dataclass(frozen=True, slots=True)
class Kick:
    """A rep on the plan."""

    direction_deg: float
    chord_mm: float
    bow_mm: float
    drift_mm: float
    off_line: bool
    label: str

    def points(self) -> list[Place]:
        """Return the way out as places from the start on: the chord, bowed."""
        turn = math.radians(self.direction_deg)
        shares = [index / (_POINTS - 1) for index in range(_POINTS)]
        return [_turned(self.chord_mm * share, 4 * share * (1 - share) * self.bow_mm, turn) for share in shares]

    def drift(self) -> tuple[Place, Place]:
        """Return the ends of the drift in the hold, across the far end of the chord."""
        turn = math.radians(self.direction_deg)
        half = self.drift_mm / 2
        return _turned(self.chord_mm, -half, turn), _turned(self.chord_mm, half, turn)


def _turned(along: float, across: float, turn: float) -> Place:
    return along * math.sin(turn) + across * math.cos(turn), along * math.cos(turn) - across * math.sin(turn)


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """What to draw. `pulley` is None where only its direction is known, `path` is that of the kick that is on."""

    side: str
    kicks: tuple[Kick, ...]
    bands: tuple[Band, ...]
    pulley: Place | None = None
    path: tuple[Place, ...] = ()

    @property
    def radius_mm(self) -> float:
        """Length of the kick that fills the plan."""
        reached = [math.hypot(*place) for place in self.path]
        return max(_MIN_MM, *reached, *(kick.chord_mm for kick in self.kicks), 0.0)

    def edges(self) -> list[tuple[Place, Place]]:
        """Return the two edges of each wanted sector, from the start outward."""
        far = 1.1 * self.radius_mm
        directions = [math.radians(edge) for band in self.bands for edge in (band.low, band.high)]
        return [((0.0, 0.0), _turned(far, 0.0, turn)) for turn in directions]


def plan_of(
    reps: Iterable[Rep], band_deg: tuple[float, float] | None, side: str, trail: "FloorTrail | None" = None
) -> FloorPlan | None:
    """Return the plan of the reps with a direction; None if there is nothing to draw."""
    kicks = tuple(
        Kick(
            rep.direction_deg,
            rep.chord_mm,
            rep.bow_mm or 0.0,
            rep.drift_mm or 0.0,
            "off_line" in rep.flags,
            str(rep.rep or ""),
        )
        for rep in reps
        if rep.kind != "rejected" and rep.direction_deg is not None and rep.chord_mm is not None
    )
    path = () if trail is None else trail.path()
    pulley = None if trail is None else trail.pulley()
    if not kicks and not path:
        return None
    return FloorPlan(side, kicks, bands(band_deg, side), pulley, path)


class FloorTrail:
    """Places of the strap from raw samples: the last seconds, and the path since a kick began."""

    def __init__(self) -> None:
        self._recent: list[tuple[float, Place]] = []  # time, and place from the pulley
        self._kick: list[Place] = []
        self._last_s = -1.0
        self._on = False

    def clear(self) -> None:
        """Forget all places."""
        self.__init__()  # type: ignore[misc]

    def take(self, samples: Samples, board: Hello, free_mm: float | None) -> None:
        """Add the samples' places; `free_mm` is the cable's length at travel 0."""
        if free_mm is None or not board.angle_per_turn:
            return
        for number, travel, angle in samples.numbered_angles():
            at_s = number / max(1, board.rate_hz)
            if at_s < self._last_s:
                self.clear()
            if at_s - self._last_s < _STEP_S:
                continue
            self._last_s = at_s
            turn = (angle - board.angle_zero) * 2 * math.pi / board.angle_per_turn
            place = _turned(free_mm + travel * board.mm_per_count, 0.0, turn)
            self._recent.append((at_s, place))
            while self._recent[0][0] < at_s - _LENGTH_S:
                self._recent.pop(0)
            if self._on and len(self._kick) < _MAX_POINTS:
                self._kick.append(place)

    def begin(self, instant_s: float) -> None:
        """A kick began at `instant_s`."""
        self._kick = [place for at_s, place in self._recent if at_s >= instant_s]
        self._on = True

    def path(self) -> tuple[Place, ...]:
        """Return the path of the latest kick from its start on."""
        if not self._kick:
            return ()
        right, back = self._kick[0]
        return tuple((place[0] - right, place[1] - back) for place in self._kick)

    def pulley(self) -> Place | None:
        """Return the pulley's place from the kick's start."""
        return (-self._kick[0][0], -self._kick[0][1]) if self._kick else None
