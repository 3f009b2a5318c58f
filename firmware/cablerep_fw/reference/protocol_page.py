"""Generates docs/protocol.md: `python -m cablerep_fw.reference.protocol_page > docs/protocol.md`.

A test fails if page and table differ.
"""

import sys
from collections.abc import Iterator, Sequence

from cablerep_fw.core.link import frames, journal, outbox, reporter, samples, wire
from cablerep_fw.core.sense import ring

from . import wire_meanings as meanings

_TYPES = {"B": "u8", "H": "u16", "I": "u32", "h": "i16", "i": "i32"}
_CARE = {
    wire.SAMPLE: "may be dropped, first of all",
    wire.LOSSY: "may be dropped",
    wire.KEPT: "kept until acknowledged",
}
_TAILS = {
    "text": "UTF-8 text to the end",
    "pairs": "travel and load, an i32 each, to the end",
    "triples": "travel and load, an i32 each, and angle, an i16, to the end",
}
_NAMES = (
    ("KINDS", "what a movement was judged to be; `rejected` only in an amendment"),
    ("SIDES", "empty: not named"),
    ("PHASES", "what the cable does"),
    ("CUES", "what LED and buzzer show"),
    ("REASONS", "why a movement is no rep"),
    ("LEVELS", "how grave a LOG is"),
    ("STATUSES", "what became of a command"),
)
_BITS = (
    ("FAULTS", "latched until `clear_faults`"),
    ("FLAGS", "form of a rep"),
)


def page() -> str:
    """Return the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from _frame_part()
    yield from _talk_part()
    yield "## Messages"
    yield ""
    yield "Integers are little-endian, without padding: u8, u16, u32 unsigned, i16, i32 signed."
    yield ""
    for direction in (wire.TO_HOST, wire.TO_BOARD):
        yield f"### {direction.capitalize()}"
        yield ""
        for message in wire.MESSAGES:
            if message.direction == direction:
                yield from _message(message)
    yield "## Numbers with a name"
    yield ""
    for constant, meaning in _NAMES:
        yield from _words(constant, meaning, getattr(wire, constant), "number")
    for constant, meaning in _BITS:
        yield from _words(constant, meaning, getattr(wire, constant), "bit")
    yield from _settings()


def _frame_part() -> Iterator[str]:
    yield f"""# Protocol

Made from `firmware/cablerep_fw/core/link/wire.py` by
`python -m cablerep_fw.reference.protocol_page > docs/protocol.md`.
To change the protocol, change the table there and make this page again.

