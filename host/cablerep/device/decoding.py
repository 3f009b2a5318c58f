"""Decodes the wire's messages into events: the one place where its integers are converted to mm, m/s, s, °, N, J and W.

A field's name gains the suffix of its unit, so one table of factors serves all messages.
"""

from struct import unpack_from
from typing import Any

from cablerep_fw.core.link import wire
from cablerep_fw.core.link.wire import KEPT, Message
from cablerep_fw.core.sense import ring

from .events import Event, Health, Hello, Log, Phase, Rejected, Rep, Reply, Samples, SetOver

# Unit on the wire: (suffix of the name, divisor, decimals). Decimals go ten times below the sensors' resolution.
_UNITS = {
    "100us": ("_s", 10_000, 4),
    "um": ("_mm", 1_000, 2),
    "100um": ("_mm", 10, 1),
    "0.01deg": ("_deg", 100, 2),
    "um/s": ("_m_s", 1_000_000, 4),
    "mN": ("_n", 1_000, 2),
    "mJ": ("_j", 1_000, 3),
    "mW": ("_w", 1_000, 2),
}
# Units that the field's name on the wire states already: (divisor, decimals).
_SCALED = {"1e-6 um": (1_000_000, 6), "1e-6 mN": (1_000_000, 6), "0.1 Hz": (10, 1)}

_JITTER = tuple(
    field[0] for field in wire.BY_NAME["health"].fields if field[0].startswith("jitter_") and field[0] != "jitter_us"
)


# Fields that may be NULL: there is no load cell or angle sensor, or nothing to measure.
_OPTIONAL = {"force_mean", "force_peak", "work", "power_mean", "load", "heap_free", "free"}
_OPTIONAL |= {"chord", "direction", "bow", "drift"}
# What no machine produces, by unit: 100 m, 100 m/s, 1 MN, 1 MJ, 1 MW.
_MAX_BY_UNIT = {
    "um": 100_000_000,
    "100um": 32_767,
    "0.01deg": 18_000,
    "um/s": 100_000_000,
    "mN": 10**9,
    "mJ": 10**9,
    "mW": 10**9,
}
_UNBOUNDED = {"phase", "rejected"}  # positions drift, and outliers are absurd
_POSITIVE = {"rom", "concentric_mean", "concentric_peak", "eccentric_mean", "eccentric_peak", "chord", "drift"}
_SETTING_RANGES = {name: (minimum, maximum) for name, _, minimum, maximum, _ in wire.SETTINGS}
_HELLO_SETTINGS = (
    "rate_hz",
    "um_per_count",
    "mn_per_count",
    "load_zero",
    "angle_sensor",
    "angle_per_turn",
    "angle_zero",
)
_MAX_GAP = 10**8  # sample periods: a day at 1 kHz


class MalformedError(ValueError):
    """An intact frame whose content does not fit the message table."""


def printable(data: bytes) -> str:
    """Return `data` as text that is safe on a terminal: control characters become question marks."""
    text = data.decode("utf-8", "replace").replace("\t", " ")
    return "".join(character if character.isprintable() else "?" for character in text.strip("\r\n"))


def decode(message: Message, payload: bytes) -> Event:
    """Return the event of one message. Raises MalformedError if the payload does not fit the table."""
    if len(payload) != message.size and not message.tail:
        raise MalformedError(f"{message.name} is {message.size} bytes, not {len(payload)}")
    try:
        record = message.unpack(payload)
    except ValueError as error:
        raise MalformedError(str(error)) from None
    _check(message, record)
    tail = payload[message.size :]
    if message.name == "samples":
        return _samples(record, tail)
    if message.name == "samples_angle":
        return _samples_with_angle(record, tail)
    if message.name in ("rep", "amend"):
        return _rep(message, record)
    fields = _in_units(message, record)
    if message.name == "hello":
        fields["side"] = _name(wire.SIDES, record, "side")
        words = [*printable(tail).split(" ", 2), "", "", ""]
        return Hello(version=words[0], board=words[1], port=words[2], **fields)
    if message.name == "set":
        fields["side"] = _name(wire.SIDES, record, "side")
        return SetOver(**fields)
    if message.name == "rejected":
        fields["reason"] = _name(wire.REASONS, record, "reason", first=1)
        return Rejected(**fields)
    if message.name == "phase":
        fields["phase"] = _name(wire.PHASES, record, "phase")
        fields["cue"] = _name(wire.CUES, record, "cue")
        return Phase(**fields)
    if message.name == "health":
        fields["load_hz"] = fields.pop("load_hz10")
        fields["angle_hz"] = fields.pop("angle_hz10")
        fields["faults"] = _bits(wire.FAULTS, record["faults"])
        fields["jitter_counts"] = tuple(fields.pop(name) for name in _JITTER)
        return Health(**fields)
    if message.name == "log":
        return Log(_name(wire.LEVELS, record, "level"), printable(tail))
    if message.name == "reply":
        return _reply(record)
    raise MalformedError(f"{message.name} is not a message to the host")


