"""Converts the detector's instants and speeds to the wire's units; every intermediate fits a small int."""


def tenths_of_ms(instant, rate_hz):
    """Return an instant in sixteenths of a sample period as tenths of a millisecond; negative ones give 0."""
    if instant < 0:
        return 0
    second = 16 * rate_hz
    return instant // second * 10000 + instant % second * 625 // rate_hz


MAX_SPEED = 100000000  # µm/s; reported for anything faster


def mean_speed(distance_um, duration):
    """Return the mean speed in µm/s over `distance_um` (up to 10 m) in `duration` tenths of a ms (up to 1000 s).

    Rounded down and clamped to +-MAX_SPEED; 0 if `duration` is not positive. Divides two decimal digits at a time,
    because one product would exceed a small int.
    """
    if duration <= 0:
        return 0
    whole = distance_um // duration
    if whole >= 10000 or whole < -10000:
        return MAX_SPEED if whole > 0 else -MAX_SPEED
    rest = distance_um % duration * 100
    hundreds = rest // duration
    return whole * 10000 + hundreds * 100 + rest % duration * 100 // duration
