"""Runs the commands in the manual's pages and puts their output below them.

After a change of the program's output: cog -r -P -I docs PAGE... ; to check that the pages are true: cog --check.
Each page has a folder and a store of its own, and its commands run in the page's order. Clock and session numbers are
fixed (frozen.py), so that the output is the same in every run.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path
from statistics import median

from cablerep.errors import OutputError
from cablerep.report import browser
from cablerep.units import STANDARD_GRAVITY
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_sim import scenarios

_COLUMNS = "88"
_DOCS = Path(__file__).parent
_PICTURES = _DOCS / "pictures"


class Page:
    """The folder and the store behind one page; `instant` is the UTC time of its commands, such as 2026-11-13T17:30."""

    def __init__(self, instant: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cablerep-manual-")
        self.folder = Path(self._folder.name)
        self.instant = instant

    def show(self, line: str, *, instant: str = "") -> None:
        """Run a command line and print it with its output as a block."""
        print("\n".join(["```console", f"$ {line}", *self.run(line, instant=instant), "```"]))

    def run(self, line: str, *, instant: str = "") -> list[str]:
        """Run a command line; return the lines of its output. Raises RuntimeError where it fails."""
        program, *words = shlex.split(line)
        environment = {
            "CABLEREP_STORE": "store.sqlite",
            "COLUMNS": _COLUMNS,
            "NO_COLOR": "1",
            "TERM": "dumb",
            "TZ": "UTC",
        }
        if program == "cablerep":
            words = [sys.executable, str(_DOCS / "frozen.py"), instant or self.instant, *words]
        else:
            words = [program, *words]
        done = subprocess.run(
            words,
            cwd=self.folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        if done.returncode:
            raise RuntimeError(f"{line}: status {done.returncode}: {done.stdout}")
        return [text.rstrip() for text in done.stdout.strip("\n").splitlines()]

    def picture(self, line: str, name: str) -> None:
        """Draw a picture for the manual with a browser, and store it in 64 colours: a third of the size.

        Left out without a browser, and when only checking: pictures are not compared.
        """
        if "--check" in sys.argv:
            return
        try:
            browser.find()
        except OutputError as error:
            print(f"{name} stays as it is: {error}", file=sys.stderr)
            return
        from PIL import Image

        self.run(line)
        with Image.open(self.folder / name) as picture:
            picture.convert("RGB").quantize(64).save(_PICTURES / name, optimize=True)


def train(page: Page, day: str, plate_kg: float, seed: int, right_faults: str = "") -> None:
    """Store a session of a simulated lifter: a left and a right set of eight kickbacks in good tempo, faults aside."""
    for side, minute, faults in (("left", 30, ""), ("right", 34, right_faults)):
        options: dict[str, object] = {"reps": 8, "hold_s": 2.4, "concentric_s": 1.25, "eccentric_s": 3.5}
        options |= {"plate_kg": plate_kg, "side": side}
        if faults:
            options["faults"] = faults
        seed = next(number for number in count(seed + 1) if _has_pulley(number, options))
        address = "sim://glute-kickback?" + "&".join(f"{name}={value}" for name, value in options.items())
        command = f"cablerep monitor --sets 1 --profile glute-medius-kickback --side {side} --port"
        page.run(f"{command} '{address}&seed={seed}'", instant=f"{day}T17:{minute}")


def _has_pulley(seed: int, options: dict[str, object]) -> bool:
    """Return whether the machine drawn from `seed` halves the plate's weight: all sets are done on one machine."""
    recording = scenarios.build("glute-kickback", seed, **options)
    counts = recording.load[recording.load != NO_LOAD]
    force_n = (median(counts) - float(recording.meta["load_zero"])) * float(recording.meta["mn_per_count"]) / 1000
    return 0.4 < force_n / (float(str(options["plate_kg"])) * STANDARD_GRAVITY) < 0.6


def advice_rules() -> None:
    """Print the table of the rules behind `cablerep advise`."""
    from cablerep.history.advice import RULES

    print("| rule | when | needs | advice |\n| --- | --- | --- | --- |")
    for rule in RULES:
        print(f"| `{rule.name}` | {rule.when} | {rule.needs} | {rule.sentence} |")
