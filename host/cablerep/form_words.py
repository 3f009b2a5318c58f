"""What a form flag is called where there is little room, and what to do about it.

The profile of an exercise may say the latter better; a flag that nobody knows is shown by its own name.
"""

_WORDS = {
    "hold_short": ("hold short", "Hold longer at the top."),
    "eccentric_fast": ("back fast", "Let it back more slowly."),
    "range_over": ("too far", "Stop earlier: the back or the hips help."),
    "range_under": ("not far", "Go further, or take a plate less."),
    "swing": ("swing", "Start without a jerk."),
    "slack": ("slack", "Keep the cable tight."),
    "slam": ("slam", "Set the stack down without a sound."),
}


def short(flag: str) -> str:
    """Return the flag in two words at most."""
    return _WORDS[flag][0] if flag in _WORDS else flag.replace("_", " ")


def advice(flag: str) -> str:
    """Return what the lifter should do about the flag; nothing where nobody knows."""
    return _WORDS[flag][1] if flag in _WORDS else ""
