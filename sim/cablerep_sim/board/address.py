"""Addresses of virtual boards, with or without `sim://`: `glute-kickback?reps=8&speed=4`, `path/to/trace.csv`.

Options that are not the board's own are passed to the scenario.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from .. import scenarios
from ..errors import SourceError
from ..trace.trace import Trace, from_arrays, open_trace

SCHEME = "sim://"
ENDS = ("idle", "hangup")
STARTS = ("attach", "now")
_MAX_OPTIONS = 50
_FASTEST = 1000.0  # times real time; 0 is as fast as the computer can
_SUFFIXES = (".csv", ".csv.gz", ".part")


@dataclass(frozen=True)
class Source:
    """What a virtual board plays and how.

    `open` reads the trace or builds the scenario; `speed` is a multiple of real time (0: as fast as possible); `end`
    says what happens after the trace, `start` what the first sample waits for; `name` is the board's name or empty.
    """

    open: Callable[[], Trace]
    speed: float = 1.0
    end: str = "idle"
    start: str = "attach"
    name: str = ""


BOARD_OPTIONS = ("speed", "end", "start", "name")


def parse(address: str) -> Source:
    """Return the source that `address` names. Raises SourceError, which lists the choices, and TraceError."""
    bare = address[len(SCHEME) :] if address.lower().startswith(SCHEME) else address
    target, _, query = bare.partition("?")
    if _is_file(bare):
        target, query = bare, ""
    else:
        target = unquote(target)
    options: dict[str, str] = {}
    if query.count("&") >= _MAX_OPTIONS:
        raise SourceError(f"{address[:40]}…: more than {_MAX_OPTIONS} options; remove some")
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key in options:
            raise SourceError(f"{address}: {key} is given twice; remove one of them")
        options[key] = value
    own = {key: options.pop(key) for key in BOARD_OPTIONS if key in options}
    is_trace = target.endswith(_SUFFIXES) or "/" in target.rstrip("/")
    opener = _trace(target, options) if is_trace else _scenario(target.rstrip("/"), options)
    return Source(
        opener,
        _speed(own.get("speed", "1")),
        _choice("end", own.get("end", "idle"), ENDS),
        _choice("start", own.get("start", "attach"), STARTS),
        own.get("name", ""),
    )


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # not a valid file name, such as one with a zero byte
        return False


def _trace(path: str, options: dict[str, str]) -> Callable[[], Trace]:
    for key in options:
        raise SourceError(f"a trace has no option {key!r}; the options are {', '.join(BOARD_OPTIONS)}")
    return lambda: open_trace(path)


def _scenario(name: str, options: dict[str, str]) -> Callable[[], Trace]:
    """Build the scenario now, so that a wrong name or option is reported before a port is open."""
    seed = _whole("seed", options.pop("seed", "1"), 0)
    rate_hz = _whole("rate", options.pop("rate", "200"), 1)
    scenarios.options.parse(options)  # before `build` mistakes one for an argument of its own
    recording = scenarios.build(name, seed, rate_hz, **options)
    return lambda: from_arrays(name, recording.meta, recording.t_us, recording.travel, recording.load, recording.angle)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 <= speed <= _FASTEST:
        raise SourceError(f"speed is {text[:40]!r}; it must be a number from 0 (as fast as possible) to {_FASTEST:g}")
    return speed


def _whole(name: str, text: str, lowest: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < lowest:
        raise SourceError(f"{name} is {text[:40]!r}; it must be a whole number from {lowest}")
    return int(text)


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SourceError(f"{name} is {value[:40]!r}; it must be {' or '.join(choices)}")
    return value
