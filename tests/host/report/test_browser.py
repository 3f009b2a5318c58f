"""PDF and PNG through a browser, and the errors when it is missing or fails."""

import os
import re
import select
import stat
import struct
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from logbook_pages import FIRST, page, rep
from report_sheets import rendered, usual

from cablerep.errors import OutputError
from cablerep.history.logbook import Entry
from cablerep.report import browser
from cablerep.store.database import Note

try:
    BROWSER = browser.find()
except OutputError as error:
    BROWSER = ""
    NONE = str(error)
needs_browser = pytest.mark.skipif(not BROWSER, reason="there is no Chromium, Chrome or Edge on the path")


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", data))


def full(sets: int, reps: int) -> list[Entry]:
    """Return a session with flags, two notes, and three earlier sessions."""
    flags = {3: ("hold_short",), 7: ("hold_short", "eccentric_fast"), reps: ("range_under", "swing")}
    made = [rep(n, flags=flags.get(n, ())) for n in range(1, reps + 1)]
    past = [page(8, day=day, side=side) for day in (-9, -6, -3) for side in ("left", "right")]
    today = [page(made, minute=4 * n, side=("left", "right")[n % 2], plate=12) for n in range(sets)]
    note = Note(FIRST, "The hip felt tight, and the last three reps needed a pause.")
    noted = [replace(one, set=replace(one.set, notes=(note,))) for one in today[:2]]
    return past + noted + today[2:]


@needs_browser
@pytest.mark.parametrize(("paper", "sets", "reps"), [("a4", 6, 12), ("letter", 2, 8)])
def test_a_usual_session_prints_on_one_page(paper: str, sets: int, reps: int) -> None:
    data = browser.pdf(rendered(*full(sets, reps), paper=paper), BROWSER)
    assert pages(data) == 1
    size = {"a4": b"594", "letter": b"612"}[paper]
    assert re.search(rb"/MediaBox\s*\[\s*0 0 " + size, data)


@needs_browser
def test_each_exercise_starts_a_page_and_long_ones_take_several() -> None:
    other = [page(2, minute=30, exercise="Abduction")]
    assert pages(browser.pdf(rendered(*full(2, 8), *other, paper="a4"), BROWSER)) == 2
    assert pages(browser.pdf(rendered(*full(14, 2), paper="letter"), BROWSER)) >= 2


@needs_browser
def test_a_picture_is_as_tall_as_the_page() -> None:
    sizes = []
    for sets in (usual(), usual()[:1]):
        data = browser.png(rendered(*sets), BROWSER)
        assert data.startswith(b"\x89PNG")
        sizes.append(struct.unpack(">II", data[16:24]))
    assert sizes[0][0] == sizes[1][0] == round(browser.PICTURE_WIDTH * 1.5)
    assert sizes[0][1] > 1.5 * sizes[1][1]


def test_no_browser_is_reported_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(browser, "_PATHS", ())
    with pytest.raises(OutputError, match=r"no browser found.*install Chromium.*--browser PATH.*print it there"):
        browser.find()
    with pytest.raises(OutputError, match=r"netscape: there is no such program; give --browser"):
        browser.find("netscape")


def script(folder: Path, text: str) -> str:
    path = folder / "browser"
    path.write_text(f"#!{sys.executable}\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in browser is a script")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import sys; sys.stderr.write('first\\nno display\\n'); sys.exit(3)", r"failed with 3 \(no display\)"),
        ("", "wrote no file"),
        ("import time; time.sleep(60)", "no response in 0.5 s"),
    ],
)
def test_a_failing_browser_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setattr(browser, "_TIMEOUT_S", 0.5)
    with pytest.raises(OutputError, match=rf"{message}.*--browser"):
        browser.pdf("<html></html>", script(tmp_path, text))


@pytest.mark.skipif(os.name != "posix", reason="process groups are of POSIX systems")
def test_a_hanging_browser_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The child holds the write end of a pipe: its end is the end of the file.
    monkeypatch.setattr(browser, "_TIMEOUT_S", 2.0)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    child = f"import time; file = open({str(pipe)!r}, 'w'); file.write('here'); file.flush(); time.sleep(60)"
    text = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(OutputError, match="no response"):
        browser.pdf("<html></html>", script(tmp_path, text))
    assert os.read(reader, 100) == b"here"
    assert select.select([reader], [], [], 10)[0], "nobody holds the pipe any more"
    assert os.read(reader, 100) == b""
    os.close(reader)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in browser is a script")
def test_a_browser_that_shows_nothing_or_does_not_start_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot show the page"):
        browser.png("<html></html>", script(tmp_path, "print('<title>x</title>')"))
    broken = tmp_path / "broken"
    broken.write_text("#!/absent/interpreter\n", encoding="utf-8")
    broken.chmod(0o755)
    with pytest.raises(OutputError, match=r"broken: cannot be run"):
        browser.pdf("<html></html>", str(broken))
