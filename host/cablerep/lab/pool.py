"""Runs jobs in worker processes, yields results in order, and leaves no process behind when interrupted.

Processes are spawned rather than forked: a progress bar's thread may hold a lock at the moment of a fork.
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

_MAX_CHUNK = 16  # jobs per message: enough to make the transport cheap
_MIN_CHUNKS = 4  # per worker, so that the progress bar moves and all workers end together


def spread(function: Callable[[Job], Result], jobs: Sequence[Job], workers: int | None = None) -> Iterator[Result]:
    """Yield `function(job)` for each job, in order, from `workers` processes (default: one per core).

    One worker, or one job, runs in this process. Exceptions of `function` are raised here.
    """
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count <= 1:
        yield from map(function, jobs)
        return
    chunk = max(1, min(_MAX_CHUNK, len(jobs) // (_MIN_CHUNKS * count)))
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_ignore_interrupts)
    try:
        yield from pool.map(function, jobs, chunksize=chunk)
    finally:
        # After an error or an interruption, drop the jobs that have not started.
        pool.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C, which the terminal sends to every process, to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
