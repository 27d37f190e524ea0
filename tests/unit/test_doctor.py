"""The sentences of `execops doctor`: right for no job, one job and many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.doctor import describe_work
from execops.health import Health


@pytest.mark.parametrize(
    ("workers", "queued", "overdue", "sentence"),
    [
        (0, 0, None, "none running; no jobs waiting"),
        (0, 1, 8, "none running; 1 job waiting, overdue by 8 s"),
        (0, 1, None, "none running; 1 job waiting"),
        (1, 1, 0, "1 running; 1 job waiting, overdue by 0 s"),
        (2, 3, 61, "2 running; 3 jobs waiting, the oldest overdue by 1 m"),
        (2, 1200, None, "2 running; 1,200 jobs waiting"),
    ],
)
def test_workers_and_waiting_jobs_are_counted_in_words(
    workers: int, queued: int, overdue: float | None, sentence: str
) -> None:
    due_at = None if overdue is None else datetime.now(UTC) - timedelta(seconds=overdue + 0.2)
    health = Health(
        workers=workers, paused=False, queued=queued, oldest_queued_at=due_at, failed_events=0, failed_jobs=0
    )
    assert describe_work(health) == sentence
