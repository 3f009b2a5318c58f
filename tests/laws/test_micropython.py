"""The core on a 32-bit MicroPython: the same frames as on CPython, and not a byte of heap for a sample."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from detector_run import decode
from pull import Pull

from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_fw.core.settings import settings
from cablerep_fw.core.settings.settings import Settings
from cablerep_sim.trace.trace import open_trace

Sample = tuple[int, int]
Runner = Callable[..., str]  # see conftest.py


def write_samples(path: Path, samples: list[Sample]) -> Path:
    path.write_text("".join(f"{travel} {load}\n" for travel, load in samples))
    return path


def words(
    rate_hz: int, um_per_count: float, mn_per_count: float = 1.0, load_zero: int = 0, free_from: int | None = None
) -> list[str]:
    """Return the settings; there is an angle sensor unless `free_from` is None."""
    values = {
        settings.RATE_HZ: rate_hz,
        settings.UM_PER_COUNT: round(um_per_count * 1e6),
        settings.MN_PER_COUNT: round(mn_per_count * 1e6),
        settings.LOAD_ZERO: load_zero,
        # Limits that some reps of the training keep and others do not.
        settings.PROFILE: 1,
        settings.HOLD_TARGET: 450,
        settings.ECCENTRIC_MAX: 450000,
        settings.OVER_PART: 105,
        settings.UNDER_PART: 80,
    }
    if free_from is not None:
        values |= {
            settings.ANGLE_SENSOR: 1,
            settings.ANGLE_PER_TURN: -16384,
            settings.FREE_MM: 900,
            settings.FREE_FROM: free_from,
            settings.DIRECTION_LOW: 5,
            settings.DIRECTION_HIGH: 15,
            settings.DRIFT_MAX: 1,
        }
    return [f"{place}={value}" for place, value in values.items()]


def session_of_training(rate_hz: int, um_per_count: float, seed: int = 1) -> list[Sample]:
    """Everything that sends a message, in 75 s: a take-up, two sets with partials, amendments, rejections, a lone
    movement, walking in, outliers in both channels, missed samples, a gap too long to bridge."""
    pull = Pull().still(1.5).move(300, 1.5).still(1.6)
    for rom, hold in ((350, 0.3), (500, 0.0), (480, 2.5), (200, 0.5), (510, 1.0), (60, 0.2), (500, 0.4), (30, 0.0)):
        pull.rep(rom, 0.7, hold, 1.1).still(0.6)
    pull.still(1.0).move(-300, 0.8).still(2.0).move(300, 1.2).still(1.2)
    for _ in range(5):
        pull.rep(420, 0.6, 0.4, 0.9, stop_mm=15).still(0.4)
    pull.move(-375, 0.9).still(14.0).move(600, 1.2).still(6.0).move(-500, 1.0).still(2.0)
    random = Random(seed)
    samples: list[Sample] = []
    force = 0
    for number, counts in enumerate(pull.samples(rate_hz, um_per_count)):
        if number % max(1, rate_hz // 80) == 0:
            force = 100000 + counts // 8 + random.randrange(-400, 400)
        load = force if number % max(1, rate_hz // 80) == 0 else NO_LOAD
        chance = random.random()
        if chance < 0.001:
            counts += random.randrange(-1000000, 1000000)
        elif chance < 0.002:
            load = 0x7FFFFF
        elif chance < 0.004:
            samples.append((GAP, random.randrange(1, 9)))
        samples.append((counts, load))
    middle = 2 * len(samples) // 3
    samples.insert(middle, (GAP, 3 * rate_hz))
    return samples


def same_frames(tmp_path: Path, micropython: Runner, cpython: Runner, samples: list[Sample], *arguments: str) -> bytes:
    """Run the samples on both and return the frames, once they are found to be the same."""
    file = write_samples(tmp_path / "samples", samples)
    told = [
        run("frames_of.py", file, tmp_path / name, *arguments)
        for run, name in ((micropython, "micropython"), (cpython, "cpython"))
    ]
    frames = (tmp_path / "cpython").read_bytes()
    assert told[0] == told[1]
    assert (tmp_path / "micropython").read_bytes() == frames
    return frames


def test_a_recording_gives_the_same_frames(
    recording: Path, tmp_path: Path, micropython: Runner, cpython: Runner
) -> None:
    trace = open_trace(recording)
    made = Settings()
    trace.configure(made)
    samples = [sample for travel, load in trace.blocks() for sample in zip(travel, load, strict=True)]
    arguments = [f"{place}={made.values[place]}" for place in range(4)]
    assert same_frames(tmp_path, micropython, cpython, samples, "40", *arguments)


@pytest.mark.parametrize(
    ("rate_hz", "um_per_count", "mn_per_count", "free_from"),
    [
        (50, 20.0, 2.034, 0),
        (200, -98.17, -0.731, None),
        (200, 20.0, 2.034, 1),
        (333, 1.0, 1.0, 0),
        (1000, 500.0, 900.0, None),
    ],
)
def test_a_training_gives_the_same_frames(
    tmp_path: Path,
    micropython: Runner,
    cpython: Runner,
    rate_hz: int,
    um_per_count: float,
    mn_per_count: float,
    free_from: int | None,
) -> None:
    samples = session_of_training(rate_hz, um_per_count)
    frames = same_frames(
        tmp_path, micropython, cpython, samples, "7", *words(rate_hz, um_per_count, mn_per_count, -181562, free_from)
    )
    told = {name for name, _ in decode(frames)}
    streamed = "samples" if free_from is None else "samples_angle"
    assert told == {streamed, "phase", "rep", "amend", "rejected", "set"}, "every message of the chain is among them"


def test_the_sources_compiled_for_a_board_give_the_same_frames(
    tmp_path: Path, micropython: Runner, folded_firmware: Path
) -> None:
    file = write_samples(tmp_path / "samples", session_of_training(200, 20.0))
    arguments = ["16", *words(200, 20.0, 2.034, -181562)]
    micropython("frames_of.py", file, tmp_path / "sources", *arguments)
    micropython("frames_of.py", file, tmp_path / "folded", *arguments, firmware=folded_firmware)
    assert (tmp_path / "folded").read_bytes() == (tmp_path / "sources").read_bytes()
    assert decode((tmp_path / "folded").read_bytes())


@pytest.mark.parametrize("host", ["host", "alone"])
@pytest.mark.parametrize(("rate_hz", "chunk", "free_from"), [(200, 1, 0), (1000, 16, None)])
def test_no_sample_touches_the_heap(
    tmp_path: Path, micropython: Runner, rate_hz: int, chunk: int, free_from: int | None, host: str
) -> None:
    samples = session_of_training(rate_hz, 20.0)
    assert len(samples) > 10000
    file = write_samples(tmp_path / "samples", samples)
    told = micropython(
        "allocation.py", file, host, chunk, *words(rate_hz, 20.0, 2.034, -181562, free_from)
    ).splitlines()
    assert told[-3] == "touched 0", "\n".join(told)
    kept = int(told[-2].split()[3])
    assert kept > 10, "reps, amendments and sets were told"
    assert told[-1].startswith("locked")
