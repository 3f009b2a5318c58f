"""Reads the samples of a test on either Python: a line each, travel and load, as the core's ring holds them."""

from array import array


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


def configured(arguments):
    """Return Settings from words of the form place=value."""
    from cablerep_fw.core.settings.settings import Settings

    settings = Settings()
    for word in arguments:
        place, value = word.split("=")
        settings.put(int(place), int(value))
    return settings
