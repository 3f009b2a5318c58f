"""The journal's sectors in a Pico's flash: files of a real littlefs, found by their tags and programmed past it."""

import random

import pytest

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from power_cut import BLOCK, Disk, Flash, PowerCut, RawFlash

from cablerep_fw import storage
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal

REP = wire.BY_NAME["rep"]


def sectors_on(chip, flash, monkeypatch, fresh=False):
    """Return the Sectors of a board that starts on `flash`."""
    disk = Disk(flash, fresh)
    module = chip.load("rp2.flash")
    monkeypatch.setattr(module, "open", disk.open, raising=False)
    monkeypatch.setattr(module.rp2, "Flash", lambda: RawFlash(flash), raising=False)
    found = module.Sectors()
    found.prepare()
    return disk, found


def journal_of(numbers):
    journal = Journal(256)
    for number in numbers:
        journal.add(REP, [7, number] + [1] * (len(REP.fields) - 2))
    return journal


def numbers_in(sectors):
    journal = Journal(256)
    storage.JournalLog(sectors, "none").load(journal)
    return [journal.number_of((journal.tail + i) % journal.size) for i in range(journal.used)]


def test_a_log_in_them_survives_a_restart_and_the_files_stay_as_they_are(chip, monkeypatch):
    flash = Flash(48)
    disk, sectors = sectors_on(chip, flash, monkeypatch, fresh=True)
    assert sectors.count == 12
    with disk.open("main.py", "wb") as file:
        file.write(b"x" * 9000)
    journal = journal_of(range(1, 200))
    log = storage.JournalLog(sectors, "none")
    log.load(Journal(4))
    while journal.next_unsaved() >= 0:
        assert log.append(journal)
    for number in range(1, 200):
        journal.ack(7, number)
    log.tidy(journal)
    for number in range(200, 210):
        journal.add(REP, [7, number] + [1] * (len(REP.fields) - 2))
        assert log.append(journal)
    disk, again = sectors_on(chip, flash, monkeypatch)
    assert numbers_in(again)[-10:] == list(range(200, 210))
    with disk.open("main.py", "rb") as file:
        assert file.read() == b"x" * 9000
    with disk.open("more", "wb") as file:
        file.write(b"y" * 20000)  # littlefs goes on working, in blocks that are not ours
    assert numbers_in(sectors_on(chip, flash, monkeypatch)[1])[-10:] == list(range(200, 210))


def test_a_full_file_system_leaves_none(chip, monkeypatch):
    assert sectors_on(chip, Flash(10), monkeypatch, fresh=True)[1].count == 0


def test_a_sector_whose_tag_is_gone_or_doubled_is_made_again(chip, monkeypatch):
    flash = Flash(48)
    disk, sectors = sectors_on(chip, flash, monkeypatch, fresh=True)
    block = sectors._blocks[3]
    flash.buffer[block * BLOCK : (block + 1) * BLOCK] = b"\xff" * BLOCK  # the power failed behind the erasure
    with disk.open("cablerep.journal05", "rb") as file:
        data = file.read(BLOCK)
    with disk.open("copy", "wb") as file:
        file.write(data)
    _, again = sectors_on(chip, flash, monkeypatch)
    assert again.count == 12
    assert len(set(again._blocks)) == 12
    assert [again._tags[i] == sectors._tags[i] for i in range(12)] == [i not in (3, 5) for i in range(12)]


def test_a_power_cut_at_any_write_of_a_first_start_leaves_a_board_that_starts(chip, monkeypatch):
    for cut in range(0, 400, 7):
        flash = Flash(32)
        Disk(flash, fresh=True)
        flash.operations, flash.cut_after = 0, cut
        try:
            sectors_on(chip, flash, monkeypatch)
        except PowerCut:
            flash.dead = False
        flash.cut_after = None
        assert sectors_on(chip, flash, monkeypatch)[1].count == 12, f"cut at write {cut}"


def test_power_cuts_lose_nothing_that_was_written(chip, monkeypatch):
    """On littlefs and raw blocks, with settings being saved between: cuts at writes and erasures of either."""
    dice = random.Random(1)
    flash = Flash(40)
    sectors_on(chip, flash, monkeypatch, fresh=True)
    number, durable, acknowledged = 0, set(), set()
    for _ in range(50):
        disk, sectors = sectors_on(chip, flash, monkeypatch)
        journal, log = Journal(256), storage.JournalLog(sectors, "none")
        log.load(journal)
        there = {journal.number_of((journal.tail + i) % 256) for i in range(journal.used)}
        assert durable - acknowledged <= there
        assert not log.faults, log.note
        flash.operations, flash.cut_after = 0, dice.randrange(40)
        try:
            for _ in range(30):
                number += 1
                journal.add(REP, [7, number] + [1] * (len(REP.fields) - 2))
                assert log.append(journal)
                durable.add(number)
                if dice.random() < 0.1:
                    with disk.open("cablerep.settings", "wb") as file:
                        file.write(bytes(100 + dice.randrange(300)))
                if dice.random() < 0.05:
                    for one in sorted(durable - acknowledged):
                        acknowledged.add(one)
                        journal.ack(7, one)
                log.tidy(journal)
        except PowerCut:
            flash.dead = False
        flash.cut_after = None
    assert number > 300
