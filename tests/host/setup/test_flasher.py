"""The flasher, from any initial state and interrupted anywhere."""

import pytest
from fake_repl import FakeBoard, FakeRepl

from cablerep.errors import FlashError
from cablerep.setup import flasher
from cablerep.setup.firmware_image import BoardFile

FILES = [
    BoardFile("cablerep_fw/__init__.mpy", b"version"),
    BoardFile("cablerep_fw/core/engine.mpy", bytes(range(256)) * 20),
    BoardFile("cablerep_fw/board/rp2/station.mpy", b"\x00\xffstation"),
    BoardFile("main.py", b"print('main')\n"),
]


def flash(board, files=FILES, told=None):
    """Do what the command does; return the plan."""
    repl = FakeRepl(board)
    kind = flasher.identify(repl)
    plan = flasher.make_plan(repl, files, kind.free)
    flasher.carry_out(repl, plan, (told if told is not None else []).append)
    flasher.verify(repl, files)
    return plan


def holds(board, files=FILES):
    return {path: data for path, data in board.files.items() if not path.startswith("mine")} == {
        file.path: file.data for file in files
    }


def test_an_empty_board_gets_every_file(tmp_path):
    board, told = FakeBoard(), []
    plan = flash(board, told=told)
    assert holds(board)
    assert (len(plan.send), plan.equal, plan.remove) == (4, 0, ())
    assert sum(told) == plan.size


def test_equal_files_are_not_written():
    board = FakeBoard()
    flash(board)
    board.changes.clear()
    plan = flash(board)
    assert (plan.send, plan.remove, plan.equal) == ((), (), 4)
    assert board.changes == []


def test_main_is_removed_first_and_written_last():
    board = FakeBoard()
    flash(board)
    board.files["cablerep_fw/core/engine.mpy"] = b"old"
    board.changes.clear()
    plan = flash(board, [FILES[-1], *FILES[:-1]])
    assert holds(board)
    assert [file.path for file in plan.send] == ["main.py", "cablerep_fw/core/engine.mpy"]
    assert board.changes[0] == "remove main.py"
    assert board.changes[-1] == "rename main.py"


def test_stale_sources_are_removed_and_foreign_files_kept():
    board = FakeBoard()
    flash(board)
    board.files["cablerep_fw/core/engine.py"] = b"would be imported first"
    board.files["mine.py"] = b"somebody's"
    plan = flash(board)
    assert plan.remove == ("cablerep_fw/core/engine.py",)
    assert holds(board)
    assert board.files["mine.py"] == b"somebody's"


def test_a_run_cut_anywhere_is_completed_by_the_next():
    uncut = FakeBoard()
    flash(uncut, FILES[:2] + FILES[3:])
    settled = dict(uncut.files)
    for cut in range(100):
        board = FakeBoard()
        board.folders |= {"cablerep_fw", "cablerep_fw/core"}
        board.files = {path: b"old" + data for path, data in settled.items()}
        board.cut_after = cut
        try:
            flash(board)
            break
        except FlashError:
            assert cut == 0 or "main.py" not in board.files, f"cut {cut}: a half-written application would start"
        board.cut_after = None
        flash(board)
        assert holds(board), f"cut {cut}"
    assert 15 < cut < 99


def test_lack_of_space_is_reported_before_writing():
    board = FakeBoard(blocks=6)
    board.files["mine.bin"] = bytes(4096)
    with pytest.raises(FlashError, match=r"has 20 KiB free, the firmware needs 36 KiB.*mpremote rm"):
        flash(board)
    assert board.changes == []


def test_a_disk_that_fills_up_is_reported():
    board = FakeBoard()
    repl = FakeRepl(board)
    plan = flasher.make_plan(repl, FILES, flasher.identify(repl).free)
    board.blocks = 2
    with pytest.raises(FlashError, match="file system is full"):
        flasher.carry_out(repl, plan, lambda count: None)


def test_a_damaged_file_is_not_renamed():
    class Noise(FakeRepl):
        def write(self, path, data, progress):
            super().write(path, data[:-1] + b"?", progress)

    board = FakeBoard()
    repl = Noise(board)
    plan = flasher.make_plan(repl, FILES, flasher.identify(repl).free)
    with pytest.raises(FlashError, match="arrived damaged"):
        flasher.carry_out(repl, plan, lambda count: None)
    assert "cablerep_fw/__init__.mpy" not in board.files


def test_verify_finds_a_changed_file():
    board = FakeBoard()
    flash(board)
    board.files["cablerep_fw/core/engine.mpy"] = b"rotten"
    with pytest.raises(FlashError, match=r"engine\.mpy"):
        flasher.verify(FakeRepl(board), FILES)


@pytest.mark.parametrize(
    "version, good", [((1, 25, 0), False), ((1, 9, 4), False), ((1, 26, 0), True), ((2, 0, 0), True)]
)
def test_old_micropython_is_refused_with_the_cure(version, good):
    repl = FakeRepl(FakeBoard(version=version))
    if good:
        assert flasher.identify(repl).micropython == version
    else:
        with pytest.raises(FlashError, match=r"needs 1\.26 or newer; get it from micropython\.org"):
            flasher.identify(repl)


def test_an_unexpected_answer_is_reported():
    class Nonsense(FakeRepl):
        def run(self, code):
            return "Traceback: (oops"

    with pytest.raises(FlashError, match="the board answered 'Traceback"):
        flasher.identify(Nonsense(FakeBoard()))
