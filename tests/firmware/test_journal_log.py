"""The journal's log in flash: a power cut at every operation, damage, full and failing flash, other versions."""

import random
from pathlib import Path

import pytest
from nor_flash import NorFlash, PowerCut

from cablerep_fw import old_journal, storage
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.frames import crc16
from cablerep_fw.core.link.journal import OVERHEAD, SLOT, Journal
from cablerep_fw.storage import PAGE, SECTOR, JournalLog

SET = wire.BY_NAME["set"]
REP = wire.BY_NAME["rep"]
FAULT = 1 << wire.FAULTS.index("journal file unusable")
Held = list[tuple[int, int]]


def add(journal: Journal, number: int, session: int = 77) -> None:
    message = SET if number % 5 == 0 else REP
    journal.add(message, [session, number] + [number % 100] * (len(message.fields) - 2))


def journal_of(count: int) -> Journal:
    journal = Journal(256)
    for number in range(1, count + 1):
        add(journal, number)
    return journal


def held(journal: Journal) -> Held:
    """Return (session, number) of each unacknowledged message, oldest first."""
    slots = [(journal.tail + i) % journal.size for i in range(journal.used)]
    return [(journal.session_of(slot), journal.number_of(slot)) for slot in slots if journal.ids[slot]]


def contents(journal: Journal) -> set[tuple[int, bytes]]:
    slots = [(journal.tail + i) % journal.size for i in range(journal.used)]
    return {
        (journal.ids[slot], bytes(journal.data[slot * SLOT : slot * SLOT + journal.lengths[slot]]))
        for slot in slots
        if journal.ids[slot]
    }


def saved(flash: NorFlash, journal: Journal) -> JournalLog:
    log = JournalLog(flash)
    log.load(Journal(4))
    while journal.next_unsaved() >= 0:
        assert log.append(journal)
    return log


def loaded(flash: NorFlash) -> tuple[Journal, JournalLog]:
    journal, log = Journal(256), JournalLog(flash)
    log.load(journal)
    return journal, log


def test_a_whole_journal_comes_back() -> None:
    flash = NorFlash()
    journal = journal_of(256)
    saved(flash, journal)
    again, log = loaded(flash)
    assert contents(again) == contents(journal)
    assert held(again) == held(journal)
    assert (log.note, log.faults, again.lost) == ("", 0, 0)
    assert again.next_unsaved() == -1, "what is in flash is not written again"
    assert again.next_slot() == 0, "but sent again"


def test_a_page_holds_as_many_messages_as_fit_and_takes_one_operation() -> None:
    flash = NorFlash()
    journal = journal_of(2)
    assert 2 * (REP.size + OVERHEAD) + 12 <= PAGE
    saved(flash, journal)
    assert flash.log == ["program"]
    assert held(loaded(flash)[0]) == held(journal)


def test_what_was_acknowledged_before_it_was_written_is_not() -> None:
    flash = NorFlash()
    journal = journal_of(10)
    for number in (1, 2, 5, 9):
        journal.ack(77, number)
    saved(flash, journal)
    assert held(loaded(flash)[0]) == held(journal)


def test_once_all_is_acknowledged_a_sector_a_call_is_erased() -> None:
    flash = NorFlash()
    journal = journal_of(150)
    log = saved(flash, journal)
    log.tidy(journal)
    assert "erase" not in flash.log, "something may still be needed"
    for number in range(1, 151):
        journal.ack(77, number)
    calls = 0
    while len(flash.log) < 200 and log._order:
        before = flash.log.count("erase")
        log.tidy(journal)
        assert flash.log.count("erase") == before + 1
        calls += 1
    assert calls >= 4
    assert set(flash.data) == {0xFF}
    log.tidy(journal)
    assert flash.log.count("erase") == calls
    add(journal, 1)
    assert log.append(journal)
    assert held(loaded(flash)[0]) == [(77, 1)]


def run(flash: NorFlash, seed: int, known: dict[str, set[int]]) -> None:
    """A board's life: messages come, are written, acknowledged, tidied; `known` follows what is durable."""
    dice = random.Random(seed)
    journal, log = Journal(64), JournalLog(flash)
    log.load(journal)
    number = max(known["made"], default=0)
    for _ in range(150):
        deed = dice.randrange(10)
        if deed < 5:
            number += 1
            known["made"].add(number)
            add(journal, number)
        elif deed < 8:
            unsaved = {journal.number_of(s) for s in range(journal.size) if journal.ids[s]} - known["durable"]
            if log.append(journal):
                slots = [(journal.tail + i) % journal.size for i in range(journal.saved)]
                known["durable"] |= {journal.number_of(s) for s in slots if journal.ids[s]} & unsaved
        elif deed < 9 and dice.random() < 0.3:
            for _, one in held(journal)[: dice.randrange(40)]:
                journal.ack(77, one)
                known["acknowledged"].add(one)
        else:
            log.tidy(journal)
        lost = known["durable"] - known["acknowledged"] - {one for _, one in held(journal)}
        known["overwritten"] |= lost


