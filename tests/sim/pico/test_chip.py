"""The shipped files under stock MicroPython on the emulated chip, observed through its USB serial.

Needs the user's MicroPython image and boot ROM, see tests/conftest.py; each test starts a chip of its own.
"""

import contextlib
import random
import socket
import time
from dataclasses import replace
from itertools import pairwise

import pytest

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from chip_board import PATIENCE_S, ChipBoard, kicks

from cablerep.device.events import BoardText, Health, Hello, Log, Rep, Reply, SetOver
from cablerep.device.session import Session
from cablerep.errors import PortError
from cablerep.exercise.library import load
from cablerep.lab.replay import replayed
from cablerep.monitor.watch import Watch
from cablerep.store.database import Store
from cablerep_fw import __version__
from cablerep_fw.core.settings.settings import LOAD_ZERO, REST

pytestmark = pytest.mark.pico
ON_COMMAND = {"after": "command", "offset_us": 0}


def same(rep):
    """Return a kept event without what is another one in each session."""
    return replace(rep, session=0, seq=0)


def of_replay(rows, kind):
    return [same(event) for event in replayed(rows.trace) if isinstance(event, kind)]


def test_the_board_boots_and_sends_hello(chip_files):
    with ChipBoard(chip_files, kicks(1)) as board:
        hello = board.connect()
        assert (hello.version, hello.port, hello.rate_hz) == (__version__, "rp2", 200)
        assert (hello.um_per_count, hello.mn_per_count) == (100, 1)
        health = board.health()
        assert health.faults == ()
        assert health.missed == health.overruns == 0
        assert health.heap_free > 8192
        assert not [log for log in board.kinds(Log) if log.level in ("warning", "error")]


def test_a_host_that_sends_during_imports_does_not_interrupt_them(chip_files):
    """One of its frames in four holds the byte of Ctrl-C: the fourth by its number, others by their checksum."""
    with ChipBoard(chip_files, kicks(1)) as board:
        board.emulator.wait_for("usb", PATIENCE_S)
        board.link.open()

        def asks():
            board.link.session.request_hello()
            return board.kinds(Hello)

        board.until("HELLO", asks)
        assert not board.kinds(BoardText)


def test_a_set_gives_the_same_frames_as_the_replay(chip_files):
    """The trace begins with the board's first sample, so each sample is a row and each instant the same number."""
    rows = kicks(3)
    with ChipBoard(chip_files, rows) as board:
        board.connect()
        board.until_heard(SetOver)
        assert [same(rep) for rep in board.reps()] == of_replay(rows, Rep)
        assert len(board.reps()) == 3
        (over,) = of_replay(rows, SetOver)
        (heard,) = board.kinds(SetOver)
        assert replace(same(heard), known_s=0.0) == replace(over, known_s=0.0), "the replay ends the set with its rows"
        assert board.health().missed == 0


def test_each_rep_is_stored_once_across_a_reconnect(chip_files, tmp_path):
    rows = kicks(3)
    with ChipBoard(chip_files, rows, start=ON_COMMAND) as board, Store(tmp_path / "reps.sqlite") as store:
        board.connect()
        board.link.close()
        with Watch(board.new_link(), store) as watch:
            watch.open()
            seen = []

            def turn():
                seen.extend(watch.turn())
                board.hear()
                return seen

            board.turn = turn
            board.until("HELLO", lambda: any(isinstance(event, Hello) for event in seen))
            board.emulator.send("begin")
            for cable, after_us in (("unplug", 3.5e6), ("replug", 5.5e6), ("unplug", 8.2e6), ("replug", 8.6e6)):
                board.emulator.send(cable, after_us=after_us)
            board.until("set", lambda: any(isinstance(event, SetOver) for event in seen))
            (stored,) = store.sets(last=1)
        assert [rep.rep for rep in stored.reps] == [1, 2, 3]
        assert [e["connected"] for e in board.news if e["event"] == "usb"][-4:] == [False, True, False, True]


@pytest.mark.parametrize("operation", [1, 2, 3])
def test_a_power_cut_while_saving_leaves_the_old_or_the_new_settings(chip_files, operation):
    with ChipBoard(chip_files, kicks(1)) as board:
        board.connect()
        command(board, "set_setting", setting=LOAD_ZERO + 1, value=4321)
        board.emulator.send("cut_at_flash", nth=operation, fraction=0.5)
        board.link.session.command("save")
        saved = board.until(
            "end of the saving",
            lambda: next(
                (e for e in board.news if e["event"] == "power" and not e["on"]), None
            ) or next((e for e in board.kinds(Reply) if e.command == "save"), None),
        )  # fmt: skip
        assert not isinstance(saved, Reply), f"the settings were saved in fewer than {operation} flash operations"
        board.link.close()
        board.emulator.send("power_on")
        board.link = board.new_link()
        hello = board.connect()
        assert hello.load_zero in (0, 4321)
        assert not [log for log in board.kinds(Log) if "settings file" in log.text]


