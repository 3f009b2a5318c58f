"""The speed of the eccentric, against the range that the profile asks for."""

from textual.content import Content

from ..model.screen import LiveModel
from .panel import Panel, stack

_LABEL = 7  # columns before the scale
_TEXT = 26  # columns after it
_BEYOND = 1.4  # end of the scale, as a multiple of the band's upper end
_FREE_M_S = 1.0  # end of the scale without a band


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
        last = f"last rep {model.reps[-1].eccentric_mean_m_s:.2f} m/s" if model.reps else ""
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
    """Return the current speed with a verdict, and the colour of the text."""
    speed = model.eccentric_m_s
    if speed is None:
        return "", "$faint"
    figure = f"{speed:.2f} m/s"
    band = model.eccentric_band_m_s
    if model.too_fast or (band and speed > band[1]):
        return f"{figure} ! too fast", "$error"
    if band is None:
        return figure, "$lower"
    return (f"{figure} ✓ good", "$lower") if speed >= band[0] else (f"{figure} · slow", "$faint")
