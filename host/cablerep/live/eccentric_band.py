"""The speed of the eccentric, against the range that the profile asks for; shown as seconds over the usual range."""

from statistics import median

from textual.content import Content

from ..model.screen import LiveModel
from ..units import shows_si
from .panel import Panel, stack

_LABEL = 7  # columns before the scale
_TEXT = 26  # columns after it
_BEYOND = 1.4  # end of the scale, as a multiple of the band's upper end
_FREE_M_S = 1.0  # end of the scale without a band
_USUAL_MM = 300.0  # range without reps and without a profile
_MAX_S = 99.9  # shown


class EccentricBand(Panel):
    """A scale with the band and a marker for the current speed, followed by the last rep's mean."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        length = max(1, width - _LABEL - _TEXT)
        band = model.eccentric_band_m_s
        end_m_s = band[1] * _BEYOND if band else _FREE_M_S
        speed = model.eccentric_m_s
        marker = " " * length
        if speed is not None:
            marker = (" " * min(length - 1, int(speed / end_m_s * length)) + "▼").ljust(length)
        text, style = verdict(model)
        last = f"last rep {_last(model)}" if model.reps else ""
        first = Content.assemble(
            ("speed".ljust(_LABEL), "$faint"), (marker, "bold $foreground"), (f"  {text}", f"bold {style}")
        )
        scale = Content.styled("─" * length, "$line")
        if band is not None:
            low, high = (round(edge / end_m_s * length) for edge in band)
            scale = Content.assemble(
                (_named("slow", low, "·"), "$faint"),
                (
                    _named("good", high - low, "═" if speed is None else " "),
                    "$faint" if speed is None else "bold $background on $lower",
                ),
                (_named("too fast", length - high, "·"), "$faint" if speed is None else "$error"),
            )
        second = Content.assemble(("lower".ljust(_LABEL), "$faint"), scale, (f"  {last}", "$faint"))
        return stack([first, second])


def _named(name: str, length: int, line: str) -> str:
    """Return a section of the scale with its name in the middle, if that fits."""
    return f" {name} ".center(length, line) if length >= len(name) + 2 else line * length


def verdict(model: LiveModel) -> tuple[str, str]:
    """Return the current pace with a verdict, and the colour of the text."""
    speed = model.eccentric_m_s
    if speed is None:
        return "", "$faint"
    figure = _pace(model, speed)
    band = model.eccentric_band_m_s
    if model.too_fast or (band and speed > band[1]):
        return f"{figure} ! too fast", "$error"
    if band is None:
        return figure, "$lower"
    return (f"{figure} ✓ good", "$lower") if speed >= band[0] else (f"{figure} · slow", "$faint")


def _pace(model: LiveModel, speed_m_s: float) -> str:
    """Return what lowering takes at this speed: seconds over the usual range; with newtons the speed itself."""
    if shows_si():
        return f"{speed_m_s:.2f} m/s"
    full = [rep.rom_mm for rep in model.reps if rep.kind == "full"]
    usual_mm = median(full) if full else model.profile.expected_rom_mm if model.profile else _USUAL_MM
    seconds = usual_mm / 1000 / speed_m_s if speed_m_s else _MAX_S
    return f"{min(seconds, _MAX_S):.1f} s pace"


def _last(model: LiveModel) -> str:
    rep = model.reps[-1]
    return f"{rep.eccentric_mean_m_s:.2f} m/s" if shows_si() else f"{rep.eccentric_s:.1f} s"
