"""A trace's header: its comment keys, validated and converted to the integers that the core takes.

Calibrations are converted from decimal text to millionths without a float, which could differ in the last digit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from cablerep_fw.core.link import wire

from ..errors import TraceError

COLUMNS = "t_us,travel,load"
ANGLE = "angle"  # a fourth column that may follow
MILLION = 1_000_000

# What replay accepts; a board starts at 50 Hz (contract).
MIN_RATE_HZ = 10
MAX_RATE_HZ = 1000
# The cable of a machine is shorter; travel 0 may lie far from where the trace begins.
MAX_FREE_MM = 100_000

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_SETTINGS = {row[0]: row for row in wire.SETTINGS}


@dataclass(frozen=True)
class Header:
    """The keys of a trace as written, and the integers that the core needs."""

    meta: dict[str, str]
    rate_hz: int  # of the grid: the rate in the file, rounded
    um_per_count: int  # millionths
    mn_per_count: int  # millionths
    load_zero: int  # counts
    cell_hz: float = 0.0  # readings a second of a slow load cell; 0: each row with a load is a reading
    cell_delay_ms: int = 0  # age of a reading when it appears
    has_angle: bool = False  # there is a column of the angle sensor
    angle_per_turn: int = 4096  # counts; negative: it counts the other way
    angle_zero: int = 0  # count with the cable straight back
    free_mm: float = 0.0  # from the swivel's axis to the strap at travel 0

    def lines(self) -> str:
        """Return the header as text: comment lines and column names, each with its newline."""
        comments = "".join(f"# {key}: {value}\n" for key, value in self.meta.items())
        return f"{comments}{COLUMNS}{',' + ANGLE if self.has_angle else ''}\n"


def quoted(value: str) -> str:
    """Return `value` for a message: quoted, on one line, at most 40 characters of it."""
    return repr(value if len(value) <= 40 else value[:40] + "…")


def parse(
    meta: Mapping[str, str], name: str, lines: Mapping[str, int] | None = None, *, has_angle: bool = False
) -> Header:
    """Validate the keys of the trace `name`; `lines` has the line number of each. Raises TraceError."""

    def fail(key: str, problem: str) -> TraceError:
        where = f"{name}:{lines[key]}" if lines and key in lines else name
        return TraceError(f"{where}: {problem}")

    for key, value in meta.items():
        if not key or ":" in key or key != key.strip() or "".join(f"{key}{value}".splitlines()) != f"{key}{value}":
            raise fail(
                key, f"the key {quoted(key)} or its value {quoted(value)} does not fit '# key: value' on one line"
            )
    if "rate_hz" not in meta:
        raise TraceError(f"{name}: no rate_hz is given; put a line like '# rate_hz: 200' above the column names")
    rate = _decimal(meta["rate_hz"])
    if rate is None or not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        raise fail(
            "rate_hz",
            f"rate_hz must be a number from {MIN_RATE_HZ} to {MAX_RATE_HZ}, not {quoted(meta['rate_hz'])}; "
            "give the recording's samples per second",
        )
    calibration = {}
    for key in ("um_per_count", "mn_per_count"):
        text = meta.get(key, "1")
        limit = Decimal(_SETTINGS[key][3]) / MILLION
        number = _decimal(text)
        millionths = 0
        if number is not None and abs(number) <= limit:
            millionths = int((number * MILLION).to_integral_value(ROUND_HALF_EVEN))
        if not millionths:
            raise fail(
                key,
                f"{key} must be a number from -{limit} to {limit} and at least a millionth from 0, not {quoted(text)}; "
                "correct the calibration",
            )
        calibration[key] = millionths
    text = meta.get("load_zero", "0")
    lowest, highest = _SETTINGS["load_zero"][2:4]
    if not _WHOLE.fullmatch(text) or not lowest <= int(text) <= highest:
        raise fail(
            "load_zero",
            f"load_zero must be a whole number from {lowest} to {highest}, not {quoted(text)}; "
            "give the load cell's counts at no load",
        )
    cell = {}
    for key, smallest, largest in (("cell_hz", 1, MAX_RATE_HZ), ("cell_delay_ms", 0, 500)):
        number = _decimal(meta.get(key, str(smallest)))
        if number is None or not smallest <= number <= largest:
            raise fail(
                key,
                f"{key} must be a number from {smallest} to {largest}, not {quoted(meta[key])}; "
                "give the load cell's readings per second, and their age in milliseconds",
            )
        cell[key] = number
    per_turn = meta.get("angle_per_turn", "4096")
    most = _SETTINGS["angle_per_turn"][3]
    if not _WHOLE.fullmatch(per_turn) or not 0 < abs(int(per_turn)) <= most:
        raise fail(
            "angle_per_turn",
            f"angle_per_turn must be a whole number from -{most} to {most} and not 0, not {quoted(per_turn)}; "
            "give the counts of the angle sensor in one turn",
        )
    zero = meta.get("angle_zero", "0")
    if not _WHOLE.fullmatch(zero):
        raise fail(
            "angle_zero",
            f"angle_zero must be a whole number, not {quoted(zero)}; give the count with the cable straight back",
        )
    free_mm = _decimal(meta.get("free_mm", "0"))
    if free_mm is None or abs(free_mm) > MAX_FREE_MM:
        raise fail(
            "free_mm",
            f"free_mm must be a number from -{MAX_FREE_MM} to {MAX_FREE_MM}, not {quoted(meta['free_mm'])}; "
            "give the length from the swivel's axis to the strap at travel 0, in millimetres",
        )
    return Header(
        dict(meta),
        int(rate.to_integral_value(ROUND_HALF_EVEN)),
        calibration["um_per_count"],
        calibration["mn_per_count"],
        int(text),
        float(cell["cell_hz"]) if "cell_hz" in meta else 0.0,
        int(cell["cell_delay_ms"].to_integral_value(ROUND_HALF_EVEN)),
        has_angle,
        int(per_turn),
        int(zero),
        float(free_mm),
    )


def _decimal(text: str) -> Decimal | None:
    """Return the decimal number in `text`, or None if it is not one."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None
