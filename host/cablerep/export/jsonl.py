"""JSON Lines: the contract's rep objects as they stand, and one for each set, all with board, time, side and exercise.

Whoever reads `cablerep replay --json` reads these too: `board` and `session` stand in the place of `trace`, and
`known_s`, which says when a message was sent, is left out.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cablerep.device.fields import REP_KEYS
from cablerep.history.logbook import Entry
from cablerep.history.visits import rep_at


def encode(entries: Iterable[Entry]) -> bytes:
    """Return the file: a line for each rep and, behind those of its set, one for the set."""
    lines = (json.dumps(thing, ensure_ascii=False, allow_nan=False) for one in entries for thing in objects(one))
    return "".join(f"{line}\n" for line in lines).encode()


def objects(entry: Entry) -> Iterator[dict[str, Any]]:
    """Yield the objects of a set; `at` is when the rep or the set began, in UTC."""
    one = entry.set
    for rep in one.reps:
        figures = {key: getattr(rep, key) for key in REP_KEYS if key != "known_s"}
        yield {"event": "rep", **_source(entry, rep_at(one, rep)), **figures, "flags": list(rep.flags)}
    ends = {"start_s": one.reps[0].start_s, "end_s": one.reps[-1].end_s} if one.reps else {}
    yield {
        "event": "set",
        **_source(entry, one.at),
        "set": one.set,
        "reps": one.full,
        "partials": one.partials,
        **ends,
        "rom_mm": one.rom_mm,
        "load_n": one.load_n,
        "over": one.over,
        "notes": [{"at": said.at.isoformat(timespec="seconds"), "text": said.text} for said in one.notes],
    }


def _source(entry: Entry, at: datetime) -> dict[str, Any]:
    one = entry.set
    return {
        "board": one.board,
        "session": one.session,
        "id": one.id,
        "at": at.isoformat(timespec="milliseconds"),
        "side": one.side,
        "profile": one.profile,
        "exercise": entry.exercise,
    }