def command(board, name, **fields):
    """Give a command and wait for its reply."""
    tag = board.link.session.command(name, **fields)
    reply = board.until_heard(Reply, lambda reply: reply.tag == tag)
    assert reply.status == "done"
    return reply


def test_new_sessions_find_room_on_the_heap(chip_files):
    """Each change of what is measured makes the whole detector anew, on a heap that is full of the last one."""
    with ChipBoard(chip_files, kicks(1), start=ON_COMMAND) as board:
        board.connect()
        for rest_ms in range(5000, 5020):
            command(board, "set_setting", setting=REST + 1, value=rest_ms)
        assert board.health().faults == ()
        assert not board.kinds(BoardText), "no traceback"


def test_a_power_cut_while_the_journal_is_written_keeps_only_whole_reps(chip_files):
    rows = kicks(2)
    with ChipBoard(chip_files, rows) as board:
        board.keeps = False
        board.connect()
        command(board, "set_setting", setting=REST + 1, value=1000)
        board.until_heard(SetOver)
        board.emulator.send("cut_at_flash", nth=2, fraction=0.5)
        board.link.close()
        board.link = board.new_link()
        board.emulator.wait_for("power", PATIENCE_S)
        board.emulator.send("power_on")
        hello = board.connect()
        assert hello.kept in (0, 3)
        assert not [log for log in board.kinds(Log) if "journal" in log.text]


def test_a_written_journal_survives_a_power_cut(chip_files):
    rows = kicks(2)
    with ChipBoard(chip_files, rows) as board:
        board.keeps = False
        board.connect()
        board.until_heard(SetOver)
        first = board.reps()
        board.until_news("flash")
        board.link.close()
        board.emulator.send("power_off")
        board.emulator.wait_for("power", PATIENCE_S)
        board.emulator.send("power_on")
        board.link = board.new_link()
        board.heard.clear()
        assert board.connect().kept == 3
        board.until_heard(SetOver)
        assert [same(rep) for rep in board.reps()] == [same(rep) for rep in first] == of_replay(rows, Rep)


def alone_until(board, name, **fields):
    """Wait for an event of the harness, with nobody at the port."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        board.hear()
        for event in board.news:
            if event["event"] == name and fields.items() <= event.items():
                return event
        time.sleep(0.01)
    raise AssertionError(f"no {name}; the harness said {board.news[-5:]}")


def test_a_power_cut_in_mid_set_loses_no_rep_and_delivers_each_once(chip_files):
    """Nobody is at the port: each rep goes to flash within half a second."""
    rows = kicks(4)
    with ChipBoard(chip_files, rows) as board:
        start = alone_until(board, "begin")["us"]
        cut_us = start + (1 + 3 * 3.5 + 1.2) * 1e6  # on the way out to the fourth
        board.emulator.send("power_off", after_us=cut_us - board.emulator.now_us)
        alone_until(board, "power", on=False)
        written = [e for e in board.news if e["event"] == "flash" and e["us"] > start]
        assert written and not any(e["erased"] for e in written)
        board.emulator.send("power_on")
        hello = board.connect()
        assert hello.kept == 3
        board.until("three reps", lambda: len(board.reps()) == 3)
        board.until_heard(Health, lambda health: health.kept == 0)
        assert [same(rep) for rep in board.reps()] == of_replay(rows, Rep)[:3]
        assert len(board.kinds(Rep)) == 3


@pytest.mark.parametrize("rate_hz", [200, 1000])
def test_while_the_cable_moves_flash_is_programmed_a_page_in_half_a_second_and_never_erased(chip_files, rate_hz):
    rows = kicks(6, rate_hz=rate_hz)
    with ChipBoard(chip_files, rows) as board:
        start = alone_until(board, "begin")["us"]
        over = alone_until(board, "over")["us"]
        written = [e for e in board.news if e["event"] == "flash" and start + 1e6 < e["us"] < over]
        assert len(written) >= 4
        assert [(e["erased"], e["programmed"]) for e in written] == [(0, 256)] * len(written)
        assert min(b["us"] - a["us"] for a, b in pairwise(written)) >= 500_000
        board.link.open()
        board.until_heard(SetOver)
        health = board.health()
        assert health.missed == health.overruns == 0
        assert len(board.reps()) == 6


COLLECTS = b"""\
import gc
gc.threshold(16384)
from machine import Timer
probe = Timer(-1, mode=Timer.PERIODIC, period=50, callback=lambda _: gc.collect())
"""
# Once the set is over, no interrupt of the USB controller reaches its driver any more.
DEAFENS = b"""\
import gc
gc.threshold(16384)
from machine import Timer, mem32, reset_cause, WDT_RESET
def deafen(_):
    mem32[0x50110090] = 0
