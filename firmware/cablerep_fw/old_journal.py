"""The journal's file as firmware 0.1 wrote it: read once after an update, so that its reps are not lost.

A header of magic, version, schema and number of messages, then each message as id, length, bytes, CRC-16.
"""

import os

from .core.compat import const
from .core.link.frames import crc16
from .core.link.message import KEPT
from .core.link.tables import LAYOUTS

_HEADER = const(12)


def move(log, journal, path):
    """Move the file's messages to `journal` and `log`; return what was wrong with them, for a person to read, or ""."""
    loaded = 0
    with open(path, "rb") as file:
        header = file.read(_HEADER)
        count = header[8] | header[9] << 8 if len(header) == _HEADER and header[:5] == b"cblJ\x01" else 0
        for _ in range(count):
            start = file.read(2)
            if len(start) < 2:
                break
            entry = start + file.read(start[1] + 2)
            end = 2 + start[1]
            if len(entry) < end + 2 or crc16(entry, 0, end) != entry[end] | entry[end + 1] << 8:
                continue
            message = LAYOUTS.get(entry[0])
            if message is not None and message.care == KEPT:
                journal.restore(message, entry, 2, start[1])
                loaded += 1
    while journal.next_unsaved() >= 0:
        if not log.append(journal):
            return "the journal of older firmware could not be moved yet: the file system is full"
    os.remove(path)
    return (
        ""
        if loaded == count
        else "the journal of older firmware was damaged: %d of its %d messages are lost"
        % (
            count - loaded,
            count,
        )
    )
