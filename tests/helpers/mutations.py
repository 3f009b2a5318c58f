"""Damaged input for every reader: frames, profiles, truth files, traces, addresses; see also mutations_stored.

Mutations keep the structure, so that they get past the first check: values are replaced by extreme ones, parts removed,
repeated, nested and swapped, bytes flipped, text cut off. A reader may accept or refuse them; anything but its own
error is a defect.
"""

import io
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutations_stored
from rich.console import Console
from speaker import HELLO, REP, SET, Speaker

from cablerep.device.coach import Coach
from cablerep.device.events import Durable, FramesMalformed
from cablerep.device.session import Session
from cablerep.errors import CablerepError
from cablerep.exercise import library
from cablerep.model.screen import LiveModel
from cablerep.monitor.curves import CurveCutter
from cablerep.monitor.loop import PlainView
from cablerep.people import plans
from cablerep.store.database import Store
from cablerep.text.contract import Tally, contract_object
from cablerep_fw.core.link import frames, wire
from cablerep_sim.board import address
from cablerep_sim.replay import Replay
from cablerep_sim.trace.trace import open_trace
from cablerep_sim.truth import file as truth_file

_WORDS = (
    "",
    "0",
    "-0",
    "-1",
    "1e400",
    "-1e400",
    "nan",
    "inf",
    "null",
    "true",
    "x" * 300,
    "\0",
    "\x1b[2J",
    "𝟙",
    "٣",
    "1_0",
)
_NUMBERS = (0, 1, -1, 255, 2**15, 2**31 - 1, -(2**31), 2**32, 2**63, 10**30, 1e308, -1e308, 1e-320, 0.5)
_HUGE = "9" * 5000  # more digits than Python converts
_DEEP = 5000  # levels of nesting

NAMES = (
    "frames",
    "profiles",
    "plans",
    "truth",
    "traces",
    "addresses",
    "commands",
    "settings",
    "journal",
    "old journal",
    "store",
)

Reader = Callable[[random.Random], str]  # reads one damaged input; returns what became of it


# -- Frames


_SAMPLES = {"first": 0}


def _sealed(message_id: int, number: int, payload: bytes) -> bytes:
    buffer = bytearray(frames.MAX_FRAME)
    payload = payload[: frames.MAX_PAYLOAD]
    buffer[frames.PAYLOAD : frames.PAYLOAD + len(payload)] = payload
    return bytes(buffer[: frames.seal(buffer, message_id, number, len(payload))])


def _frame(chance: random.Random, number: int) -> bytes:
    """Return a frame of the board with a valid checksum and a few damaged fields."""
    message = chance.choice([one for one in wire.MESSAGES if one.direction == wire.TO_HOST])
    values = {"hello": HELLO, "rep": REP, "amend": REP, "set": SET}.get(message.name, {})
    record = {field[0]: values.get(field[0], chance.choice((0, 1, 2, 200))) for field in message.fields}
    for name, kind, _ in chance.sample(message.fields, min(len(message.fields), chance.randrange(4))):
        low, high = mutations_stored.RANGES[kind]
        choices = (0, 1, low, high, wire.NULL, chance.randint(low, high), record[name] + chance.choice((-1, 1)))
        record[name] = min(high, max(low, chance.choice(choices)))
    if message.name == "hello" and chance.random() < 0.9:
        record["schema"] = wire.SCHEMA_ID
    if "session" in record and chance.random() < 0.8:
        record["session"] = HELLO["session"]
    if message.care == wire.KEPT and chance.random() < 0.8:
        record["seq"] = chance.randrange(1, 2000)
        record["set"] = chance.randrange(1, 50)
    payload = bytearray(message.size)
    message.pack([record[field[0]] for field in message.fields], payload, 0)
    tail = b""
    if message.tail == "text":
        tail = chance.choice((b"0.1.0 desk sim", b"", b" " * 40, chance.randbytes(30), b"\xff\xfe\x1b[31m"))
    elif message.tail == "pairs":
        counts = (0, 5, -5, 2**31 - 1, -(2**31), -0x20000000, chance.randint(-(2**31), 2**31 - 1))
        tail = b"".join(
            chance.choice(counts).to_bytes(4, "little", signed=True) for _ in range(2 * chance.randrange(8))
        )
    body = bytes(payload) + tail
    if chance.random() < 0.05:
        body = body[: chance.randrange(len(body) + 1)]
    return _sealed(message.id, number, body)