def durable_key(message: Message, payload: bytes) -> tuple[int, int] | None:
    """Return session and sequence number of a message that the board keeps, or None for any other."""
    if message.care != KEPT or len(payload) != message.size:
        return None
    record = message.unpack(payload)
    return record["session"], record["seq"]


def _check(message: Message, record: dict[str, int]) -> None:
    """Raise MalformedError for values that no board measures: the checksum has 16 bits, and firmware has bugs."""
    if message.name == "hello":
        for name in _HELLO_SETTINGS:
            _check_range(name, record[name], *_SETTING_RANGES[name])
        for name in ("um_per_count", "mn_per_count"):
            if record[name] == 0:
                raise MalformedError(f"{name} is 0")
    if message.name == "reply":
        return  # its value may be that of any setting
    for name, form, unit in message.fields:
        value = record[name]
        maximum = _MAX_BY_UNIT.get(unit)
        if value == _null(form):
            if name not in _OPTIONAL:
                raise MalformedError(f"{name} is missing")
        elif maximum is not None and message.name not in _UNBOUNDED:
            _check_range(name, value, 0 if name in _POSITIVE else -maximum, maximum)
    if message.care == KEPT:
        for name in ("seq", "set"):
            if record[name] == 0:
                raise MalformedError(f"{name} is 0")
        if record["end"] < record["start"]:
            raise MalformedError("it ends before it starts")


def _check_range(name: str, value: int, minimum: int, maximum: int) -> None:
    if not minimum <= value <= maximum:
        raise MalformedError(f"{name} is {value}, outside {minimum} to {maximum}")


def _samples(record: dict[str, int], tail: bytes) -> Samples:
    if len(tail) % 8:
        raise MalformedError(f"samples end with {len(tail) % 8} bytes of an incomplete pair")
    pairs = unpack_from(f"<{len(tail) // 4}i", tail)
    _check_gaps(pairs)
    return Samples(record["first"], pairs)


def _samples_with_angle(record: dict[str, int], tail: bytes) -> Samples:
    if len(tail) % 10:
        raise MalformedError(f"samples end with {len(tail) % 10} bytes of an incomplete triple")
    values = unpack_from("<" + "iih" * (len(tail) // 10), tail)
    pairs = tuple(value for index, value in enumerate(values) if index % 3 != 2)
    _check_gaps(pairs)
    return Samples(record["first"], pairs, values[2::3])


def _check_gaps(pairs: tuple[int, ...]) -> None:
    if ring.GAP in pairs:
        for travel, load in zip(pairs[::2], pairs[1::2], strict=True):
            if travel == ring.GAP and not 0 <= load <= _MAX_GAP:
                raise MalformedError(f"a gap of {load} sample periods")


def _null(form: str) -> int:
    """Return the unknown value of a field with this struct format character."""
    return int(wire.NULL16 if form == "h" else wire.NULL)


def _in_units(message: Message, record: dict[str, int]) -> dict[str, Any]:
    """Return the record with the contract's names and units; NULL becomes None."""
    values: dict[str, Any] = {}
    for name, form, unit in message.fields:
        value = record[name]
        if unit in _UNITS:
            suffix, divisor, decimals = _UNITS[unit]
            values[name + suffix] = None if value == _null(form) else round(value / divisor, decimals)
        elif unit in _SCALED:
            divisor, decimals = _SCALED[unit]
            values[name] = round(value / divisor, decimals)
        else:
            values[name] = None if value == _null(form) else value
    return values


def _rep(message: Message, record: dict[str, int]) -> Rep:
    start, top, release, end = (record[name] for name in ("start", "top", "release", "end"))
    fields = _in_units(message, record)
    kind = _name(wire.KINDS, record, "kind", first=1)
    fields["rep"] = record["rep"] if kind == "full" and record["rep"] else None
    fields["kind"] = kind
    fields["side"] = _name(wire.SIDES, record, "side")
    fields["flags"] = _bits(wire.FLAGS, record["flags"] & ~wire.PAUSED)
    fields["paused"] = bool(record["flags"] & wire.PAUSED)
    return Rep(
        amended=message.name == "amend",
        concentric_s=round((top - start) / 10_000, 4),
        hold_s=round((release - top) / 10_000, 4),
        eccentric_s=round((end - release) / 10_000, 4),
        **fields,
    )


def _reply(record: dict[str, int]) -> Reply:
    command = wire.BY_ID.get(record["command"])
    index = record["setting"] - 1
    return Reply(
        record["tag"],
        command.name if command else f"command {record['command']}",
        _name(wire.STATUSES, record, "status"),
        wire.SETTINGS[index][0] if 0 <= index < len(wire.SETTINGS) else "",
        record["value"],
    )


def _name(names: tuple[str, ...], record: dict[str, int], field: str, first: int = 0) -> str:
    value = record[field]
    if not first <= value < len(names):
        raise MalformedError(f"{field} is {value}, outside {first} to {len(names) - 1}")
    return names[value]


def _bits(names: tuple[str, ...], value: int) -> tuple[str, ...]:
    """Return the names of the bits set in `value`; a bit without a name is called "bit" and its number."""
    return tuple(
        names[bit] if bit < len(names) else f"bit {bit}" for bit in range(value.bit_length()) if value >> bit & 1
    )
