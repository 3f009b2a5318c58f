"""Takes the points of a calibration from a board: gives instructions, waits until the cable is still, reports readings.

Instructions go to `tell`; the points are returned, and nothing on the board changes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from math import inf

from ..device.client import Client
from ..device.events import Hello, Samples
from ..errors import CalibrationError
from ..store.plates import Plate
from ..units import newtons
from .calibration import TRAVEL, Point
from .steadiness import STILL_S, Steadiness, Still
from .swivel import MIN_LINE_MM, Sample, Walk, mean_counts

_LIFTED_MM = 100.0  # height above the lowest position seen at which a plate hangs free


class Measuring:
    """The measurements on one board; `timeout_s` is how long to wait for each point."""

    def __init__(
        self,
        talk: Client,
        hello: Hello,
        tell: Callable[[str], None],
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._talk = talk
        self._hello = hello
        self._tell = tell
        self._timeout_s = timeout_s
        self._clock = clock
        self._lowest = inf  # travel in counts, outward positive
        self._stream = self._samples()  # shared: samples after one point belong to the next

    def travel(self, marks_mm: Sequence[float]) -> list[Point]:
        """Return a point for each mark. Raises CalibrationError if the cable is not held still in time."""
        steadiness = Steadiness(self._hello.rate_hz)
        points = []
        for mark_mm in marks_mm:
            self._tell(f"pull the cable out to {mark_mm:g} mm and hold it still for {STILL_S:g} s")
            still = self._await(steadiness, f"at {mark_mm:g} mm")
            points.append(Point(mark_mm, still.travel, still.travel_noise))
            self._tell(f"{mark_mm:g} {TRAVEL.unit}: {still.travel:.0f} counts")
        return points

    def load(self, weights_kg: Sequence[float]) -> list[Point]:
        """Return a point in N for each weight. Raises CalibrationError if one does not hang still in time."""
        steadiness = Steadiness(self._hello.rate_hz, by_load=True)
        points = []
        for weight_kg in weights_kg:
            self._tell(f"hang {weight_kg:g} kg on the cable (nothing for 0) and let it hang still")
            still = self._await(steadiness, f"with {weight_kg:g} kg")
            assert still.load is not None, "by_load yields readings only"
            points.append(Point(newtons(weight_kg), still.load, still.load_noise))
            self._tell(f"{weight_kg:g} kg: {still.load:.0f} counts, noise {still.load_noise:.0f}")
        return points

    def stack(self, numbers: Sequence[int]) -> tuple[list[Plate], float]:
        """Return the plates with their forces, and the rms noise in N. Raises CalibrationError as above."""
        steadiness = Steadiness(self._hello.rate_hz, by_load=True)
        plates: list[Plate] = []
        noise_n = 0.0
        newton = self._hello.n_per_count
        for number in numbers:
            self._tell(f"put the pin under plate {number}, lift it well off the stack and hold it still")
            still = self._await(steadiness, f"with plate {number}", lifted=True)
            assert still.load is not None, "by_load yields readings only"
            load_n = (still.load - self._hello.load_zero) * newton
            plates.append(Plate(number, round(load_n, 2)))
            noise_n = max(noise_n, still.load_noise * abs(newton))
            self._tell(f"plate {number}: {load_n:.1f} N")
        return plates, noise_n

    def swivel(self, counts_per_turn: int, aside: str) -> Walk:
        """Return the walk that `swivel.fit` takes; `aside` says how far to the right. Raises CalibrationError."""
        steadiness = Steadiness(self._hello.rate_hz)
        mm = self._hello.mm_per_count
        self._tell(f"let the weight down, strap on the line that points at the pulley; keep still for {STILL_S:g} s")
        stack = self._await(steadiness, "with the weight down").travel

        def walked(instruction: str, where: str) -> tuple[list[Sample], Sample]:
            """Return the samples up to the next still position, and that position."""
            self._tell(f"{instruction}, and hold still for {STILL_S:g} s")
            rows: list[tuple[int, int]] = []
            still = self._await(steadiness, where, rows=rows)
            last = [angle for _, angle in rows[-self._hello.rate_hz // 4 :]]  # of 100 a second
            if not last:
                raise CalibrationError(
                    f"no readings of the angle sensor arrived {where}; 'cablerep doctor' checks its wires"
                )
            place = ((still.travel - stack) * mm, mean_counts(last, counts_per_turn))
            self._tell(f"{place[0]:.0f} mm out, angle {place[1]:.0f} counts")
            return [((travel - stack) * mm, angle) for travel, angle in rows], place

        out, far = walked(
            f"step onto the line from its left, walk slowly straight back along it, {MIN_LINE_MM:g} mm or more",
            "at the end of the line",
        )
        _, right = walked(f"move the strap to the right, {aside}", "to the right of the line")
        back, _ = walked("move back onto the line, walk slowly in along it until the weight is down", "at the stack")
        return Walk(out, back, far, right)

    def _await(
        self,
        steadiness: Steadiness,
        where: str,
        lifted: bool = False,
        rows: list[tuple[int, int]] | None = None,
    ) -> Still:
        """Wait for the next still position; `lifted` requires one well above the lowest position seen so far.

        Until then, the travel and angle of each sample that has an angle are appended to `rows`.
        """
        out = 1 if self._hello.um_per_count > 0 else -1
        end = self._clock() + self._timeout_s
        for samples in self._stream:
            if samples is None:
                if self._clock() > end:
                    break
                continue
            still = steadiness.take(samples)
            if rows is not None:
                rows += samples.angle_rows()
            lowest = min((out * travel for _, travel, _ in samples.rows()), default=self._lowest)
            self._lowest = min(self._lowest, lowest)
            if still is None:
                continue
            height_mm = (out * still.travel - self._lowest) * abs(self._hello.mm_per_count)
            if not lifted or height_mm > _LIFTED_MM:
                return still
        raise CalibrationError(
            f"the cable was not still for {STILL_S:g} s {where} within {self._timeout_s:g} s{steadiness.lack}; "
            "nothing was changed"
        )

    def _samples(self) -> Iterator[Samples | None]:
        """Yield every batch of samples forever, and None after each turn so that the caller can check the clock."""
        while True:
            for event in self._talk.poll():
                if isinstance(event, Samples):
                    yield event
            yield None
