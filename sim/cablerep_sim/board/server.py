"""Runs a virtual board on a pseudo-terminal or a TCP port until it ends or is interrupted.

After a `kill -9` only the state folder remains, like the flash of a real board.
"""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..errors import SourceError
from .address import Source, parse
from .pty_link import PtyLink
from .tcp_link import TcpLink
from .virtual_board import VirtualBoard


def serve_pty(
    source: Source | str,
    announce: Callable[[str], None],
    *,
    speed: float | None = None,
    state_dir: Path | None = None,
    link: Path | None = None,
) -> None:
    """Run the board on a new pseudo-terminal and pass its path to `announce` once it can be opened.

    `source` is an address (see address.parse), `speed` overrides the address's own, `state_dir` is the board's flash.
    `link` is a symbolic link to create for the port, so that a board that comes back has the same name. Raises
    SourceError, TraceError.
    """
    port = PtyLink()
    board = VirtualBoard(_source(source, speed), port, state_dir)
    if link is not None:
        point(link, port.name)
    try:
        announce(str(link or port.name))
        board.run()
    finally:
        if link is not None:
            unpoint(link, port.name)


def serve_tcp(
    source: Source | str,
    announce: Callable[[str], None],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    token: str = "",
    speed: float | None = None,
    state_dir: Path | None = None,
) -> None:
    """Run the board on a TCP port (0: any free one) and pass its pyserial address to `announce`.

    A client must send `token` first; beyond loopback there is always one, a random one by default.
    The other arguments are those of `serve_pty`.
    """
    line = TcpLink(host, port, token)
    board = VirtualBoard(_source(source, speed), line, state_dir)
    announce(line.name)
    board.run()


def _source(source: Source | str, speed: float | None) -> Source:
    if isinstance(source, str):
        source = parse(source)
    return source if speed is None else replace(source, speed=speed)


def point(link: Path, target: str) -> None:
    """Make the symbolic link `link` point at `target`, replacing an older link. Raises SourceError."""
    if link.exists() and not link.is_symlink():
        raise SourceError(f"{link}: exists and is not a symbolic link; choose another name")
    part = link.with_name(link.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.symlink_to(target)
        part.replace(link)
    except OSError as error:
        raise SourceError(f"{link}: cannot be created ({error.strerror}); choose another folder") from None


def unpoint(link: Path, target: str) -> None:
    """Remove `link` if it still points at `target`."""
    with contextlib.suppress(OSError):
        if link.is_symlink() and str(link.readlink()) == target:
            link.unlink()
