"""The whole Board of the RP2 port on a fake chip, under the firmware's own application."""

from pathlib import Path

import pytest
from angle_models import As5600Model, Mt6701Model
from fake_chip import Reset
from fake_port import plug
from nau7802_model import Nau7802Model

from cablerep_fw.app import App
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.settings import settings as places
from cablerep_fw.core.settings import settings as stored
from cablerep_fw.core.settings.settings import Settings

HEALTH = [field[0] for field in wire.BY_NAME["health"].fields]


@pytest.fixture
def station(chip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plug(chip)
    chip.answer({2: 0, 6: None})
    return chip.load("rp2.station")


def settle(**values):
    """Write a settings file."""
    settings = Settings()
    for name, value in values.items():
        settings.put(getattr(places, name.upper()), value)
    Path("cablerep.settings").write_bytes(stored.dump(settings))


def waiting(board):
    """Return how many samples the main loop has not taken."""
    return board._sampler.sync()


def health(board):
    record = [0] * len(HEALTH)
    board.fill_health(record)
    return dict(zip(HEALTH, record, strict=True))


def faults(board):
    return [name for bit, name in enumerate(wire.FAULTS) if board.faults() >> bit & 1]


def test_the_health_fields_match_the_wire(station):
    assert (HEALTH[station._FAULTS], HEALTH[station._HEAP_FREE]) == ("faults", "heap_free")


def test_a_new_board_starts_with_its_defaults_and_says_so(station):
    board = station.Board()
    assert board.settings.values == Settings().values
    assert any("no settings file" in note for note in board.notes)
    assert board.board_id == "e6e7e8e9eaebeced"
    assert board.port == "rp2"


def test_samples_reach_the_ring_and_health_tells_of_them(chip, station, monkeypatch):
    monkeypatch.setattr(station.gc, "mem_free", lambda: 12345, raising=False)
    board = station.Board()
    board.start(200)
    board.tidy_journal(Journal())  # measures the heap too, at rest
    chip.pass_us(1_000_000)
    assert waiting(board) == 200
    told = health(board)
    assert told["jitter_5"] == 199
    assert told["heap_free"] == 12345
    assert told["load_hz10"] == 0
    assert told["faults"] == 1 << wire.FAULTS.index("load cell silent")
    board.clear_faults()
    assert faults(board) == []
    chip.pass_us(600_000)
    assert faults(board) == ["load cell silent"], "a fault that lasts comes back"


def test_without_a_cell_nothing_is_missed(chip, station):
    settle(cell=0)
    board = station.Board()
    board.start(1000)
    chip.pass_us(100_000)
    assert waiting(board) == 100
    assert faults(board) == []


def test_a_cell_on_i2c_takes_the_bus_of_its_pins(chip, station):
    chip.i2c = Nau7802Model(chip, range(100))
    settle(cell=2, pin_cell_data=10, pin_cell_clock=11)
    board = station.Board()
    board.start(200)
    for _ in range(50):
        board.idle()
        chip.pass_us(5000)
    assert chip.i2c.bus == 1
    assert chip.i2c.wires["freq"] == 400_000
    assert waiting(board) and faults(board) == []


def test_an_angle_is_read_once_a_tick_and_belongs_to_the_newest_sample(chip, station):
    chip.spi = Mt6701Model()
    chip.spi.value(0)  # its select line is a pin of the fake chip
    chip.spi.counts = 5000
    settle(cell=0, angle_sensor=1, angle_per_turn=16384)
    board = station.Board()
    board.start(1000)
    ring = board.ring
    for _ in range(20):
        board.idle()
        ring.tail = ring.head  # the engine takes them
    assert chip.spi.bus == 0 and chip.spi.wires["phase"] == 1 and chip.spi.wires["baudrate"] == 1_000_000
    assert ring.head == 200
    angles = list(ring.angle[:200])
    assert angles.count(5000) == 20 and angles[9::10] == [5000] * 20
    assert health(board)["angle_hz10"] == pytest.approx(1000, abs=60)


def test_an_as5600_shares_the_bus_of_a_nau7802(chip, station):
    chip.i2c = As5600Model(Nau7802Model(chip, range(100)))
    settle(cell=2, angle_sensor=2)
    board = station.Board()
    board.start(200)
    for _ in range(60):
        board.idle()
    assert chip.i2c.bus == 0 and faults(board) == []
    chip.i2c.present = False
    for _ in range(60):
        board.idle()
    assert faults(board) == ["angle sensor silent"]
    board.clear_faults()
    assert faults(board) == []


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"cell_gain": 77}, "no load cell: an HX711 has the gains 128, 64 and 32, not 77"),
        ({"cell": 2, "cell_hz": 99}, "no load cell: a NAU7802 has the rates"),
        ({"pin_encoder": 40}, "setting pin_encoder: this board has no pin 40"),
        ({"pin_led": 31}, "setting pin_led: this board has no pin 31"),
        ({"pin_button": 45}, "setting pin_button: this board has no pin 45"),
    ],
)
def test_a_wrong_setting_is_said_and_the_board_still_samples(chip, station, wrong, words):
    chip.i2c = Nau7802Model(chip)
    settle(**wrong)
    board = station.Board()
    board.start(200)
    chip.pass_us(50_000)
    assert waiting(board) == 10
    assert any(words in note for note in board.notes), board.notes
    assert station.application_wanted()


