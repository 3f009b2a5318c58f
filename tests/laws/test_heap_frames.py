"""No function of the sample path is so large that MicroPython puts its frame on the heap at every call.

The virtual machine keeps a frame on the C stack up to 11 words of 4 bytes (VM_MAX_STATE_ON_STACK in py/vm.c): N_STATE
values and three words for each nested `try`. Native code has its frame on the stack whatever its size.
"""

import ast
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from compiled_frames import MOST_WORDS, ONCE, frame_words
from detector_run import Detector
from pull import Pull

CORE = Path(__file__).parents[2] / "firmware" / "cablerep_fw" / "core"
# Run at a start, by a host's wish or between sets, never for a sample; each may have a large frame.
SELDOM_MODULES = {"settings"}
SELDOM = {
    "engine.restart": "begins a session",
    "commands._send_notes": "once a connection, and what was wrong at the start",
    "journal.restore": "reads the journal's file at the start",
    "journal.dump_entry": "writes it, between sets",
    "message.complete": "for a message stored by older firmware, at the start",
    "wire._schema_id": "once, at import",
    "wire.unpack": "the host's end",
    "frames._crc_table": "once, at import",
}


def functions() -> Iterator[str]:
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.stem}.{node.name}"


def test_no_frame_of_the_sample_path_lies_on_the_heap(micropython_path: str) -> None:
    large = [
        f"{path.stem}.{name} takes {words} words: make it smaller or @micropython.native"
        for path in sorted(CORE.rglob("*.py"))
        if path.stem not in SELDOM_MODULES
        for name, words in frame_words(micropython_path, path).items()
        if words > MOST_WORDS and name not in ONCE and f"{path.stem}.{name}" not in SELDOM
    ]
    assert not large, "\n".join(large)


def test_a_large_frame_is_found(micropython_path: str, tmp_path: Path) -> None:
    source = tmp_path / "large.py"
    names = ", ".join("abcdefghijkl")
    source.write_text(f"def large({names}):\n    return {names}\n\n\ndef small(a):\n    return a\n")
    words = frame_words(micropython_path, source)
    assert words["large"] > MOST_WORDS > words["small"]


def test_what_is_seldom_exists_and_is_not_called_for_a_sample() -> None:
    assert set(SELDOM) <= set(functions())
    called: set[str] = set()

    def note(frame, event, argument) -> None:  # type: ignore[no-untyped-def]
        path = Path(frame.f_code.co_filename)
        if event == "call" and CORE in path.parents:
            called.add(f"{path.stem}.{frame.f_code.co_name}")

    pull = Pull().still(1).move(300, 1).still(1.2)
    for _ in range(3):
        pull.rep(400, 0.6, 0.3, 0.8).still(0.3)
    travel = pull.still(1).move(-300, 1).still(1).samples()
    travel[500] += 2000000
    detector = Detector(streaming=True)

    def feed() -> None:
        sys.setprofile(note)
        detector.feed(travel, [4000 if k % 3 else None for k in range(len(travel))], missing={900: 3})

    # In a thread of its own: in one whole run the main thread's profile function was never called. Playwright's
    # greenlets had run there, and they save and restore the state that it depends on.
    thread = threading.Thread(target=feed)
    thread.start()
    thread.join()
    assert {
        "engine.feed",
        "reps.step",
        "sets.take",
        "sets.admit",
        "journal.add",
        "frames.seal",
        "samples.send",
    } <= called
    assert not called & set(SELDOM)
    assert not {name for name in called if name.split(".")[0] in SELDOM_MODULES or name.split(".")[1] in ONCE}
