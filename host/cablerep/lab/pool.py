"""Spreads work over the cores in processes of its own, in order, and leaves nothing running behind an interruption.

Processes are spawned rather than forked, because a progress bar's thread may hold a lock at the moment of a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_LARGEST_PIECE = 16  # jobs that travel together: enough to make their transport cheap
_PIECES_EACH = 4  # for each worker at least so many pieces, so that the bar moves and all end at about the same time


def spread(function: Callable[[Job], Result], jobs: Sequence[Job], workers: int | None = None) -> Iterator[Result]:
    """Yield `function(job)` for each job, in order, from `workers` processes (one a core by default).

    With one worker, or one job, the work is done in this process. What `function` raises is raised here.
    """
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count <= 1:
        yield from map(function, jobs)
        return
    piece = max(1, min(_LARGEST_PIECE, len(jobs) // (_PIECES_EACH * count)))
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_ignore_interrupts)
    try:
        yield from pool.map(function, jobs, chunksize=piece)
    finally:
        # On the way out of an error or an interruption: what was not begun need not be.
        pool.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the one that talks to the user."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
