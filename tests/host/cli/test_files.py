"""Output files are written whole or not at all, and never overwrite others without --force."""

import os
from pathlib import Path

import pytest

from cablerep.cli import files
from cablerep.errors import OutputError
from cablerep.store.database import Store


def test_a_file_is_written_and_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    files.write(path, b"one")
    files.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a\.csv: cannot be written \(No space left on device\)"):
        files.write(path, b"new")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


def test_an_interrupted_write_leaves_no_partial_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "a.csv", b"new")
    assert list(tmp_path.iterdir()) == []


def test_conflicting_paths_are_refused(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_bytes(b"")
    with pytest.raises(OutputError, match=r"this file exists.*--force"):
        files.check([tmp_path / "new.csv", there])
    files.check([there], force=True)
    with pytest.raises(OutputError, match="this is a folder"):
        files.check([tmp_path], force=True)
    with pytest.raises(OutputError, match=r"there is no folder .*absent; create it first"):
        files.check([tmp_path / "absent" / "a.csv"])
    if os.name == "posix":
        with pytest.raises(OutputError, match="this is a device"):
            files.check([Path("/dev/null")], force=True)
    with pytest.raises(OutputError, match="two outputs have this name"):
        files.check([tmp_path / "a", tmp_path / "a"])


def test_a_missing_folder_is_created(tmp_path: Path) -> None:
    for _ in range(2):
        files.make_folder(tmp_path / "new")
    assert (tmp_path / "new").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="this is a file, but a folder is needed"):
        files.make_folder(tmp_path / "file")
    with pytest.raises(OutputError, match="there is no folder"):
        files.make_folder(tmp_path / "absent" / "new")


def test_a_store_is_never_overwritten(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite"):
        pass
    with pytest.raises(OutputError, match=r"store\.sqlite: this is a database.*never overwritten"):
        files.check([tmp_path / "store.sqlite"], force=True)


@pytest.mark.skipif(os.name != "posix", reason="links need privileges on Windows")
def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / f"a.csv{files.PART}").symlink_to(victim)
    files.write(tmp_path / "a.csv", b"new")
    assert (victim.read_bytes(), (tmp_path / "a.csv").read_bytes()) == (b"precious", b"new")
    assert not (tmp_path / "a.csv").is_symlink()
