"""What a board made and what the stores have of it: each message must be there once, as it was made."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cablerep.device.decoding import decode
from cablerep.device.events import Rep, SetOver
from cablerep.store import schema
from cablerep.store.database import Store
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import SLOT
from cablerep_fw.core.link.reporter import Reporter

Key = tuple[int, int]  # session and sequence number
DURABLE_S = 1.0  # a message this old must survive everything


@dataclass
class Tally:
    """What became of the messages that were waiting when a kind of cut happened."""

    cuts: int = 0
    at_risk: int = 0  # messages that the store did not have at the cut
    young: int = 0  # lost, but no older than DURABLE_S
    lost: int = 0
    doubled: int = 0
    altered: int = 0

    def add(self, other: "Tally") -> None:
        """Add the counts of `other`."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def wrong(self) -> int:
        """How many messages are not stored exactly once as they were made."""
        return self.lost + self.doubled + self.altered


@dataclass
class Made:
    """A message that the board made, as the store writes it."""

    content: str
    at_s: float
    cut: str = ""  # kind of the first cut after it that found it outside the store
    may_be_lost: bool = False


@dataclass
class Ledger:
    """The messages that boards made, and how often each was shown; `name` begins every line of `problems`."""

    name: str
    kinds: tuple[str, ...]
    made: dict[Key, Made] = field(default_factory=dict)
    shown: dict[tuple[int, Key], int] = field(default_factory=dict)  # by number of the store and key
    tallies: dict[str, Tally] = field(init=False)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tallies = {kind: Tally() for kind in self.kinds}

    def show(self, store: int, key: Key) -> None:
        """Note that a message was shown."""
        self.shown[store, key] = self.shown.get((store, key), 0) + 1

    def count_cut(self, kind: str, store: Path) -> None:
        """Count a cut, and the messages that `store` does not have yet."""
        self.tallies[kind].cuts += 1
        there = stored(store)
        for key, one in self.made.items():
            if not one.cut and key not in there:
                one.cut = kind
                self.tallies[kind].at_risk += 1

    def compare(self, paths: Iterable[Path]) -> None:
        """Compare what was made with the stores at `paths`, which together must have all of it."""
        found: dict[Key, str] = {}
        for path in paths:
            for key, content in stored(path).items():
                if found.setdefault(key, content) != content:
                    self._wrong("altered", key, "stands in two stores with different contents")
            self._compare_sets(path)
        for key, one in self.made.items():
            if key not in found:
                self._wrong("young" if one.may_be_lost else "lost", key, f"made at {one.at_s:.2f} s")
            elif json.loads(found[key]) != json.loads(one.content):
                self._wrong("altered", key, f"{one.content} became {found[key]}")
        for key in found.keys() - self.made.keys():
            self._wrong("altered", key, "was never made")
        for (_, key), count in self.shown.items():
            if count > 1:
                self._wrong("doubled", key, f"was shown {count} times")

    def _compare_sets(self, path: Path) -> None:
        """Check that each rep stands once in its set, as its newest message has it."""
        newest: dict[tuple[int, float], dict[str, Any]] = {}
        for (session, _), content in sorted(stored(path).items()):
            values = json.loads(content)
            if "kind" in values:
                newest[session, values["start_s"]] = values
        if not path.exists():
            return
        with Store(path) as store:
            counted = [rep for one in store.sets() for rep in one.reps]
            conflicts, _ = store.oddities()
        if conflicts:
            self._wrong("altered", (0, 0), f"{conflicts} messages came with two contents")
        seen: set[tuple[int, float]] = set()
        for rep in counted:
            at = (rep.session, rep.start_s)
            if at in seen:
                self._wrong("doubled", (rep.session, rep.seq), "stands twice in the sets")
            seen.add(at)
            if at not in newest or newest[at]["seq"] != rep.seq or newest[at]["kind"] != rep.kind:
                self._wrong("altered", (rep.session, rep.seq), f"the sets have it as {rep.kind}")
        for at in {at for at, values in newest.items() if values["kind"] != "rejected"} - seen:
            self._wrong("lost", (at[0], newest[at]["seq"]), "is stored, but in no set")

    def _wrong(self, what: str, key: Key, detail: str) -> None:
        kind = (self.made[key].cut if key in self.made else "") or self.kinds[0]
        tally = self.tallies[kind]
        setattr(tally, what, getattr(tally, what) + 1)
        if what != "young":
            self.problems.append(f"{self.name}: {what}: message {key[1]} of session {key[0]}, after {kind}: {detail}")


def new_messages(reporter: Reporter, session: int, seq: int) -> list[tuple[Key, str]]:
    """Return the messages that a board made after number `seq` of `session`, if that is still its session."""
    if reporter.session != session:
        seq = 0
    made = []
    journal = reporter.journal
    for number in range(seq + 1, reporter.seq + 1):
        slot = reporter._slot(number & 0xFFFF)
        assert slot >= 0 and journal.ids[slot], "it is new, so it is in the journal"
        payload = bytes(journal.data[slot * SLOT : slot * SLOT + journal.lengths[slot]])
        event = decode(wire.BY_ID[journal.ids[slot]], payload)
        assert isinstance(event, Rep | SetOver)
        made.append(((reporter.session, number), schema.encode(event)))
    return made


def stored(path: Path) -> dict[Key, str]:
    """Return the messages of a store; none if it is not there or empty."""
    if not path.exists():
        return {}
    db = sqlite3.connect(path)
    try:
        if not db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'message'").fetchone()[0]:
            return {}
        rows = db.execute("SELECT session, seq, content FROM message").fetchall()
    finally:
        db.close()
    return {(session, seq): content for session, seq, content in rows}
