"""`cablerep backup` and `cablerep restore`."""

from pathlib import Path

from cli_runs import Run
from stored_reps import HELLO, NOON, REP, SET

from cablerep.store.database import Store


def fill(path: Path) -> None:
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        store.add(HELLO.board, REP)
        store.add(HELLO.board, SET)


def test_a_backup_goes_to_another_computer(cablerep: Run, tmp_path: Path) -> None:
    fill(tmp_path / "own.sqlite")
    copy = tmp_path / "copy.sqlite"
    status, out, _ = cablerep("backup", copy)
    assert (status, out) == (0, f"{copy}: 1 set, 2024-05-04 to 2024-05-04\n")
    other = tmp_path / "new" / "data" / "cablerep.sqlite"
    status, out, _ = cablerep("restore", copy, "--store", other)
    assert (status, out) == (0, f"{other}: 1 set, 2024-05-04 to 2024-05-04\n")
    assert cablerep("history", "--store", other)[0] == 0


def test_existing_files_are_replaced_only_with_force(cablerep: Run, tmp_path: Path) -> None:
    own, copy = tmp_path / "own.sqlite", tmp_path / "copy.sqlite"
    fill(own)
    copy.write_text("mine")
    status, _, err = cablerep("backup", copy)
    assert status == 1 and "exists" in err
    assert cablerep("backup", copy, "--force")[0] == 0
    status, _, err = cablerep("restore", copy)
    assert status == 1 and "--force" in err and "1 set" in err
    status, out, _ = cablerep("restore", copy, "--force")
    assert status == 0 and f"is now {own}.before-restore" in out


def test_without_a_store_there_is_nothing_to_back_up(cablerep: Run, tmp_path: Path) -> None:
    status, _, err = cablerep("backup", tmp_path / "copy.sqlite")
    assert status == 1 and "there is no such store" in err
    assert not (tmp_path / "copy.sqlite").exists()
