"""Reads a trace file as whole lines, in chunks of bounded size, decompressing gzip on the way.

zlib instead of the gzip module, which discards the readable part of a recording that a kill cut short.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import TraceError

PART = ".part"  # suffix of a recording that is still being written, or was cut short
_CHUNK = 1 << 18  # bytes; some 10 000 rows, enough to make the overhead per chunk negligible
_LONGEST_LINE = 1 << 12  # bytes; a row has at most 60, a comment is a line of text
_GZIP = 31  # zlib's wbits for a gzip header and trailer
_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_part(path: Path) -> bool:
    """Return whether `path` names an unfinished recording."""
    return path.name.endswith(PART)


def is_gzip(path: Path) -> bool:
    """Return whether `path` names a gzip file. Raises TraceError if it is not the name of a trace."""
    name = path.name.removesuffix(PART)
    if not name.endswith((".csv", ".csv.gz")):
        raise TraceError(f"{path}: not the name of a trace; it must end in .csv or .csv.gz")
    return name.endswith(".gz")


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the file's text in chunks of whole lines, each line ending in a newline; no chunk is empty.

    Removes a byte order mark, carriage returns before newlines and blank lines at the end. Adds a missing newline at
    the end, unless the recording was cut short. Raises TraceError.
    """
    line = 1  # number of the first line that no chunk contains yet
    rest = b""
    blank = 0  # number of the first blank line held back; at the end of the file blank lines are ignored
    for piece in _pieces(path):
        text = rest + piece
        end = text.rfind(b"\n") + 1
        chunk, rest = text[:end], text[end:]
        if chunk:
            if line == 1:
                chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
            chunk = chunk.replace(b"\r\n", b"\n")
            whole = chunk.rstrip(b"\n")
            if whole and blank:
                break
            if whole:
                yield whole + b"\n"
            if len(chunk) - len(whole) > bool(whole):
                blank = blank or line + whole.count(b"\n") + bool(whole)
            line += chunk.count(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise TraceError(
                f"{path}:{line}: a line of over {_LONGEST_LINE} bytes, beginning {rest[:20]!r}; this is not a trace"
            )
    else:
        rest = rest.removeprefix(_BYTE_ORDER_MARK if line == 1 else b"").rstrip(b"\r")
        if not rest or is_part(path):
            return
        if not blank:
            yield rest + b"\n"
            return
    raise empty_line(path, blank)


def empty_line(path: Path, line: int) -> TraceError:
    """Return the error for an empty line that is not at the end."""
    return TraceError(f"{path}:{line}: an empty line between others; remove it")


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the file's bytes, decompressed, as they are read."""
    if path.is_dir():
        raise TraceError(f"{path}: this is a folder; name a trace in it")
    packed = is_gzip(path)
    try:
        with path.open("rb") as file:
            if not path.is_file():
                raise TraceError(f"{path}: not a regular file, and a trace is read twice; save it to a file first")
            first = file.read(_CHUNK)
            if not first:
                raise TraceError(f"{path}: the file is empty; record it again")
            if not packed and first.startswith(_GZIP_MAGIC):
                raise TraceError(f"{path}: the file is compressed with gzip; name it .csv.gz")
            pieces = _read_pieces(file, first)
            if packed and is_part(path):
                # Byte by byte, so that a damaged end does not cost the readable data before it.
                pieces = (bytes((byte,)) for piece in pieces for byte in piece)
            yield from _decompressed(path, pieces) if packed else pieces
    except FileNotFoundError:
        raise TraceError(f"{path}: there is no such file; check the path") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = error.strerror if isinstance(error, OSError) else error
        raise TraceError(f"{path}: cannot be read ({reason}); check the file") from None


def _read_pieces(file: BinaryIO, first: bytes) -> Iterator[bytes]:
    piece = first
    while piece:
        yield piece
        piece = file.read(_CHUNK)


def _decompressed(path: Path, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress gzip members one after another, at most a chunk at a time."""
    decompressor = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            while piece:
                if decompressor.eof:
                    decompressor = zlib.decompressobj(_GZIP)
                text = decompressor.decompress(piece, _CHUNK)
                if text:
                    yield text
                piece = decompressor.unused_data if decompressor.eof else decompressor.unconsumed_tail
    except zlib.error as error:
        if is_part(path):
            return
        raise TraceError(f"{path}: not gzip, or damaged ({error}); copy or record the file again") from None
    if not decompressor.eof and not is_part(path):
        raise TraceError(f"{path}: the gzip data ends too soon; copy the file again, whole")
