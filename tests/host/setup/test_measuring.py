"""Measuring: each point from its own samples, an instruction before each, a time limit."""

from collections.abc import Sequence
from typing import Any

import pytest

from cablerep.device.events import Hello, Samples
from cablerep.errors import CalibrationError
from cablerep.setup.calibration import Point
from cablerep.setup.measuring import Measuring
from cablerep.store.plates import Plate
from cablerep.units import newtons
from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import NO_LOAD

RATE = 50


class Talk:
    """A conversation in which the board says what a test wants, so many samples in a turn, and then nothing."""

    def __init__(
        self,
        travel: Sequence[int],
        load: Sequence[int] | None = None,
        turn: int = 10,
        angles: Sequence[int] = (),
    ) -> None:
        load = load or [NO_LOAD] * len(travel)
        pairs = [(first, list(zip(travel, load, strict=True))[first : first + 5]) for first in range(0, len(travel), 5)]
        events = [
            Samples(first, tuple(value for pair in part for value in pair), tuple(angles[first : first + 5]))
            for first, part in pairs
        ]
        self.turns = [events[at : at + turn] for at in range(0, len(events), turn)]
        self.now = 0.0

    def poll(self) -> list[Any]:
        self.now += 1.0
        return self.turns.pop(0) if self.turns else []

    def clock(self) -> float:
        return self.now


def measuring(
    talk: Talk, um_per_count: float = 1.0, mn_per_count: float = 1.0, load_zero: int = 0, timeout_s: float = 9
):
    hello = Hello(wire.SCHEMA_ID, 1, RATE, um_per_count, mn_per_count, load_zero, 0, "", 0, 0, "0", "b", "sim")
    said: list[str] = []
    return Measuring(talk, hello, said.append, timeout_s, talk.clock), said  # type: ignore[arg-type]


def held(*places: int, seconds: float = 2.0) -> list[int]:
    """Stand at each place, with half a second of way to the next."""
    travel: list[int] = []
    for start, end in zip(places, places[1:] + places[-1:], strict=True):
        travel += [start] * round(seconds * RATE) + [start + (end - start) * step // 25 for step in range(25)]
    return travel


@pytest.mark.parametrize("turn", [1, 1000])
def test_one_point_per_mark_in_any_batching(turn: int) -> None:
    one, said = measuring(Talk(held(0, 4000, 9000), turn=turn), timeout_s=1000)
    assert one.travel([0, 400, 900]) == [Point(0, 0.0), Point(400, 4000.0), Point(900, 9000.0)]
    assert said[::2] == [f"pull the cable out to {mark} mm and hold it still for 1 s" for mark in (0, 400, 900)]


def test_weights_become_forces() -> None:
    load = held(-100_000, -50_000, 0)
    one, said = measuring(Talk([7] * len(load), load))
    points = one.load([0, 5, 10])
    assert [(point.known, point.counts) for point in points] == [(0, -100_000), (newtons(5), -50_000), (newtons(10), 0)]
    assert said[2] == "hang 5 kg on the cable (nothing for 0) and let it hang still"


@pytest.mark.parametrize("um_per_count", [100.0, -100.0])
def test_plates_are_measured_only_while_lifted(um_per_count: float) -> None:
    way = 1 if um_per_count > 0 else -1
    travel = [way * place for place in held(0, 4000, 0, 4000, 0)]
    load = held(1000, 26_000, 1000, 51_000, 1000)
    one, _ = measuring(Talk(travel, load), um_per_count, load_zero=1000, timeout_s=100)
    plates, noise_n = one.stack([1, 2])
    assert plates == [Plate(1, 25.0), Plate(2, 50.0)]
    assert noise_n == 0


@pytest.mark.parametrize(
    ("travel", "load", "told"),
    [
        ([], [], "not still for 1 s at 400 mm within 9 s, no samples arrived; nothing was changed"),
        ([5] * 200, None, "not still for 1 s at 400 mm within 9 s; nothing was changed"),
    ],
)
def test_waiting_times_out(travel: list[int], load: list[int] | None, told: str) -> None:
    one, _ = measuring(Talk(travel, load))
    with pytest.raises(CalibrationError, match=told):
        one.travel([400, 400])


def test_a_walk_is_cut_where_the_strap_was_held_still() -> None:
    travel = held(2000, 12000, 13000, 2000)  # mm: 0 at the stack, 1000 at the end of the line, 1100 to its right
    quarter = round(2 * RATE) + 25
    angles = [-1 if at % 2 else 300 + 10 * (at // quarter) for at in range(len(travel))]
    one, said = measuring(Talk(travel, angles=angles), um_per_count=100.0, timeout_s=1000)
    walk = one.swivel(4096, "a step")
    assert walk.far == (1000.0, pytest.approx(310))
    assert walk.right == (1100.0, pytest.approx(320))
    assert walk.out[0][0] == 0 and walk.out[-1][0] == 1000
    assert walk.back[0][0] == 1100 and walk.back[-1][0] == 0
    assert [angle for _, angle in walk.back if angle < 320] == []
    assert said[-2].startswith("move back onto the line, walk slowly in along it")


def test_a_walk_without_readings_of_the_angle_is_refused() -> None:
    one, _ = measuring(Talk(held(0, 12000, 13000, 0)), timeout_s=1000)
    with pytest.raises(CalibrationError, match="no readings of the angle sensor arrived at the end of the line"):
        one.swivel(4096, "a step")
