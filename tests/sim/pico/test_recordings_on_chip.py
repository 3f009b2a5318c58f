"""Each recording played into the emulated chip gives the same reps as the replay, to the last digit."""

from dataclasses import replace

import pytest

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from chip_board import firmware

from cablerep.device.events import Health, Rep
from cablerep.lab.chip_host import START, ChipHost
from cablerep.lab.replay import replayed
from cablerep.text.contract import Tally
from cablerep_sim.pico import chip_flash
from cablerep_sim.pico.emulator import Chip, Emulator
from cablerep_sim.pico.rows import BoardRows
from cablerep_sim.trace.trace import open_trace

pytestmark = [pytest.mark.pico, pytest.mark.slow]


def reps(events):
    """Return the reps as they were first told of, without what each session has of its own."""
    return [replace(event, session=0, seq=0) for event in events if isinstance(event, Rep) and not event.amended]


def counted(events):
    """Return full reps, partial reps and sets, after amendments."""
    tally = Tally()
    for event in events:
        tally.add(event)
    return tally.kinds["full"], tally.kinds["partial"], tally.sets


def test_the_chip_counts_what_the_replay_counts(chip_files, recording):
    source = open_trace(recording)
    rows = BoardRows(source)
    flash = chip_flash.lay(chip_files.image, firmware(), rows)
    with Emulator(Chip(flash, chip_files.bootrom, rows, {**START, "pace": 0})) as emulator:
        heard = list(ChipHost(emulator, rows).events())
    healths = [event for event in heard if isinstance(event, Health)]
    assert healths[-1].missed == healths[-1].overruns == 0
    assert counted(heard) == counted(replayed(source)), "the recording as it is"
    assert reps(heard) == reps(replayed(rows.trace)), "the recording as the board samples it"
