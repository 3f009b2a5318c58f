"""The readings of a slow load cell whose recorder repeats the last one in every row."""

from collections.abc import Iterable, Iterator

from cablerep_fw.core.sense.ring import GAP, NO_LOAD

from .grid import AngleBlock


def without_repeats(blocks: Iterable[AngleBlock], rate_hz: int, cell_hz: float) -> Iterator[AngleBlock]:
    """Yield the blocks with NO_LOAD for each row that repeats a reading.

    Equal rows less than one period of the cell after the reading are the same reading (contract).
    """
    period = rate_hz / cell_hz
    last = NO_LOAD
    since = 0  # sample periods from the reading to the present row
    for travel, load, angle in blocks:
        for index, counts in enumerate(load):
            if travel[index] == GAP:
                since += counts
                continue
            since += 1
            if counts == NO_LOAD:
                continue
            if counts == last and since < period:
                load[index] = NO_LOAD
            else:
                last = counts
                since = 0
        yield travel, load, angle
