"""A NAU7802 at its registers, from the datasheet: power-up, calibration, conversions, the ready bit."""

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
