"""Takes the points of a calibration from a board: says what to do, waits until the cable is still, tells what it saw.

Guidance goes to `told`; what is measured is returned, and nothing on the board changes.
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

Told = Callable[[str], None]
_LIFTED_MM = 100.0  # a plate that hangs free is this far above the lowest place seen


class Measuring:
    """The measuring of one board; `patience_s` is how long each point is waited for."""

    def __init__(
        self,
        talk: Client,
        hello: Hello,
        told: Told,
        patience_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._talk = talk
        self._hello = hello
        self._told = told
        self._patience_s = patience_s
        self._clock = clock
        self._lowest = inf  # travel in counts, outward positive
        self._stream = self._samples()  # one for all points: what came behind a point belongs to the next

    def travel(self, marks_mm: Sequence[float]) -> list[Point]:
        """Return a point for each mark. Raises CalibrationError where one is not held still in time."""
        steadiness = Steadiness(self._hello.rate_hz)
        points = []
        for mark_mm in marks_mm:
            self._told(f"pull the cable out to {mark_mm:g} mm and hold it still for {STILL_S:g} s")
            still = self._await(steadiness, f"at {mark_mm:g} mm")
            points.append(Point(mark_mm, still.travel, still.travel_noise))
            self._told(f"{mark_mm:g} {TRAVEL.unit}: {still.travel:.0f} counts")
        return points

    def load(self, weights_kg: Sequence[float]) -> list[Point]:
        """Return a point in N for each weight. Raises CalibrationError where one does not hang still in time."""
        steadiness = Steadiness(self._hello.rate_hz, by_load=True)
        points = []
        for weight_kg in weights_kg:
            self._told(f"hang {weight_kg:g} kg on the cable, or nothing for 0, and let it hang still")
            still = self._await(steadiness, f"with {weight_kg:g} kg")
            assert still.load is not None, "a place by load has one"
            points.append(Point(newtons(weight_kg), still.load, still.load_noise))
            self._told(f"{weight_kg:g} kg: {still.load:.0f} counts, noise {still.load_noise:.0f}")
        return points

    def stack(self, numbers: Sequence[int]) -> tuple[list[Plate], float]:
        """Return the plates with their forces, and the rms noise in N. Raises CalibrationError as above."""
        steadiness = Steadiness(self._hello.rate_hz, by_load=True)
        plates: list[Plate] = []
        noise_n = 0.0
        newton = self._hello.mn_per_count / 1000
        for number in numbers:
            self._told(f"put the pin under plate {number}, pull it well off the stack and hold it still")
            still = self._await(steadiness, f"with plate {number}", lifted=True)
            assert still.load is not None, "a place by load has one"
            load_n = (still.load - self._hello.load_zero) * newton
            plates.append(Plate(number, round(load_n, 2)))
            noise_n = max(noise_n, still.load_noise * abs(newton))
            self._told(f"plate {number}: {load_n:.1f} N")
        return plates, noise_n

    def _await(self, steadiness: Steadiness, where: str, lifted: bool = False) -> Still:
        """Wait for the next place; `lifted`: one that is well above the lowest place seen so far."""
        out = 1 if self._hello.um_per_count > 0 else -1
        end = self._clock() + self._patience_s
        for samples in self._stream:
            if samples is None:
                if self._clock() > end:
                    break
                continue
            still = steadiness.take(samples)
            lowest = min((out * travel for _, travel, _ in samples.rows()), default=self._lowest)
            self._lowest = min(self._lowest, lowest)
            if still is None:
                continue
            height_mm = (out * still.travel - self._lowest) * abs(self._hello.um_per_count) / 1000
            if not lifted or height_mm > _LIFTED_MM:
                return still
        raise CalibrationError(
            f"nothing new stood still for {STILL_S:g} s {where} within {self._patience_s:g} s{steadiness.lack}; "
            "nothing was changed"
        )

    def _samples(self) -> Iterator[Samples | None]:
        """Yield every batch of samples for ever, and None at the end of each turn, to look at the clock."""
        while True:
            for event in self._talk.poll():
                if isinstance(event, Samples):
                    yield event
            yield None
