"""The types of a set: working sets, which is what "" stands for in the data, warm-ups and drop sets."""

WORKING = "working"  # what people call a set of no special type
TYPES = ("", "warm-up", "drop")
NAMES = (WORKING, *filter(None, TYPES))


def type_of(name: str) -> str:
    """Return the type that people call `name`, one of NAMES."""
    return "" if name == WORKING else name
