"""The simulated athlete: verbs that append strokes to a movement and note the plan behind them.

The athlete carries a clock and a position, so that a scenario reads like a script: step back, stand, kick, walk in.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .faults import Flaws
from .legs import Legs
from .movement import Drop, HalfCosine, MinimumJerk, Movement, Plateau, Shape, Submovement
from .rep import Overshoot, Rep, RepPlan, Stick

# Mean speed of leaning to and fro. A minimum-jerk stroke peaks at 1.875 times its mean, so at 15 mm/s: a rest.
_LEAN_MM_S = 8.0
_SHORTEST_LEAN_S = 0.8  # a body on its feet leans to and fro below about 0.6 Hz
_SWAY_RAMP_S = 0.12  # over which sway sets in at the beginning of a hold or a stand, and fades at its end
_SHORTEST_SWAY_S = 0.3  # a shorter stand is over before a leg sways
_SHOCK_S = 1.6  # before an athlete who let go steps back again
_STEP_S = 0.9
_STAND_S = 1.6  # more than the second that makes a new start position
_SETTLE_S = 0.4  # half a swing of a leg about its hip
# A bounce: up from the ground at once and slowing down, then the other way round.
_DROP = Drop()
_AWAY_MM = 100.0  # a rep that starts this far from the stack passes its start when it is let go
_REBOUND = Plateau(0.15, 0.6)
_LANDING = Plateau(0.6, 0.15)


class Athlete:
    """Builds a movement from `start_mm` on. `t_s` and `at_mm` are where the athlete is now."""

    def __init__(
        self,
        rng: np.random.Generator,
        start_mm: float = 0.0,
        flaws: Flaws | None = None,
        legs: Legs | None = None,
    ) -> None:
        self.rng = rng
        self.flaws = flaws or Flaws()
        self.legs = legs or Legs()
        self.sway_knots: list[tuple[float, float]] = []  # s, rms in mm
        self.loose_s: list[tuple[float, float]] = []  # from, to: the cable hung loose
        self._left_mm = 0.0  # where the athlete stood before the stack was let go
        self.movement = Movement(start_mm)
        self.plans: list[RepPlan] = []
        self.tremor_knots: list[tuple[float, float]] = [(0.0, 0.0)]
        self.t_s = 0.0
        self.at_mm = start_mm
        self.set_number = 1
        self.off_line_share = 1.16  # travel of a kick that is off its line but as long as the others

    def stand(self, duration_s: float) -> None:
        """Stand, as still as the legs can."""
        self._sway(duration_s)
        self.t_s += duration_s

    def _sway(self, duration_s: float, tired: float = 0.0, rom_mm: float = 200.0) -> None:
        """Let the legs sway for `duration_s` from now on."""
        rms_mm = self.legs.sway_rms_mm(tired, rom_mm)
        if not rms_mm or self.legs.asked.sway_whole or duration_s < _SHORTEST_SWAY_S:
            return
        end_s = self.t_s + duration_s
        self.sway_knots += [
            *((self.t_s, 0.0), (self.t_s + _SWAY_RAMP_S, rms_mm)),
            *((end_s - _SWAY_RAMP_S, rms_mm), (end_s, 0.0)),
        ]

    def move(self, distance_mm: float, duration_s: float, shape: Shape | None = None) -> None:
        """Make one stroke, outward positive."""
        self._step_back()
        self._go(distance_mm, duration_s, shape)

    def _go(self, distance_mm: float, duration_s: float, shape: Shape | None = None) -> None:
        if shape is None:
            shape = MinimumJerk(self.rng.uniform(-0.4, 0.4))
        self._stroke(self.t_s, duration_s, distance_mm, shape)
        self.t_s += duration_s

    def walk_to(self, to_mm: float, steps: int, step_s: float, pause_s: float) -> None:
        """Walk to `to_mm` in unequal steps of about `step_s` each with about `pause_s` between them."""
        self._left_mm = 0.0
        shares = self.rng.uniform(0.6, 1.4, steps)
        distance_mm = to_mm - self.at_mm
        for i, share in enumerate(shares / shares.sum()):
            if i:
                self.stand(pause_s * self.rng.uniform(0.7, 1.3))
            self._go(distance_mm * share, step_s * self.rng.uniform(0.8, 1.25))
        self.at_mm = to_mm

    def lean(self, duration_s: float, distance_mm: float) -> None:
        """Stand for `duration_s`, leaning to and fro by `distance_mm`; a seated stack does not move."""
        self._sway(duration_s)
        self._lean(duration_s, distance_mm)

    def _lean(self, duration_s: float, distance_mm: float) -> None:
        end_s = self.t_s + duration_s
        stroke_s = max(abs(distance_mm) / _LEAN_MM_S, _SHORTEST_LEAN_S)
        if abs(distance_mm) < self.at_mm and distance_mm:
            for _ in range(int(duration_s / (2 * stroke_s))):
                self._go(distance_mm, stroke_s, MinimumJerk())
                self._go(-distance_mm, stroke_s, MinimumJerk())
        self.t_s = end_s

    def tremble(self, amplitude_mm: float) -> None:
        """Let the tremor's amplitude run linearly from the last mark to this one."""
        self.tremor_knots.append((self.t_s, amplitude_mm))

    def do(self, rep: Rep) -> None:
        """Do one rep from the current position, with the faults that were asked for."""
        rep, names = self._as_asked(rep)
        if "slam" in names:
            self._do_and_drop(rep, names)
            return
        begin_s, top_s, release_s = self._out_and_hold(rep)
        if "slack" in names:
            self.loose_s.append(self.flaws.loose_s(release_s, rep.back_s))
        squeezed_mm = rep.squeeze.distance_mm if rep.squeeze else 0.0
        back_mm = rep.rom_mm - rep.lost_mm + squeezed_mm - rep.short_mm
        self._phase(-back_mm, rep.back_s, rep.back_shape, rep.back_stick)
        self.plans.append(RepPlan(self.set_number, (begin_s, top_s), (release_s, self.t_s), flaws=names))

    def do_and_walk_in(self, rep: Rep, back_s: float) -> None:
        """Do the last rep and go straight on past its start position to the stack, all within `back_s`."""
        rep, names = self._as_asked(rep)
        if "slam" in names:
            self._do_and_drop(rep, names)
            return
        begin_s, top_s, release_s = self._out_and_hold(rep)
        if "slack" in names:
            self.loose_s.append(self.flaws.loose_s(release_s, back_s))
        self.move(-self.at_mm, back_s, rep.back_shape)
        self.plans.append(RepPlan(self.set_number, (begin_s, top_s), (release_s, self.t_s), True, names))

    def _out_and_hold(self, rep: Rep) -> tuple[float, float, float]:
        """Go out and hold; return when the concentric began and ended and when the hold ended."""
        begin_s = self.t_s
        self._phase(rep.rom_mm, rep.out_s, rep.out_shape, rep.out_stick)
        top_s = self.t_s
        self._hold(rep)
        return begin_s, top_s, self.t_s

    def _do_and_drop(self, rep: Rep, names: frozenset[str]) -> None:
        """Do one rep and let the stack fall; away from the stack that ends the set."""
        start_mm = self.at_mm
        begin_s, top_s, release_s = self._out_and_hold(rep)
        landing_mm_s = self.flaws.landing_mm_s()
        self.move(-self.at_mm, _DROP.top * self.at_mm / landing_mm_s, _DROP)
        passes_on = start_mm > _AWAY_MM
        self.plans.append(RepPlan(self.set_number, (begin_s, top_s), (release_s, self.t_s), passes_on, names))
        self.bounce(*self.flaws.rebound(landing_mm_s))
        if passes_on:
            self._left_mm = start_mm
            self.set_number += 1
            self.stand(_SHOCK_S)

    def _as_asked(self, rep: Rep) -> tuple[Rep, frozenset[str]]:
        """Return `rep` with the faults asked for, and their names; step back first if the stack was let go."""
        short_mm = rep.short_mm - self._step_back()
        names = self.flaws.of(len(self.plans) + 1)
        if "off_line" in names:
            rep = replace(rep, rom_mm=self.off_line_share * rep.rom_mm)
        return self.legs.unsteady(self.flaws.spoil(replace(rep, short_mm=short_mm), names)), names

    def _step_back(self) -> float:
        """If the stack was let go, step back to where the athlete stood; return that distance in mm."""
        distance_mm = max(self._left_mm - self.at_mm, 0.0)
        self._left_mm = 0.0
        if distance_mm:
            self._go(distance_mm, _STEP_S)
            self.stand(_STAND_S)
        return distance_mm

    def bounce(
        self, height_mm: float, period_s: float, times: int = 2, damping: float = 0.35, shape: Shape | None = None
    ) -> None:
        """Bounce outward and back `times` times, each by `damping` of the one before and faster by its root.

        Without a `shape` it is an impact: fastest as it leaves the ground and as it meets it again.
        """
        for _ in range(times):
            self.move(height_mm, period_s / 2, shape or _REBOUND)
            self.move(-height_mm, period_s / 2, shape or _LANDING)
            height_mm *= damping
            period_s *= damping**0.5

    def _hold(self, rep: Rep) -> None:
        """Hold at the top: settle, sink, lean, swing, squeeze and sway as the rep has it."""
        self._sway(rep.hold_s, rep.tired, rep.rom_mm)
        if rep.settle_mm:
            self._stroke(self.t_s, _SETTLE_S, -rep.settle_mm, MinimumJerk())
        if rep.sink_mm:
            self._stroke(self.t_s, rep.hold_s, -rep.sink_mm, rep.sink_shape)
        if rep.overshoot:
            self._overshoot(rep.overshoot)
        if rep.squeeze:
            squeeze = rep.squeeze
            self._stroke(self.t_s + squeeze.after_s, squeeze.duration_s, squeeze.distance_mm, MinimumJerk())
        self._lean(rep.hold_s, -rep.lean_mm)

    def _overshoot(self, overshoot: Overshoot) -> None:
        """Fall back behind the top and swing, without a pause where the swing turns."""
        at_s = self.t_s
        distance_mm = -overshoot.fall_mm
        duration_s = overshoot.fall_s
        for _ in range(overshoot.swings + 1):
            self._stroke(at_s, duration_s, distance_mm, HalfCosine())
            at_s += duration_s
            distance_mm *= -overshoot.rebound
            duration_s = overshoot.half_s

    def _phase(self, distance_mm: float, duration_s: float, shape: Shape, stick: Stick | None) -> None:
        """Go out or back in one stroke, or in two with a sticking point between them."""
        if stick is None:
            self._stroke(self.t_s, duration_s, distance_mm, shape)
            self.t_s += duration_s
            return
        first_mm = distance_mm * stick.at
        # The two strokes share the duration as they share the distance; a longer first stroke makes up for an overlap.
        first_s = duration_s * stick.at + max(-stick.gap_s, 0) / 2
        second_s = duration_s * (1 - stick.at) + max(-stick.gap_s, 0) / 2
        self._stroke(self.t_s, first_s, first_mm, shape)
        lost_mm = first_mm * stick.back_share
        if lost_mm:
            self._stroke(self.t_s + first_s, stick.gap_s, -lost_mm, MinimumJerk())
        self.t_s += first_s + stick.gap_s
        self._stroke(self.t_s, second_s, distance_mm - first_mm + lost_mm, shape)
        self.t_s += second_s

    def _stroke(self, start_s: float, duration_s: float, distance_mm: float, shape: Shape) -> None:
        self.movement.parts.append(Submovement(start_s, duration_s, distance_mm, shape))
        self.at_mm += distance_mm
