"""The settings file on a real littlefs: power cuts at every write, and every kind of file that cannot be used."""

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

pytest.importorskip("littlefs", reason="power cuts need littlefs-python")

from power_cut import Disk, Flash, PowerCut, uninstall

from cablerep_fw import storage
from cablerep_fw.core.link import wire
from cablerep_fw.core.settings import settings as stored
from cablerep_fw.core.settings.settings import LOAD_ZERO, RATE_HZ, UM_PER_COUNT, Settings


@pytest.fixture(autouse=True)
def restored():
    """Let the next tests use this computer's files."""
    yield
    uninstall(storage)


def on(disk):
    """Return a SettingsFile on `disk`."""
    disk.install(storage)
    return storage.SettingsFile()


def chosen(um_per_count):
    settings = Settings()
    settings.put(UM_PER_COUNT, um_per_count)
    settings.put(LOAD_ZERO, -181562)
    return settings


def test_keeps_every_value():
    file = on(Disk(Flash(16), fresh=True))
    assert file.save(chosen(-98_170_000))
    loaded = Settings()
    assert file.load(loaded)
    assert loaded.values == chosen(-98_170_000).values
    assert (file.note, file.faults) == ("", 0)


def test_a_power_cut_at_any_write_leaves_the_old_file_or_the_new_one():
    cut = 0
    while True:
        flash = Flash(16)
        assert on(Disk(flash, fresh=True)).save(chosen(1))
        flash.operations, flash.cut_after = 0, cut
        try:
            on(Disk(flash)).save(chosen(2))
            break
        except PowerCut:
            flash.dead, flash.cut_after = False, None
            loaded = Settings()
            file = on(Disk(flash))  # the power is back
            assert file.load(loaded), f"lost by a cut at write {cut}: {file.note}"
            assert loaded.values[LOAD_ZERO] == -181562
            assert loaded.values[UM_PER_COUNT] in (1, 2)
            assert file.save(chosen(3)), "and the next save mends what was left behind"
            assert file.load(loaded)
            assert loaded.values[UM_PER_COUNT] == 3
        cut += 1
    assert cut >= 3, "a new file, its bytes, a rename: littlefs keeps so small a file inside its directory"


def fill(disk):
    """Write until there is no room for another sector."""
    try:
        for number in range(100):
            with disk.open(f"ballast{number}", "wb") as ballast:
                ballast.write(bytes(4096))
    except OSError:
        return
    pytest.fail("the file system did not fill")


def test_a_full_file_system_still_takes_the_settings():
    disk = Disk(Flash(8), fresh=True)
    file = on(disk)
    assert file.save(chosen(1))
    fill(disk)
    assert file.save(chosen(2)), "so small a file stands in the directory itself"
    loaded = Settings()
    assert file.load(loaded)
    assert loaded.values[UM_PER_COUNT] == 2


def test_a_file_that_cannot_be_written_is_no_success():
    disk = Disk(Flash(16), fresh=True)
    file = on(disk)
    assert file.save(chosen(1))

    def refuse(old, new):
        raise OSError(28)

    disk.rename = refuse
    assert not file.save(chosen(2))
    loaded = Settings()
    assert file.load(loaded)
    assert loaded.values[UM_PER_COUNT] == 1
    assert disk.fs.listdir("/") == ["cablerep.settings"], "nothing is left aside"


def spoilt(change):
    data = bytearray(stored.dump(chosen(5)))
    change(data)
    return bytes(data)


def sealed(data):
    """Put a right CRC under `data` again."""
    crc = stored.crc16(data, 0, len(data) - 2)
    data[-2:] = crc.to_bytes(2, "little")


def other_version(data):
    data[4] += 1
    sealed(data)


def other_table(data):
    data[6] ^= 1
    sealed(data)


def rate_of_nothing(data):
    data[8 + 4 * RATE_HZ : 12 + 4 * RATE_HZ] = bytes(4)
    sealed(data)


@pytest.mark.parametrize(
    "data, words",
    [
        (spoilt(lambda data: data.pop()), "damaged"),
        (spoilt(lambda data: data.__setitem__(20, data[20] ^ 1)), "damaged"),
        (b"", "damaged"),
        (b"cblS\x01", "damaged"),
        (spoilt(other_version), "another version"),
        (spoilt(other_table), "another version"),
        (b'{"rate": 200}', "not a cablerep settings file"),
        (spoilt(rate_of_nothing), "out of its range"),
    ],
)
def test_what_cannot_be_used_falls_back_to_the_defaults_and_says_so(data, words):
    disk = Disk(Flash(16), fresh=True)
    with disk.open("cablerep.settings", "wb") as written:
        written.write(data)
    file = on(disk)
    loaded = Settings()
    assert not file.load(loaded)
    assert loaded.values == Settings().values
    assert words in file.note and "cablerep.settings" in file.note
    assert file.faults == 1 << wire.FAULTS.index("settings file unusable")
    assert file.save(loaded)
    assert file.faults == 0


def test_a_first_start_says_that_there_is_no_file_and_is_no_fault():
    file = on(Disk(Flash(16), fresh=True))
    assert not file.load(Settings())
    assert "no settings file" in file.note
    assert file.faults == 0


def test_a_file_from_before_a_setting_was_added_keeps_what_it_has():
    data = stored.dump(chosen(7))
    older = bytearray(data[: 8 + 4 * 5] + bytes(2))
    older[5] = 5
    older[6:8] = wire.fingerprint(5).to_bytes(2, "little")
    sealed(older)
    loaded = Settings()
    loaded.values[RATE_HZ] = 500
    assert stored.load(bytes(older), loaded) == stored.USED
    assert (loaded.values[UM_PER_COUNT], loaded.values[RATE_HZ]) == (7, 200)


@given(st.binary(max_size=120))
@examples(max_examples=200, deadline=None)
def test_random_bytes_change_nothing(data):
    loaded = chosen(9)
    before = list(loaded.values)
    assert stored.load(data, loaded) != stored.USED
    assert list(loaded.values) == before
