"""What main.py does before it loads the application."""

import gc
import runpy

from cablerep_fw import main


def test_main_collects_often_and_ignores_ctrl_c_before_the_imports(chip, monkeypatch):
    """Later is too late: the imports fragment the heap, and a waiting host's frames may contain the byte of Ctrl-C."""
    thresholds = []
    monkeypatch.setattr(gc, "threshold", thresholds.append, raising=False)
    runpy.run_path(main.__file__)
    assert [8192 <= threshold <= 32768 for threshold in thresholds] == [True]
    assert chip.interrupt_char == -1
