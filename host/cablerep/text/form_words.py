"""What a form flag is called where there is little room: a column of a report, an app's note.

What to do about it is for the exercise's profile to say.
"""

_WORDS = {
    "hold_short": "hold short",
    "eccentric_fast": "back fast",
    "range_over": "too far",
    "range_under": "not far",
    "swing": "swing",
    "slack": "slack",
    "slam": "slam",
}


def short(flag: str) -> str:
    """Return the flag in two words at most; one that nobody knows by its own name."""
    return _WORDS.get(flag, flag.replace("_", " "))
