"""What is left when the application fails: the exception in a file, a light, and a reset."""

import io
import os
import sys
from time import sleep_ms

import machine
from micropython import kbd_intr

from ..core.compat import const

PATH = "cablerep.crash"
_INTERRUPT = const(3)  # Ctrl-C
_ROUNDS = const(5)  # of five quick flashes and a pause, 7.5 s: less than the watchdog's eight


def handle(error):
    """Keep the exception, show it for some seconds, in which Ctrl-C leads to the REPL, and start again."""
    out = io.StringIO()
    sys.print_exception(error, out)
    text = out.getvalue()
    if _read() != text:  # a board that fails at each start must not wear out its flash
        try:
            with open(PATH, "w") as file:
                file.write(text)
        except OSError:
            pass
    print(text)
    kbd_intr(_INTERRUPT)
    led = machine.Pin("LED", machine.Pin.OUT)
    for _ in range(_ROUNDS):
        for _ in range(5):
            led.value(1)
            sleep_ms(60)
            led.value(0)
            sleep_ms(100)
        sleep_ms(700)
    machine.reset()


def last():
    """Return the last line of the exception that ended the application some time before, or ""."""
    lines = _read().strip().split("\n")
    return lines[-1]


def forget():
    """Remove the report."""
    try:
        os.remove(PATH)
    except OSError:
        return


def _read():
    try:
        with open(PATH) as file:
            return file.read()
    except OSError:
        return ""
