"""Runs the commands in the manual's pages and writes their output below them: python docs/examples.py [--check].

With --check it writes nothing and ends with status 5 if a page is out of date. Each page has its own folder and store,
and its commands run in the page's order. Clock and session numbers are fixed (frozen.py): every run prints the same.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path
from statistics import median

from cogapp import Cog

from cablerep.errors import OutputError
from cablerep.report import browser
from cablerep.units import STANDARD_GRAVITY
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_sim import scenarios

_COLUMNS = "88"
_DOCS = Path(__file__).parent
_PICTURES = _DOCS / "pictures"
_MISTAKES = "swing@2,swing@4,swing@5,swing@7,swing@8,hold_short@6"
_trained: list[bytes] = []  # the store of `trained`, once it has been made


class Page:
    """The folder and the store behind one page; `instant` is the UTC time of its commands, such as 2026-11-13T17:30."""

    def __init__(self, instant: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cablerep-manual-")
        self.folder = Path(self._folder.name)
        self.instant = instant

    def show(self, line: str, *, first: int | None = None, status: int = 0) -> None:
        """Run a command line and print it with its output, or the first lines of that, as a block."""
        output = self.run(line, status=status)
        if first is not None and first < len(output):
            output[first:] = ["…"]
        print("\n".join(["```console", f"$ {line}", *output, "```"]))

    def run(self, line: str, *, instant: str = "", status: int = 0) -> list[str]:
        """Run a command line, of cablerep or of the shell; return the lines of its output.

        Raises RuntimeError where it ends with another exit status.
        """
        words = shlex.split(line)
        environment = {
            "CABLEREP_STORE": "store.sqlite",
            "CABLEREP_UNITS": "kg",
            "CABLEREP_PROFILES": "profiles",
            "COLUMNS": _COLUMNS,
            "NO_COLOR": "1",
            "TERM": "dumb",
            "TZ": "UTC",
        }
        if words[0] == "cablerep":
            words[0:1] = [sys.executable, str(_DOCS / "frozen.py"), instant or self.instant]
        else:
            words = ["bash", "-c", line]
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
        if done.returncode != status:
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


def trained() -> Page:
    """Return a page whose store has a simulated lifter's four sessions, one plate heavier from the third on.

    Each has a left and a right set of eight kickbacks in good tempo; the last right set has deliberate mistakes.
    """
    page = Page("2026-11-13T18:00")
    if not _trained:
        for day, plate_kg, seed in (("03", 10, 1), ("06", 10, 10), ("10", 12.5, 20), ("13", 12.5, 30)):
            _train(page, f"2026-11-{day}", plate_kg, seed, _MISTAKES if day == "13" else "")
        _trained.append(page.folder.joinpath("store.sqlite").read_bytes())
    page.folder.joinpath("store.sqlite").write_bytes(_trained[0])
    return page


def report_picture() -> None:
    """Draw the picture of the report's page: the last session of `trained` with two more sets."""
    if "--check" not in sys.argv:
        page = trained()
        _train(page, "2026-11-13", 12.5, 40, "hold_short@2,eccentric_fast@4,range_under@6,hold_short@7", minute=38)
        page.picture("cablerep report -o training.html --png report.png", "report.png")


def _train(page: Page, day: str, plate_kg: float, seed: int, right_faults: str, minute: int = 30) -> None:
    for side, faults in (("left", ""), ("right", right_faults)):
        options: dict[str, object] = {"reps": 8, "hold_s": 2.4, "concentric_s": 1.25, "eccentric_s": 3.5}
        options |= {"plate_kg": plate_kg, "side": side}
        if faults:
            options["faults"] = faults
        seed = next(number for number in count(seed + 1) if _has_pulley(number, options))
        address = "sim://glute-kickback?" + "&".join(f"{name}={value}" for name, value in options.items())
        command = f"cablerep monitor --sets 1 --profile glute-medius-kickback --side {side} --port"
        page.run(f"{command} '{address}&seed={seed}'", instant=f"{day}T17:{minute}")
        minute += 4


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


if __name__ == "__main__":
    pages = [str(path) for path in sorted(_DOCS.glob("*.md")) if "[[[cog" in path.read_text(encoding="utf-8")]
    mode = "--check" if "--check" in sys.argv else "-r"
    sys.exit(Cog().main(["cog", mode, "-P", "-I", str(_DOCS), *pages]))
