"""What is left when the application fails: the exception in a file, a light, and a reset."""

import io
import os
import select
import sys
from time import sleep_ms

import machine
from micropython import kbd_intr

from ..core.compat import const
from . import watchdog

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
    watchdog.start()
    if _flash():
        from .rp2 import chip

        chip.stop_watchdog()
        kbd_intr(_INTERRUPT)
        raise KeyboardInterrupt
    machine.reset()


def _flash():
    """Flash the LED; return whether Ctrl-C was pressed."""
    led = machine.Pin("LED", machine.Pin.OUT)
    keys = select.poll()
    keys.register(sys.stdin.buffer, select.POLLIN)
    for _ in range(_ROUNDS):
        for i in range(5):
            led.value(1)
            sleep_ms(60)
            led.value(0)
            sleep_ms(100 if i < 4 else 800)
            if _interrupted(keys):
                return True
    return False


def _interrupted(keys):
    """Return whether the last byte that waits is Ctrl-C. In a host's frames it is never the last one."""
    last = 0
    while keys.poll(0):
        last = sys.stdin.buffer.read(1)[0]
    return last == _INTERRUPT


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
