"""The Board of the RP2 port: builds every part from the settings and implements the interface of cablerep_fw.board.

It makes no decisions: whatever can be decided without a pin is decided in the core.
"""

import gc
import os
from time import sleep_ms, ticks_diff, ticks_ms

import machine

from ...core.compat import const, micropython
from ...core.link.codes import NULL
from ...core.link.tables import table
from ...core.sense.ring import Ring
from ...core.settings import settings as keys
from ...core.settings.settings import Settings
from ...storage import JournalLog, SettingsFile
from .. import crash
from .. import rp2 as wiring
from ..indicator import Indicator
from ..sampler import MAX_HZ, MIN_HZ, Sampler
from ..stdio_link import StdioLink
from ..watchdog import Watchdog
from . import chip
from .flash import Sectors
from .hx711 import Hx711
from .quadrature import Quadrature
from .usb import UsbStack

# Samples: a quarter of a second at 1 kHz. The loop is away longest while settings are saved, and for most of that time
# interrupts are off.
_RING = const(256)
# Samples are processed together, one detector tick of about 10 ms at a time, because a turn costs an RP2040 at 125 MHz
# at least 0.9 ms. Everything is at most this much later, of the 150 ms that a rep may take.
_PAUSE_MS = const(10)
_CHORES_MS = const(20)  # what can wait is done this often: lights, the watchdog, a look at the line; 0.3 ms
_I2C_HZ = const(400_000)
_I2C_TIMEOUT_US = const(2000)  # for a bus that a chip holds low: the port's own 50 ms would stall the main loop
_SPI_HZ = const(1_000_000)  # an MT6701 takes 15.6 MHz; long wires do not

_AS_ON_BOARD = const(-1)  # values of the pin settings
_NOTHING = const(-2)

_HEAP_EVERY = const(8)  # seconds at rest between two looks at the free heap, of 7.5 ms each

# Values of the setting "cell".
_HX711 = const(1)
_NAU7802 = const(2)

# Values of the setting "angle_sensor".
_MT6701 = const(1)
_AS5600 = const(2)

_WATCHDOG_RESET = const(1 << 9)  # bit of faults, as wire.FAULTS counts them

# Fields of HEALTH; a test compares them with wire.py.
_FAULTS = const(11)
_HEAP_FREE = const(12)
_ANGLE_HZ10 = const(21)


def application_wanted():
    """Return whether the application should start: not if the REPL was requested or the button is held.

    For the REPL the watchdog is stopped. The settings file names the button's pin; without a usable file it is the
    default pin.
    """
    note = chip.read_note()
    if note == chip.STAY_IN_REPL:
        chip.leave_note(chip.NOTHING)
        chip.stop_watchdog()
        return False
    if note != chip.RUNNING:
        chip.leave_note(chip.RUNNING if note == chip.STARTING else chip.STARTING)
    settings = Settings()
    SettingsFile().load(settings)
    pin = _pin(settings, keys.PIN_BUTTON, wiring.PIN_BUTTON)
    if pin is None:
        return True
    try:
        button = machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)
    except ValueError:
        return True  # no such pin; the Board will report it
    sleep_ms(2)  # the pull-up must charge the wire: 50 kOhm and 1 nF settle in 0.25 ms
    wanted = bool(button.value())
    if not wanted:
        chip.stop_watchdog()
    return wanted


