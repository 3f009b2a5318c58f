"""Writes a trace to NAME.part and renames it to NAME once it is complete and on the disk.

Rows do not stay in memory for long: after a `kill -9` the .part file lacks only the last second and can be replayed.
"""

import gzip
import os
import shutil
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from cablerep_fw.core.sense.ring import GAP, LIMIT_COUNTS, NO_LOAD

from ..errors import TraceError
from . import header as trace_header
from .header import MILLION
from .lines import PART, is_gzip, is_part
from .rows import MAX_ANGLE, MAX_LOAD, MIN_LOAD, NO_ANGLE

_GZIP = 31  # zlib's wbits for a gzip header and trailer
_LEVEL = 6  # zlib's own default


class TraceWriter:
    """A trace being written. Use it in a `with` block, or call `close`.

    `refused` counts values outside the format's range (see rows.py): a travel like that makes its sample a missed one,
    a load leaves its field empty.
    """

    def __init__(
        self, path: str | Path, meta: Mapping[str, object], *, overwrite: bool = False, has_angle: bool = False
    ) -> None:
        """Create `path` (.csv or .csv.gz) with the keys in `meta`, which must include `rate_hz`.

        With `has_angle` it has a column for the angle sensor.

        Raises TraceError if a key is wrong, or if the file cannot be written or exists without `overwrite`.
        """
        self.path = Path(path)
        if is_part(self.path):
            raise TraceError(f"{path}: {PART} marks an unfinished recording; name it .csv or .csv.gz")
        packed = is_gzip(self.path)
        self.part = self.path.with_name(self.path.name + PART)
        texts = {key: str(value) for key, value in meta.items()}
        header = trace_header.parse(texts, str(path), has_angle=has_angle)
        if not overwrite:
            for existing in (self.path, self.part):
                if os.path.lexists(existing):
                    raise TraceError(
                        f"{existing}: the file already exists; rename it, remove it or choose another name"
                    )
        self.rows = 0
        self.refused = 0
        self._rate_hz = header.rate_hz
        self._has_angle = has_angle
        self._origin = 0  # travel of the first row
        self._next = 0  # lowest number that the next sample may have
        self._unflushed = 0
        self._packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP) if packed else None
        try:
            if overwrite:
                self.part.unlink(missing_ok=True)
            self._file = self.part.open("xb", buffering=0)  # x: never follows an existing link
        except OSError as error:
            raise self._failed(error) from None
        self._write(header.lines())

    def add_samples(self, first: int, travel: Sequence[int], load: Sequence[int], angle: Sequence[int] = ()) -> None:
        """Add samples as the ring and the wire store them; `first` is the number of the first in its session.

        `angle` has -1 for no reading, and may be empty.

        Raises ValueError if they overlap what was added before, TraceError if the disk refuses them.
        """
        if first < self._next:
            raise ValueError(f"sample {first} comes after sample {self._next - 1}")
        number = first
        rows = []
        for counts, force, turn in zip(travel, load, angle or [-1] * len(travel), strict=True):
            if counts == GAP:
                number += force
            else:
                t_us = (number * MILLION + self._rate_hz // 2) // self._rate_hz
                rows.append((t_us, counts, force, turn if turn >= 0 else NO_ANGLE))
                number += 1
        self._next = number
        self.add_rows(rows)

    def add_rows(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Add rows of stamp in µs (rising), travel, load and, if there is that column, angle. Raises TraceError.

        NO_LOAD and NO_ANGLE stand for an empty field.
        """
        lines: list[str] = []
        for t_us, travel, load, *angle in rows:
            if not self.rows and not lines:
                self._origin = travel
            if not -LIMIT_COUNTS <= travel - self._origin <= LIMIT_COUNTS:
                self.refused += 1
                continue
            line = f"{t_us},{travel},{self._field(load, NO_LOAD, MIN_LOAD, MAX_LOAD)}"
            if self._has_angle:
                line += f",{self._field(angle[0], NO_ANGLE, -MAX_ANGLE, MAX_ANGLE)}"
            lines.append(line + "\n")
        if lines:
            self._write("".join(lines), len(lines))
            self.rows += len(lines)

    def _field(self, value: int, empty: int, lowest: int, highest: int) -> str:
        """Return a value as text, "" for `empty` and for one outside its range, which is counted."""
        if lowest <= value <= highest:
            return str(value)
        self.refused += value != empty
        return ""

    def _write(self, text: str, rows: int = 0) -> None:
        data = text.encode()
        if self._packer:
            data = self._packer.compress(data)
            self._unflushed += rows
            # A flush costs a few bytes, so only for the header and for each second of samples.
            if not rows or self._unflushed >= self._rate_hz:
                data += self._packer.flush(zlib.Z_SYNC_FLUSH)
                self._unflushed = 0
        self._put(data)

    def _put(self, data: bytes) -> None:
        try:
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            raise self._failed(error) from None

    def close(self) -> bool:
        """Rename the trace into place. Return False, and leave no file, if it has no rows. Raises TraceError."""
        if self._file.closed:
            return self.rows > 0
        try:
            if self.rows:
                if self._packer:
                    self._put(self._packer.flush())
                os.fsync(self._file.fileno())
        except OSError as error:
            raise self._failed(error) from None
        finally:
            self._file.close()
        try:
            if self.rows:
                self.part.replace(self.path)
            else:
                self.part.unlink()
        except OSError as error:
            raise self._failed(error) from None
        return self.rows > 0

    def _failed(self, error: OSError) -> TraceError:
        return TraceError(f"{self.part}: cannot be written ({error.strerror}); check the folder and the free space")

    def __enter__(self) -> "TraceWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close, whatever ended the block: the rows recorded so far are a complete trace."""
        self.close()


def add_key(path: Path, key: str, value: str) -> None:
    """Add a key to the header of a complete trace. Raises TraceError."""
    opened = gzip.open if is_gzip(path) else open
    part = path.with_name(path.name + PART)
    try:
        with opened(path, "rb") as old, opened(part, "wb") as new:
            for line in old:
                if not line.startswith(b"#"):
                    new.write(f"# {key}: {value}\n".encode())
                    new.write(line)
                    break
                new.write(line)
            shutil.copyfileobj(old, new)
        part.replace(path)
    except OSError as error:
        raise TraceError(f"{part}: cannot be written ({error.strerror}); check the folder and the free space") from None


def write_trace(
    path: str | Path,
    meta: Mapping[str, object],
    t_us: Any,
    travel: Any,
    load: Any,
    angle: Any = None,
    *,
    overwrite: bool = True,
) -> None:
    """Write integer arrays as a trace; NO_LOAD and NO_ANGLE stand for an empty field. Raises TraceError."""
    columns = (t_us, travel, load) if angle is None else (t_us, travel, load, angle)
    with TraceWriter(path, meta, overwrite=overwrite, has_angle=angle is not None) as writer:
        step = 1 << 14  # rows converted to text at a time
        for at in range(0, len(t_us), step):
            part = (values[at : at + step].tolist() for values in columns)
            writer.add_rows(zip(*part, strict=True))
