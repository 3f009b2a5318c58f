"""The journal file on a real littlefs: a power cut at every write, damage, other versions."""

import pytest

pytest.importorskip("littlefs", reason="power cuts need littlefs-python")

from power_cut import Disk, Flash, PowerCut

from cablerep_fw import storage
from cablerep_fw.core.link import journal as journals
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal

SET = wire.BY_NAME["set"]
REP = wire.BY_NAME["rep"]


def on(disk):
    """Return a JournalFile on `disk`."""
    disk.install(storage)
    return storage.JournalFile()


def journal_of(count, session=77):
    journal = Journal(256)
    for number in range(1, count + 1):
        message = SET if number % 5 == 0 else REP
        record = [session, number] + [number % 100] * (len(message.fields) - 2)
        journal.add(message, record)
    return journal


def held(journal):
    """Return what the journal holds as (id, bytes), oldest first."""
    found = []
    for i in range(journal.used):
        slot = (journal.tail + i) % journal.size
        if journal.ids[slot]:
            start = slot * 96
            found.append((journal.ids[slot], bytes(journal.data[start : start + journal.lengths[slot]])))
    return found


def loaded(file, size=256):
    journal = Journal(size)
    return file.load(journal), held(journal), journal


def test_keeps_a_whole_journal_and_what_acknowledging_needs():
    file = on(Disk(Flash(32), fresh=True))
    journal = journal_of(256)
    assert file.save(journal)
    count, messages, restored = loaded(file)
    assert (count, file.note, file.faults) == (256, "", 0)
    assert messages == held(journal)
    assert restored.kept == 256
    assert restored.ack(77, 100)
    assert restored.next_slot() == 0, "all of it is sent again"


def test_keeps_only_what_is_not_acknowledged():
    file = on(Disk(Flash(32), fresh=True))
    journal = journal_of(10)
    for number in (1, 2, 5, 9):
        journal.ack(77, number)
    assert file.save(journal)
    assert loaded(file)[1] == held(journal)


def test_an_empty_journal_leaves_no_file():
    disk = Disk(Flash(32), fresh=True)
    file = on(disk)
    assert file.save(journal_of(3))
    assert file.save(Journal(256))
    assert disk.fs.listdir("/") == []
    assert loaded(file)[0] == 0
    assert file.faults == 0


def test_a_power_cut_at_any_write_leaves_all_of_the_old_or_all_of_the_new():
    cut, seen = 0, set()
    old, new = journal_of(12), journal_of(60)
    while True:
        flash = Flash(24)
        assert on(Disk(flash, fresh=True)).save(old)
        flash.operations, flash.cut_after = 0, cut
        try:
            on(Disk(flash)).save(new)
            break
        except PowerCut:
            flash.dead, flash.cut_after = False, None
            file = on(Disk(flash))
            count, messages, _ = loaded(file)
            assert messages in (held(old), held(new)), f"cut at write {cut}: {file.note}"
            assert file.faults == 0
            seen.add(count)
        cut += 1
    assert cut >= 20, "the cuts did not reach the file"
    assert seen == {12, 60}


def test_a_full_file_system_keeps_the_old_file():
    disk = Disk(Flash(6), fresh=True)
    file = on(disk)
    assert file.save(journal_of(3))
    assert not file.save(journal_of(256))
    assert loaded(file)[0] == 3


def damaged(change):
    disk = Disk(Flash(32), fresh=True)
    file = on(disk)
    assert file.save(journal_of(10))
    with disk.open(file.path, "rb") as source:
        data = bytearray(source.read())
    change(data)
    with disk.open(file.path, "wb") as target:
        target.write(data)
    count, messages, _ = loaded(file)
    return file, count, messages


def test_one_spoilt_message_costs_no_other():
    second = journals.HEADER + REP.size + journals.OVERHEAD

    def spoil(data):
        data[second + 20] ^= 1

    file, count, messages = damaged(spoil)
    assert count == 9
    assert messages == [message for number, message in enumerate(held(journal_of(10))) if number != 1]
    assert "1 of its 10 messages are lost" in file.note
    assert file.faults == 1 << wire.FAULTS.index("journal file unusable")


def test_a_torn_file_gives_back_what_is_whole():
    file, count, messages = damaged(lambda data: data.__delitem__(slice(200, None)))
    assert messages == held(journal_of(10))[:count]
    assert count == 2
    assert "8 of its 10 messages are lost" in file.note


def other_version(data):
    data[4] += 1
    data[10:12] = journals.crc16(data, 0, 10).to_bytes(2, "little")


def other_schema(data):
    data[6] ^= 1
    data[10:12] = journals.crc16(data, 0, 10).to_bytes(2, "little")


@pytest.mark.parametrize(
    "change, words",
    [
        (other_version, "another version"),
        (other_schema, "another version"),
        (lambda data: data.__setitem__(slice(0, 4), b"\x7fELF"), "not a cablerep journal"),
        (lambda data: data.__setitem__(8, 99), "damaged"),
        (lambda data: data.__delitem__(slice(5, None)), "damaged"),
        (lambda data: data.clear(), "damaged"),
    ],
)
def test_a_file_that_is_no_journal_of_ours_is_named_and_left_out(change, words):
    file, count, _ = damaged(change)
    assert count == 0
    assert words in file.note
    assert file.faults


def test_an_impossible_entry_ends_the_reading():
    def absurd(data):
        data[journals.HEADER] = 0x99

    file, count, _ = damaged(absurd)
    assert count == 0
    assert "10 of its 10" in file.note


def test_an_entry_holds_the_longest_kept_message():
    longest = max(message.size for message in wire.MESSAGES if message.care == wire.KEPT)
    assert longest + journals.OVERHEAD <= journals.MAX_ENTRY
