"""The NAU7802's driver against a model of its registers."""

import pytest
from nau7802_model import ADC_CONTROL, POWER, PU_CTRL, REVISION, Nau7802Model

from cablerep_fw.core.sense.ring import NO_LOAD


def made(chip, values=(), gain=128, hz=80):
    model = Nau7802Model(chip, values)
    return model, chip.load("nau7802").Nau7802(model, gain, hz)


def readings(chip, cell, count, each_us=5000):
    taken = []
    for _ in range(count):
        chip.pass_us(each_us)
        cell.poll()
        counts = cell.take()
        if counts != NO_LOAD:
            taken.append(counts)
    return taken


@pytest.mark.parametrize("gain, gain_bits", [(1, 0), (64, 6), (128, 7)])
@pytest.mark.parametrize("hz, rate_bits", [(10, 0), (80, 3), (320, 7)])
def test_calibrates_after_gain_and_rate_are_set(chip, gain, gain_bits, hz, rate_bits):
    model, cell = made(chip, gain=gain, hz=hz)
    assert cell.start(200) is None
    assert model.calibrations == [(0x28 | gain_bits, rate_bits << 4)]
    assert model.registers[PU_CTRL] & 0x96 == 0x96, "powered, on its own regulator, converting"
    assert model.registers[ADC_CONTROL] == 0x30
    assert model.registers[POWER] == 0x80


def test_reads_each_conversion_once_with_its_sign(chip):
    values = [0, 1, -1, 0x7FFFFE, -0x7FFFFF, 0x123456, -0x123456]
    _, cell = made(chip, values)
    cell.start(200)
    assert readings(chip, cell, 30) == values
    assert cell.watch.faults == 0


def test_saturation_and_a_stuck_value_are_faults(chip):
    _, cell = made(chip, [0x7FFFFF, *[77] * 40])
    cell.start(200)
    assert len(readings(chip, cell, 110)) == 17
    assert cell.watch.faults == 1 << 2 | 1 << 6


def test_a_chip_that_goes_away_is_heard_as_silence(chip):
    model, cell = made(chip, range(1000))
    cell.start(200)
    assert readings(chip, cell, 20)
    model.present = False
    assert readings(chip, cell, 150) == []
    assert cell.watch.faults == 1 << 1
    model.present = True
    cell.watch.clear()
    assert readings(chip, cell, 20)
    assert cell.watch.faults == 0


@pytest.mark.parametrize(
    "spoil, words",
    [
        ({"present": False}, "no answer at I2C address 0x2a"),
        ({"powers_up": False}, "does not power up"),
        ({"calibration_fails": True}, "calibration failed"),
    ],
)
def test_says_what_is_wrong_and_lets_the_board_start(chip, spoil, words):
    model, cell = made(chip)
    for name, value in spoil.items():
        setattr(model, name, value)
    assert words in cell.start(200)
    assert chip.now_us < 1_500_000


def test_another_chip_at_its_address_is_named(chip):
    model, cell = made(chip)
    model.registers[REVISION] = 0x21
    assert "no NAU7802 (revision 0x21)" in cell.start(200)


@pytest.mark.parametrize("gain, hz", [(3, 80), (256, 80), (128, 100)])
def test_refuses_what_the_chip_has_not(chip, gain, hz):
    with pytest.raises(ValueError, match="a NAU7802 has"):
        made(chip, gain=gain, hz=hz)


def test_a_poll_without_a_conversion_is_one_short_transfer(chip):
    model, cell = made(chip)
    cell.start(200)
    before = (model.transfers, chip.now_us)
    cell.poll()
    assert model.transfers - before[0] == 1
    assert chip.now_us - before[1] <= 100
