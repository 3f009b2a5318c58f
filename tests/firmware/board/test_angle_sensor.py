"""The drivers of the angle sensors against models of the chips."""

import pytest
from angle_models import As5600Model, Mt6701Model, crc6
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cablerep_fw.core.link import wire


@pytest.fixture
def module(chip):
    return chip.load("angle_sensor")


def mt6701(module):
    model = Mt6701Model()
    return model, module.Mt6701(model, model)


def faults(sensor):
    return [name for bit, name in enumerate(wire.FAULTS) if sensor.faults >> bit & 1]


def test_the_bits_are_those_of_the_wire(module):
    names = ("angle sensor silent", "angle sensor data", "magnet weak", "magnet strong")
    bits = (module.SILENT, module.DATA, module.WEAK, module.STRONG)
    assert [1 << wire.FAULTS.index(name) for name in names] == list(bits)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, (1 << 18) - 1), st.integers(0, (1 << 24) - 1))
def test_the_crc_is_the_datasheets(module, word, flipped):
    frame = word << 6 | crc6(word)
    assert module.is_intact(frame.to_bytes(3, "big"))
    wrong = frame ^ flipped
    assert module.is_intact(wrong.to_bytes(3, "big")) == (wrong & 0x3F == crc6(wrong >> 6))


def test_an_mt6701_has_fourteen_bits(module):
    model, sensor = mt6701(module)
    for counts in (1, 2, 0x1FFF, 0x2AAA, 0x3FFF):
        model.counts = counts
        assert sensor.poll() == counts
        assert not model.selected, "deselected, it samples the next angle"
    assert faults(sensor) == []


@pytest.mark.parametrize(
    ("status", "expected", "read"),
    [(1, ["magnet strong"], True), (2, ["magnet weak"], True), (4, [], True), (8, [], False)],
)
def test_an_mt6701_tells_of_its_magnet(module, status, expected, read):
    model, sensor = mt6701(module)
    model.counts, model.status = 100, status
    assert sensor.poll() == (100 if read else -1)
    assert faults(sensor) == expected
    sensor.clear()
    assert faults(sensor) == []
    sensor.poll()
    assert faults(sensor) == expected, "what lasts comes back"


def test_a_damaged_frame_is_no_reading(module):
    model, sensor = mt6701(module)
    model.damage = 1 << 12
    assert sensor.poll() == -1
    assert faults(sensor) == ["angle sensor data"]


@pytest.mark.parametrize("level", [0x00, 0xFF])
def test_a_line_that_is_stuck_is_silent(module, level):
    model, sensor = mt6701(module)
    model.stuck = level
    assert {sensor.poll() for _ in range(50)} == {-1}
    assert "angle sensor silent" in faults(sensor)


def test_an_as5600_has_twelve_bits(module):
    model = As5600Model()
    sensor = module.As5600(model)
    for counts in (0, 1, 0x0FFF, 0x0AAA):
        model.counts = counts
        assert sensor.poll() == counts
    assert faults(sensor) == []


@pytest.mark.parametrize(
    ("status", "expected", "read"),
    [(0x28, ["magnet strong"], True), (0x30, ["magnet weak"], True), (0x00, ["magnet weak"], False)],
)
def test_an_as5600_tells_of_its_magnet(module, status, expected, read):
    model = As5600Model()
    sensor = module.As5600(model)
    model.counts, model.status = 100, status
    assert sensor.poll() == (100 if read else -1)
    assert faults(sensor) == expected


def test_a_sensor_that_disappears_is_silent_after_half_a_second(module):
    model = As5600Model()
    sensor = module.As5600(model)
    model.present = False
    assert {sensor.poll() for _ in range(49)} == {-1} and faults(sensor) == []
    sensor.poll()
    assert faults(sensor) == ["angle sensor silent"]
    sensor.clear()
    model.present = True
    assert sensor.poll() == 0 and faults(sensor) == []


def test_the_rate_of_readings(chip, module):
    sensor = module.As5600(As5600Model())
    for _ in range(200):
        sensor.poll()
        chip.pass_us(10_000)
    assert sensor.hz10() == 1000
