"""The NAU7802's driver against a model of its registers."""

import pytest
from nau7802_model import ADC_CONTROL, POWER, PU_CTRL, REVISION, Nau7802Model


def made(chip, values=(), gain=128, hz=80):
    model = Nau7802Model(chip, values)
    return model, chip.load("nau7802").Nau7802(model, gain, hz)


def words(chip, cell, count, each_us=5000):
    """Return the words of `count` polls that brought one."""
    found = []
    for _ in range(count):
        chip.pass_us(each_us)
        found.append(cell.poll())
    return [word for word in found if word >= 0]


@pytest.mark.parametrize("gain, gain_bits", [(1, 0), (64, 6), (128, 7)])
@pytest.mark.parametrize("hz, rate_bits", [(10, 0), (80, 3), (320, 7)])
def test_calibrates_after_gain_and_rate_are_set(chip, gain, gain_bits, hz, rate_bits):
    model, cell = made(chip, gain=gain, hz=hz)
    assert cell.start() is None
    assert model.calibrations == [(0x28 | gain_bits, rate_bits << 4)]
    assert model.registers[PU_CTRL] & 0x96 == 0x96, "powered, on its own regulator, converting"
    assert model.registers[ADC_CONTROL] == 0x30
    assert model.registers[POWER] == 0x80


def test_brings_each_conversion_once(chip):
    values = [0, 1, -1, 0x7FFFFE, -0x7FFFFF, 0x123456, -0x123456]
    _, cell = made(chip, values)
    cell.start()
    assert words(chip, cell, 30) == [value & 0xFFFFFF for value in values]


def test_a_chip_that_disappears_is_silent(chip):
    model, cell = made(chip, range(1000))
    cell.start()
    assert words(chip, cell, 20)
    model.present = False
    assert words(chip, cell, 150) == []
    model.present = True
    assert words(chip, cell, 20)


@pytest.mark.parametrize(
    "spoil, text",
    [
        ({"present": False}, "no answer at I2C address 0x2a"),
        ({"powers_up": False}, "does not power up"),
        ({"calibration_fails": True}, "calibration failed"),
    ],
)
def test_says_what_is_wrong_and_lets_the_board_start(chip, spoil, text):
    model, cell = made(chip)
    for name, value in spoil.items():
        setattr(model, name, value)
    assert text in cell.start()
    assert chip.now_us < 1_500_000


def test_another_chip_at_its_address_is_named(chip):
    model, cell = made(chip)
    model.registers[REVISION] = 0x21
    assert "no NAU7802 (revision 0x21)" in cell.start()


@pytest.mark.parametrize("gain, hz", [(3, 80), (256, 80), (128, 100)])
def test_refuses_what_the_chip_has_not(chip, gain, hz):
    with pytest.raises(ValueError, match="a NAU7802 has"):
        made(chip, gain=gain, hz=hz)


def test_a_poll_without_a_conversion_is_one_short_transfer(chip):
    model, cell = made(chip)
    cell.start()
    before = (model.transfers, chip.now_us)
    cell.poll()
    assert model.transfers - before[0] == 1
    assert chip.now_us - before[1] <= 100
