"""The board's file system as an image: files read back, in the geometry that MicroPython mounts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from littlefs import LittleFS
from littlefs.context import UserContext

from cablerep_sim.errors import PicoError
from cablerep_sim.pico.filesystem import Filesystem

SIZE = 64 * 4096
NAMES = st.from_regex(r"[a-z_]{1,12}(/[a-z_]{1,12}){0,2}\.(py|mpy)", fullmatch=True)


@settings(max_examples=30)
@given(files=st.dictionaries(NAMES, st.binary(max_size=9000), max_size=8))
def test_a_written_file_reads_back(files):
    disk = Filesystem(SIZE)
    for path, data in files.items():
        disk.write(path, data)
    again = Filesystem(SIZE, disk.image())
    assert again.paths() == sorted(files)
    assert {path: again.read(path) for path in files} == files


def test_the_geometry_is_micropythons():
    """The numbers of VfsLfs2(bdev, progsize=256): what they say of the disk must agree with what stands on it."""
    disk = Filesystem(SIZE)
    disk.write("main.py", b"x" * 5000)
    context = UserContext(buffer=bytearray(disk.image()))
    sizes = {"block_size": 4096, "block_count": 64, "read_size": 32, "prog_size": 256, "lookahead_size": 32}
    fs = LittleFS(context=context, cache_size=1024, **sizes)
    with fs.open("main.py", "rb") as file:
        assert file.read() == b"x" * 5000
    assert fs.fs_stat().disk_version == 0x00020001, "MicroPython's littlefs writes version 2.1"


def test_replacing_writes_only_differences_and_leaves_other_folders():
    disk = Filesystem(SIZE)
    disk.replace({"cablerep_fw/core/a.mpy": b"1", "cablerep_fw/b.mpy": b"2", "main.py": b"3"}, "cablerep_fw")
    disk.write("cablerep.settings", b"kept")
    disk.write("cablerep_fwx.py", b"another's")
    disk.replace({"cablerep_fw/core/a.py": b"4", "cablerep_fw/b.mpy": b"5", "main.py": b"6"}, "cablerep_fw")
    assert {path: disk.read(path) for path in disk.paths()} == {
        "cablerep.settings": b"kept",
        "cablerep_fw/b.mpy": b"5",
        "cablerep_fw/core/a.py": b"4",
        "cablerep_fwx.py": b"another's",
        "main.py": b"6",
    }


def test_a_missing_file_reads_as_none():
    assert Filesystem(SIZE).read("main.py") is None


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"\xff" * SIZE, "contains no readable file system"),
        (b"\0" * SIZE, "contains no readable file system"),
        (b"short", f"has 5 bytes, the image reserves {SIZE}"),
    ],
)
def test_contents_without_a_file_system_are_refused(contents, said):
    with pytest.raises(PicoError, match=said):
        Filesystem(SIZE, contents)


def test_a_full_file_system_is_reported():
    with pytest.raises(PicoError, match=r"big\.py: does not fit on the board"):
        Filesystem(SIZE).write("big.py", bytes(SIZE))
