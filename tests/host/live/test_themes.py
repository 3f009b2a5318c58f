"""The themes: contrast, and the choice for a light terminal."""

import pytest
from textual.color import Color
from textual.theme import Theme

from cablerep.live import themes

READ = 4.5  # contrast of text, WCAG 2.1, 1.4.3
_INKS = ("primary", "accent", "success", "warning", "error", "foreground")


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda theme: theme.name)
def test_every_colour_has_enough_contrast(theme: Theme) -> None:
    inks = [getattr(theme, name) for name in _INKS]
    inks += [theme.variables[name] for name in ("lift", "hold", "lower", "slack", "faint")]
    assert theme.background is not None
    for ink in inks:
        assert contrast(ink, theme.background) >= READ, ink


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, WCAG 2.1: relative luminance, 0.05 of stray light."""
    dark, light = sorted(_luminance(Color.parse(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.rgb]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("said", "name"),
    [("0;15", "cablerep-light"), ("0;default;7", "cablerep-light"), ("15;0", "cablerep-dark"), ("", "cablerep-dark")],
)
def test_theme_follows_the_terminal(monkeypatch: pytest.MonkeyPatch, said: str, name: str) -> None:
    monkeypatch.setenv("COLORFGBG", said)
    assert themes.fitting().name == name
