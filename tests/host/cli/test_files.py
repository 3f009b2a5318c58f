"""Output files: whole or not at all, and never in the place of another unasked."""

import os
from pathlib import Path

import pytest

from cablerep.cli import files as outfile
from cablerep.errors import OutputError


def test_a_file_is_put_and_put_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    outfile.put(path, b"one")
    outfile.put(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a\.csv: cannot be written \(No space left on device\)"):
        outfile.put(path, b"new")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


def test_an_interruption_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        outfile.put(tmp_path / "a.csv", b"new")
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_the_way_is_told_of(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_bytes(b"")
    with pytest.raises(OutputError, match=r"there already.*--force"):
        outfile.check([tmp_path / "new.csv", there])
    outfile.check([there], force=True)
    with pytest.raises(OutputError, match="this is a folder"):
        outfile.check([tmp_path], force=True)
    with pytest.raises(OutputError, match=r"there is no folder .*absent; make it first"):
        outfile.check([tmp_path / "absent" / "a.csv"])
    if os.name == "posix":
        with pytest.raises(OutputError, match="this is a device"):
            outfile.check([Path("/dev/null")], force=True)
    with pytest.raises(OutputError, match="two files cannot have one name"):
        outfile.check([tmp_path / "a", tmp_path / "a"])


def test_a_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    for _ in range(2):
        outfile.make_folder(tmp_path / "new")
    assert (tmp_path / "new").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="this is a file, and a folder is to be written"):
        outfile.make_folder(tmp_path / "file")
    with pytest.raises(OutputError, match="there is no folder"):
        outfile.make_folder(tmp_path / "absent" / "new")
