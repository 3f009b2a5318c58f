"""The speed of the way back, against the band in which the profile wants it."""

from textual.content import Content

from .model import LiveModel
from .part import Part, stack

_LABEL = 7  # columns before the scale
_WORDS = 26  # columns behind it
_BEYOND = 1.4  # the scale's end, as a multiple of the band's
_FREE_M_S = 1.0  # and where there is no band


class EccentricBand(Part):
    """A scale with the band in it and a marker for the speed now; the last rep's mean behind it."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        length = max(1, width - _LABEL - _WORDS)
        band = model.return_band_m_s
        end_m_s = band[1] * _BEYOND if band else _FREE_M_S
        speed = model.return_m_s
        marker = " " * length
        if speed is not None:
            marker = (" " * min(length - 1, int(speed / end_m_s * length)) + "▼").ljust(length)
        word, style = verdict(model)
        last = f"last rep {model.reps[-1].eccentric_mean_m_s:.2f} m/s" if model.reps else ""
        first = Content.assemble(
            ("speed".ljust(_LABEL), "$faint"), (marker, "bold $foreground"), (f"  {word}", f"bold {style}")
        )
        scale = Content.styled("─" * length, "$line")
        if band is not None:
            low, high = (round(edge / end_m_s * length) for edge in band)
            scale = Content.assemble(
                (_named("slow", low, "·"), "$faint"),
                (
                    _named("good", high - low, "═" if speed is None else " "),
                    "$faint" if speed is None else "bold $background on $back",
                ),
                (_named("too fast", length - high, "·"), "$faint" if speed is None else "$error"),
            )
        second = Content.assemble(("back".ljust(_LABEL), "$faint"), scale, (f"  {last}", "$faint"))
        return stack([first, second])


def _named(name: str, length: int, line: str) -> str:
    """Return a stretch of the scale with its name in the middle, where that fits."""
    return f" {name} ".center(length, line) if length >= len(name) + 2 else line * length


def verdict(model: LiveModel) -> tuple[str, str]:
    """Return what to say of the speed now, and its colour."""
    speed = model.return_m_s
    if speed is None:
        return "", "$faint"
    figure = f"{speed:.2f} m/s"
    band = model.return_band_m_s
    if model.too_fast or (band and speed > band[1]):
        return f"{figure} ! too fast", "$error"
    if band is None:
        return figure, "$back"
    return (f"{figure} ✓ good", "$back") if speed >= band[0] else (f"{figure} · slow", "$faint")
