"""Sounds of the live screen, off by default: the terminal's bell, or a voice if the system has a speech program.

What is said comes from `model/cues.py`.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence

MODES = ("off", "bell", "voice")
# Speech programs that work without a network, and their arguments before the text.
_PROGRAMS = (
    ("say", ()),
    ("spd-say", ("--wait",)),
    ("espeak-ng", ()),
    ("espeak", ()),
)


def speech_program() -> Sequence[str] | None:
    """Return the command of an installed speech program, without the text; None if there is none."""
    if sys.platform == "win32":
        return None
    for name, arguments in _PROGRAMS:
        path = shutil.which(name)
        if path:
            return (path, *arguments)
    return None


class Voice:
    """Speaks one text at a time; a new text interrupts the one before, so that counts are not late."""

    def __init__(self, program: Sequence[str]) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def speak(self, text: str) -> None:
        """Start speaking `text` without waiting. A program that cannot be started stays silent."""
        self.stop()
        try:
            self._process = subprocess.Popen(
                [*self._program, text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._process = None

    def stop(self) -> None:
        """Stop speaking."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.terminate()
            self._process.wait()
            self._process = None
