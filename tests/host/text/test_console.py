"""The two streams: results stay on standard output, whatever is shown on standard error."""

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from cablerep.text import console as terminal


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_lines_are_complete_and_unescaped(capsys: pytest.CaptureFixture[str]) -> None:
    fields = {"event": "rep", "trace": "[bold]Übung[/bold] " + "x" * 500, "rom_mm": 512.3, "rep": None}
    terminal.print_json(fields)
    out, err = capsys.readouterr()
    assert (json.loads(out), out.count("\n"), err) == (fields, 1, "")
    with pytest.raises(ValueError, match="not JSON compliant"):
        terminal.print_json({"rom_mm": float("nan")})


def test_text_is_never_markup(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.output().print("board said: [red]x[/red] :smile: 'y'" + "z" * 200)
    assert capsys.readouterr().out == "board said: [red]x[/red] :smile: 'y'" + "z" * 200 + "\n"


def test_a_status_line_appears_on_a_terminal_after_a_while() -> None:
    console = Console(file=FakeTerminal(), width=60, force_terminal=True, legacy_windows=False)
    assert isinstance(console.file, FakeTerminal)
    with terminal.Working("x", console, after_s=60.0) as working:
        working.say("halfway")
    assert console.file.getvalue() == ""
    with terminal.Working("x", console, after_s=0.0) as working:
        working.say("halfway")
    assert "halfway" in console.file.getvalue()


@pytest.mark.parametrize("into_a_file", [True, False])
def test_results_stay_on_standard_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, into_a_file: bool) -> None:
    """Standard error is a terminal; standard output goes into a file, or into a pipe that may end there too."""
    screen = FakeTerminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", screen)
    with (tmp_path / "out").open("w") if into_a_file else io.StringIO() as out:
        monkeypatch.setattr("sys.stdout", out)
        with terminal.Working("x", after_s=0.0) as working:
            working.say("halfway")
            terminal.print_json({"a": 1})
            terminal.output().print("a line")
        out.flush()
        text = (tmp_path / "out").read_text() if isinstance(out, io.TextIOWrapper) else out.getvalue()
    assert text == '{"a": 1}\na line\n'
    assert ("halfway" in screen.getvalue()) is into_a_file
    assert "a line" not in screen.getvalue()


@pytest.mark.parametrize(
    ("encoding", "there", "term", "expected"),
    [
        ("utf-8", True, "xterm", True),
        ("UTF-8", True, "xterm", True),
        ("utf-8", True, "dumb", False),
        ("cp1252", True, "xterm", False),
        ("utf-8", False, "xterm", False),
    ],
)
def test_which_consoles_take_the_live_screen(encoding: str, there: bool, term: str, expected: bool) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, force_terminal=there, _environ={"TERM": term})
    assert terminal.takes_screen(console) is expected


HOSTILE = "\x1b[2Jclear\x1b]0;title\x07 \x9b31mred \u202egnitroba\x7f"


@pytest.mark.parametrize("terminal_output", [True, False])
def test_control_characters_never_reach_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal_output: bool
) -> None:
    screen = FakeTerminal() if terminal_output else io.StringIO()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    table = Table(HOSTILE)
    table.add_row(HOSTILE, style="bold")
    monkeypatch.setattr("sys.stdout", screen)
    terminal.output().print(HOSTILE, table)
    terminal.print_json({"note": HOSTILE})
    monkeypatch.undo()
    terminal.note(HOSTILE)
    for text in (screen.getvalue(), capsys.readouterr().err):
        shown = re.sub(r"\x1b\[[\d;]*m", "", text)  # rich's own styles
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
        assert "clear" in shown
    line = screen.getvalue().splitlines()[-1]
    assert json.loads(line) == {"note": HOSTILE}, "JSON keeps the text, escaped"
