"""The figures that the project promises, on a smaller run of `cablerep evaluate --simulate` at three rates.

All scenarios take part, and the limits are those of the full run: `--targets`.
"""

import pytest

from cablerep.cli import main


@pytest.mark.parametrize(("rate_hz", "recordings"), [(200, 150), (100, 90), (1000, 30)])
def test_promised_figures_hold(rate_hz, recordings, capsys):
    status = main(["evaluate", "--simulate", str(recordings), "--rate", str(rate_hz), "--targets"])
    assert status == 0, capsys.readouterr().out
