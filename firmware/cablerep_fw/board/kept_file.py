"""A file that is either the old one or the new one, whatever happens to the power: written aside, then renamed.

littlefs replaces a file by a rename in one step; removing the old one first would lose it once in seven power cuts.
"""

import os

ASIDE = ".new"  # what the name of the file that is being written ends in


def read(path):
    """Return the bytes of the file, or None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def replace(path, write):
    """Let `write(file)` fill a new file and put it in the place of `path`; return whether that worked.

    Not during a set: writing flash stops the interrupts for some 45 ms a sector. Where the file system is full the
    old file stays.
    """
    try:
        with open(path + ASIDE, "wb") as file:
            write(file)
        os.rename(path + ASIDE, path)
        return True
    except OSError:
        remove(path + ASIDE)
        return False


def remove(path):
    """Remove a file; nothing where there is none."""
    try:
        os.remove(path)
    except OSError:
        return