class Line:
    """A monitor without its port: session, store, live model, coach, curves, lines and JSON of one line's bytes."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / "store.sqlite")
        self._store._db.execute("PRAGMA synchronous = OFF")
        self._restart()

    def _restart(self) -> None:
        board = Speaker()
        self._session = Session(stream=True)
        self._session.open()
        self._session.feed(board.hello())
        self._model, self._cutter, self._tally = LiveModel(), CurveCutter(), Tally()
        self._coach = Coach(self._session, library.load("glute-medius-kickback"), "left")
        self._view = PlainView(Console(file=io.StringIO(), width=80))
        self._number = 1

    def read(self, chance: random.Random) -> str:
        """Feed one damaged frame."""
        if chance.random() < 0.001:
            self._restart()
        data = bytearray(_frame(chance, self._number))
        self._number = (self._number + 1) & 0xFF
        if chance.random() < 0.05:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        events = self._session.feed(bytes(data))
        for event in events:
            self._model.apply(event)
            self._coach.handle(event)
            self._view.show(event)
            self._tally.add(event)
            made = contract_object(event, trace="x")
            json.dumps(made, allow_nan=False)
            if isinstance(event, Durable):
                self._store.add("desk", event)
                self._session.acknowledge(event)
            if isinstance(event, FramesMalformed) and event.key is not None:
                self._session.acknowledge_key(*event.key)
            for rep, curve in self._cutter.take(event):
                self._store.add_curve("desk", rep, curve)
        self._session.take()
        return "refused" if any(isinstance(event, FramesMalformed) for event in events) else "accepted"


# -- Text files


def _damaged_value(chance: random.Random, value: Any, depth: int = 0) -> Any:
    """Return a JSON value with one part replaced, removed, repeated or nested."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        changed = dict(value)
        what = chance.random()
        if what < 0.12:
            del changed[key]
        elif what < 0.2:
            changed[chance.choice(("", "x", key + "_", key.upper(), "\0"))] = changed.pop(key)
        else:
            changed[key] = _damaged_value(chance, value[key], depth + 1)
        return changed
    if isinstance(value, list) and value and chance.random() < 0.85:
        changed_list = list(value)
        index = chance.randrange(len(value))
        what = chance.random()
        if what < 0.15:
            del changed_list[index]
        elif what < 0.3:
            changed_list *= chance.choice((0, 2, 20))
        else:
            changed_list[index] = _damaged_value(chance, value[index], depth + 1)
        return changed_list
    return chance.choice((*_NUMBERS, *_WORDS, None, True, [], {}, [value], {"x": value}))


def _damaged_text(chance: random.Random, text: str) -> bytes:
    """Return text with a few bytes, lines or its end damaged."""
    data = bytearray(text.encode())
    what = chance.random()
    if what < 0.3 and data:
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.choice(
                (0, 10, 34, 44, 61, 91, 93, 123, 255, chance.randrange(256))
            )
    elif what < 0.4:
        del data[chance.randrange(len(data) + 1) :]
    elif what < 0.7:
        lines = text.split("\n")
        index = chance.randrange(len(lines))
        change = chance.random()
        if change < 0.3:
            del lines[index]
        elif change < 0.6:
            lines.insert(chance.randrange(len(lines)), lines[index])
        else:
            head, mark, _ = lines[index].partition(chance.choice(("=", ",", ":")))
            lines[index] = head + mark + chance.choice((*map(str, _NUMBERS), *_WORDS, _HUGE))
        data = bytearray("\n".join(lines).encode("utf-8", "surrogatepass"))
    elif what < 0.72:
        data += chance.choice((b"x = ", b"")) + chance.choice((b"[", b"{a=", b"[[")) * _DEEP
    elif what < 0.74:
        data += f"\nnumber = {_HUGE}\n".encode()
    return bytes(data)