def test_pins_can_be_left_empty(chip, station):
    settle(pin_led=-2, pin_buzzer=-2, pin_button=-2, pin_cell_data=-2)
    board = station.Board()
    assert "LED" not in chip.levels and not chip.tones
    board.start(200)
    chip.pass_us(50_000)
    assert faults(board) == []


def test_the_watchdog_is_fed_only_while_samples_are_taken(chip, station):
    board = station.Board()
    board.start(200)
    for _ in range(20):
        board.idle()
        board.ring.tail = board.ring.head
        chip.pass_us(5000)
    assert chip.wdt.fed >= 9, "every 20 ms"
    fed = chip.wdt.fed
    for _ in range(20):
        board.idle()  # samples are sampled, and nobody takes them
        chip.pass_us(5000)
    assert chip.wdt.fed == fed + 1
    board.ring.tail = board.ring.head
    for _ in range(4):
        board.idle()
        chip.pass_us(5000)
    assert chip.wdt.fed == fed + 2
    board._sampler.stop()
    board._sampler.heartbeat = lambda: False
    for _ in range(4):
        board.ring.tail = board.ring.head
        board.idle()
        chip.pass_us(5000)
    fed = chip.wdt.fed
    for _ in range(20):
        board.ring.tail = board.ring.head  # the loop runs, and there are no samples
        board.idle()
    assert chip.wdt.fed == fed


@pytest.mark.parametrize(("rate_hz", "enough"), [(100, 1), (200, 2), (1000, 10)])
def test_idle_waits_for_the_samples_of_a_tick(chip, station, rate_hz, enough):
    board = station.Board()
    board.start(rate_hz)
    for _ in range(20):
        board.idle()
        assert waiting(board) == enough
        board.ring.tail = board.ring.head
    chip.pass_us(20_000)
    begun_us = chip.now_us
    board.idle()
    assert chip.now_us == begun_us, "there is work"


def test_idle_waits_no_longer_than_a_tick(chip, station):
    board = station.Board()
    board.start(50)
    begun_us = chip.now_us
    board.idle()
    assert (chip.now_us - begun_us, waiting(board)) == (10_000, 0)


def test_the_heartbeat_runs_in_idle(chip, station):
    board = station.Board()
    board.start(200)
    chip.pass_us(20_000)
    chip.timers[-1].deinit()
    chip.pass_us(30_000)
    board.idle()
    chip.pass_us(50_000)
    assert faults(board)[-1:] == ["sampler restarted"]
    assert waiting(board) > 12


def test_the_repl_is_reached_by_a_reset_and_kept_once(chip, station):
    board = station.Board()
    board.start(200)
    with pytest.raises(Reset):
        board.repl()
    assert chip.interrupt_char == 3
    chip.restart(cause=3)
    assert not station.application_wanted()
    assert station.application_wanted(), "the next start is an ordinary one"
    assert faults(station.Board()) == [], "the reset was asked for"


def test_a_button_held_at_the_start_keeps_the_application_away(chip, station):
    assert station.application_wanted()
    chip.levels[14] = 0
    assert not station.application_wanted()
    settle(pin_button=20)
    assert station.application_wanted()
    chip.levels[20] = 0
    assert not station.application_wanted()


