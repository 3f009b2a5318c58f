"""A virtual board with a folder for its flash: settings and journal survive, damage is reported."""

from pathlib import Path

import pytest

from cablerep_fw import storage
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.settings.settings import REST
from cablerep_sim.board.address import parse
from cablerep_sim.board.flash_file import FlashFile
from cablerep_sim.board.links import PipeLink
from cablerep_sim.board.virtual_board import VirtualBoard
from cablerep_sim.errors import SourceError

SET = wire.BY_NAME["set"]


def journal_of(seqs: list[int]) -> Journal:
    journal = Journal(16)
    for seq in seqs:
        journal.add(SET, [5, seq, *[0] * 11])
    return journal


def seqs(journal: Journal) -> list[int]:
    return [journal.number_of((journal.tail + i) % journal.size) for i in range(journal.used)]


def save(board: VirtualBoard, journal: Journal) -> None:
    while journal.next_unsaved() >= 0:
        assert board.save_journal(journal)


def board_on(folder: Path) -> VirtualBoard:
    return VirtualBoard(parse("sim://glute-kickback?reps=1"), PipeLink(), folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "flash"


def test_a_new_folder_is_created_and_is_no_fault(folder: Path) -> None:
    board = board_on(folder)
    assert (board.app.journal.kept, board.faults()) == (0, 0)
    assert not any("settings" in note or "journal" in note for note in board.notes)


def test_settings_and_journal_survive(folder: Path) -> None:
    board = board_on(folder)
    board.settings.put(REST, 5000)
    assert board.save_settings()
    journal = journal_of([1, 2, 3, 4])
    journal.ack(5, 2)
    save(board, journal)
    again = board_on(folder)
    assert again.settings.values[REST] == 5000
    assert seqs(again.app.journal) == [1, 3, 4]


def test_the_files_are_those_of_a_real_board(folder: Path) -> None:
    board = board_on(folder)
    board.save_settings()
    save(board, journal_of([1]))
    assert sorted(path.name for path in folder.iterdir()) == ["cablerep.flash", storage.SETTINGS_PATH]


def test_damage_is_a_fault_and_a_note_and_the_rest_is_used(folder: Path) -> None:
    board = board_on(folder)
    board.save_settings()
    save(board, journal_of([1, 2, 3, 4, 5, 6, 7, 8, 9, 11]))
    path = folder / "cablerep.flash"
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    path = folder / storage.SETTINGS_PATH
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    again = board_on(folder)
    assert seqs(again.app.journal) == [6, 7, 8, 9, 11], "five messages fill the damaged page"
    assert any("some of its messages are lost" in note for note in again.notes)
    assert any("is damaged: the defaults are used" in note for note in again.notes)
    names = [name for bit, name in enumerate(wire.FAULTS) if again.faults() >> bit & 1]
    assert names == ["settings file unusable", "journal file unusable"]
    again.clear_faults()
    assert again.faults() == 0


def test_a_folder_that_cannot_be_created_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot keep a board's state there"):
        board_on(tmp_path / "file")


def test_a_failed_save_is_reported_and_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = board_on(folder)
    save(board, journal_of([1]))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "_rename", full)
    monkeypatch.setattr(FlashFile, "program", full)
    assert not board.save_journal(journal_of([1, 2]))
    assert not board.save_settings()
    assert board.faults() == 1 << wire.FAULTS.index("journal file unusable")
    assert seqs(board_on(folder).app.journal) == [1]
