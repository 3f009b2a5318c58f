"""What is special about the chip: state machines, registers, a note to the next start."""

import sys

import rp2
from machine import mem32

from ...core.compat import const

# Notes for the next start, see `leave_note`.
NOTHING = const(0)
STAY_IN_REPL = const(0x0CAB1E)  # the REPL was asked for
RUNNING = const(0x0CAB1F)  # the application ran: only its watchdog can have ended it
STARTING = const(0x0CAB20)  # it began to start; at the next start, that one did not come to its end

# RP2040 datasheet, 4.7.6, and RP2350 datasheet, 12.9.7: watchdog scratch register 0 survives every reset but power-on.
# The boot ROM and the SDK use registers 2 and up.
_RP2040_SCRATCH0 = 0x4005800C
_RP2350_SCRATCH0 = 0x400D800C
# Its register CTRL is 12 bytes before that, and 0x3000 behind CTRL the alias that clears bits.
_CLEAR_CONTROL = const(0x3000 - 12)
_WATCHDOG_ENABLE = 1 << 30
# The low word of the µs timer, without latching the high word: 4.6.5 TIMERAWL, 12.8.5 TIMER0 TIMERAWL.
_RP2040_CLOCK = 0x40054028
_RP2350_CLOCK = 0x400B0028
# 4.1.4 and 12.7.6, the same on both: INTE, the interrupt enable register of the USB controller.
USB_INTERRUPTS = 0x50110090
# 3.7 and 11.7, the same on both: PIO 0, one block every 1 MiB, the first RX FIFO at register 8 of a block.
_PIO = 0x50200000
_PIO_STEP = 0x100000
_RX_FIFO = const(8)


def _is_rp2350():
    return "RP2350" in sys.implementation._machine


def clock():
    """Return the address of the register that counts microseconds, as `time.ticks_us` does."""
    return _RP2350_CLOCK if _is_rp2350() else _RP2040_CLOCK


def fifo(machine_id):
    """Return where state machine `machine_id` delivers: address of its PIO block, shift of its level, FIFO register."""
    number = machine_id & 3
    return _PIO + (machine_id >> 2) * _PIO_STEP, 8 * number + 4, _RX_FIFO + number


def state_machine(ids, program, **config):
    """Set up `program` on the first free state machine of `ids` whose block has room; return the machine and its id.

    Several ids, because a Pico W's radio driver takes one too, in a block of its choice. Raises OSError if none is
    free.
    """
    refusal = "no id was given"
    for machine_id in ids:
        try:
            return rp2.StateMachine(machine_id, program, **config), machine_id
        except (OSError, ValueError) as error:  # no room for the program; claimed by a driver, or a bad pin
            refusal = str(error)
    raise OSError("none of the state machines %s can be had: %s" % (ids, refusal))


def _scratch():
    return _RP2350_SCRATCH0 if _is_rp2350() else _RP2040_SCRATCH0


def leave_note(note):
    """Leave one of the notes above for the next start.

    In a register that a reset does not clear and a power cut does; it works with a full file system too.
    """
    mem32[_scratch()] = note


def stop_watchdog():
    """Stop the watchdog, which MicroPython cannot."""
    mem32[_scratch() + _CLEAR_CONTROL] = _WATCHDOG_ENABLE


def read_note():
    """Return the note left before the reset; NOTHING after power-on."""
    return mem32[_scratch()]
