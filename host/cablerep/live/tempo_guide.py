"""The tempo guide: a marker that goes at the profile's tempo, above the way that the lifter goes.

The marker begins each phase together with the lifter and waits at its end: what counts in a tempo is how long each
part takes, and a guide that is a phase ahead helps nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from .look import look
from .model import LiveModel
from .part import Part, stack

_LABEL = 7  # columns before the track
_NO_TEMPO = "an exercise profile sets the tempo: p chooses one"
_LEAST_SHARE = 0.12  # of the track, for a phase that takes no time


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase's part of the track, from `begin` to `end` (0 to 1); `seconds` 0: as fast as control allows."""

    phase: str
    words: str
    seconds: float
    begin: float
    end: float


def stretches(model: LiveModel) -> list[Stretch]:
    """Return the track of one rep, in proportion to the tempo; without one, three parts of the same length."""
    tempo = model.profile.tempo if model.profile else None
    parts = [
        ("concentric", "OUT", tempo.concentric_s if tempo else None),
        ("hold", "HOLD", tempo.hold_s if tempo else None),
        ("eccentric", "BACK", tempo.eccentric_s if tempo else None),
    ]
    if tempo and tempo.bottom_s:
        parts.append(("rest", "LOW", tempo.bottom_s))
    total = sum(seconds or 0.0 for _, _, seconds in parts) or 1.0
    weights = [max(_LEAST_SHARE, (seconds or 0.0) / total) for _, _, seconds in parts]
    track = []
    at = 0.0
    for (phase, word, seconds), weight in zip(parts, weights, strict=True):
        words = word if seconds is None else f"{word} {seconds:g} s" if seconds else f"{word} X"
        share = weight / sum(weights)
        track.append(Stretch(phase, words, seconds or 0.0, at, at + share))
        at += share
    return track


def places(model: LiveModel, track: Sequence[Stretch]) -> tuple[float | None, float]:
    """Return where the guide is, None where there is none, and where the lifter is, from 0 to 1 of the track."""
    now = model.moving or (model.phase.phase if model.phase and model.rest_s is None else "")
    part = next((part for part in track if part.phase == now), None)
    if part is None:
        return None, 0.0
    guide = min(1.0, model.phase_s / part.seconds) if part.seconds else None
    height = model.height or 0.0
    done = {"concentric": height, "hold": 1.0 if guide is None else guide, "eccentric": 1.0 - height}.get(now, guide)
    length = part.end - part.begin
    return None if guide is None else part.begin + guide * length, part.begin + (done or 0.0) * length


class TempoGuide(Part):
    """Three lines: the phases, the guide, the lifter."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        length = width - _LABEL
        track = stretches(model)
        guide, lifter = places(model, track)
        now = model.moving
        names = Content.styled("tempo".ljust(_LABEL), "$faint")
        for part in track:
            begin, end = round(part.begin * length), round(part.end * length)
            name = f"▏{part.words}".ljust(end - begin)[: end - begin]
            names += Content.styled(name, f"bold {look(model).colour}" if part.phase == now else "$faint")
        above = Content("")
        if guide is not None:
            above = Content.styled(" " * min(length - 1, int(guide * length)) + "▼", "bold $foreground")
        elif model.profile is None:
            above = Content.styled(_NO_TEMPO, "$faint")
        bar = min(length, round(lifter * length))
        return stack(
            [
                names,
                Content.assemble(("guide".ljust(_LABEL), "$faint"), above),
                Content.assemble(
                    ("you".ljust(_LABEL), "$faint"), ("█" * bar, look(model).colour), ("─" * (length - bar), "$line")
                ),
            ]
        )
