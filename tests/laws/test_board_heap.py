"""The board layer on a 32-bit MicroPython: a sample takes no byte of heap, the application not all of it."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from compiled_frames import MOST_WORDS, ONCE, frame_words

BOARD = Path(__file__).parents[2] / "firmware" / "cablerep_fw" / "board"
TURNS = 10_000
PICO_HEAP = 230 * 1024  # bytes that MicroPython 1.26 leaves to programs on an RP2040

# What runs for each sample or each turn of the loop; all else is for the start, a message, or between sets.
SAMPLE_PATH = {
    "sampler": {"tick", "sync", "hand_over", "heartbeat", "_since"},
    "nau7802": {"poll", "_read"},
    "stdio_link": {"read", "write", "_fill", "_takes_a_packet", "pass_time"},
    "indicator": {"show", "pass_time", "button"},
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


def test_the_whole_application_leaves_the_board_three_tenths_of_its_heap(
    micropython: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the board looks for its files
    figures = dict(line.split(": ") for line in micropython("heap_use.py").splitlines() if ": " in line)
    # Native code is not in it, which this port keeps elsewhere: some 30 KB more on a board.
    used = int(figures["all"])
    assert used <= PICO_HEAP * 7 // 10, f"modules {figures['modules']}, with all buffers {used}"
