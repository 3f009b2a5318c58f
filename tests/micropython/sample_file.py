"""Reads the samples of a test on either Python: a line each, travel and load, as the core's ring holds them."""

import gc
from array import array

if hasattr(gc, "threshold"):  # as main.py has it: otherwise the modules leave the heap in pieces
    gc.threshold(16384)

_ANGLE_SENSOR = 26  # index of the setting; sources folded for a board have no name for it


def read(path):
    """Return two arrays of integers, travel and load."""
    travel = array("i")
    load = array("i")
    with open(path) as lines:
        for line in lines:
            one, other = line.split()
            travel.append(int(one))
            load.append(int(other))
    return travel, load


def ring_for(settings):
    """Return a ring, with angles if the settings have that sensor."""
    from cablerep_fw.core.sense.ring import Ring

    return Ring(256, settings.values[_ANGLE_SENSOR] != 0)


def push(ring, travel, load):
    """Add a sample, with the angle of a strap that goes outward as it is pulled."""
    ring.push(travel, load)
    if ring.angle is not None:
        ring.put_angle((travel >> 6) & 0x3FFF)


def configured(arguments):
    """Return Settings from words of the form place=value."""
    from cablerep_fw.core.settings.settings import Settings

    settings = Settings()
    for word in arguments:
        place, value = word.split("=")
        settings.put(int(place), int(value))
    return settings
