"""The commands end to end, with their error messages."""

import contextlib
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from cli_runs import Run, objects
from contract_schema import SCHEMA
from listed_ports import found
from processes import Cablerep
from serial.tools import list_ports

from cablerep.store.database import Store
from cablerep_sim import protocol_sim, scenarios
from cablerep_sim.trace.trace import open_trace
from cablerep_sim.trace.writer import write_trace

HEAD = "# rate_hz: 200\nt_us,travel,load\n"


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traces") / "set.csv.gz"
    recording = scenarios.build("clean", 3, reps=3)
    write_trace(path, recording.meta, recording.t_us, recording.travel, recording.load)
    return path


# -- replay


def test_replay_json_prints_only_contract_objects(cablerep: Run, trace: Path) -> None:
    status, out, err = cablerep("replay", trace, trace, "--json")
    assert (status, err) == (0, "")
    things = list(objects(out))
    for thing in things:
        jsonschema.validate(thing, SCHEMA)
        assert thing["trace"] == str(trace)
    half = len(things) // 2
    assert things[:half] == things[half:], "two traces do not know of each other"
    assert [thing["event"] for thing in things].count("rep") == 6
    assert things[half - 1]["event"] == things[-1]["event"] == "summary"
    assert (things[-1]["reps"], things[-1]["sets"]) == (3, 1)
    known = [thing["known_s"] for thing in things[: half - 1]]
    assert known == sorted(known), "in the order in which they became known"


def test_replay_prints_tables(cablerep: Run, trace: Path) -> None:
    status, out, err = cablerep("replay", trace)
    assert (status, err) == (0, "")
    for part in (
        "s at 200 Hz",
        "kg",
        "set 1 (right): 3 reps, range",
        "3 reps, 2 not counted, 1 set;",
        "not counted:",
        "taking up the cable",
    ):
        assert part in out, part


BAD = {
    "empty.csv": b"",
    "no_header.csv": b"1,2,3\n",
    "no_rate.csv": b"t_us,travel,load\n0,1,\n",
    "rate_zero.csv": b"# rate_hz: 0\nt_us,travel,load\n0,1,\n",
    "rate_huge.csv": b"# rate_hz: 1e99\nt_us,travel,load\n0,1,\n",
    "words.csv": (HEAD + "0,zero,\n").encode(),
    "nan.csv": (HEAD + "0,nan,\n").encode(),
    "short_rows.csv": (HEAD + "0,1\n").encode(),
    "still.csv": (HEAD + "0,1,\n0,1,\n").encode(),
    "back.csv": (HEAD + "5000,1,\n0,1,\n").encode(),
    "big.csv": (HEAD + "0,99999999999,\n").encode(),
    "cut.csv.gz": gzip.compress((HEAD + "".join(f"{5000 * k},{k},\n" for k in range(999))).encode())[:-50],
    "random.csv": bytes(range(256)) * 40,
    "random.csv.gz": bytes(range(256)) * 40,
    "latin.csv": "# rate_hz: 200\n# athlete: Zoë\nt_us,travel,load\n0,1,\n".encode("latin-1"),
}


@pytest.mark.parametrize("name", [*BAD, "absent.csv", "folder.csv"])
@pytest.mark.parametrize("json_too", [True, False])
def test_replay_reports_a_bad_trace_and_continues(
    cablerep: Run, trace: Path, tmp_path: Path, name: str, json_too: bool
) -> None:
    path = tmp_path / name
    if name == "folder.csv":
        path.mkdir()
    elif name in BAD:
        path.write_bytes(BAD[name])
    status, out, err = cablerep("replay", path, trace, *(["--json"] if json_too else []))
    assert status == 1
    assert err.startswith(f"cablerep: error: {path}")
    assert err.count("\n") == 1
    assert (out.count('"event": "rep"') if json_too else out.count("set 1 (right): 3 reps")) == (3 if json_too else 1)


def test_replay_reports_interpolation(cablerep: Run, tmp_path: Path) -> None:
    path = tmp_path / "loose.csv"
    path.write_text(HEAD + "".join(f"{5000 * k + (k % 3) * 900},{k},\n" for k in range(300)))
    status, out, err = cablerep("replay", path, "--json")
    assert status == 0
    assert err.startswith("cablerep: note: ")
    assert "interpolated onto the grid" in err
    assert len(list(objects(out))) == 1, "the summary"


# -- live


def test_monitor_stores_what_it_prints(cablerep: Run) -> None:
    status, out, err = cablerep("monitor", "--port", "sim://clean?reps=3&seed=3&speed=0", "--sets", 1)
    assert (status, err) == (0, "")
    assert out.count("rep ") == 3
    assert "connected to sim://" in out
    status, out, err = cablerep("history", "--json")
    (stored,) = objects(out)
    assert (stored["full"], stored["over"], len(stored["rep_list"])) == (3, True, 3)