if reset_cause() != WDT_RESET:
    probe = Timer(-1, mode=Timer.ONE_SHOT, period=25000, callback=deafen)
"""


def hurry(board, opens):
    """Open the port, ask, read a little and close it again, `opens` times."""
    dice = random.Random(opens)
    for _ in range(opens):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", board.emulator.port)) as line:
            session = Session(stream=True)
            session.open()
            line.settimeout(dice.choice((0.01, 0.05, 0.3)))
            line.sendall(session.take())
            while dice.random() < 0.6 and line.recv(dice.choice((10, 4096))):
                pass
        time.sleep(dice.random() * 0.03)


@pytest.mark.slow
def test_a_port_opened_and_closed_quickly_during_collections_answers(chip_files):
    """Where the sampler does not mask USB frames, the USB stack loses an event within 30 opens and goes deaf."""
    with ChipBoard(chip_files, kicks(2), extra={"boot.py": COLLECTS}, pace=1) as board:
        board.keeps = False
        board.connect()
        board.until_heard(SetOver)
        for number in range(4):
            board.link.close()
            hurry(board, 10)
            board.keeps = number == 3
            board.heard.clear()
            board.link = board.new_link()
            before_us = board.emulator.now_us
            board.until("open port", lambda: opened(board))
            board.until("HELLO", lambda: board.kinds(Hello))
            assert board.emulator.now_us - before_us < 3e6
        board.until("set", lambda: board.kinds(SetOver))
        assert sorted(rep.rep for rep in board.reps()) == [1, 2]
        assert len([e for e in board.news if e["event"] == "boot"]) == 1


def opened(board):
    """Open the port; False while the harness still has the last host on it."""
    with contextlib.suppress(PortError):
        return board.link.open()
    return False


def test_a_board_whose_usb_is_deaf_restarts_and_delivers_each_rep_once(chip_files):
    with ChipBoard(chip_files, kicks(2), extra={"boot.py": DEAFENS}) as board:
        board.keeps = False
        board.connect()
        board.until_heard(SetOver)
        board.link.close()
        while board.emulator.now_us < 30e6:
            board.hear()
            time.sleep(0.05)
            board.emulator.send("release")  # its reply has the time
        board.keeps = True
        board.heard.clear()
        board.link = board.new_link()
        board.until("open port", lambda: opened(board))
        board.until_news("boot", reset="forced")
        board.until("set", lambda: board.kinds(SetOver))
        assert board.emulator.now_us < 30e6 + 12e6
        assert sorted(rep.rep for rep in board.reps()) == [1, 2]
        assert board.health().kept == 0


STOPS_SAMPLING = b"""\
import gc
import machine

gc.threshold(16384)  # as main.py has it before it imports
import cablerep_fw.board.sampler as sampler
from cablerep_fw.board.rp2 import station

if machine.reset_cause() != machine.WDT_RESET:
    idle = station.Board.idle
    sampler.Sampler.heartbeat = lambda self: False
    turns = [0]

    def dies(self):
        turns[0] += 1
        if turns[0] == 200:
            self._sampler.stop()
        idle(self)

    station.Board.idle = dies
"""


def test_the_watchdog_restarts_a_board_whose_sampling_died_and_reports_it(chip_files):
    with ChipBoard(chip_files, kicks(1), extra={"boot.py": STOPS_SAMPLING}) as board:
        board.connect()
        board.until_news("boot", reset="watchdog")
        faults = board.until_heard(Health, lambda health: bool(health.faults)).faults
        assert faults == ("restarted by the watchdog",)


FAILS_AT_THE_START = b"""\
import gc
gc.threshold(16384)
from machine import reset_cause, WDT_RESET
if reset_cause() != WDT_RESET:
    from cablerep_fw.board.rp2 import station
    class Board:
        def __init__(self):
            FAIL
    station.Board = Board
