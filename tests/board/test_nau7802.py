"""The NAU7802's driver against a model of its registers."""

import pytest

from cablerep_fw.core.ring import NO_LOAD

PU_CTRL, CTRL1, CTRL2, ADC, ADC_CONTROL, POWER, REVISION = 0x00, 0x01, 0x02, 0x12, 0x15, 0x1C, 0x1F


class Nau7802Model:
    """The chip behind `machine.I2C`: registers, power-up, calibration, conversions `period_us` apart."""

    def __init__(self, chip, values=()):
        self.chip = chip
        self.values = list(values)
        self.registers = bytearray(0x20)
        self.registers[REVISION] = 0x0F
        self.period_us = 12_500
        self.next_at = None
        self.calibrations = []  # CTRL1 and CTRL2 at each
        self.calibrated_at = None
        self.calibration_fails = False
        self.powers_up = True
        self.present = True
        self.transfers = 0

    def connected(self, bus, wires):
        self.bus = bus
        self.wires = wires
        return self

    def writeto_mem(self, address, register, data):
        self._transfer(address, 2 + len(data))
        value = data[0]
        if register == PU_CTRL:
            if value & 0x01:
                self.registers[:0x12] = bytes(0x12)
                self.next_at = None
            if value & 0x10 and self.registers[PU_CTRL] & 0x06 == 0x06:
                self.next_at = self.chip.now_us + self.period_us
            value = value & ~0x28 | (0x08 if value & 0x02 and self.powers_up else 0)
        if register == CTRL2 and value & 0x04:
            self.calibrations.append((self.registers[CTRL1], value & ~0x04))
            self.calibrated_at = self.chip.now_us + 50_000
        self.registers[register] = value

    def readfrom_mem_into(self, address, register, buffer):
        self._transfer(address, 3 + len(buffer))
        now = self.chip.now_us
        if self.calibrated_at is not None and now >= self.calibrated_at:
            self.calibrated_at = None
            self.registers[CTRL2] &= ~0x04
            if self.calibration_fails:
                self.registers[CTRL2] |= 0x08
        if self.next_at is not None and now >= self.next_at and self.values:
            self.next_at += self.period_us
            self.registers[PU_CTRL] |= 0x20
            self.registers[ADC : ADC + 3] = (self.values.pop(0) & 0xFFFFFF).to_bytes(3, "big")
        for place in range(len(buffer)):
            buffer[place] = self.registers[register + place]
        if register == ADC:
            self.registers[PU_CTRL] &= ~0x20

    def _transfer(self, address, count):
        self.transfers += 1
        if not self.present or address != 0x2A:
            raise OSError(5)
        self.chip.pass_us(count * 9 * 1_000_000 // 400_000)


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
