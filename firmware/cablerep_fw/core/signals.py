"""LED and buzzer patterns for each cue and phase, as functions of the time since it began.

Blink patterns rather than brightness: any LED can show them, and they can be recognised out of the corner of an eye.
"""

from .compat import const

# Indices into wire.CUES and wire.PHASES; a test checks them against the table.
_HOLD_REACHED = const(1)
_ECCENTRIC_FAST = const(2)
_SET_ENDED = const(3)
_FAULT = const(4)
_REST = const(1)
_HOLD = const(3)

# Tones in Hz: high means good, low means bad; a small piezo disc is loud at both.
_GOOD_HZ = const(2700)
_BAD_HZ = const(1200)


def lit(cue, phase, ms):
    """Return whether the LED is on `ms` milliseconds after `cue` or `phase` last changed."""
    if cue == _HOLD_REACHED:
        return ms % 200 < 100  # quick: you may lower now
    if cue == _ECCENTRIC_FAST:
        return ms % 80 < 40  # flicker: too fast
    if cue == _SET_ENDED:
        return ms % 600 < 400  # slow
    if cue == _FAULT:
        ms %= 2000
        return ms < 100 or 200 <= ms < 300  # twice in two seconds
    if phase > _REST:
        return phase != _HOLD  # on while moving, off in the hold until it has been long enough
    return ms % 2000 < 50  # alive


def tone(cue, ms):
    """Return the buzzer's frequency in Hz, 0 for silence, `ms` milliseconds after `cue` began."""
    if cue == _HOLD_REACHED:
        return _GOOD_HZ if ms < 120 else 0
    if cue == _ECCENTRIC_FAST:
        return _BAD_HZ if ms < 300 else 0
    if cue == _SET_ENDED:
        return _GOOD_HZ if ms < 100 or 200 <= ms < 300 else 0
    return 0
