"""The flash of a virtual board: what was kept comes back, and damage is told."""

from pathlib import Path

import pytest

from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.settings.settings import REST, Settings
from cablerep_sim.board.board_state import BoardState
from cablerep_sim.errors import SourceError

SET = wire.BY_NAME["set"]


def journal_of(seqs: list[int]) -> Journal:
    journal = Journal(16)
    for seq in seqs:
        journal.add(SET, [5, seq, *[0] * 10])
    return journal


def seqs(journal: Journal) -> list[int]:
    return [journal.number_of((journal.tail + i) % journal.size) for i in range(journal.used)]


@pytest.fixture
def state(tmp_path: Path) -> BoardState:
    return BoardState(tmp_path / "deep" / "flash")


def test_nothing_kept_is_no_fault(state: BoardState) -> None:
    chosen, journal = Settings(), Journal(4)
    assert (state.load_settings(chosen), state.load_journal(journal), journal.kept) == ("", "", 0)


def test_settings_come_back(state: BoardState) -> None:
    chosen = Settings()
    chosen.put(REST, 5000)
    assert state.save_settings(chosen)
    again = Settings()
    assert state.load_settings(again) == ""
    assert again.values == chosen.values


def test_the_journal_comes_back_without_what_was_acknowledged(state: BoardState) -> None:
    journal = journal_of([1, 2, 3, 4])
    journal.ack(5, 2)
    assert state.save_journal(journal)
    again = Journal(16)
    assert state.load_journal(again) == ""
    assert seqs(again) == [1, 3, 4]


def test_an_empty_journal_leaves_no_file(state: BoardState) -> None:
    state.save_journal(journal_of([1]))
    assert state.save_journal(journal_of([]))
    assert state.save_journal(journal_of([]))
    assert not state.journal_path.exists()


def test_damage_is_told_and_what_is_whole_is_used(state: BoardState) -> None:
    state.save_journal(journal_of([1, 2, 3]))
    data = state.journal_path.read_bytes()
    state.journal_path.write_bytes(data[:-5])
    again = Journal(16)
    assert state.load_journal(again) == "journal file is damaged: 1 of its 3 reps are lost"
    assert seqs(again) == [1, 2]
    for end in range(len(data)):
        state.journal_path.write_bytes(data[:end])
        cut = Journal(16)
        assert "damaged" in state.load_journal(cut)
        assert seqs(cut) == list(range(1, 1 + max(0, (end - 12) // (SET.size + 4))))
    state.journal_path.write_bytes(b"something else")
    assert state.load_journal(again) == "journal file is not a cablerep journal: what it held is lost"
    state.save_settings(Settings())
    state.settings_path.write_bytes(state.settings_path.read_bytes()[:-1] + b"?")
    assert state.load_settings(Settings()) == "settings file is damaged: the defaults are used"


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot keep a board's state there"):
        BoardState(tmp_path / "file")


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
def test_a_save_that_fails_says_so_and_leaves_the_old_file(
    state: BoardState, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.save_journal(journal_of([1]))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(where, full)
    assert not state.save_journal(journal_of([1, 2]))
    assert not state.save_settings(Settings())
    again = Journal(16)
    assert state.load_journal(again) == ""
    assert seqs(again) == [1]
