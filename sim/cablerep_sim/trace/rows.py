"""Reads the rows of a trace as integer arrays, a chunk at a time, and checks them against every rule of the format.

A valid chunk is checked and converted as a whole (about 0.15 µs a row). A chunk with an error is read again line by
line, to name the line, the value and the cure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import LIMIT_COUNTS, NO_LOAD

from ..errors import TraceError
from . import header as trace_header
from .header import ANGLE, COLUMNS, Header, quoted
from .lines import empty_line, read_lines

Ints = npt.NDArray[np.int64]

# What the core accepts from a load cell: the range of its zero, more than twice that of 24 bits.
MIN_LOAD, MAX_LOAD = next(row[2:4] for row in wire.SETTINGS if row[0] == "load_zero")
# Far more than a turn of any absolute sensor, and an empty field is further.
MAX_ANGLE = 1 << 24
NO_ANGLE = NO_LOAD
# A longer hole is not a run of missed samples but a second recording, or a wrong stamp.
LONGEST_HOLE_US = 3600 * 1_000_000

_WORD = 1 << 31  # first number too large for a signed 32-bit word
_MAX_DIGITS = 18  # of any number; these always fit in 64 bits
_LONGEST_HEADER = 1 << 16  # bytes of comment lines
_COMMA, _MINUS, _NEWLINE = b",-\n"
_WHOLE = re.compile(rb"[+-]?\d{1,%d}" % _MAX_DIGITS)
_NAMES = COLUMNS.split(",")
_MAY_BE_EMPTY = {"load": (MIN_LOAD, MAX_LOAD), ANGLE: (-MAX_ANGLE, MAX_ANGLE)}  # with the range of their counts


@dataclass(frozen=True)
class Rows:
    """Consecutive rows: stamps in µs, raw counts, NO_LOAD and NO_ANGLE where a field is empty.

    `angle` is None if the trace has no such column.
    """

    t_us: Ints
    travel: Ints
    load: Ints
    angle: Ints | None = None


def read_rows(path: Path) -> tuple[Header, Iterator[Rows]]:
    """Return the header of the trace and its rows, which are read and checked lazily. Raises TraceError."""
    chunks = read_lines(path)
    header, line, rest = _header(path, chunks)
    return header, _body(path, chunks, line, rest, [*_NAMES, ANGLE] if header.has_angle else _NAMES)


def _header(path: Path, chunks: Iterator[bytes]) -> tuple[Header, int, bytes]:
    """Return the header, the number of the line after it, and the rest of the chunk from there."""
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    line = 0
    length = 0
    for chunk in chunks:
        start = 0
        while start < len(chunk):
            end = chunk.index(b"\n", start)
            raw, start = chunk[start:end], end + 1
            line += 1
            length += len(raw)
            try:
                text = raw.decode()
            except UnicodeDecodeError as error:
                bad = raw[error.start]
                raise TraceError(f"{path}:{line}: byte 0x{bad:02x} is not UTF-8; save the file as UTF-8") from None
            if not text:
                raise empty_line(path, line)
            if not text.startswith("#"):
                has_angle = _check_columns(path, line, text)
                return trace_header.parse(meta, str(path), lines, has_angle=has_angle), line + 1, chunk[start:]
            key, colon, value = text[1:].partition(":")
            key = key.strip()
            if not colon or not key:
                raise TraceError(f"{path}:{line}: the comment {quoted(text)} is not '# key: value'; give it a key")
            if key in meta:
                raise TraceError(f"{path}:{line}: {key} is given again, after line {lines[key]}; remove one of them")
            if length > _LONGEST_HEADER:
                raise TraceError(f"{path}:{line}: more than {_LONGEST_HEADER} bytes of comments; remove some")
            meta[key] = value.strip()
            lines[key] = line
    raise TraceError(f"{path}:{line + 1}: the line of column names is missing; put '{COLUMNS}' above the rows")


def _check_columns(path: Path, line: int, text: str) -> bool:
    """Return whether there is a column of angles. Raises TraceError."""
    names = [name.strip() for name in text.split(",")]
    if names in (_NAMES, [*_NAMES, ANGLE]):
        return len(names) > len(_NAMES)
    if "t_us" in names:
        raise TraceError(
            f"{path}:{line}: the columns are {quoted(text)}; they must be '{COLUMNS}', and '{ANGLE}' may follow"
        )
    raise TraceError(
        f"{path}:{line}: {quoted(text)} is neither a comment nor the column names; put '{COLUMNS}' above the rows"
    )


def _body(path: Path, chunks: Iterator[bytes], line: int, rest: bytes, names: list[str]) -> Iterator[Rows]:
    """Yield the rows below the header, checked. `line` is the line number of the first."""
    origin = 0
    last = 0
    fresh = True
    for chunk in _and_then(rest, chunks):
        values = _convert(chunk, len(names))
        if values is None:
            values = _convert_lines(path, line, chunk, names)
        t_us, travel, load = values[:, 0], values[:, 1], values[:, 2]
        if fresh:
            origin = int(travel[0])
            steps = np.diff(t_us)
        else:
            steps = np.diff(t_us, prepend=last)
        _check_stamps(path, line + fresh, t_us[fresh:], steps)
        _check_range(path, line, "travel", travel, origin)
        _check_range(path, line, "load", load, 0)
        angle = values[:, 3] if len(names) > 3 else None
        if angle is not None:
            _check_range(path, line, ANGLE, angle, 0)
        yield Rows(t_us, travel, load, angle)
        last = int(t_us[-1])
        line += len(t_us)
        fresh = False
    if fresh:
        raise TraceError(f"{path}:{line}: there are no rows below the column names; record the trace again")


def _and_then(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _convert(chunk: bytes, columns: int) -> Ints | None:
    """Return the numbers of whole lines, `columns` per row, or None if anything about the chunk is unusual."""
    if b"%d" % NO_LOAD in chunk:
        return None  # indistinguishable from an empty field
    text = chunk.replace(b",\n", b",%d\n" % NO_LOAD)
    if columns > 3:
        text = text.replace(b",,", b",%d," % NO_LOAD)
    if text.translate(None, b"0123456789,-\n"):
        return None
    raw = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(raw < _MINUS)  # commas and newlines: both below the minus sign and the digits
    pattern = (_COMMA,) * (columns - 1) + (_NEWLINE,)
    if len(ends) % columns or not (raw[ends].reshape(-1, columns) == pattern).all():
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    negative = raw[starts] == _MINUS
    digits = ends - starts - negative
    if digits.min() < 1 or digits.max() > _MAX_DIGITS or np.count_nonzero(raw == _MINUS) != np.count_nonzero(negative):
        return None
    values = np.fromstring(text.replace(b"\n", b","), np.int64, sep=",").reshape(-1, columns)
    return None if (values[:, 1] == NO_LOAD).any() else values  # a travel that was empty


def _convert_lines(path: Path, line: int, chunk: bytes, names: list[str]) -> Ints:
    """Convert line by line; blanks around a number are accepted, anything else raises TraceError."""
    values = []
    for at, text in enumerate(chunk[:-1].split(b"\n"), line):
        fields = [field.strip(b" \t") for field in text.split(b",")]
        whole = quoted(text.decode(errors="replace"))
        if not text:
            raise empty_line(path, at)
        if len(fields) != len(names):
            raise TraceError(
                f"{path}:{at}: the row {whole} has {len(fields)} fields, not {len(names)}; write {','.join(names)}"
            )
        for name, field in zip(names, fields, strict=True):
            number = quoted(field.decode(errors="replace"))
            if name in _MAY_BE_EMPTY and not field:
                values.append(NO_LOAD)
            elif not field:
                raise TraceError(f"{path}:{at}: {name} is empty in {whole}; only load and angle may be, remove the row")
            elif not _WHOLE.fullmatch(field):
                too_long = field.lstrip(b"+-").isdigit()
                cure = "it exceeds 32 bits, remove the row" if too_long else "write counts, without a point or a unit"
                raise TraceError(f"{path}:{at}: {name} must be a whole number, not {number}; {cure}")
            else:
                value = int(field)
                if name in _MAY_BE_EMPTY and value == NO_LOAD:
                    raise _range_error(path, at, name, value, *_MAY_BE_EMPTY[name])
                values.append(value)
    return np.array(values, np.int64).reshape(-1, len(names))


def _check_stamps(path: Path, line: int, t_us: Ints, steps: Ints) -> None:
    """Raise TraceError if a step does not rise or leaves too long a hole; the first step leads to the row on `line`."""
    if not len(steps) or (steps.min() > 0 and steps.max() <= LONGEST_HOLE_US):
        return
    at = int(np.flatnonzero((steps <= 0) | (steps > LONGEST_HOLE_US))[0])
    value, step = int(t_us[at]), int(steps[at])
    if step > LONGEST_HOLE_US:
        raise TraceError(
            f"{path}:{line + at}: t_us jumps from {value - step} to {value}, more than an hour; "
            "correct the stamp or split the trace there"
        )
    change = "repeats" if step == 0 else f"goes back from {value - step} to"
    raise TraceError(f"{path}:{line + at}: t_us {change} {value}; stamps must rise from row to row, remove the row")


def _check_range(path: Path, line: int, name: str, values: Ints, origin: int) -> None:
    """Raise TraceError if a count is more than the core accepts; travel counts from its first row."""
    if name in _MAY_BE_EMPTY:
        lowest, highest = _MAY_BE_EMPTY[name]
        outside = ((values < lowest) | (values > highest)) & (values != NO_LOAD)
    else:
        lowest, highest = max(origin - LIMIT_COUNTS, -_WORD), min(origin + LIMIT_COUNTS, _WORD - 1)
        outside = (values < lowest) | (values > highest)
    if outside.any():
        at = int(np.flatnonzero(outside)[0])
        raise _range_error(path, line + at, name, int(values[at]), lowest, highest)


def _range_error(path: Path, line: int, name: str, value: int, lowest: int, highest: int) -> TraceError:
    if not -_WORD <= value < _WORD:
        return TraceError(f"{path}:{line}: {name} {value} exceeds 32 bits; remove the row")
    reason = {
        "travel": "no cable reaches that far from the first row",
        "load": "no load cell counts that far",
        ANGLE: "no angle sensor counts that far",
    }[name]
    return TraceError(f"{path}:{line}: {name} {value} is not from {lowest} to {highest}; {reason}, remove the row")
