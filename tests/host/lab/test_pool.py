"""The worker pool: results in order, from processes or not, and exceptions."""

import os

import pytest
from pool_jobs import refuse_seven, square

from cablerep.lab.pool import spread


def test_results_come_in_order_from_other_processes() -> None:
    results = list(spread(square, range(40), 2))
    assert [value for value, _ in results] == [n * n for n in range(40)]
    assert os.getpid() not in {process for _, process in results}


@pytest.mark.parametrize(("jobs", "workers"), [(range(5), 1), (range(1), 4), (range(0), None)])
def test_one_worker_or_one_job_runs_in_this_process(jobs: range, workers: int | None) -> None:
    results = list(spread(square, jobs, workers))
    assert results == [(n * n, os.getpid()) for n in jobs]


def test_exceptions_of_jobs_are_raised() -> None:
    done = spread(refuse_seven, range(20), 2)
    assert next(done) == 0
    with pytest.raises(ValueError, match="seven"):
        list(done)
