"""What a screen says aloud: the difference between two states of the model, so that every sound has a reason on it."""

from dataclasses import dataclass

from .screen import LiveModel


@dataclass(frozen=True, slots=True)
class SoundState:
    """What sounds depend on."""

    hold_reached: bool = False
    too_fast: bool = False
    reps: int = 0
    set: int = 0
    rest_over: bool = False
    stop: bool = False
    goal_reached: bool = False

    @classmethod
    def of(cls, model: LiveModel) -> "SoundState":
        rest_over = model.rest_left_s is not None and model.rest_left_s <= 0
        reached = model.goal is not None and bool(model.goal.most) and model.full >= model.goal.most
        return cls(model.hold_reached, model.too_fast, model.full, model.set, rest_over, model.stop_reached, reached)


def cues_of(before: SoundState, after: SoundState) -> list[str]:
    """Return what to say about the change from `before` to `after`: nothing for most changes."""
    cues = []
    if after.hold_reached and not before.hold_reached:
        cues.append("hold reached")
    if after.too_fast and not before.too_fast:
        cues.append("too fast")
    if after.reps > (before.reps if after.set == before.set else 0):
        cues.append(str(after.reps))
    if (after.stop and not before.stop) or (after.goal_reached and not before.goal_reached):
        cues.append("stop")
    if after.rest_over and not before.rest_over:
        cues.append("rest over")
    return cues
