"""Fixtures for the tests of the command line."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runs import Run

from cablerep.cli import main as cli


@pytest.fixture(autouse=True)
def _same_signals() -> Iterator[None]:
    """Leave the handler of SIGTERM as it was."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def cablerep(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process with a store of its own; return status, stdout and stderr."""
    monkeypatch.setenv("CABLEREP_STORE", str(tmp_path / "own.sqlite"))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: object) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run