@pytest.mark.parametrize(("sectors", "step"), [(4, 2), (12, 6)])
def test_a_power_cut_at_any_operation_loses_nothing_that_was_written(sectors: int, step: int) -> None:
    """Each life ends with a cut and is followed by another on the same flash; tests/campaigns has many more."""
    cuts = 0
    for cut in range(0, 160, step):
        flash = NorFlash(sectors)
        known: dict[str, set[int]] = {name: set() for name in ("made", "durable", "acknowledged", "overwritten")}
        for life in range(3):
            flash.operations, flash.cut_after = 0, cut if life == 0 else (cut * 7 + life * 13) % 90
            try:
                run(flash, 100 * cut + life, known)
                flash.cut_after = None
            except PowerCut:
                cuts += 1
                flash.cut_after = None
            journal, log = loaded(flash)
            there = {number for _, number in held(journal)}
            missing = known["durable"] - known["acknowledged"] - known["overwritten"] - there
            assert not missing, f"cut {cut}, life {life}: {sorted(missing)}; {log.note}"
            assert there <= known["made"]
            assert not log.faults, log.note
    assert cuts > 140 / step


def test_a_failing_flash_is_a_fault_until_it_works_and_nothing_is_forgotten() -> None:
    flash = NorFlash()
    journal = journal_of(6)
    log = saved(flash, journal)
    add(journal, 7)
    flash.broken = True
    assert not log.append(journal)
    assert not log.append(journal)
    assert log.faults == FAULT
    log.clear()
    assert not log.append(journal) and log.faults == FAULT, "a fault that lasts returns"
    flash.broken = False
    assert log.append(journal)
    assert log.faults == 0
    assert held(loaded(flash)[0]) == held(journal)


def test_a_page_that_does_not_take_its_bytes_is_passed_over() -> None:
    flash = NorFlash()
    journal = journal_of(2)
    log = saved(flash, journal)
    flash.data[PAGE : PAGE + 100] = bytes(100)  # worn out: cannot be 1 any more
    for number in range(4, 8):
        add(journal, number)
    for _ in range(4):
        log.append(journal)
    assert journal.next_unsaved() == -1 and log.faults == 0
    assert held(loaded(flash)[0]) == held(journal)


def test_a_sector_that_does_not_take_its_header_is_not_used() -> None:
    flash = NorFlash()
    flash.data[0:8] = bytes(8)
    journal, log = journal_of(3), JournalLog(flash)
    log._sectors.prepare()
    assert not log.append(journal)
    assert log.append(journal)
    assert log._order == [1]


def test_without_sectors_it_is_a_fault_and_they_are_asked_for_again() -> None:
    flash = NorFlash()
    ready = flash.prepare
    flash.prepare = lambda: None  # type: ignore[method-assign]  # the file system is full
    journal, log = Journal(8), JournalLog(flash)
    log.load(journal)
    assert log.faults == 0, "nothing had to be written yet"
    add(journal, 1)
    assert not log.append(journal) and log.faults == FAULT
    log.tidy(journal)
    flash.prepare = ready  # type: ignore[method-assign]
    for _ in range(40):
        log.tidy(journal)
    assert log.append(journal) and log.faults == 0


def test_a_full_log_writes_again_what_still_matters() -> None:
    flash = NorFlash(4)
    journal, log = Journal(256), JournalLog(flash)
    log.load(journal)
    for number in range(1, 255):
        add(journal, number)
        assert log.append(journal), number
        if number % 50:
            journal.ack(77, number)  # one in fifty is not
        log.tidy(journal)
    assert {number for _, number in held(loaded(flash)[0])} >= set(range(50, 255, 50))


def test_one_damaged_message_costs_its_page_at_most() -> None:
    flash = NorFlash()
    journal = journal_of(30)
    saved(flash, journal)
    flash.data[PAGE + 20] ^= 1
    again, log = loaded(flash)
    assert set(held(again)) < set(held(journal))
    assert len(held(again)) >= 27
    assert log.faults == FAULT and "some of its messages are lost" in log.note


