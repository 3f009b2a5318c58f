"""LED, buzzer and button, for use without a screen.

core.signals decides what they show and core.press what counts as a press; this module only drives the pins.
"""

from machine import PWM, Pin

from ..core import signals
from ..core.compat import const
from ..core.press import NONE, Press

_DUTY = const(32768)  # half of 65535: a square wave, the loudest for a piezo disc
_KEEP_MS = const(0xFFFFF)  # wrap the patterns' time here, so that it stays a small int


class Indicator:
    """LED, buzzer and button on the given pins; None for a part that is missing."""

    def __init__(self, led=None, buzzer=None, button=None):
        self._led = None if led is None else Pin(led, Pin.OUT, value=0)
        self._buzzer = None if buzzer is None else PWM(Pin(buzzer), freq=1000, duty_u16=0)
        self._button = None if button is None else Pin(button, Pin.IN, Pin.PULL_UP)
        self._press = Press()
        self._pressed = NONE
        self._cue = 0
        self._phase = 0
        self._ms = 0  # since cue or phase changed
        self._lit = False
        self._tone = 0

    def show(self, cue, phase):
        """Show a cue and a phase (indices into wire.CUES and wire.PHASES) from now on. Does not allocate."""
        if cue != self._cue or phase != self._phase:
            self._cue = cue
            self._phase = phase
            self._ms = 0

    def pass_time(self, elapsed_ms):
        """Advance LED and buzzer by `elapsed_ms`."""
        ms = self._ms + elapsed_ms
        self._ms = ms if ms < _KEEP_MS else 0
        lit = signals.lit(self._cue, self._phase, self._ms)
        if self._led is not None and lit != self._lit:
            self._led.value(lit)
            self._lit = lit
        tone = signals.tone(self._cue, self._ms)
        if self._buzzer is not None and tone != self._tone:
            if tone:
                self._buzzer.freq(tone)
            self._buzzer.duty_u16(_DUTY if tone else 0)
            self._tone = tone

    def read_button(self, elapsed_ms):
        """Look at the button, `elapsed_ms` after the last look."""
        if self._button is not None:
            press = self._press.feed(not self._button.value(), elapsed_ms)
            if press:
                self._pressed = press

    def button(self):
        """Return the press since the last call, of core.press: 0 none, 1 short, 2 long."""
        press = self._pressed
        self._pressed = NONE
        return press

    def off(self):
        """Switch LED and buzzer off."""
        if self._led is not None:
            self._led.value(0)
        if self._buzzer is not None:
            self._buzzer.duty_u16(0)