"""


def test_a_start_that_fails_shows_a_light_restarts_and_reports_the_exception(chip_files):
    boot = FAILS_AT_THE_START.replace(b"FAIL", b"raise MemoryError('no room')")
    with ChipBoard(chip_files, kicks(1), extra={"boot.py": boot}) as board:
        board.emulator.wait_for("usb", PATIENCE_S)
        restart = board.until_news("boot", reset="forced")
        flashes = [e["us"] for e in board.news if e["event"] == "led" and e["on"] and e["us"] < restart["us"]]
        assert len(flashes) == 25, "five groups of five"
        board.connect()
        board.until_heard(Log, lambda log: "MemoryError: no room" in log.text)
        board.until_heard(Health, lambda health: health.faults == ("restarted by the watchdog",))


def test_a_start_that_hangs_is_ended_by_the_watchdog(chip_files):
    boot = FAILS_AT_THE_START.replace(b"FAIL", b"import time; time.sleep(60)")
    with ChipBoard(chip_files, kicks(1), extra={"boot.py": boot}) as board:
        board.until_news("boot", reset="watchdog")
        board.connect()
        board.until_heard(Health, lambda health: health.faults == ("restarted by the watchdog",))


def test_a_loose_wire_is_reported_and_latched(chip_files):
    silent = ("load cell silent",)
    with ChipBoard(chip_files, kicks(1)) as board:
        board.connect()
        assert board.health().faults == ()
        board.emulator.send("wire_off")
        board.until_heard(Health, lambda health: health.faults == silent)
        board.emulator.send("wire_on")
        assert board.health().faults == silent, "a loose wire that touches again has to be found"
        command(board, "clear_faults")
        board.until_heard(Health, lambda health: health.faults == ())


@pytest.mark.parametrize("sensor", ["mt6701", "as5600"])
def test_an_angle_sensor_is_read_100_times_a_second_and_no_sample_is_missed(chip_files, sensor):
    rows = kicks(2, rate_hz=1000, angle_sensor=sensor)
    with ChipBoard(chip_files, rows) as board:
        board.connect()
        board.until_heard(SetOver)
        health = board.health()
        assert health.missed == health.overruns == 0
        assert health.faults == ()
        assert 80 < health.angle_hz < 110
        replay = [rep for rep in replayed(rows.trace) if isinstance(rep, Rep)]
        assert len(board.reps()) == len(replay) == 2
        for heard, expected in zip(board.reps(), replay, strict=True):
            assert abs(heard.direction_deg - expected.direction_deg) < 0.5
            assert abs(heard.chord_mm - expected.chord_mm) < 2
        for state, fault in (("weak", "magnet weak"), ("strong", "magnet strong")):
            board.emulator.send("angle_sensor", state=state)
            board.until_heard(Health, lambda health, fault=fault: fault in health.faults)
        board.emulator.send("angle_sensor", state="off")
        board.until_heard(Health, lambda health: "angle sensor silent" in health.faults)


def test_pressing_the_button_tares(chip_files):
    with ChipBoard(chip_files, kicks(1)) as board:
        board.connect()
        board.emulator.send("press")
        board.emulator.send("release", after_us=200_000)
        hello = board.until_heard(Hello, lambda hello: hello.load_zero != 0)
        assert abs(hello.load_zero - 20_000) < 100


def test_cues_are_seen_and_heard(chip_files):
    """The hold of a second is shorter than the two that the cue asks for; the set's end has its own."""
    with ChipBoard(chip_files, kicks(1)) as board:
        board.connect()
        limits = load("generic").limits() | {"profile": 0, "rest": 1000, "hold_target": 500}
        command(board, "profile", **limits)
        board.until_heard(SetOver)
        board.health()
        lit = [event["us"] for event in board.news if event["event"] == "led" and event["on"]]
        tones = [event["hz"] for event in board.news if event["event"] == "tone" and event["hz"]]
        assert lit and tones, "the hold was reached and the set is over"


@pytest.mark.slow
def test_a_minute_at_1_khz_misses_nothing(chip_files):
    rows = kicks(16, rate_hz=1000)
    assert rows.duration_s > 57
    with ChipBoard(chip_files, rows) as board:
        board.link = board.new_link()
        board.link.session = Session(stream=True)
        board.connect()
        board.until_news("over")
        health = board.health()
        assert health.missed == health.overruns == 0
        assert len(board.kinds(Rep)) >= 15
