"""When a new session must begin, before the instants of the present one exceed a small int.

A board is left on for weeks. Rather than count in big ints, it starts a new session while nobody is training.
"""

from .compat import const

# Sixteenths of a sample period (detector) and tenths of a millisecond (wire) must both stay below 2**30.
_MAX_SAMPLES = const(1 << 26)  # 18.6 h at 1 kHz
_MAX_SECONDS = const(107374)  # 29.8 h


def max_samples(rate_hz):
    """Return the number of sample periods that a session must not reach."""
    return min(_MAX_SAMPLES, _MAX_SECONDS * rate_hz)


def due(detector):
    """Return whether a new session should begin: past half of `max_samples` if `detector` is idle, past 7/8 anyway.

    The last eighth is room for the longest gap in a trace, an hour. Does not allocate.
    """
    samples = detector.decimator.samples
    limit = max_samples(detector.rate_hz)
    return samples > limit >> 1 and (detector.idle() or samples > limit - (limit >> 3))
