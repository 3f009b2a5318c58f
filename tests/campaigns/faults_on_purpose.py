"""Put faults into a copy of the firmware, one at a time, and name the test that finds each.

    python tests/campaigns/faults_on_purpose.py [NAME ...]

Each fault replaces one piece of text, which must occur exactly once. The tests named with it run on the copy until the
first failure. Exit status 1 if a fault passed its tests, or if they fail without it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
# name: file of the firmware, text, what replaces it, tests
FAULTS = {
    "burst of 400": ("board/stdio_link.py", "_BURST = const(4)", "_BURST = const(400)", "board/test_stdio_link.py"),
    "no kbd_intr in the link": ("board/stdio_link.py", "kbd_intr(_NO_INTERRUPT)", "pass", "board/test_stdio_link.py"),
    "no kbd_intr in main": ("main.py", "    kbd_intr(-1)", "    pass", "board/test_start.py"),
    "no gc.threshold": ("main.py", "gc.threshold(16384)", "pass", "board/test_start.py"),
    "HX711 without JOIN_RX": ("board/rp2/hx711.py", ", fifo_join=rp2.PIO.JOIN_RX", "", "board/test_hx711.py"),
    "HX711 gain of the first word": ("board/rp2/hx711.py", "rx_fifo() + 1", "rx_fifo()", "board/test_hx711.py"),
    "encoder counts the other way": (
        "board/rp2/quadrature.py",
        'jmp("up")  # 00 01\n    jmp("down")  # 00 10',
        'jmp("down")  # 00 01\n    jmp("up")  # 00 10',
        "board/test_quadrature.py",
    ),
    "encoder's stale word": (
        "board/sampler.py",
        "        while n:\n            word = int(pio[fifo])\n            n -= 1\n",
        "",
        "board/test_quadrature.py",
    ),
    "late by a whole period": ("board/sampler.py", "if late >= period:", "if late > period:", "board/test_sampler.py"),
    "missed periods not counted": ("board/sampler.py", "unmarked += n\n", "unmarked += 0\n", "board/test_sampler.py"),
    "a cell's silence": ("board/sampler.py", "s[_FAULTS] |= CELL_SILENT", "pass", "board/test_sampler.py"),
    "saturated readings pass": ("board/sampler.py", "word == 0x7FFFFF or word", "word", "board/test_sampler.py"),
    "frames not masked": ("board/sampler.py", "s[_MASKED] = 1", "pass", "board/test_sampler.py"),
    "watchdog always fed": ("board/watchdog.py", "if tail != self._tail:", "if True:", "board/test_station.py"),
    "failed start stays": ("board/crash.py", "    machine.reset()\n", "", "board/test_crash.py"),
    "CRC not looked at": ("core/link/frames.py", "if crc or code_at != end:", "if code_at != end:", "core/link"),
    "full journal drops the newest": (
        "core/link/journal.py",
        "            self._drop_oldest()\n        slot",
        "            self.used -= 1\n        slot",
        "core/link/test_journal.py",
    ),
    "acknowledged by number alone": (
        "core/link/journal.py",
        " and self.session_of(slot) == session",
        "",
        "core/link/test_journal.py",
    ),
    "failed write forgotten": ("app.py", "self._retry = not self.board", "self._unsaved = self.board", "test_main.py"),
    "long press at once": ("core/press.py", "self._held_ms >= _LONG_MS", "self._held_ms >= 0", "core/test_press.py"),
    "two outliers believed": ("core/detect/force.py", "self._count == 1 and", "False and", "core/detect/test_force.py"),
    "new session in a set": (
        "core/lifetime.py",
        "detector.idle() or samples",
        "samples or samples",
        "core/test_lifetime.py",
    ),
}  # fmt: skip


def main() -> int:
    names = sys.argv[1:] or list(FAULTS)
    passed = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("firmware", "host", "sim", "tests", "pyproject.toml"):
            copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copied(ROOT / name, copy / name)
        for tests in sorted({FAULTS[name][3] for name in names}):
            if found := first_failure(copy, tests):
                print(f"{tests} fails without a fault: {found}")
                return 1
        print("| fault | found by |\n| --- | --- |")
        for name in names:
            file, text, replacement, tests = FAULTS[name]
            path = copy / "firmware" / "cablerep_fw" / file
            source = path.read_text(encoding="utf-8")
            assert source.count(text) == 1, f"{name}: {source.count(text)} times in {file}: {text!r}"
            path.write_text(source.replace(text, replacement), encoding="utf-8")
            found = first_failure(copy, tests)
            path.write_text(source, encoding="utf-8")
            print(f"| {name} | {found or '**nothing**'} |", flush=True)
            if not found:
                passed.append(name)
    print(f"{len(names) - len(passed)} of {len(names)} faults found")
    return 1 if passed else 0


def first_failure(copy: Path, tests: str) -> str:
    """Return the name of the first test that fails, or ""."""
    places = os.pathsep.join(str(copy / name) for name in ("firmware", "host", "sim"))
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/firmware/{tests}"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if ended.returncode == 0:
        return ""
    failure = re.search(r"^(?:FAILED|ERROR) \S*?([^/\s]+)(?: |$)", ended.stdout, re.MULTILINE)
    assert failure, ended.stdout + ended.stderr
    return failure[1]


if __name__ == "__main__":
    sys.exit(main())
