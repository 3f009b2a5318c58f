"""A note to the next start in a register that a reset leaves alone: why the board was reset.

Not a file: it must also work where the file system is full, and a power cut must forget it.
"""

import sys

from machine import mem32

from ...core.compat import const

# Watchdog scratch register 0. RP2040 datasheet, 4.7.6 and RP2350 datasheet, 12.9.7: kept over every reset but power-on.
# The boot ROM and the SDK use 2 and up.
_RP2040_SCRATCH0 = 0x4005800C
_RP2350_SCRATCH0 = 0x400D800C

NOTHING = const(0)
STAY_IN_REPL = const(0x0CAB1E)  # somebody asked for the REPL
RUNNING = const(0x0CAB1F)  # the application ran: only its watchdog can have ended it


def _register():
    return _RP2350_SCRATCH0 if "RP2350" in sys.implementation._machine else _RP2040_SCRATCH0


def leave(note):
    """Write one of the notes above."""
    mem32[_register()] = note


def read():
    """Return the note that is there; after power-on it is NOTHING."""
    return mem32[_register()]