**SCHEMA_ID {wire.SCHEMA_ID:#06x}**: a CRC-16 over every id, name, field, unit, word and setting below.
Both ends compute it from the table they have; where they differ, nothing but HELLO's first field may be read.

## Frames

A frame is a body, made free of zeros by COBS, and a delimiter 0x00 behind it. At 8 data bits, any speed.

| bytes of the body | what |
| --- | --- |
| 1 | message id: 0x80–0xBF from the board, 0xC0–0xFF from the host |
| 1 | number of the frame, one more than the last, modulo 256, counted by each end for itself |
| 0–{frames.MAX_PAYLOAD} | payload, see the messages |
| 2 | CRC-16 of all that, low byte first |

The CRC is CRC-16/IBM-3740: polynomial 0x1021, start 0xFFFF, not reflected; 0x29B1 over the text `123456789`.
COBS puts one byte in front and replaces every zero by the distance to the next (Cheshire and Baker 1999). A body is
shorter than 254 bytes, so one block always covers it, and a frame with its delimiter has at most {frames.MAX_FRAME}
bytes. In front of the first frame either end sends a delimiter, which ends whatever stood on the line.

Text between frames is no error: a board whose application has ended speaks plain text (a REPL banner, a traceback).
The second byte of a frame is its id, 0x80 or more, so a line that is printable is never taken for a frame.

For example, `hello_request` with tag 1 as the host's first frame:

    {_hex(_example())}
"""


def _example() -> bytes:
    """Return the frame of the page's example."""
    buffer = bytearray(frames.MAX_FRAME)
    message = wire.BY_NAME["hello_request"]
    length = message.pack((1, wire.SCHEMA_ID), buffer, frames.PAYLOAD)
    return bytes(buffer[: frames.seal(buffer, message.id, 0, length)])


def _hex(data: bytes) -> str:
    return data.hex(" ")


def _talk_part() -> Iterator[str]:
    kept = ", ".join(f"`{message.name}`" for message in wire.MESSAGES if message.care == wire.KEPT)
    first, second, _ = outbox._MIN_FREE
    yield f"""## Conversation

1. The host opens the port, sends a delimiter and `hello_request`.
2. The board answers with `hello`, a `log` for each thing that a person should know, and the `reply`. Where the
   SCHEMA_IDs are equal the host is attached: from now on it hears `phase`, `rejected`, `health` once a second, and
   all that the journal keeps, oldest first. `stream` adds `samples`.
3. Each of {kept} carries the session and a sequence number.
   The host stores it, commits, and only then sends `ack`; until then the board sends it again, after
   {reporter.RESEND_MS} ms and to each host that comes. The same one may come twice: session and sequence number tell.
4. Every other command is answered by one `reply` with the host's tag and a status; what was refused changed nothing.
   A frame from the host with an unknown id or another length is answered with "unknown".

A session is the time between two starts of sampling: the board makes up its id, and starts another where a setting
changes what is measured, and when it has lasted nine hours or more and nobody trains. Instants count from its first
sample.

Where the line is slower than the board, frames wait in {outbox.Outbox().size} places. With fewer than {first} free no
`samples` are taken in, with fewer than {second} free no others but the kept ones, and what finds no place is counted in
`health`. A frame that was dropped leaves a gap in the numbers. The journal holds {journal.Journal().size} messages;
beyond that the oldest is lost, and counted.
"""


def _message(message: wire.Message) -> Iterator[str]:
    care = f" · {_CARE[message.care]}" if message.direction == wire.TO_HOST else ""
    yield f"#### {message.id:#04x} `{message.name}`{care}"
    yield ""
    meaning, fields = meanings.MESSAGES[message.name]
    yield f"{meaning[0].upper()}{meaning[1:]}."
    yield ""
    rows = [(name, _TYPES[kind], unit, fields[name]) for name, kind, unit in message.fields]
    if message.tail:
        rows.append(("…", "", "" if message.tail == "text" else "counts", _TAILS[message.tail]))
    yield from _table(("field", "type", "unit", "meaning"), rows)
    if message.name == "samples":
        yield (
            f"At most {samples.MOST} samples a frame. NO_LOAD is {ring.NO_LOAD}. A travel of {ring.GAP} (GAP) is no "
            "sample: its load is the number of sample periods at which none was read."
        )
        yield ""
    if any("NULL" in meaning for meaning in fields.values()):
        yield f"NULL is {wire.NULL}, NULL16 is {wire.NULL16}."
        yield ""


def _words(constant: str, meaning: str, words: Sequence[str], heading: str) -> Iterator[str]:
    yield f"### {constant}: {meaning}"
    yield ""
    if words:
        yield from _table((heading, "name"), [(str(number), word) for number, word in enumerate(words)])
    else:
        yield "None yet."
        yield ""


def _settings() -> Iterator[str]:
    yield "## Settings"
    yield ""
    yield "For `get` and `set_setting`. Values outside their range are refused."
    yield ""
    rows = [
        (str(number), name, unit, f"{least} to {most}", str(default), meanings.SETTINGS[name])
        for number, (name, unit, least, most, default) in enumerate(wire.SETTINGS, 1)
    ]
    yield from _table(("setting", "name", "unit", "range", "default", "meaning"), rows, last=True)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], last: bool = False) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    if not last:
        yield ""


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # whatever the console's own is
    sys.stdout.write(page())
