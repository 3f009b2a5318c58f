"""Scenarios of the equipment: a sound set seen through an encoder, a cell or a link with something wrong.

Each is `clean` with faults of options.FAULTS, so any of them can also be asked for in another scenario.
"""

from __future__ import annotations

from . import habits as habit
from .script import Act, visit
from .stage import Stage


def _through(stage: Stage, *faults: str) -> None:
    stage.faults.update(faults)
    visit(stage, habit.draw(stage))


def coarse_encoder(stage: Stage) -> None:
    """An encoder of 0.3 to 0.5 mm a count."""
    _through(stage, "coarse")


def outliers(stage: Stage) -> None:
    """Lone wrong samples in both channels."""
    _through(stage, "outliers")


def missed_samples(stage: Stage) -> None:
    """Samples that were not taken, alone and in rows of up to 0.1 s."""
    _through(stage, "missed")


def no_load_cell(stage: Stage) -> None:
    """Travel alone."""
    _through(stage, "no-load")


def encoder_reversed(stage: Stage) -> None:
    """An encoder that counts the other way; its um_per_count is negative."""
    _through(stage, "encoder-reversed")


def load_reversed(stage: Stage) -> None:
    """A load cell that counts the other way; its mn_per_count is negative."""
    _through(stage, "load-reversed")


def load_cell_faults(stage: Stage) -> None:
    """A load cell that falls silent for seconds, or is too small for the weight, or both."""
    first = "load-silent" if stage.chance(0.5) else "load-saturated"
    second = "load-silent" if stage.chance(0.3) else first
    _through(stage, first, second)


SCRIPTS: tuple[Act, ...] = (
    coarse_encoder,
    outliers,
    missed_samples,
    no_load_cell,
    encoder_reversed,
    load_reversed,
    load_cell_faults,
)