class Board:
    """One board. `notes` are sentences about the start for a person to read."""

    port = "rp2"

    def __init__(self):
        self.board_id = "".join(["%02x" % byte for byte in machine.unique_id()])
        self.settings = Settings()
        self.notes = []
        # A requested reset is a watchdog reset too, hence the note in a register.
        barked = machine.reset_cause() == machine.WDT_RESET and chip.read_note() == chip.RUNNING
        failure = crash.last()
        self._faults = _WATCHDOG_RESET if barked or failure else 0
        chip.leave_note(chip.RUNNING)
        self._settings_file = SettingsFile()
        self._settings_file.load(self.settings)
        self._journal_log = JournalLog(Sectors())
        self._note(self._settings_file.note)
        if failure:
            self._note("the firmware failed and started again: %s" % failure)
        self._link = StdioLink()
        self._usb = UsbStack()
        self._indicator = Indicator(
            self._usable(keys.PIN_LED, wiring.PIN_LED),
            self._usable(keys.PIN_BUZZER, wiring.PIN_BUZZER),
            self._usable(keys.PIN_BUTTON, wiring.PIN_BUTTON),
        )
        pin = self._usable(keys.PIN_ENCODER, wiring.PIN_ENCODER)
        self._encoder = Quadrature(wiring.PIN_ENCODER if pin is None else pin)
        self._polled = None  # a cell that the main loop reads
        self._bus = None  # I2C, once something is on it
        self._angle = self._make_angle_sensor()
        self.ring = Ring(_RING, self._angle is not None)
        self._cell = self._make_cell()
        self._sampler = Sampler(self._encoder, self._cell, self.ring, chip.clock(), chip.USB_INTERRUPTS)
        self._watchdog = Watchdog()
        self._last_ms = ticks_ms()
        self._elapsed_ms = 0  # since the last chores
        self._waiting = False
        self._tidied = 0
        self._heap_free = NULL
        self._enough = 1  # samples to wait for
        self._period_us = 0
        self._link.open()

    def new_session(self):
        """Return a random session id, 1 to 2**30 - 1."""
        data = os.urandom(4)
        return (data[0] | data[1] << 8 | data[2] << 16 | (data[3] & 0x3F) << 24) or 1

    def takes_rate(self, rate_hz):
        """Return whether the sampler takes this rate."""
        return MIN_HZ <= rate_hz <= MAX_HZ

    def start(self, rate_hz):
        """(Re)start sampling into `ring`."""
        self._enough = max(1, rate_hz * _PAUSE_MS // 1000)
        self._period_us = 1000000 // rate_hz
        gc.collect()  # what the start has left: 15 KB. In use, nothing allocates but new sessions and flash
        self._note(self._sampler.start(rate_hz))

    def running(self):
        """Return True: a board runs until it is switched off."""
        return True

    @micropython.native
    def idle(self):
        """Do what is due between turns, then sleep until enough samples are waiting, for 10 ms at most."""
        now_ms = ticks_ms()
        elapsed_ms = ticks_diff(now_ms, self._last_ms)
        self._last_ms = now_ms
        sampler = self._sampler
        if self._polled is not None:
            word = self._polled.poll()
            if word >= 0:
                sampler.hand_over(word)
        sampler.heartbeat()
        self._indicator.read_button(elapsed_ms)
        self._elapsed_ms += elapsed_ms
        if self._elapsed_ms >= _CHORES_MS:
            self._watchdog.feed(self.ring.tail)
            self._indicator.pass_time(self._elapsed_ms)
            self._link.pass_time(self._elapsed_ms, self._waiting)
            self._elapsed_ms = 0
        left_ms = _PAUSE_MS
        while True:
            lacking = self._enough - sampler.sync()
            if lacking <= 0 or left_ms <= 0:
                break
            nap_ms = min(left_ms, max(1, (lacking - 1) * self._period_us // 1000))
            sleep_ms(nap_ms)
            left_ms -= nap_ms
        if self._angle is not None:
            counts = self._angle.poll()
            if counts >= 0:
                self.ring.put_angle(counts)

    def read(self):
        """Return the next byte from the host, or -1."""
        return self._link.read()

    def write(self, outbox):
        """Send what the line takes now."""
        self._link.write(outbox)
        self._waiting = outbox.used > 0

    def host_present(self):
        """Return whether a host has sent something and still reads. (Python cannot see DTR on this port.)"""
        return self._link.present

    def save_settings(self):
        """Write the settings file; return whether it worked. Not during a set."""
        return self._settings_file.save(self.settings)

    def save_journal(self, journal):
        """Write up to a page of the journal's unsaved messages; return whether that worked."""
        self._sampler.writing(1)
        saved = self._journal_log.append(journal)
        self._sampler.writing(0)
        return saved

    def tidy_journal(self, journal):
        """Erase a sector that the journal no longer needs. Only while the cable rests, about once a second.

        A board that cannot be heard any more starts again here, when nothing is lost by it.
        """
        self._journal_log.tidy(journal)
        self._tidied += 1
        if self._tidied % _HEAP_EVERY == 1:
            self._heap_free = gc.mem_free()
        link = self._link
        if self._usb.is_deaf(link.silent_ms, link.stalled) and journal.next_unsaved() < 0:
            chip.leave_note(chip.NOTHING)  # no crash: nothing to report
            machine.reset()

    def load_journal(self, journal):
        """Add the messages in flash to `journal`."""
        self._journal_log.load(journal)
        self._note(self._journal_log.note)

    def show(self, cue, phase):
        """Show a cue and a phase with LED and buzzer."""
        self._indicator.show(cue, phase)

    def button(self):
        """Return 0, or 1 for a short press (tare), or 2 for a long one (other side)."""
        return self._indicator.button()

    def fill_health(self, record):
        """Write the board layer's counters into `record`, a HEALTH record."""
        self._sampler.fill_health(record)
        record[_FAULTS] |= self.faults()
        record[_HEAP_FREE] = self._heap_free
        if self._angle is not None:
            record[_ANGLE_HZ10] = self._angle.hz10()

    def faults(self):
        """Return the latched faults, bits numbered as in wire.FAULTS."""
        faults = self._faults | self._sampler.faults | self._settings_file.faults | self._journal_log.faults
        return faults if self._angle is None else faults | self._angle.faults

    def clear_faults(self):
        """Clear the latched faults; one that persists returns."""
        self._faults = 0
        crash.forget()
        self._sampler.clear()
        if self._angle is not None:
            self._angle.clear()
        self._settings_file.faults = 0
        self._journal_log.clear()

    def repl(self):
        """Hand the port to the REPL: by a reset, since a running watchdog cannot be stopped."""
        self._sampler.stop()
        self._indicator.off()
        self._link.close()
        chip.leave_note(chip.STAY_IN_REPL)
        machine.reset()

    def _make_cell(self):
        values = self.settings.values
        kind = values[keys.CELL]
        if kind == _AS_ON_BOARD:
            kind = wiring.CELL
        try:
            if kind == _HX711:
                data = self._usable(keys.PIN_CELL_DATA, wiring.PIN_HX711_DATA)
                clock = self._usable(keys.PIN_CELL_CLOCK, wiring.PIN_HX711_CLOCK)
                if data is not None and clock is not None:
                    return Hx711(data, clock, values[keys.CELL_GAIN])
            elif kind == _NAU7802:
                data = self._usable(keys.PIN_CELL_DATA, wiring.PIN_NAU7802_SDA)
                clock = self._usable(keys.PIN_CELL_CLOCK, wiring.PIN_NAU7802_SCL)
                if data is not None and clock is not None:
                    from ..nau7802 import Nau7802  # 2.8 KB of heap

                    self._polled = Nau7802(self._i2c(data, clock), values[keys.CELL_GAIN], values[keys.CELL_HZ])
                    return self._polled
        except (OSError, ValueError) as error:
            self._note("no load cell: %s" % error)
        return None

    def _make_angle_sensor(self):
        kind = self.settings.values[keys.ANGLE_SENSOR]
        if not kind:
            return None
        try:
            from .. import angle_sensor  # 2 KB of heap

            if kind == _MT6701:
                data = self._usable(keys.PIN_ANGLE_DATA, wiring.PIN_MT6701_DO)
                clock = self._usable(keys.PIN_ANGLE_CLOCK, wiring.PIN_MT6701_CLK)
                select = self._usable(keys.PIN_ANGLE_SELECT, wiring.PIN_MT6701_CSN)
                if data is not None and clock is not None and select is not None:
                    # RP2040 datasheet, 1.4.3: GPIO 0 to 7 and 16 to 23 are SPI 0, the others SPI 1.
                    clock, data_pin = machine.Pin(clock), machine.Pin(data)
                    spi = machine.SPI(data >> 3 & 1, baudrate=_SPI_HZ, polarity=0, phase=1, sck=clock, miso=data_pin)
                    return angle_sensor.Mt6701(spi, machine.Pin(select, machine.Pin.OUT, value=1))
            else:
                data = self._usable(keys.PIN_ANGLE_DATA, wiring.PIN_AS5600_SDA)
                clock = self._usable(keys.PIN_ANGLE_CLOCK, wiring.PIN_AS5600_SCL)
                if data is not None and clock is not None:
                    return angle_sensor.As5600(self._i2c(data, clock))
        except (OSError, ValueError) as error:
            self._note("no angle sensor: %s" % error)
        return None

    def _i2c(self, data, clock):
        """Return the I2C bus on two pins. Load cell and angle sensor may share one."""
        if self._bus is None or self._bus[0] != (data, clock):
            # RP2040 datasheet, 1.4.3: GPIO 0, 1, 4, 5 ... are I2C 0, the others I2C 1.
            sda, scl = machine.Pin(data), machine.Pin(clock)
            bus = machine.I2C(data >> 1 & 1, sda=sda, scl=scl, freq=_I2C_HZ, timeout=_I2C_TIMEOUT_US)
            self._bus = ((data, clock), bus)
        return self._bus[1]

    def _usable(self, index, default):
        """Return the pin of the setting at `index`, or None if there is none or the chip has no such pin."""
        pin = _pin(self.settings, index, default)
        if pin is not None:
            try:
                machine.Pin(pin)
            except ValueError:
                self._note("setting %s: this board has no pin %s" % (table().SETTINGS[index][0], pin))
                return None
        return pin

    def _note(self, text):
        if text and text not in self.notes:
            self.notes.append(text)


def _pin(settings, index, default):
    """Return the pin of the setting at `index`: `default` for -1, None for -2."""
    pin = settings.values[index]
    if pin == _NOTHING:
        return None
    return default if pin == _AS_ON_BOARD else pin
