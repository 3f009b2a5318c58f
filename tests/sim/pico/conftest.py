"""The emulated chip of the board's tests, and a stand-in for it that needs no image."""

import shutil
from pathlib import Path

import pytest
from fake_chip import Chip


@pytest.fixture
def chip():
    """A chip whose modules the firmware finds while the test runs."""
    with Chip().installed() as chip:
        yield chip


@pytest.fixture
def harness(tmp_path, node):
    """A folder with the stand-in as its program."""
    folder = tmp_path / "harness"
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("stand_in.mjs"), folder / "main.mjs")
    return folder


@pytest.fixture
def start(harness, node):
    """Starts the stand-in with the options given; it is ended with the test."""
    running = []

    def start(**options):
        from cablerep_sim.pico.emulator import Chip, Emulator

        running.append(Emulator(Chip(b"flash", b"boot", None, options), harness=harness, node=node))
        return running[-1]

    yield start
    for one in running:
        one.close()
