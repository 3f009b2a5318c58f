"""JSON Lines: the contract's rep objects and one object per set, all with board, time, side and exercise.

Readable by anything that reads `cablerep replay --json`: `board` and `session` replace `trace`, and `known_s`, the time
at which a message was sent, is left out.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cablerep.device.fields import REP_KEYS
from cablerep.history.logbook import Entry
from cablerep.history.training import rep_at


def encode(entries: Iterable[Entry]) -> bytes:
    """Return the file: a line per rep, and one per set after its reps."""
    lines = (json.dumps(fields, ensure_ascii=False, allow_nan=False) for entry in entries for fields in objects(entry))
    return "".join(f"{line}\n" for line in lines).encode()


def objects(entry: Entry) -> Iterator[dict[str, Any]]:
    """Yield the objects of a set; `at` is when the rep or the set began, in UTC."""
    stored = entry.set
    for rep in stored.reps:
        figures = {key: getattr(rep, key) for key in REP_KEYS if key != "known_s"}
        yield {"event": "rep", **_source(entry, rep_at(stored, rep)), **figures, "flags": list(rep.flags)}
    ends = {"start_s": stored.reps[0].start_s, "end_s": stored.reps[-1].end_s} if stored.reps else {}
    yield {
        "event": "set",
        **_source(entry, stored.at),
        "set": stored.set,
        "reps": stored.full,
        "partials": stored.partials,
        **ends,
        "rom_mm": stored.rom_mm,
        "load_n": entry.load_n,
        "measured_n": stored.load_n,
        "type": stored.type,
        "rpe": stored.rpe,
        "over": stored.over,
        "missing": stored.missing,
        "at_guessed": stored.at_guessed,
        "notes": [{"at": note.at.isoformat(timespec="seconds"), "text": note.text} for note in stored.notes],
    }


def _source(entry: Entry, at: datetime) -> dict[str, Any]:
    stored = entry.set
    return {
        "board": stored.board,
        "session": stored.session,
        "id": stored.id,
        "at": at.isoformat(timespec="milliseconds"),
        "side": stored.side,
        "lifter": entry.lifter,
        "profile": stored.profile,
        "exercise": entry.exercise,
    }
