"""`cablerep report` end to end, with its error messages."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from command_line import run
from rep_curves import BEGAN, fill, fill_later

from cablerep.cli.commands import report as command
from cablerep.errors import HistoryError, OutputError, StoreError
from cablerep.history import logbook
from cablerep.report import browser
from cablerep.store.database import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a left and a right set; nothing in these tests changes it."""
    path = tmp_path_factory.mktemp("store") / "store.sqlite"
    fill(path, 3, 2)
    return path


def make(store: Path, *arguments: object) -> int:
    return run(command, "report", *arguments, "--store", store)


def test_the_last_session_becomes_a_page(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.html"
    assert make(store, "-o", out) == 0
    assert capsys.readouterr().out == f"{out}\n"
    text = out.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.count('<section class="set">') == 2
    assert 'class="curve guess"' not in text, "the curves come from the store"
    assert list(tmp_path.iterdir()) == [out]


def test_a_session_is_named_by_a_set_or_a_day(store: Path, tmp_path: Path) -> None:
    with Store(store) as opened:
        names = [one.id for one in logbook.entries(opened)]
    day = f"{BEGAN.astimezone():%Y-%m-%d}"
    made = []
    for number, name in enumerate((*names, day, "last")):
        assert make(store, name, "-o", tmp_path / f"{number}.html") == 0
        made.append((tmp_path / f"{number}.html").read_text(encoding="utf-8"))
    assert len(set(made)) == 1
    with pytest.raises(HistoryError, match=rf"no set on 2020-01-01; the latest days are {day}"):
        make(store, "2020-01-01", "-o", tmp_path / "x.html")
    with pytest.raises(HistoryError, match="there is no set 'zzz'"):
        make(store, "zzz", "-o", tmp_path / "x.html")


def test_two_sessions_of_a_day_share_a_page(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    noon = datetime(2026, 3, 2, 12, 0).astimezone()
    fill(path, 2, began=noon)
    with Store(path) as opened:
        (first,) = logbook.entries(opened)
    fill_later(path, noon + timedelta(hours=5))
    assert make(path, f"{noon:%Y-%m-%d}", "-o", tmp_path / "day.html") == 0
    assert (tmp_path / "day.html").read_text(encoding="utf-8").count("<main") == 2
    assert make(path, first.id, "-o", tmp_path / "first.html") == 0
    assert "This is the first session" in (tmp_path / "first.html").read_text(encoding="utf-8")
    assert make(path, "-o", tmp_path / "last.html") == 0
    assert "over 2 sessions" in (tmp_path / "last.html").read_text(encoding="utf-8")


def test_existing_files_are_kept_without_force(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="this file exists"):
        make(store, "-o", out)
    assert out.read_text(encoding="utf-8") == "mine"
    assert make(store, "-o", out, "--force") == 0
    assert out.read_text(encoding="utf-8") != "mine"


def test_nothing_to_write_is_a_usage_error(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        make(store)
    assert raised.value.code == 2
    assert "give -o FILE.html, --pdf FILE.pdf or --png FILE.png" in capsys.readouterr().err


def test_pdf_and_png_use_the_browser_and_clean_up_on_failure(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = []
    monkeypatch.setattr(browser, "find", lambda given: f"found {given}")
    monkeypatch.setattr(browser, "pdf", lambda page, program: papers.append("size: letter" in page) or b"pdf")
    monkeypatch.setattr(browser, "png", lambda page, program: program.encode())
    files = tmp_path / "a.pdf", tmp_path / "a.png", tmp_path / "a.html"
    options = ("--pdf", files[0], "--png", files[1], "-o", files[2], "--paper", "letter", "--browser", "mine")
    assert make(store, *options) == 0
    assert (files[0].read_bytes(), files[1].read_bytes(), papers) == (b"pdf", b"found mine", [True])

    def fail(page: str, program: str) -> bytes:
        raise OutputError("no")

    monkeypatch.setattr(browser, "png", fail)
    for file in files:
        file.unlink()
    with pytest.raises(OutputError):
        make(store, *options)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_or_empty_store_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such store"):
        make(tmp_path / "absent.sqlite", "-o", tmp_path / "x.html")
    Store(tmp_path / "empty.sqlite").close()
    with pytest.raises(HistoryError, match="no sets in the store yet"):
        make(tmp_path / "empty.sqlite", "-o", tmp_path / "x.html")
    with pytest.raises(HistoryError, match="the latest days are none at all"):
        make(tmp_path / "empty.sqlite", "2026-01-01", "-o", tmp_path / "x.html")
