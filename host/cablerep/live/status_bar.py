"""The status bar with the board's state, and the banner with one sentence for the lifter."""

from collections import Counter

from textual.content import Content

from .. import words
from ..device.events import Health, Rep
from ..model.screen import LiveModel
from ..text.reps import counted, plural
from .panel import Panel, centred, ends

STATES = {  # of the connection: sign, text, colour
    "connected": ("●", "connected", "$success"),
    "connecting": ("○", "connecting …", "$warning"),
    "silent": ("◌", "silent", "$warning"),
    "waiting": ("○", "unplugged, waiting for it", "$error"),
}
_WIDE = 100  # columns from which details are shown


class StatusBar(Panel):
    """The board on the left; losses and the connection on the right."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        sign, state, colour = STATES[model.state]
        name = model.lifter or "cablerep"
        left = Content.assemble((f" {name}", "bold $foreground"), (f"  {model.port}", "$faint"))
        if model.board is not None and width >= _WIDE:
            left += Content.styled(f"  {model.board.rate_hz} Hz, firmware {model.board.version}", "$faint")
        health, style = health_text(model.health, model.frames_lost, model.frames_malformed, model.messages_lost)
        if model.health is not None and width >= _WIDE:
            health += f", jitter {model.health.jitter_us} µs"
        right = Content.assemble((health, style), ("  ", ""), (f"{sign} {state} ", f"bold {colour}"))
        return ends(left, right, width)


def health_text(health: Health | None, frames_lost: int, malformed: int = 0, messages_lost: int = 0) -> tuple[str, str]:
    """Return faults or losses, the worst first, and the colour of the text."""
    if health is not None and health.faults:
        return f"! fault: {', '.join(map(words.fault, health.faults))}", "bold $error"
    counts = [(messages_lost, "message", "lost"), (frames_lost, "frame", "lost"), (malformed, "frame", "malformed")]
    if health is not None:
        counts = [
            (health.journal_lost, "rep", "lost"),
            (health.missed, "sample", "missed"),
            (health.overruns, "sample", "overrun"),
            (health.dropped_samples + health.dropped, "frame", "dropped"),
            *counts,
        ]
    losses = [f"{plural(count, noun)} {verb}" for count, noun, verb in counts if count]
    return (f"! {', '.join(losses[:2])}", "bold $warning") if losses else ("nothing lost", "$faint")


class Banner(Panel):
    """One sentence: a message, else the verdict on the last rep, else one of the profile's cues."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        text, kind = sentence(model, width)
        for name in ("bad", "good"):
            self.set_class(name == kind, name)
        return Content("\n" * ((height - 1) // 2)) + centred(text, "bold", width).truncate(width, ellipsis=True)


def sentence(model: LiveModel, width: int = 1000) -> tuple[str, str]:
    """Return the sentence, and whether it is `good` news, `bad` news or neither ("").

    If the sentences about all flags of a rep are longer than `width`, the flags are only named.
    """
    if model.message:
        return model.message, "bad" if model.state in ("waiting", "silent") else ""
    if model.finished_set is not None and not model.rep_phase:
        return set_sentence(model)
    if model.stop_reached:
        return f"! Stop: lifting is {100 * (model.velocity_loss or 0.0):.0f} % slower than the fastest rep", "bad"
    if model.reps and model.finished_set is None:
        rep = model.reps[-1]
        name = f"Rep {rep.rep}" if rep.rep is not None else words.kind(rep.kind).capitalize()
        if model.verdict:
            text = f"! {name}: {' '.join(model.verdict)}"
            return text if len(text) <= width else f"! {name}: {words.flags(rep.flags)}", "bad"
        if model.range_hint:
            return f"! {name}: {model.range_hint}", "bad"
        if model.judged and rep.kind == "full":
            beside = _beside(model, rep)
            return f"✓ {name}: good{f'; {beside}' if beside else ''}", "good"
        return f"{name}: held {rep.hold_s:.1f} s, lowered in {rep.eccentric_s:.1f} s", ""
    last = model.last_time
    if last is not None and not model.reps:
        parts = [f"Last time {last.summary}" if last.day else "", f"best {last.record}" if last.record else ""]
        return "; ".join(filter(None, parts)), ""
    cues = model.profile.cues if model.profile else ()
    return (cues[len(model.sets) % len(cues)], "") if cues else ("", "")


def _beside(model: LiveModel, rep: Rep) -> str:
    """Return how a rep's hold compares with the same rep of last time."""
    ghost = None if model.last_time is None or rep.rep is None else model.last_time.ghost(rep.rep)
    return "" if ghost is None else f"held {rep.hold_s:.1f} s, last time {ghost.hold_s:.1f} s"


def set_sentence(model: LiveModel) -> tuple[str, str]:
    """Return the summary of a finished set, with its kind."""
    flags = Counter(flag for rep in model.reps for flag in rep.flags)
    line = f"Set {model.set}: {counted(model.full, model.partials)}"
    if flags:
        named = ", ".join(f"{count} × {words.flag(flag)}" for flag, count in flags.most_common())
        return f"! {line}; {named}", "bad"
    if model.goal is not None and model.goal.then:
        line += f"; then {model.goal.then}"
    good = model.judged and not model.partials
    return (f"✓ {line}, all good", "good") if good else (line, "")
