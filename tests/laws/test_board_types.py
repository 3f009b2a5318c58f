"""mypy over the board layer, with the types of the RP2 port's MicroPython in place of CPython's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 120


def complaints(stubs: str, folder: Path, *what: str) -> list[str]:
    """Return mypy's errors in the firmware; those inside the stubs themselves are not ours."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    settings = folder / "mypy.ini"
    settings.write_text(
        f"""[mypy]
python_version = 3.11
mypy_path = {stubs}/stdlib:{stubs}:{ROOT / "firmware"}
custom_typeshed_dir = {stubs}
no_site_packages = True
follow_imports = silent
check_untyped_defs = True
warn_unused_ignores = True
"""
    )
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", settings, "--cache-dir", folder / "cache", *what],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=folder,
        check=False,
    )
    summary = told.stdout.splitlines()[-1:]
    assert summary and re.search(r"checked \d+ source file|no issues found", summary[0]), told.stdout + told.stderr
    return [line for line in told.stdout.splitlines() if ": error: " in line and not line.startswith(stubs)]


def test_the_board_layer_uses_micropython_as_it_is(stubs_path: str, tmp_path: Path) -> None:
    assert complaints(stubs_path, tmp_path, "-p", "cablerep_fw.board") == []


def test_a_call_that_the_port_has_not_is_found(stubs_path: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from machine import Pin, WDT\n\nWDT(timeout='8 s')\nPin(2).levitate()\n")
    found = complaints(stubs_path, tmp_path, str(wrong))
    assert [line.split(":")[1] for line in found] == ["3", "4"]