@pytest.mark.parametrize(("options", "curves"), [(["--plain"], 2), (["--json"], 2), (["--no-curves"], 0)])
def test_monitor_stores_curves(cablerep: Run, tmp_path: Path, options: list[str], curves: int) -> None:
    assert cablerep("monitor", "--port", "sim://clean?reps=2&legs=still&speed=0", "--sets", 1, *options)[0] == 0
    with Store(tmp_path / "own.sqlite") as store:
        reps = store.sets()[0].reps
        kept = [(rep, curve) for rep in reps if (curve := store.curve(rep)) is not None]
    assert (len(reps), len(kept)) == (2, curves)
    for rep, curve in kept:
        assert curve.travel_mm.max() == pytest.approx(rep.rom_mm, abs=1.0)
        assert curve.at_s[-1] == pytest.approx(rep.end_s - rep.start_s, abs=0.02)
        assert curve.force_n is not None
        assert curve.force_n.max() == pytest.approx(rep.force_peak_n, rel=0.03)


def test_monitor_json_adds_the_board_to_contract_objects(cablerep: Run, trace: Path) -> None:
    status, out, err = cablerep(
        "monitor", "--port", "sim://clean?reps=3&seed=3&speed=0&name=desk", "--sets", 1, "--json"
    )
    protocol_sim.stop("desk")
    assert status == 0
    assert "connected to" in err
    live = [thing for thing in objects(out) if thing["event"] in ("rep", "set", "rejected")]
    replayed = [thing for thing in objects(cablerep("replay", trace, "--json")[1]) if thing["event"] != "summary"]
    for thing in live:
        assert thing.pop("board") == "desk"
        for key in ("session", "seq", "side"):
            thing.pop(key, None)
    for thing in replayed:
        thing.pop("trace")
    assert live == replayed[: len(live)], "what a board tells live is what its recording tells"
    phases = [thing["phase"] for thing in objects(out) if thing["event"] == "phase"]
    assert {"concentric", "hold", "eccentric", "rest"} <= set(phases)


def on_a_terminal(*arguments: object, keys: bytes = b"", after: bytes = b"") -> tuple[int, str]:
    """Run the command line on a pseudo-terminal of 80 by 24; press `keys` once `after` was shown."""
    import pty
    import termios

    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-m", "cablerep", *map(str, arguments)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color", "PYTHONUTF8": "1"},
        start_new_session=True,
    )
    os.close(slave)
    said = b""
    with contextlib.suppress(OSError):  # EIO: the last holder of the terminal has gone
        while data := os.read(master, 1 << 16):
            said += data
            if keys and after in said:
                os.write(master, keys)
                keys = b""
    os.close(master)
    return process.wait(), said.decode()


ON, OFF = "\x1b[?1049h", "\x1b[?1049l"  # a screen of its own, and back (xterm)


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_monitor_screen_prints_its_sets_at_the_end(tmp_path: Path) -> None:
    port = "sim://clean?reps=2&speed=8"
    status, said = on_a_terminal("monitor", "--port", port, "--sets", 1, "--store", tmp_path / "store.sqlite")
    assert status == 0
    assert said.count(ON) == said.count(OFF) == 1
    _, screen, rest = said.replace(OFF, ON).split(ON)
    assert "holding" in screen
    assert len(set(re.findall(r"([\d.]+) kg", screen))) >= 5, "the force follows the samples"
    assert "set 1: 2 reps" in rest


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(
    ("command", "key", "status"), [("monitor", b"q", 0), ("monitor", b"\x03", 0), ("demo", b"\x03", 130)]
)
def test_a_key_ends_the_screen(tmp_path: Path, command: str, key: bytes, status: int) -> None:
    port = ["--port", "sim://clean?reps=9"] if command == "monitor" else []
    store = ("--store", tmp_path / "store.sqlite")
    ended, said = on_a_terminal(command, *port, *store, keys=key, after=b"connected")
    assert (ended, "Traceback" in said, said.count(ON), said.count(OFF)) == (status, False, 1, 1)


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_an_error_below_the_screen_is_one_line(tmp_path: Path) -> None:
    status, said = on_a_terminal("monitor", "--port", "/dev/no-such-port", "--store", tmp_path / "store.sqlite")
    assert status == 1
    assert "cablerep: error: /dev/no-such-port: no such port; 'cablerep ports'" in said.split(OFF)[-1]
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["monitor", "record"])
def test_a_missing_port_is_reported(cablerep: Run, tmp_path: Path, command: str) -> None:
    file = [tmp_path / "x.csv"] if command == "record" else []
    status, out, err = cablerep(command, *file, "--port", "/dev/no-such-port")
    assert (status, out) == (1, "")
    assert err == "cablerep: error: /dev/no-such-port: no such port; 'cablerep ports' lists the ports\n"
    assert not list(tmp_path.glob("x*"))


