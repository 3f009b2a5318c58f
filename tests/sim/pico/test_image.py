"""The two files that a user supplies: the right ones are recognised, and wrong ones are named."""

import pytest

pytest.importorskip("intelhex", reason="images need intelhex")

import chip_image
from chip_image import written

from cablerep.setup import flasher
from cablerep_sim.errors import PicoError
from cablerep_sim.pico import image


@pytest.mark.parametrize("kind", ["uf2", "hex", "bin"])
def test_an_image_has_a_version_and_a_region_for_files(tmp_path, kind):
    flash = chip_image.image(version="v1.29.0-preview.7", storage=(0xB0000, 0x150000))
    found = image.read_image(written(tmp_path, kind, flash))
    assert found.flash.rstrip(b"\0") == flash.rstrip(b"\0")
    assert found.version == "v1.29.0-preview.7"
    assert (found.storage.offset, found.storage.size) == (0xB0000, 0x150000)


@pytest.mark.parametrize("kind", ["uf2", "hex", "bin"])
def test_a_boot_rom_is_sixteen_kib(tmp_path, kind):
    rom = chip_image.bootrom()
    assert image.read_bootrom(written(tmp_path, kind, rom, 0)) == rom


@pytest.mark.parametrize(
    ("flash", "said"),
    [
        (b"\0" * 4096, "does not begin with a boot stage"),
        (b"\0" * 100, "does not begin with a boot stage"),
        (b"!" + chip_image.image()[1:], "does not begin with a boot stage"),
        (chip_image.image()[:0x300], "is another program and not MicroPython"),
        (chip_image.image()[:0x1D4].ljust(4096, b"\0"), "is another program and not MicroPython"),
        (chip_image.image(name="blink"), "is 'blink' and not MicroPython"),
        (chip_image.image(board="pico_w"), "MicroPython for the board 'pico_w', not for a Pico"),
        (chip_image.image(version="v1.24.1"), r"MicroPython v1\.24\.1, cablerep needs 1\.26 or newer"),
        (chip_image.image(version=""), r"MicroPython \?, cablerep needs"),
        (chip_image.image(device=""), "no file system that fits"),
        (chip_image.image(device="ROMFS"), "no file system that fits"),
        (chip_image.image(storage=(0x180000, 0x280000)), "no file system that fits"),
        (chip_image.image(storage=(0x800, 0x1000)), "no file system that fits"),
    ],
)
def test_an_image_that_is_not_micropython_for_a_pico_is_named(tmp_path, flash, said):
    with pytest.raises(PicoError, match=rf"^[^\n]*file\.bin: [^\n]*{said}[^\n]*micropython\.org[^\n]*$"):
        image.read_image(written(tmp_path, "bin", flash))


@pytest.mark.parametrize(
    ("rom", "said"),
    [
        (chip_image.bootrom()[:16000], "has 16000 bytes, a boot ROM has 16384"),
        (chip_image.bootrom()[1:], "has 75 01 02 at 0x10"),
        (b"short", "has nothing at 0x10"),
        (chip_image.bootrom() + b"x", "outside 0x00000000 to 0x00004000"),
        (chip_image.bootrom().replace(b"Mu\x01", b"Mu\x02"), "has 4d 75 02 at 0x10"),
    ],
)
def test_a_file_that_is_not_a_boot_rom_is_named(tmp_path, rom, said):
    with pytest.raises(PicoError, match=said):
        image.read_bootrom(written(tmp_path, "bin", rom, 0))


def test_the_checksum_is_crc32_mpeg2():
    """The check value of CRC-32/MPEG-2 in the catalogue of parametrised CRC algorithms."""
    assert image.boot2_crc(b"123456789") == 0x0376E6E7


def test_the_oldest_micropython_is_that_of_flash():
    assert image.OLDEST == flasher.OLDEST
