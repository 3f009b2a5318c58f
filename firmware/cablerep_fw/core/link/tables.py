"""What a board keeps of the tables in wire.py: layouts, ranges of settings, the id of it all.

Names and units are for the host. On a board they are unloaded once these are made, which leaves 7 KB more heap free,
and read again where a person is to be told a name.
"""

from array import array

from ..compat import unload
from .message import Layout


def table():
    """Return the module `wire`, which a board then forgets."""
    from . import wire

    unload("cablerep_fw.core.link", "wire")
    return wire


def _load():
    wire = table()
    layouts = {message.id: Layout(message.id, message.care, message.letters) for message in wire.MESSAGES}
    ranges = array("i", [value for row in wire.SETTINGS for value in row[2:]])
    return wire.SCHEMA_ID, layouts, ranges, wire.fingerprint(len(wire.SETTINGS))


# LAYOUTS is by message id. RANGES has three words for each setting: smallest value, largest value, default.
SCHEMA_ID, LAYOUTS, RANGES, FINGERPRINT = _load()
