"""Addresses of virtual boards: `glute-kickback?reps=8&speed=4`, `path/to/trace.csv`, with or without `sim://` in front.

What is not an option of the board is handed on to the scenario, which knows its own.
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
_FASTEST = 1000.0  # times real time; beyond it a computer is the limit, and 0 says so
_ENDINGS = (".csv", ".csv.gz", ".part")


@dataclass(frozen=True)
class Source:
    """What a virtual board plays and how.

    `open` reads the trace or builds the scenario, `speed` is times real time (0: as fast as it goes), `end` says what
    comes behind the trace, `start` what the first sample waits for, `name` is the board's own or empty.
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
    place, _, query = bare.partition("?")
    if _is_file(bare):
        place, query = bare, ""
    else:
        place = unquote(place)
    options: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True, max_num_fields=50):
        if key in options:
            raise SourceError(f"{address}: {key} is given twice; leave one of them out")
        options[key] = value
    own = {key: options.pop(key) for key in BOARD_OPTIONS if key in options}
    is_trace = place.endswith(_ENDINGS) or "/" in place.rstrip("/")
    opener = _trace(place, options) if is_trace else _scenario(place.rstrip("/"), options)
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
    except (OSError, ValueError):  # no name of a file at all, such as one with a zero byte
        return False


def _trace(place: str, options: dict[str, str]) -> Callable[[], Trace]:
    for key in options:
        raise SourceError(f"a trace has no option {key!r}; the options are {', '.join(BOARD_OPTIONS)}")
    return lambda: open_trace(place)


def _scenario(name: str, options: dict[str, str]) -> Callable[[], Trace]:
    """Check name and options by building: what does not exist should be told before a port is open."""
    seed = _whole("seed", options.pop("seed", "1"), 0)
    rate_hz = _whole("rate", options.pop("rate", "200"), 1)
    scenarios.options.parse(options)  # before `build` takes one for an argument of its own
    recording = scenarios.build(name, seed, rate_hz, **options)
    return lambda: from_arrays(name, recording.meta, recording.t_us, recording.travel, recording.load)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 <= speed <= _FASTEST:
        raise SourceError(f"speed is {text[:40]!r}; it must be a number from 0 (as fast as it goes) to {_FASTEST:g}")
    return speed


def _whole(name: str, text: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise SourceError(f"{name} is {text[:40]!r}; it must be a whole number from {least}")
    return int(text)


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SourceError(f"{name} is {value[:40]!r}; it must be {' or '.join(choices)}")
    return value
