"""The tempo guide as numbers: a track of one rep in sections, a marker that moves at the profile's tempo, the lifter.

The marker starts each phase together with the lifter and waits at its end. A tempo is about the duration of each phase,
so a marker that ran ahead would not help.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .screen import LiveModel

_MIN_WEIGHT = 0.12  # of the track, for a phase of 0 s


@dataclass(frozen=True, slots=True)
class Section:
    """A phase's section of the track, from `begin` to `end` (0 to 1). `seconds` is 0 for as fast as control allows."""

    phase: str
    label: str
    seconds: float
    begin: float
    end: float


def sections(model: LiveModel) -> list[Section]:
    """Return the track of one rep in proportion to the tempo, or three equal sections without a tempo.

    The hold is the one that the profile asks for: the same target as the ring's, the cue's and the verdict's.
    """
    tempo = model.profile.tempo if model.profile else None
    phases = [
        ("concentric", "LIFT", tempo.concentric_s if tempo else None),
        ("hold", "HOLD", (model.hold_target_s or tempo.hold_s) if tempo else None),
        ("eccentric", "LOWER", tempo.eccentric_s if tempo else None),
    ]
    if tempo and tempo.bottom_s:
        phases.append(("rest", "PAUSE", tempo.bottom_s))
    total = sum(seconds or 0.0 for _, _, seconds in phases) or 1.0
    weights = [max(_MIN_WEIGHT, (seconds or 0.0) / total) for _, _, seconds in phases]
    track = []
    begin = 0.0
    for (phase, word, seconds), weight in zip(phases, weights, strict=True):
        label = word if seconds is None else f"{word} {seconds:g} s" if seconds else f"{word} X"
        end = begin + weight / sum(weights)
        track.append(Section(phase, label, seconds or 0.0, begin, end))
        begin = end
    return track


def positions(model: LiveModel, track: Sequence[Section]) -> tuple[float | None, float]:
    """Return the positions of the guide and of the lifter on the track, 0 to 1; None without a guide."""
    now = model.rep_phase or (model.phase.phase if model.phase and model.rest_s is None else "")
    section = next((section for section in track if section.phase == now), None)
    if section is None or model.taking_up:
        return None, 0.0
    guide = min(1.0, model.phase_s / section.seconds) if section.seconds else None
    extension = model.extension or 0.0
    done = {"concentric": extension, "hold": 1.0 if guide is None else guide, "eccentric": 1.0 - extension}
    length = section.end - section.begin
    lifter = section.begin + (done.get(now, guide) or 0.0) * length
    return None if guide is None else section.begin + guide * length, lifter
