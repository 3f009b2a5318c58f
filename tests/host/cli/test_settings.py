"""`cablerep settings` on a virtual board: list, change, refuse."""

import json
from collections.abc import Iterator

import pytest

from cablerep.cli import main as cli
from cablerep_fw.core.link import wire
from cablerep_sim import protocol_sim


@pytest.fixture
def port() -> Iterator[str]:
    yield "sim://idle-stand?speed=0&name=bench-settings"
    protocol_sim.stop("bench-settings")


def test_every_setting_is_listed_and_a_change_is_saved(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["settings", "--port", port, "cell_hz=320", "cell=2"]) == 0
    out = capsys.readouterr().out
    assert "cell_hz is 320 (was 200)" in out, "the trace of this board says 200"
    assert "unplug it" in out
    assert cli.main(["settings", "--port", port, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["setting"] for row in rows] == [row[0] for row in wire.SETTINGS]
    values = {row["setting"]: row["value"] for row in rows}
    assert (values["cell"], values["cell_hz"]) == (2, 320)
    assert cli.main(["settings", "--port", port]) == 0
    assert "conversions a second" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("cell", "is not NAME=VALUE"),
        ("cells=2", "there is no setting 'cells'"),
        ("cell=3", "cell is a whole number from -1 to 2"),
        ("cell=1.5", "cell is a whole number from -1 to 2"),
    ],
)
def test_a_wrong_change_is_a_usage_error(change: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["settings", "--port", "/dev/no-such-board", change])
    assert reason in capsys.readouterr().err