class Files:
    """Readers of files, each of which is written into `folder` first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._profiles = [path.read_text(encoding="utf-8") for path in sorted(_profiles_folder().glob("*.toml"))]
        reps = [
            {
                "kind": "full",
                **{key: 1.0 + n + at for at, key in enumerate(("start_s", "top_s", "release_s", "end_s"))},
                "rom_mm": 300.0,
                "flags": ["swing"],
            }
            for n in range(3)
        ]
        self._truth = {
            "truth": "by_eye",
            "reps_total": 3,
            "tolerance": 0,
            "sets": 1,
            "reps": reps,
            "holds": [{"top_s": 2.0, "release_s": 3.0, "hold_s": 1.0}],
            "holds_tolerance_s": 0.1,
            "notes": "x",
            "limits": {"hold_target": 1000},
        }
        rows = "\n".join(f"{5000 * n},{n % 300},{-180_000 + n if n % 3 else ''}" for n in range(60))
        self._trace = (
            "# rate_hz: 200\n# um_per_count: 98.17\n# mn_per_count: 2.034\n# load_zero: -181562\n# exercise: $x^2$\n"
            f"# side: left\nt_us,travel,load\n{rows}\n"
        )

    def profile(self, chance: random.Random) -> str:
        path = self._folder / "mine.toml"
        text = chance.choice(self._profiles).replace("number = ", "number = 10", 1)
        path.write_bytes(_damaged_text(chance, text))
        errors = library.check(path)
        assert all(error and "\n" not in error for error in errors), errors
        return "refused" if errors else "accepted"

    def plan(self, chance: random.Random) -> str:
        path = self._folder / "evening.toml"
        path.write_bytes(_damaged_text(chance, plans.TEMPLATE.format(name="evening")))
        return _refused(lambda: plans.lines(plans.load(str(path))))

    def truth(self, chance: random.Random) -> str:
        damaged = self._truth
        for _ in range(chance.randrange(1, 3)):
            damaged = _damaged_value(chance, damaged)
        text = json.dumps(damaged).encode("utf-8", "replace")
        if chance.random() < 0.1:
            text = _damaged_text(chance, text.decode())
        return _refused(lambda: truth_file.parse(text, "t.json"))

    def trace(self, chance: random.Random) -> str:
        path = self._folder / "t.csv"
        path.write_bytes(_damaged_text(chance, self._trace))

        def read() -> None:
            for _ in Replay(open_trace(path)):
                pass

        return _refused(read)

    def address(self, chance: random.Random) -> str:
        names = ("clean", "glute-kickback", "", "..", "x/y.csv", "%00", "clean%3Fspeed=1")
        options = (
            "reps=2",
            "speed=4",
            "end=hangup",
            "seed=1",
            "rate=200",
            "hold_s=1",
            "faults=all",
            "name=a",
            "speed=nan",
        )
        query = "&".join(
            f"{option.partition('=')[0]}={chance.choice((*_WORDS, *map(str, _NUMBERS), option.partition('=')[2]))}"
            for option in chance.choices(options, k=chance.choice((0, 1, 2, 3, 60)))
        )
        text = f"sim://{chance.choice(names)}?{query}"
        return _refused(lambda: address.parse(text))


def _profiles_folder() -> Path:
    return Path(library.__file__).parent / "profiles"


def _refused(read: Callable[[], object]) -> str:
    try:
        read()
    except CablerepError as error:
        assert "\n" not in str(error), str(error)
        return "refused"
    return "accepted"


def readers(folder: Path) -> dict[str, Reader]:
    """Return the readers by name; their files go into `folder`."""
    files = Files(folder)
    return {
        "frames": Line(folder).read,
        "profiles": files.profile,
        "plans": files.plan,
        "truth": files.truth,
        "traces": files.trace,
        "addresses": files.address,
        **mutations_stored.readers(folder),
    }


def run(name: str, count: int, seed: int, progress: Callable[[int], None] = lambda done: None) -> dict[str, int]:
    """Read `count` damaged inputs; return how many were accepted and refused. Raises any other error, with its seed."""
    results = {"accepted": 0, "refused": 0}
    with tempfile.TemporaryDirectory() as folder:
        read = readers(Path(folder))[name]
        for index in range(count):
            try:
                results[read(random.Random(f"{seed} {index}"))] += 1
            except Exception as error:
                error.add_note(f"{name}, seed {seed}, input {index}")
                raise
            progress(index + 1)
    return results
