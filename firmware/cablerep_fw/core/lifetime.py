"""When a session has lasted long enough and another has to begin, before its instants outgrow the small ints.

A board is left on for weeks: rather than count in big ints, it starts counting anew while nobody trains.
"""

from .compat import const

# The engine counts sixteenths of a sample period, the wire tenths of a millisecond: both have to stay below 2**30.
_SAMPLES = const(1 << 26)  # 18.6 h at 1 kHz
_SECONDS = const(107374)  # 29.8 h


def longest(rate_hz):
    """Return the number of sample periods that no session may reach."""
    return min(_SAMPLES, _SECONDS * rate_hz)


def due(engine):
    """Say whether the engine should begin another session now: past half of the longest as soon as it is idle.

    Past seven eighths in any case: the rest is room for the longest gap of a trace, an hour. Does not allocate.
    """
    samples = engine.decimator.samples
    most = longest(engine.rate_hz)
    return samples > most >> 1 and (engine.idle() or samples > most - (most >> 3))
