"""The fourth column of a trace: the counts of an angle sensor."""

from pathlib import Path

import numpy as np
import pytest

from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_fw.core.settings import settings as setting
from cablerep_fw.core.settings.settings import Settings
from cablerep_sim.errors import TraceError
from cablerep_sim.trace.rows import NO_ANGLE
from cablerep_sim.trace.trace import Trace, from_arrays, open_trace
from cablerep_sim.trace.writer import write_trace

META = {"rate_hz": 100, "um_per_count": 50, "angle_per_turn": 4096, "angle_zero": 5000, "free_mm": 900}


def columns(trace: Trace) -> list[list[int]]:
    blocks = list(trace.blocks_with_angle())
    return [[value for block in blocks for value in block[part]] for part in range(3)]


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rows = ([0, 10_000, 30_000], [200, 201, 202], [NO_LOAD, 5, NO_LOAD], [4095, NO_ANGLE, -1])
    write_trace(path, META, *map(np.array, rows))
    trace = open_trace(path)
    assert columns(trace) == [[0, 1, GAP, 2], [NO_LOAD, 5, 1, NO_LOAD], [4095, -1, -1, 4095]]
    assert columns(from_arrays("x", META, [0], [0], [0], [4097]))[2] == [1], "counts of one turn"
    assert [list(part) for part in next(trace.blocks())] == columns(trace)[:2]


def test_a_file_without_the_column_has_no_angles(tmp_path: Path) -> None:
    write_trace(tmp_path / "x.csv", META, *np.zeros((3, 1), int))
    assert not open_trace(tmp_path / "x.csv").has_angle
    assert columns(open_trace(tmp_path / "x.csv")) == [[0], [0], []]


def test_off_the_grid_an_angle_is_that_of_the_nearer_row() -> None:
    trace = from_arrays("x", META, [0, 14_000, 26_000, 40_000], [0, 14, 26, 40], [0] * 4, [0, 100, NO_ANGLE, 300])
    assert columns(trace)[2] == [0, 100, 100, -1, 300]


def test_the_core_gets_the_free_length_at_the_first_row() -> None:
    settings = Settings()
    from_arrays("x", META, [0, 10_000], [-2000, -1999], [0, 0], [1, 2]).configure(settings)
    values = settings.values
    assert values[setting.FREE_MM] == 800, "900 mm at travel 0, and the first row is at -100 mm"
    assert (values[setting.ANGLE_ZERO], values[setting.ANGLE_PER_TURN], values[setting.FREE_FROM]) == (904, 4096, 1)
    with pytest.raises(TraceError, match="the strap is -100 mm from the swivel's axis"):
        from_arrays("x", META, [0], [-20_000], [0], [0]).configure(Settings())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("0,0,0", "has 3 fields, not 4; write t_us,travel,load,angle"),
        ("0,,5,6", "travel is empty"),
        ("0,0,5,x", "angle must be a whole number, not 'x'"),
        ("0,0,5,16777217", "angle 16777217 is not from -16777216 to 16777216; no angle sensor counts that far"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"# rate_hz: 100\nt_us,travel,load,angle\n{row}\n")
    with pytest.raises(TraceError, match=message):
        open_trace(path)


@pytest.mark.parametrize(
    ("key", "value"), [("angle_per_turn", "0"), ("angle_per_turn", "32769"), ("angle_zero", "1.5"), ("free_mm", "far")]
)
def test_a_wrong_key_is_named(key: str, value: str) -> None:
    with pytest.raises(TraceError, match=f"{key} must be"):
        from_arrays("x", META | {key: value}, [0], [0], [0], [0])


def test_any_rows_come_back(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    count = 3000
    load = np.where(chance.random(count) < 0.5, NO_LOAD, chance.integers(-9, 9, count))
    angle = np.where(chance.random(count) < 0.5, NO_ANGLE, chance.integers(0, 4096, count))
    travel = chance.integers(-9, 9, count)
    write_trace(tmp_path / "x.csv", META, np.arange(count) * 10_000, travel, load, angle)
    read = columns(open_trace(tmp_path / "x.csv"))
    assert read[1] == load.tolist()
    assert read[2] == np.where(angle == NO_ANGLE, -1, angle).tolist()
