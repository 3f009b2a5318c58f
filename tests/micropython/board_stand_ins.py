"""Stand-ins for `machine` and `rp2` on a MicroPython without them, which take nothing from the heap when used."""

import sys
from array import array

from uctypes import addressof

CLOCK = array("i", [0])  # the register that counts µs
# A PIO block: four words wait in the encoder's FIFO (8), one in the load cell's (9).
BLOCK = array("i", [0, 0, 0, 0x1040, 0, 0, 0, 0, 0, 1, 0, 0])
USB_MEMORY = array("i", [0] * 64)


class Pin:
    IN = 0
    OUT = 1
    PULL_UP = 2

    def __init__(self, *arguments, **options):
        self.level = 1

    def value(self, level=None):
        return self.level


class Timer:
    PERIODIC = 1

    def __init__(self, timer_id):
        pass

    def init(self, **options):
        self.callback = options["callback"]

    def deinit(self):
        pass


class PWM:
    def __init__(self, *arguments, **options):
        pass

    def freq(self, hz):
        pass

    def duty_u16(self, duty):
        pass


class WDT:
    def __init__(self, timeout):
        pass

    def feed(self):
        pass


class Machine:
    pass


class StateMachine:
    def __init__(self, machine_id, program, **options):
        pass

    def active(self, on):
        pass

    def exec(self, instruction):
        pass

    def rx_fifo(self):
        return 0


class Flash:
    """A flash without blocks: no journal is kept."""

    def ioctl(self, request, argument):
        return 0


class PIO:
    SHIFT_LEFT = 0
    SHIFT_RIGHT = 1
    OUT_LOW = 2
    JOIN_RX = 2


def asm_pio(**options):
    return lambda function: function


def stand_in():
    machine = Machine()
    machine.Pin = Pin
    machine.Timer = Timer
    machine.PWM = PWM
    machine.WDT = WDT
    machine.WDT_RESET = 3
    machine.mem32 = {}
    machine.reset_cause = lambda: 1
    machine.unique_id = lambda: b"\xe6\x61\x4c\x31\x1b\x8a\x5d\x2f"
    rp2 = Machine()
    rp2.Flash = Flash
    rp2.StateMachine = StateMachine
    rp2.PIO = PIO
    rp2.asm_pio = asm_pio
    sys.modules["machine"] = machine
    sys.modules["rp2"] = rp2
    from cablerep_fw.board.rp2 import chip, usb

    usb._MEMORY = _signed(addressof(USB_MEMORY))
    chip.USB_INTERRUPTS = 0  # frames are not masked
    chip.clock = lambda: _signed(addressof(CLOCK))
    chip.fifo = lambda number: (_signed(addressof(BLOCK)), 12 if number >= 4 else 4, 9 if number >= 4 else 8)


def _signed(address):
    return address - (1 << 32) if address >> 31 else address


class I2C:
    """A NAU7802 that has a conversion at each look."""

    def __init__(self):
        self.count = 0

    def writeto_mem(self, address, register, data):
        pass

    def readfrom_mem_into(self, address, register, buffer):
        self.count = (self.count + 1) & 0xFF
        if len(buffer) == 3:
            buffer[2] = self.count
        else:
            buffer[0] = {0x02: 0, 0x1F: 0x0F}.get(register, 0x28) if register else 0x28


class Cell:
    """A load cell whose readings are in `fifo`."""

    trailing = 1
    stale = 0

    def __init__(self, fifo):
        self.fifo = fifo

    def start(self):
        return None
