"""The head of a trace: its comment keys, validated and turned into the integers that the core takes.

Calibrations become millionths here, once, from the decimal text: a float on the way could differ in the last digit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from cablerep_fw.core.link import wire

from ..errors import TraceError

COLUMNS = "t_us,travel,load"
MILLION = 1_000_000

# What replay accepts; the board's own lower bound is 50 Hz (contract).
LEAST_RATE_HZ = 10
MOST_RATE_HZ = 1000

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_SETTINGS = {row[0]: row for row in wire.SETTINGS}


@dataclass(frozen=True)
class Header:
    """The keys of a trace as written, and those that the core needs as integers."""

    meta: dict[str, str]
    rate_hz: int  # of the grid: the stated rate, rounded
    um_per_count: int  # millionths
    mn_per_count: int  # millionths
    load_zero: int  # counts

    def lines(self) -> str:
        """Return the head of the file, comment lines and column names, with its newlines."""
        comments = "".join(f"# {key}: {value}\n" for key, value in self.meta.items())
        return f"{comments}{COLUMNS}\n"


def shown(value: str) -> str:
    """Return `value` quoted, on one line and of bearable length, for a message."""
    return repr(value if len(value) <= 40 else value[:40] + "…")


def parse(meta: Mapping[str, str], name: str, lines: Mapping[str, int] | None = None) -> Header:
    """Validate the keys of the trace `name`; `lines` says on which line of the file each stands.

    Raises TraceError.
    """

    def fail(key: str, problem: str) -> TraceError:
        place = f"{name}:{lines[key]}" if lines and key in lines else name
        return TraceError(f"{place}: {problem}")

    for key, value in meta.items():
        if not key or ":" in key or key != key.strip() or "".join(f"{key}{value}".splitlines()) != f"{key}{value}":
            raise fail(key, f"the key {shown(key)} or its value {shown(value)} does not fit '# key: value' on one line")
    if "rate_hz" not in meta:
        raise TraceError(f"{name}: no rate_hz is given; put a line like '# rate_hz: 200' above the column names")
    rate = _decimal(meta["rate_hz"])
    if rate is None or not LEAST_RATE_HZ <= rate <= MOST_RATE_HZ:
        raise fail(
            "rate_hz",
            f"rate_hz must be a number from {LEAST_RATE_HZ} to {MOST_RATE_HZ}, not {shown(meta['rate_hz'])}; "
            "give the samples a second of the recording",
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
                f"{key} must be a number from -{limit} to {limit} and at least a millionth from 0, not {shown(text)}; "
                "correct the calibration",
            )
        calibration[key] = millionths
    text = meta.get("load_zero", "0")
    least, most = _SETTINGS["load_zero"][2:4]
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise fail(
            "load_zero",
            f"load_zero must be a whole number from {least} to {most}, not {shown(text)}; "
            "give the load cell's counts at no load",
        )
    return Header(
        dict(meta),
        int(rate.to_integral_value(ROUND_HALF_EVEN)),
        calibration["um_per_count"],
        calibration["mn_per_count"],
        int(text),
    )


def _decimal(text: str) -> Decimal | None:
    """Return the number that `text` writes in plain digits, or None."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None
