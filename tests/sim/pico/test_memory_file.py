"""UF2, Intel hex and raw files: contents are read, and each kind of damage is named."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("intelhex", reason="images need intelhex")

from chip_image import RP2040, ihex, uf2, written

from cablerep_sim.errors import PicoError
from cablerep_sim.pico import memory_file
from cablerep_sim.pico.memory_file import Window

FLASH = Window(0x10000000, 1 << 16)


@given(data=st.binary(min_size=1, max_size=3000), kind=st.sampled_from(["uf2", "hex", "bin"]))
def test_written_bytes_are_read(tmp_path_factory, data, kind):
    path = written(tmp_path_factory.mktemp("files"), kind, data)
    assert memory_file.read(path, FLASH) == data


@given(data=st.binary(min_size=512, max_size=3000), order=st.randoms(use_true_random=False))
def test_the_order_of_the_blocks_does_not_matter(tmp_path_factory, data, order):
    blocks = [uf2(data)[at : at + 512] for at in range(0, len(uf2(data)), 512)]
    order.shuffle(blocks)
    path = tmp_path_factory.mktemp("files") / "shuffled.uf2"
    path.write_bytes(b"".join(blocks))
    assert memory_file.read(path, FLASH) == data


@given(junk=st.binary(max_size=2000), kind=st.sampled_from(["uf2", "hex"]))
def test_junk_is_refused_with_one_line(tmp_path_factory, junk, kind):
    path = tmp_path_factory.mktemp("files") / f"junk.{kind}"
    path.write_bytes(junk)
    with pytest.raises(PicoError, match=r"^[^\n]*junk\.[^\n]*;[^\n]*$"):
        memory_file.read(path, FLASH)


def test_a_gap_reads_as_erased_flash(tmp_path):
    path = tmp_path / "gap.hex"
    first = ihex(b"ab").split(b":00000001FF")[0]  # without the record that ends a file
    path.write_bytes(first + ihex(b"c", 0x10000004))
    assert memory_file.read(path, FLASH) == b"ab\xff\xffc"


def test_blocks_for_another_chip_are_skipped(tmp_path):
    path = tmp_path / "two.uf2"
    path.write_bytes(uf2(b"theirs", family=0xE48BFF59) + uf2(b"ours"))
    assert memory_file.read(path, FLASH) == b"ours"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.uf2", uf2(b"x" * 300)[:700], "block 1 is cut off after 188 of 512 bytes"),
        ("a.uf2", uf2(b"x" * 300)[:512], "1 of its 2 blocks are missing"),
        ("a.uf2", b"x" * 512, "lacks the magic numbers of UF2"),
        ("a.uf2", uf2(b"x", family=0xE48BFF59), r"is for 0xe48bff59 \(RP2350\); an RP2040 needs 0xe48bff56"),
        ("a.uf2", uf2(b"x", start=0x20000000), "0x20000000 to 0x20000001, outside 0x10000000 to 0x10010000"),
        (
            "a.uf2",
            uf2(b"x").replace(struct.pack("<I", 1), struct.pack("<I", 999), 1),
            "claims 999 bytes, but 476 is the most",
        ),
        ("a.hex", b":0100000041BF\n", "is not an Intel hex file"),
        ("a.hex", b":00000001FF\n", "contains no bytes"),
        ("a.hex", "µ".encode(), "is not an Intel hex file"),
        ("a.bin", b"x" * 65537, "outside 0x10000000 to 0x10010000"),
        ("a.bin", b"", "the file is empty"),
        ("a.elf", b"\x7fELF", r"give a \.uf2, \.hex or \.bin"),
    ],
)
def test_each_kind_of_damage_is_named(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(PicoError, match=said):
        memory_file.read(tmp_path / name, FLASH)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PicoError, match=r"no\.bin: cannot be read \(No such file"):
        memory_file.read(tmp_path / "no.bin", FLASH)


def test_the_family_is_that_of_the_uf2_specification():
    assert memory_file.RP2040_FAMILY == RP2040
