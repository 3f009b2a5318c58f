"""Runs of the command line in this process, and the JSON objects that they print."""

import json
from collections.abc import Callable, Iterator
from typing import Any

Run = Callable[..., tuple[int, str, str]]


def objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON Lines."""
    return map(json.loads, text.splitlines())
