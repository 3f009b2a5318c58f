"""The engine's instants and speeds to the wire's units, without an intermediate beyond a small int."""


def tenths_of_ms(instant, rate_hz):
    """Return sixteenths of a sample period as tenths of a millisecond; an instant before sample 0 is sample 0."""
    if instant < 0:
        return 0
    second = 16 * rate_hz
    return instant // second * 10000 + instant % second * 625 // rate_hz


FASTEST = 100000000  # µm/s; what is reported for anything faster


def mean_speed(way_um, duration):
    """Return µm/s of a way in µm (up to 10 m) over `duration` tenths of a millisecond (up to 1000 s), rounded down.

    Not beyond +-FASTEST; 0 for a duration that is none.

    Two decimal digits at a time: one product would leave the small ints.
    """
    if duration <= 0:
        return 0
    whole = way_um // duration
    if whole >= 10000 or whole < -10000:
        return FASTEST if whole > 0 else -FASTEST
    rest = way_um % duration * 100
    part = rest // duration
    return whole * 10000 + part * 100 + rest % duration * 100 // duration
