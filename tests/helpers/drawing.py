"""What rich prints, as lines without colour."""

import io

from rich.console import Console


def drawn(renderable: object, width: int = 80) -> list[str]:
    """Return the lines that a terminal of `width` columns shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return [line.rstrip() for line in capture.get().splitlines()]
