"""A NAU7802 load cell amplifier on I2C.

It is read by the main loop and not in the sampler's interrupt, because one transfer takes 100 µs.
"""

from time import sleep_us

from ..core.compat import const, micropython

ADDRESS = const(0x2A)  # fixed

# Registers and bits, from the NAU7802 datasheet, "register description".
_PU_CTRL = const(0x00)
_CTRL1 = const(0x01)
_CTRL2 = const(0x02)
_ADC = const(0x12)  # three bytes, most significant first
_ADC_CONTROL = const(0x15)
_POWER = const(0x1C)
_REVISION = const(0x1F)

_RESET = const(0x01)
_POWER_DIGITAL = const(0x02)
_POWER_ANALOG = const(0x04)
_POWERED_UP = const(0x08)
_CYCLE_START = const(0x10)
_CYCLE_READY = const(0x20)
_INTERNAL_SUPPLY = const(0x80)
_LDO_3V0 = const(0x28)  # 3.0 V for the cell: the regulator needs 0.3 V below the board's 3.3 V
_CALIBRATE = const(0x04)
_CALIBRATION_ERROR = const(0x08)
_CHOPPER_OFF = const(0x30)  # as in the datasheet's application circuit
_CAPACITOR_ON = const(0x80)  # across channel 2's pins: less noise on channel 1
_REVISION_CODE = const(0x0F)  # lowest four bits of the revision register

_RATES = {10: 0, 20: 1, 40: 2, 80: 3, 320: 7}  # CTRL2, conversion rate select
_GAINS = (1, 2, 4, 8, 16, 32, 64, 128)

_POLL_US = const(500)
_POWER_UP_POLLS = const(100)  # 50 ms; the datasheet says 200 µs
_CALIBRATION_POLLS = const(2000)  # 1 s; it takes four conversions, 0.4 s at 10 a second


class Nau7802:
    """The amplifier on `i2c`, a machine.I2C at 400 kHz or less. Raises ValueError for a bad gain or rate.

    A chip that does not answer is silent, which the sampler reports.
    """

    fifo = None  # the main loop hands the readings over
    trailing = 0
    stale = 0

    def __init__(self, i2c, gain, hz):
        if gain not in _GAINS:
            raise ValueError("a NAU7802 has the gains 1, 2, 4 ... 128, not %d" % gain)
        if hz not in _RATES:
            raise ValueError("a NAU7802 has the rates 10, 20, 40, 80 and 320 Hz, not %d" % hz)
        self._i2c = i2c
        self._gain = _GAINS.index(gain)
        self._rate = _RATES[hz] << 4
        self._byte = bytearray(1)
        self._three = bytearray(3)

    def start(self):
        """Power the chip up, calibrate it and start conversions. Takes up to 1 s. Returns an error text or None."""
        try:
            return self._set_up()
        except OSError as error:
            return "NAU7802: no answer at I2C address 0x%02x (error %s); check its wires and its supply" % (
                ADDRESS,
                error.args[0],
            )

    @micropython.native
    def poll(self):
        """Return a finished conversion as a 24-bit word, or -1. Main loop; 100 µs, or 200 µs with a conversion."""
        try:
            if self._read(_PU_CTRL) & _CYCLE_READY:
                three = self._three
                self._i2c.readfrom_mem_into(ADDRESS, _ADC, three)
                return three[0] << 16 | three[1] << 8 | three[2]
        except OSError:
            pass  # the sampler notices the silence
        return -1

    def _set_up(self):
        self._write(_PU_CTRL, _RESET)
        self._write(_PU_CTRL, _POWER_DIGITAL)
        if not self._wait(_PU_CTRL, _POWERED_UP, _POWERED_UP, _POWER_UP_POLLS):
            return "NAU7802: it does not power up; check its supply"
        if self._read(_REVISION) & 0x0F != _REVISION_CODE:
            return "the chip at I2C address 0x%02x is no NAU7802 (revision 0x%02x)" % (ADDRESS, self._byte[0])
        self._write(_PU_CTRL, _POWER_DIGITAL | _POWER_ANALOG | _INTERNAL_SUPPLY)
        self._write(_CTRL1, _LDO_3V0 | self._gain)
        self._write(_CTRL2, self._rate)
        self._write(_ADC_CONTROL, _CHOPPER_OFF)
        self._write(_POWER, _CAPACITOR_ON)
        # Gain and rate are set: only now is a calibration good, and each change of either needs a new one.
        self._write(_CTRL2, self._rate | _CALIBRATE)
        if not self._wait(_CTRL2, _CALIBRATE, 0, _CALIBRATION_POLLS):
            return "NAU7802: its calibration does not end"
        if self._byte[0] & _CALIBRATION_ERROR:
            return "NAU7802: its calibration failed; check the cell's wires"
        self._write(_PU_CTRL, _POWER_DIGITAL | _POWER_ANALOG | _INTERNAL_SUPPLY | _CYCLE_START)
        return None

    def _wait(self, register, mask, value, polls):
        """Return whether `register & mask` becomes `value` within `polls` polls."""
        for _ in range(polls):
            if self._read(register) & mask == value:
                return True
            sleep_us(_POLL_US)
        return False

    def _read(self, register):
        self._i2c.readfrom_mem_into(ADDRESS, register, self._byte)
        return self._byte[0]

    def _write(self, register, value):
        self._byte[0] = value
        self._i2c.writeto_mem(ADDRESS, register, self._byte)
