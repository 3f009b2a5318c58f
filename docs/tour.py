"""Runs the commands of docs/tour.md and puts what they print below them: cog -r -P -I docs docs/tour.md.

In a folder and a store of its own, as a newcomer has them, in the page's order: what one stores, the next one shows.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

_COLUMNS = "88"  # of the page's blocks
_folder = tempfile.TemporaryDirectory(prefix="cablerep-tour-")
FOLDER = Path(_folder.name)
_PICTURES = Path(__file__).with_name("pictures")


def run(line: str, *, last: int | None = None) -> None:
    """Run a command line of the manual; print it and what it says, or the `last` lines of that, as a block."""
    words = shlex.split(line)
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=FOLDER,
        env={**os.environ, "CABLEREP_STORE": "store.sqlite", "COLUMNS": _COLUMNS, "NO_COLOR": "1", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"{line}: status {done.returncode}: {done.stdout}")
    said = [text.rstrip() for text in done.stdout.strip("\n").splitlines()]
    if last is not None and len(said) > last:
        said = ["…", *said[-last:]]
    print("\n".join(["```console", f"$ {line}", *said, "```"]))


def keep(name: str) -> None:
    """Keep a picture that a command made as one of the manual's, in 64 colours: a third of the bytes."""
    with Image.open(FOLDER / name) as picture:
        picture.convert("RGB").quantize(64).save(_PICTURES / name, optimize=True)
