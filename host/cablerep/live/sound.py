"""Sounds of the live screen, off by default: the terminal's bell, or a voice if the system has a speech program.

`cues_of` compares two states of the model, so that every sound has a reason on the screen.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from .model import LiveModel

MODES = ("off", "bell", "voice")
# Speech programs that work without a network, and their arguments before the text.
_PROGRAMS = (
    ("say", ()),
    ("spd-say", ("--wait",)),
    ("espeak-ng", ()),
    ("espeak", ()),
)


@dataclass(frozen=True, slots=True)
class SoundState:
    """What sounds depend on."""

    hold_reached: bool = False
    too_fast: bool = False
    reps: int = 0
    set: int = 0
    rest_over: bool = False

    @classmethod
    def of(cls, model: LiveModel) -> "SoundState":
        target_s = model.profile.rest.between_sets_s if model.profile else 0.0
        rest_over = model.rest_s is not None and model.rest_s >= target_s > 0
        return cls(model.hold_reached, model.too_fast, model.full, model.set, rest_over)


def cues_of(before: SoundState, after: SoundState) -> list[str]:
    """Return what to say about the change from `before` to `after`: nothing for most changes."""
    cues = []
    if after.hold_reached and not before.hold_reached:
        cues.append("hold reached")
    if after.too_fast and not before.too_fast:
        cues.append("too fast")
    if after.reps > (before.reps if after.set == before.set else 0):
        cues.append(str(after.reps))
    if after.rest_over and not before.rest_over:
        cues.append("rest over")
    return cues


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