def test_the_watchdog_is_stopped_for_a_start_into_the_repl(chip, station):
    """It resets the REPL otherwise: main.py starts it in its first lines."""
    control = 0x4005B000  # the alias that clears bits
    assert station.application_wanted()
    assert control not in chip.scratch
    chip.levels[14] = 0
    assert not station.application_wanted()
    assert chip.scratch.pop(control) == 1 << 30
    chip.levels[14] = 1
    module = chip.load("rp2.chip")
    module.leave_note(module.STAY_IN_REPL)
    assert not station.application_wanted()
    assert chip.scratch[control] == 1 << 30


def test_a_reset_by_the_watchdog_is_a_fault_until_cleared(chip, station):
    station.Board().start(200)
    chip.restart(cause=3)
    board = station.Board()
    assert faults(board) == ["restarted by the watchdog"]
    board.clear_faults()
    assert faults(board) == []


def test_a_start_that_hung_is_a_fault_too(chip, station):
    assert station.application_wanted()
    chip.restart(cause=3)
    assert station.application_wanted()
    assert faults(station.Board()) == ["restarted by the watchdog"]


def test_knows_the_scratch_register_of_each_chip(chip, station, monkeypatch):
    module = chip.load("rp2.chip")
    for core, address in (("Pico with RP2040", 0x4005800C), ("Pico 2 with RP2350", 0x400D800C)):
        monkeypatch.setattr(module.sys.implementation, "_machine", core)
        module.leave_note(module.RUNNING)
        assert chip.scratch[address] == module.RUNNING == module.read_note()


def test_session_ids_are_small_ints_and_not_zero(station, monkeypatch):
    board = station.Board()
    assert len({board.new_session() for _ in range(20)}) > 15
    monkeypatch.setattr(station.os, "urandom", lambda count: b"\xff" * count)
    assert board.new_session() == 2**30 - 1
    monkeypatch.setattr(station.os, "urandom", bytes)
    assert board.new_session() == 1


def test_settings_and_journal_outlive_the_board(chip, station):
    board = station.Board()
    board.settings.put(places.UM_PER_COUNT, 98_170_000)
    journal = Journal()
    board.load_journal(journal)
    message = wire.BY_NAME["set"]
    journal.add(message, [5, 1] + [0] * (len(message.fields) - 2))
    assert board.save_settings() and board.save_journal(journal)
    chip.restart(cause=1)
    again = station.Board()
    assert again.settings.values[places.UM_PER_COUNT] == 98_170_000
    restored = Journal()
    again.load_journal(restored)
    assert restored.kept == 1
    assert again.notes == []


@pytest.mark.parametrize("rate_hz, taken", [(49, False), (50, True), (1000, True), (1001, False)])
def test_takes_the_rates_that_the_sampler_takes(station, rate_hz, taken):
    assert station.Board().takes_rate(rate_hz) is taken


def test_the_application_runs_on_it(chip, station):
    port = plug(chip)
    board = station.Board()
    app = App(board)
    board.start(200)
    app.commands.hello()
    port.typed += b"\0"  # a host speaks
    for _ in range(50):
        app.turn()
        board.idle()
        port.host_reads()
    assert app.engine.detector.decimator.samples > 5
    assert b"e6e7e8e9eaebeced rp2" in port.line
    assert port.waited == 0


def test_the_heap_is_measured_at_rest_only_and_not_each_second(chip, station, monkeypatch):
    """`gc.mem_free` walks the heap for 7.5 ms."""
    looks = []
    monkeypatch.setattr(station.gc, "mem_free", lambda: looks.append(1) or 5, raising=False)
    board = station.Board()
    board.start(200)
    assert health(board)["heap_free"] == wire.NULL
    for _ in range(16):
        board.tidy_journal(Journal())
        health(board)
    assert len(looks) == 2


def test_a_deaf_board_restarts_once_nothing_is_lost_by_it(chip, station, monkeypatch):
    monkeypatch.setattr(station.gc, "mem_free", lambda: 5, raising=False)
    board = station.Board()
    board.start(200)
    journal = Journal()
    board.load_journal(journal)
    message = wire.BY_NAME["set"]
    journal.add(message, [5, 1] + [0] * (len(message.fields) - 2))
    board.tidy_journal(journal)
    board._usb.is_deaf = lambda silent_ms, stalled: True
    board.tidy_journal(journal)  # the message is not in flash yet
    assert board.save_journal(journal)
    with pytest.raises(Reset):
        board.tidy_journal(journal)
    chip.restart(cause=3)
    assert faults(station.Board()) == []
