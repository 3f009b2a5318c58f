"""Colours of the live screen, for dark and light rooms.

Every colour has a contrast of at least 4.5 to 1 with the background (WCAG AA), and never carries meaning alone.
"""

import os

from textual.theme import Theme

DARK = Theme(
    name="cablerep-dark",
    dark=True,
    primary="#79c0ff",
    secondary="#8b949e",
    accent="#56d4dd",
    success="#56d364",
    warning="#e3b341",
    error="#ff7b72",
    foreground="#e6edf3",
    background="#0d1117",
    surface="#161b22",
    panel="#21262d",
    variables={
        "lift": "#56d364",
        "hold": "#e3b341",
        "lower": "#56d4dd",
        "slack": "#d2a8ff",
        "faint": "#8b949e",
        "line": "#30363d",
        "footer-key-foreground": "#e3b341",
        "footer-background": "#161b22",
    },
)
LIGHT = Theme(
    name="cablerep-light",
    dark=False,
    primary="#0550ae",
    secondary="#57606a",
    accent="#05667a",
    success="#116329",
    warning="#7d4e00",
    error="#b3181f",
    foreground="#1f2328",
    background="#ffffff",
    surface="#f6f8fa",
    panel="#eaeef2",
    variables={
        "lift": "#116329",
        "hold": "#7d4e00",
        "lower": "#05667a",
        "slack": "#6639ba",
        "faint": "#57606a",
        "line": "#d0d7de",
        "footer-key-foreground": "#7d4e00",
        "footer-background": "#f6f8fa",
    },
)
_LIGHT_BACKGROUNDS = ("7", "15")  # light colours of a terminal


def fitting() -> Theme:
    """Return the theme for this terminal: light if COLORFGBG, which some terminals set, says so."""
    return LIGHT if os.environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS else DARK