def test_a_recording_replays_the_same(cablerep: Run, tmp_path: Path, trace: Path) -> None:
    path = tmp_path / "new.csv"
    arguments = ("--port", "sim://clean?reps=3&seed=3&speed=0", "--sets", 1, "--exercise", "kickback", "--side", "left")
    status, out, err = cablerep("record", path, *arguments)
    assert (status, err) == (0, "")
    assert f"{path}: " in out.splitlines()[-1]
    assert ", 0 missed" in out.splitlines()[-1]
    head = path.read_text().split("t_us")[0]
    assert "# exercise: kickback\n" in head
    assert "# side: left\n" in head
    again = list(objects(cablerep("replay", path, "--json")[1]))
    first = list(objects(cablerep("replay", trace, "--json")[1]))
    assert [{**one, "trace": ""} for one in again if one["event"] == "rep"] == [
        {**one, "trace": ""} for one in first if one["event"] == "rep"
    ]
    assert cablerep("record", path, *arguments)[0] == 1
    assert cablerep("record", path, *arguments, "--force")[0] == 0


def test_record_keeps_profile_and_side(cablerep: Run, tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    port = "sim://glute-kickback?reps=2&speed=20"
    arguments = ("--profile", "glute-medius-kickback", "--side", "left", "--sets", 1)
    assert cablerep("record", path, "--port", port, *arguments)[0] == 0
    meta = open_trace(path).meta
    assert (meta["exercise"], meta["side"]) == ("glute-medius-kickback", "left")
    out = cablerep("history")[1]
    assert "Glute medius kickback" in out or "glute-medius-kickback" in out
    assert "left" in out


def test_record_ends_after_seconds(cablerep: Run, tmp_path: Path) -> None:
    path = tmp_path / "new.csv.gz"
    status, out, _ = cablerep("record", path, "--port", "sim://clean?speed=0", "--seconds", 5)
    assert status == 0
    line = next(line for line in out.splitlines() if str(path) in line)
    assert 5 <= float(line.split(", ")[1].removesuffix(" s")) < 10


def test_demo_ends_with_the_sets_table(cablerep: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from cablerep.monitor import demo as demonstration

    monkeypatch.setattr(demonstration, "SPEED", 0)
    status, out, err = cablerep("demo", "--store", tmp_path / "demo.sqlite")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[-1].startswith("set 1 (left): 8 reps, range ")
    assert [line.split()[0] for line in lines[-9:-1]] == [str(number) for number in range(1, 9)]
    status, _, err = cablerep("demo")
    assert (status, err) == (0, "nothing was stored; with --keep the sets are kept for 'cablerep history'\n")
    assert "1 set, 8 reps" in cablerep("history", "--store", tmp_path / "demo.sqlite")[1]
    assert not (tmp_path / "own.sqlite").exists(), "a demo is not stored"


def test_demo_of_two_sets_alternates_sides(cablerep: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from cablerep.monitor import demo as demonstration

    monkeypatch.setattr(demonstration, "SPEED", 0)
    status, out, err = cablerep("demo", "--sets", 2, "--keep")
    assert (status, err) == (0, "")
    assert "set 1 (left): 8 reps" in out
    assert out.splitlines()[-1].startswith("set 1 (right): 8 reps")
    assert (tmp_path / "own.sqlite").exists(), "--keep puts it where the history is"
    assert cablerep("demo", "--faults", "no-such-fault")[0] == 1


def test_demo_writes_its_picture(cablerep: Run, tmp_path: Path) -> None:
    status, out, _ = cablerep("demo", "--picture", tmp_path / "screen.svg")
    assert (status, out) == (0, f"{tmp_path / 'screen.svg'}\n")
    text = (tmp_path / "screen.svg").read_text().replace("&#160;", " ").replace("\N{NO-BREAK SPACE}", " ")
    for part in ("holding", "connected", "reps · set 1", "cablerep demo"):
        assert part in text
    assert cablerep("demo", "--picture", tmp_path / "screen.png")[0] == 1


# -- the rest


def test_ports_are_listed(cablerep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_ports, "comports", list)
    assert cablerep("ports")[:2] == (0, "")
    monkeypatch.setattr(list_ports, "comports", lambda: [found("/dev/ttyS0", vid=None), found()])
    out = cablerep("ports")[1].splitlines()
    assert "/dev/ttyACM0" in out[2]
    assert "yes" in out[2]
    assert "yes" not in out[3]
    things = list(objects(cablerep("ports", "--json")[1]))
    assert [(thing["device"], thing["board"]) for thing in things] == [("/dev/ttyACM0", True), ("/dev/ttyS0", False)]


@pytest.mark.skipif(os.name != "posix", reason="the end by a signal is POSIX")
def test_a_tcp_board_serves_several_monitors_in_turn(tmp_path: Path) -> None:
    with Cablerep("board", "clean?reps=3", "--tcp", "127.0.0.1:0", "--speed", "30") as board:
        url = board.line()
        assert url.startswith("socket://127.0.0.1:")
        arguments = ("monitor", "--port", url, "--json", "--store", tmp_path / "store.sqlite")
        with Cablerep(*arguments) as first:
            first.until("rep")
        with Cablerep(*arguments, "--sets", "1") as second:
            assert second.end()[0] == 0


def test_board_reports_bad_arguments(cablerep: Run, tmp_path: Path) -> None:
    status, _, err = cablerep("board", "no-such-scenario", "--pty")
    assert (status, "the scenarios are" in err) == (1, True)
    status, _, err = cablerep("board", tmp_path / "absent.csv", "--pty")
    assert (status, "there is no such file" in err) == (1, True)
