"""What the flasher does to a board's files, whatever was there before and wherever it is cut short."""

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


def test_what_is_equal_is_left_alone():
    board = FakeBoard()
    flash(board)
    board.changes.clear()
    plan = flash(board)
    assert (plan.send, plan.remove, plan.equal) == ((), (), 4)
    assert board.changes == []


def test_one_changed_file_is_written_and_main_goes_first_and_comes_last():
    board = FakeBoard()
    flash(board)
    board.files["cablerep_fw/core/engine.mpy"] = b"old"
    board.changes.clear()
    plan = flash(board, [FILES[-1], *FILES[:-1]])
    assert holds(board)
    assert [file.path for file in plan.send] == ["main.py", "cablerep_fw/core/engine.mpy"]
    assert board.changes[0] == "remove main.py"
    assert board.changes[-1] == "rename main.py"


def test_a_source_beside_its_compiled_file_is_removed_and_other_peoples_files_are_not():
    board = FakeBoard()
    flash(board)
    board.files["cablerep_fw/core/engine.py"] = b"would be imported first"
    board.files["mine.py"] = b"somebody's"
    plan = flash(board)
    assert plan.remove == ("cablerep_fw/core/engine.py",)
    assert holds(board)
    assert board.files["mine.py"] == b"somebody's"


def test_unplugged_anywhere_the_next_run_mends_it():
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


def test_too_little_room_is_said_before_anything_is_touched():
    board = FakeBoard(blocks=6)
    board.files["mine.bin"] = bytes(4096)
    with pytest.raises(FlashError, match=r"has 20 KiB free, the firmware needs 36 KiB.*mpremote rm"):
        flash(board)
    assert board.changes == []


def test_a_disk_that_fills_all_the_same_is_named():
    board = FakeBoard()
    repl = FakeRepl(board)
    plan = flasher.make_plan(repl, FILES, flasher.identify(repl).free)
    board.blocks = 2
    with pytest.raises(FlashError, match="file system is full"):
        flasher.carry_out(repl, plan, lambda count: None)


def test_a_file_that_arrives_damaged_is_not_put_in_place():
    class Noise(FakeRepl):
        def write(self, path, data, progress):
            super().write(path, data[:-1] + b"?", progress)

    board = FakeBoard()
    repl = Noise(board)
    plan = flasher.make_plan(repl, FILES, flasher.identify(repl).free)
    with pytest.raises(FlashError, match="arrived damaged"):
        flasher.carry_out(repl, plan, lambda count: None)
    assert "cablerep_fw/__init__.mpy" not in board.files


def test_verify_finds_a_file_that_changed_behind_its_back():
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


def test_a_board_that_answers_nonsense_is_said():
    class Nonsense(FakeRepl):
        def run(self, code):
            return "Traceback: (oops"

    with pytest.raises(FlashError, match="the board answered 'Traceback"):
        flasher.identify(Nonsense(FakeBoard()))
