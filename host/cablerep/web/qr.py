"""QR codes of pairing links: for the terminal as characters, for the page as rows of modules."""

import io

import segno


def text(link: str) -> str:
    """Return a QR code in characters, two rows of modules to a line."""
    out = io.StringIO()
    segno.make(link, error="l", micro=False).terminal(out, compact=True)
    return out.getvalue()


def rows(link: str) -> list[str]:
    """Return the rows of a QR code, "1" for a dark module."""
    return [
        "".join("1" if module else "0" for module in row) for row in segno.make(link, error="l", micro=False).matrix
    ]
