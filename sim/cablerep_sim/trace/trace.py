"""Traces: recordings of travel and load, read in constant memory and yielded as samples for the core's ring.

A trace is read twice. The first pass checks every rule and whether the stamps lie on the grid, so that a trace with an
error further down yields nothing at all.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cablerep_fw.core.link import wire
from cablerep_fw.core.settings import settings as setting
from cablerep_fw.core.settings.settings import Settings
from cablerep_fw.reference.angle_sensors import ANGLE_SENSORS

from ..errors import TraceError
from . import grid, readings
from . import header as trace_header
from .grid import PERIOD, AngleBlock, Block, GridCheck
from .header import MILLION, Header
from .lines import is_part
from .rows import Rows, read_rows

_SENSOR_BY_COUNTS = {counts: number for number, counts in ANGLE_SENSORS.values()}
_OTHER_SENSOR, _ = ANGLE_SENSORS["mt6701"]  # for a trace with other counts a turn


class Trace:
    """A trace that has been checked from end to end.

    `name` is used in messages; `meta` holds the keys as written; `rate_hz` is the rate of the samples. `rows` counts
    the rows, `samples` the sample periods including missed ones. `notes` are sentences about what reading changed.
    """

    def __init__(
        self, name: str, header: Header, read: Callable[[], Iterator[Rows]], notes: tuple[str, ...] = ()
    ) -> None:
        """Check the rows from `read`, which starts over at each call. Raises TraceError."""
        self.name = name
        self.header = header
        self.meta = header.meta
        self.rate_hz = header.rate_hz
        self._read = read
        check = GridCheck(self.rate_hz)
        first = last = 0
        self._travel_0 = 0  # counts of the first row
        for rows in read():
            if not check.rows:
                first = int(rows.t_us[0])
                self._travel_0 = int(rows.travel[0])
            check.add(rows)
            last = int(rows.t_us[-1])
        self.rows = check.rows
        self.on_grid = check.on_grid
        if not self.on_grid:
            notes += (self._off_grid(check),)
        elapsed = (last - first) * self.rate_hz + (PERIOD // 2 if self.on_grid else 0)
        self.samples = elapsed // PERIOD + 1
        self.notes = notes

    def _off_grid(self, check: GridCheck) -> str:
        if check.worst_us * self.rate_hz <= grid.TOLERANCE:
            problem = f"two stamps share a point of the {self.rate_hz} Hz grid"
        else:
            problem = (
                f"stamps lie up to {check.worst_us / 1000:.1f} ms off the {self.rate_hz} Hz grid "
                f"(row {check.worst_row + 1}), more than a tenth of a period"
            )
        return f"{self.name}: {problem}; the trace was interpolated onto the grid"

    @property
    def has_angle(self) -> bool:
        """Whether there is a column of the angle sensor."""
        return self.header.has_angle

    @property
    def duration_s(self) -> float:
        """Time from the first sample to the last."""
        return (self.samples - 1) / self.rate_hz

    def blocks(self) -> Iterator[Block]:
        """Yield travel, in counts from the first row, and load, as the core's ring stores them. Raises TraceError."""
        for travel, load, _ in self.blocks_with_angle():
            yield travel, load

    def blocks_with_angle(self) -> Iterator[AngleBlock]:
        """Yield what `blocks` does, and the angle sensor's counts within a turn, -1 for none.

        The array of angles is empty if the trace has no such column.
        """
        header = self.header
        blocks = (grid.on_grid if self.on_grid else grid.interpolated)(
            self._read(), self.rate_hz, header.angle_per_turn
        )
        return readings.without_repeats(blocks, self.rate_hz, header.cell_hz) if header.cell_hz else blocks

    def configure(self, settings: Settings) -> None:
        """Write rate and calibration to the core's `settings`."""
        settings.put(setting.RATE_HZ, self.rate_hz)
        settings.put(setting.UM_PER_COUNT, self.header.um_per_count)
        settings.put(setting.MN_PER_COUNT, self.header.mn_per_count)
        settings.put(setting.LOAD_ZERO, self.header.load_zero)
        if self.header.cell_hz:
            _, _, lowest, highest, *_ = wire.SETTINGS[setting.CELL_HZ]
            settings.put(setting.CELL_HZ, min(max(lowest, round(self.header.cell_hz)), highest))
        settings.put(setting.CELL_DELAY, self.header.cell_delay_ms)
        settings.put(setting.ANGLE_SENSOR, 0)
        if self.header.has_angle:
            self._configure_angle(settings)

    def _configure_angle(self, settings: Settings) -> None:
        header = self.header
        settings.put(setting.ANGLE_SENSOR, _SENSOR_BY_COUNTS.get(abs(header.angle_per_turn), _OTHER_SENSOR))
        settings.put(setting.ANGLE_PER_TURN, header.angle_per_turn)
        settings.put(setting.ANGLE_ZERO, header.angle_zero % abs(header.angle_per_turn))
        settings.put(setting.FREE_FROM, 1)
        free_mm = round(header.free_mm + self._travel_0 * header.um_per_count / MILLION / 1000)
        if not settings.accepts(setting.FREE_MM, free_mm):
            raise TraceError(
                f"{self.name}: with a free_mm of {header.free_mm:g} the strap is {free_mm} mm from the swivel's "
                "axis in the first row; correct free_mm"
            )
        settings.put(setting.FREE_MM, free_mm)


def open_trace(path: str | Path) -> Trace:
    """Check the file `path` and return it as a trace, with only a few thousand rows in memory at a time.

    Raises TraceError, whose message names file, line, value and cure.
    """
    path = Path(path)
    notes: tuple[str, ...] = ()
    if is_part(path):
        notes = (f"{path}: this recording is unfinished; it was read as far as it goes",)
    header, _ = read_rows(path)
    return Trace(str(path), header, lambda: read_rows(path)[1], notes)


def from_arrays(name: str, meta: Mapping[str, object], t_us: Any, travel: Any, load: Any, angle: Any = None) -> Trace:
    """Return a trace of the samples in integer arrays; NO_LOAD and NO_ANGLE stand for an empty field.

    The arrays are not checked. Raises TraceError if a key in `meta` is wrong.
    """
    header = trace_header.parse({key: str(value) for key, value in meta.items()}, name, has_angle=angle is not None)
    columns = (t_us, travel, load) if angle is None else (t_us, travel, load, angle)
    rows = Rows(*(np.asarray(values, np.int64) for values in columns))
    return Trace(name, header, lambda: _slices(rows))


def _slices(rows: Rows) -> Iterator[Rows]:
    step = 1 << 14  # rows; as many as a chunk of a file contains
    for at in range(0, len(rows.t_us), step):
        stop = at + step
        angle = None if rows.angle is None else rows.angle[at:stop]
        yield Rows(rows.t_us[at:stop], rows.travel[at:stop], rows.load[at:stop], angle)


__all__ = ["MILLION", "Block", "Trace", "from_arrays", "open_trace"]