def sealed(flash: NorFlash) -> None:
    """Put the right CRC under the header of the first sector."""
    flash.data[10:12] = crc16(flash.data, 0, 10).to_bytes(2, "little")


def test_a_log_of_newer_firmware_is_named_and_left_alone() -> None:
    flash = NorFlash()
    saved(flash, journal_of(3))
    flash.data[4] += 1
    sealed(flash)
    before = bytes(flash.data[:SECTOR])
    journal, log = loaded(flash)
    assert journal.kept == 0 and "newer firmware" in log.note
    add(journal, 9)
    assert log.append(journal)
    assert bytes(flash.data[:SECTOR]) == before


@pytest.mark.parametrize("shorter", [4, 8, 20])
def test_a_message_of_older_firmware_is_completed(shorter: int) -> None:
    journal = Journal(4)
    whole = bytearray(REP.size)
    REP.pack([5, 6] + [7] * (len(REP.fields) - 2), whole, 0)
    journal.restore(REP, whole, 0, REP.size - shorter)
    values = REP.unpack(journal.data, 0)
    assert (values["session"], values["seq"], values["set"], values["rom"]) == (5, 6, 7, 7)
    assert values["drift"] == wire.NULL16 and values["power_mean"] == (wire.NULL if shorter == 20 else 7)
    assert journal.lengths[0] == REP.size


OLD_SCHEMA = 0x5430  # of firmware 0.1.0


def old_file(messages: list[tuple[int, bytes]]) -> bytes:
    header = b"cblJ\x01\x00" + OLD_SCHEMA.to_bytes(2, "little") + len(messages).to_bytes(2, "little")
    data = header + crc16(header, 0, len(header)).to_bytes(2, "little")
    for message_id, payload in messages:
        entry = bytes((message_id, len(payload))) + payload
        data += entry + crc16(entry, 0, len(entry)).to_bytes(2, "little")
    return data


def old_rep(number: int) -> tuple[int, bytes]:
    """REP as firmware 0.1.0 stored it: 72 bytes, id 0x83."""
    head = (55).to_bytes(4, "little") + number.to_bytes(4, "little") + b"\x01\x00\x02\x00\x01\x01\x00\x00"
    return 0x83, head + bytes(range(72 - len(head)))


def test_the_journal_of_firmware_0_1_is_moved(tmp_path: Path) -> None:
    path = tmp_path / "cablerep.journal"
    path.write_bytes(old_file([old_rep(1), old_rep(2), old_rep(3)]))
    flash = NorFlash()
    journal, log = Journal(256), JournalLog(flash, str(path))
    log.load(journal)
    assert held(journal) == [(55, 1), (55, 2), (55, 3)]
    assert bytes(journal.data[:72]) == old_rep(1)[1]
    assert log.note == "" and not path.exists()
    assert held(loaded(flash)[0]) == held(journal)


def test_a_damaged_journal_of_firmware_0_1_gives_back_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "cablerep.journal"
    data = bytearray(old_file([old_rep(1), old_rep(2), old_rep(3)]))
    data[12 + 76 + 30] ^= 1
    path.write_bytes(data)
    journal, log = Journal(256), JournalLog(NorFlash(), str(path))
    log.load(journal)
    assert held(journal) == [(55, 1), (55, 3)]
    assert "1 of its 3 messages are lost" in log.note


def test_without_room_the_journal_of_firmware_0_1_stays(tmp_path: Path) -> None:
    path = tmp_path / "cablerep.journal"
    path.write_bytes(old_file([old_rep(1)]))
    flash = NorFlash()
    flash.broken = True
    journal, log = Journal(256), JournalLog(flash, str(path))
    log.load(journal)
    assert held(journal) == [(55, 1)], "it can be sent"
    assert path.exists() and "could not be moved" in log.note


@pytest.mark.parametrize("data", [b"", b"cblJ", b"\x7fELF" + bytes(40), old_file([old_rep(1)])[:60]])
def test_whatever_is_in_the_old_file_the_board_starts(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "cablerep.journal"
    path.write_bytes(data)
    journal, log = Journal(256), JournalLog(NorFlash(), str(path))
    log.load(journal)
    assert journal.kept == 0


def test_the_names_of_other_modules_are_repeated_correctly() -> None:
    assert storage.JOURNAL_UNUSABLE == FAULT
    assert old_journal._HEADER == 12
