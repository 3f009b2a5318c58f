"""The command line: exit statuses, one-line errors, no tracebacks."""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import Cablerep, run

from cablerep import __version__
from cablerep.cli import main as cli
from cablerep.errors import CablerepError

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException | int]]:
    """A command line whose only command does what the list says."""
    what: list[BaseException | int] = []

    def run_it(args: argparse.Namespace) -> int:
        if isinstance(what[0], BaseException):
            raise what[0]
        return what[0]

    def build() -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser()
        parser.set_defaults(run=run_it, command="it")
        return parser

    monkeypatch.setattr(cli, "build_parser", build)
    monkeypatch.delenv("CABLEREP_DEBUG", raising=False)
    yield what


@pytest.mark.parametrize(
    ("what", "status", "told"),
    [
        (0, 0, ""),
        (1, 1, ""),
        (CablerepError("x.csv: bad\nand worse"), 1, "cablerep: error: x.csv: bad and worse\n"),
        (KeyboardInterrupt(), 130, ""),
        (PermissionError(13, "Permission denied", "/x"), 1, "cablerep: error: /x: Permission denied; check the path"),
        (ZeroDivisionError("by zero"), 1, "cablerep: error: a bug in cablerep (ZeroDivisionError: by zero); "),
    ],
)
def test_every_exception_has_a_status_and_one_line(
    command: list[BaseException | int],
    capsys: pytest.CaptureFixture[str],
    what: BaseException | int,
    status: int,
    told: str,
) -> None:
    command.append(what)
    assert cli.main([]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(told)
    assert err.count("\n") == bool(told)


def test_debugging_shows_the_traceback(command: list[BaseException | int], monkeypatch: pytest.MonkeyPatch) -> None:
    command.append(ZeroDivisionError())
    monkeypatch.setenv("CABLEREP_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main([])


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])
    assert end.value.code == 0
    help_text = capsys.readouterr().out
    assert help_text.startswith(f"usage: cablerep {name} ")
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert f"\n    {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["replay"],
        ["monitor", "--sets", "0"],
        ["record", "x.csv", "--seconds", "nan"],
        ["board", "clean"],
        ["board", "clean", "--pty", "--tcp", "x:1"],
        ["board", "clean", "--tcp", "1234"],
        ["board", "clean", "--pty", "--speed", "-1"],
        ["history", "--last", "many"],
    ],
)
def test_usage_errors_are_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage: cablerep" in err


def test_without_a_command_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "cablerep demo" in err


def test_python_m_cablerep_prints_the_version() -> None:
    assert run("--version") == (0, f"cablerep {__version__}\n", "")


def test_starting_up_loads_nothing_heavy() -> None:
    code = (
        "import sys; from cablerep.cli import main; main.build_parser(); "
        "print([m for m in ('numpy', 'rich.console', 'serial', 'sqlite3', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "[]\n"


@posix_only
def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    trace = tmp_path / "long.csv"
    rows = "".join(f"{5000 * k},{(k % 400 < 200) * 4000}\n".replace("\n", ",\n") for k in range(40_000))
    trace.write_text(f"# rate_hz: 200\n# um_per_count: 100\nt_us,travel,load\n{rows}")
    with Cablerep("replay", trace, "--json") as one:
        one.line()
        assert one.process.stdout is not None
        one.process.stdout.close()
        assert one.process.stderr is not None
        assert one.process.stderr.read() == ""
        assert one.process.wait() == 1


@posix_only
def test_an_ascii_terminal_gets_question_marks(tmp_path: Path) -> None:
    status, out, err = run(
        "replay",
        tmp_path / "fehlt-ä.csv",
        PYTHONUTF8="0",
        PYTHONIOENCODING="ascii",
        LC_ALL="C",
        PYTHONCOERCECLOCALE="0",
    )
    assert (status, out) == (1, "")
    assert "there is no such file" in err


@posix_only
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_monitor_cleanly(tmp_path: Path, by: signal.Signals) -> None:
    store = tmp_path / "store.sqlite"
    with Cablerep("monitor", "--port", "sim://clean?reps=2&speed=0", "--store", store) as one:
        while not one.line().startswith("set 1"):
            pass
        status, out, err = one.end(by)
    assert (status, err) == (0, "")
    status, out, _ = run("history", "--store", store, "--json")
    assert status == 0
    assert out.count('"event": "history"') == 1


@posix_only
def test_a_recording_survives_any_end(tmp_path: Path) -> None:
    arguments = ("--port", "sim://clean?reps=3&speed=20", "--store", tmp_path / "store.sqlite")
    with Cablerep("record", tmp_path / "told.csv.gz", *arguments) as one:
        while not one.line().startswith("rep 1"):
            pass
        status, out, err = one.end(signal.SIGTERM)
    assert status == 0, err
    assert "told.csv.gz: " in out
    assert sorted(path.name for path in tmp_path.glob("told*")) == ["told.csv.gz"]
    assert '"reps": 1' in run("replay", tmp_path / "told.csv.gz", "--json")[1].splitlines()[-1]

    with Cablerep("record", tmp_path / "killed.csv.gz", *arguments) as one:
        while not one.line().startswith("rep 2"):
            pass
        one.kill()
    part = tmp_path / "killed.csv.gz.part"
    assert [path.name for path in tmp_path.glob("killed*")] == [part.name]
    status, out, err = run("replay", part, "--json")
    assert status == 0
    assert "unfinished" in err
    assert json.loads(out.splitlines()[-1])["reps"] >= 1, "all but the last second of samples is on the disk"
    status, _, err = run("record", tmp_path / "killed.csv.gz", *arguments)
    assert (status, "--force" in err) == (1, True)


def test_help_is_printed_before_heavy_imports() -> None:
    code = "import sys; from cablerep.cli import main; main.build_parser(); print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert not {"textual", "rich", "numpy", "serial"} & set(ended.stdout.split())


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes the streams")
def test_closed_streams_are_no_error(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m cablerep'
    line = f"{command} units <&- >&- && ! {command} history --store {tmp_path}/none 2>&- && echo done"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "done"
