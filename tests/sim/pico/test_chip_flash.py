"""A chip's flash: image and files at the right addresses, settings from the trace."""

import numpy as np
import pytest

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from cablerep_fw.core.settings import settings as places
from cablerep_fw.core.settings import settings as stored
from cablerep_fw.core.settings.settings import Settings
from cablerep_sim.errors import PicoError
from cablerep_sim.pico import chip_flash
from cablerep_sim.pico.binary_info import Region
from cablerep_sim.pico.image import FLASH_SIZE, Image
from cablerep_sim.pico.rows import BoardRows
from cablerep_sim.trace.trace import from_arrays

IMAGE = Image(b"micropython" * 100, "v1.28.0", Region(0x1E0000, 0x20000))
FILES = {"cablerep_fw/a.mpy": b"a", "main.py": b"main"}


def rows(**meta):
    t_us = np.arange(10) * 5000
    return BoardRows(from_arrays("trace", {"rate_hz": 200, **meta}, t_us, np.arange(10), np.arange(10)))


def settings_in(flash):
    settings = Settings()
    data = chip_flash.files_of(IMAGE, flash).read(chip_flash.SETTINGS_PATH)
    assert stored.load(data, settings) == stored.USED
    return settings.values


def test_image_and_files_are_where_the_chip_looks():
    flash = chip_flash.lay(IMAGE, FILES, None)
    assert len(flash) == FLASH_SIZE
    assert flash.startswith(IMAGE.flash)
    assert set(flash[len(IMAGE.flash) : IMAGE.storage.offset]) == {0xFF}
    disk = chip_flash.files_of(IMAGE, flash)
    assert {path: disk.read(path) for path in disk.paths()} == FILES


def test_the_settings_are_those_of_the_trace():
    values = settings_in(chip_flash.lay(IMAGE, FILES, rows(um_per_count="-98.17", mn_per_count=2.5, load_zero=-7)))
    assert values[places.RATE_HZ] == 200
    assert values[places.UM_PER_COUNT] == -98_170_000
    assert values[places.MN_PER_COUNT] == 2_500_000
    assert values[places.LOAD_ZERO] == -7
    assert values[places.CELL] == 1


def test_earlier_files_stay_except_firmware_and_calibration():
    first = chip_flash.lay(IMAGE, {**FILES, "cablerep_fw/old.mpy": b"old"}, rows())
    disk = chip_flash.files_of(IMAGE, first)
    disk.write("cablerep.journal", b"reps")
    settings = Settings()
    settings.put(places.REST, 5000)
    disk.write(chip_flash.SETTINGS_PATH, bytes(stored.dump(settings)))
    kept = first[: IMAGE.storage.offset] + disk.image()
    again = chip_flash.lay(IMAGE, FILES, rows(load_zero=3), kept.ljust(FLASH_SIZE, b"\xff"))
    assert chip_flash.files_of(IMAGE, again).paths() == ["cablerep.journal", "cablerep.settings", *sorted(FILES)]
    assert settings_in(again)[places.REST] == 5000
    assert settings_in(again)[places.LOAD_ZERO] == 3


def test_a_blank_chip_has_no_file_system_until_micropython_creates_one():
    flash = chip_flash.blank(IMAGE)
    assert flash == IMAGE.flash.ljust(FLASH_SIZE, b"\xff")
    with pytest.raises(PicoError):
        chip_flash.files_of(IMAGE, flash)
    used = chip_flash.lay(IMAGE, FILES, None)
    assert chip_flash.blank(IMAGE, used) == used
    assert chip_flash.lay(IMAGE, FILES, None, flash) == used


def test_a_saved_flash_of_another_size_is_refused():
    with pytest.raises(PicoError, match="has 5 bytes, a Pico's has 2097152"):
        chip_flash.lay(IMAGE, FILES, None, b"short")
