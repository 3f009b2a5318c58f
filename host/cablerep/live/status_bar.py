"""The screen's first and last words: which board, how it is, and one sentence to the lifter."""

from collections import Counter

from textual.content import Content

from .. import words
from ..device.events import Health
from ..text.reps import counted
from .model import LiveModel
from .part import Part, centred, ends

_STATES = {  # of the connection: sign, words, colour
    "connected": ("●", "connected", "$success"),
    "connecting": ("○", "connecting …", "$warning"),
    "silent": ("◌", "silent", "$warning"),
    "waiting": ("○", "unplugged, waiting for it", "$error"),
}


class StatusBar(Part):
    """The board on the left; on the right its connection, and what was lost on the way or that nothing was."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        sign, state, colour = _STATES[model.state]
        left = Content.assemble((" cablerep", "bold $foreground"), (f"  {model.port}", "$faint"))
        if model.board is not None and width >= 100:
            left += Content.styled(f"  {model.board.rate_hz} Hz, firmware {model.board.version}", "$faint")
        health, style = health_words(model.health, model.frames_lost, model.frames_malformed, model.messages_lost)
        if model.health is not None and width >= 100:
            health += f", jitter {model.health.jitter_us} µs"
        right = Content.assemble((health, style), ("  ", ""), (f"{sign} {state} ", f"bold {colour}"))
        return ends(left, right, width)


def health_words(
    health: Health | None, frames_lost: int, malformed: int = 0, messages_lost: int = 0
) -> tuple[str, str]:
    """Return what was lost or is at fault, the worst first, and its colour."""
    if health is not None and health.faults:
        return f"! fault: {', '.join(map(words.fault, health.faults))}", "bold $error"
    counts = [(messages_lost, "messages lost"), (frames_lost, "frames lost"), (malformed, "frames malformed")]
    if health is not None:
        counts = [
            (health.journal_lost, "reps lost"),
            (health.missed, "samples missed"),
            (health.overruns, "overrun"),
            (health.dropped_samples + health.dropped, "frames dropped"),
            *counts,
        ]
    losses = [f"{count} {name}" for count, name in counts if count]
    return (f"! {', '.join(losses[:2])}", "bold $warning") if losses else ("nothing lost", "$faint")


class Banner(Part):
    """One sentence: news first, then what was wrong with the last rep, else one of the profile's cues."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        text, kind = sentence(model)
        for name in ("bad", "good"):
            self.set_class(name == kind, name)
        return Content("\n" * ((height - 1) // 2)) + centred(text, "bold", width).truncate(width, ellipsis=True)


def sentence(model: LiveModel) -> tuple[str, str]:
    """Return the sentence, and whether it tells of something `good`, `bad` or neither."""
    if model.word:
        return model.word, "bad" if model.state in ("waiting", "silent") else ""
    if model.last_set is not None and not model.moving:
        return set_sentence(model)
    if model.reps and model.last_set is None:
        rep = model.reps[-1]
        name = f"Rep {rep.rep}" if rep.rep is not None else rep.kind.capitalize()
        if model.verdict:
            return f"! {name}: {' '.join(model.verdict)}", "bad"
        if model.profile is not None and rep.kind == "full":
            return f"✓ {name}: good", "good"
        return f"{name}: held {rep.hold_s:.1f} s, back in {rep.eccentric_s:.1f} s", ""
    cues = model.profile.cues if model.profile else ()
    return (cues[len(model.sets) % len(cues)], "") if cues else ("", "")


def set_sentence(model: LiveModel) -> tuple[str, str]:
    """Return what there is to say of a set that is over."""
    flags = Counter(flag for rep in model.reps for flag in rep.flags)
    line = f"Set {model.set}: {counted(model.full, model.partials)}"
    if flags:
        named = ", ".join(f"{count} × {words.flag(flag)}" for flag, count in flags.most_common())
        return f"! {line}; {named}", "bad"
    return (f"✓ {line}, all good", "good") if model.profile and not model.partials else (line, "")
