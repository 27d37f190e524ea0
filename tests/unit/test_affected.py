"""The fullest hour of the hits of an issue, against a plain reading of the definition, and its cost."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from execops.books.affected import _fullest

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def plainly(hits: list[tuple[datetime, str]]) -> set[str]:
    """The customers of the first fullest hour, each hour read anew."""
    fullest: set[str] = set()
    for last in sorted({minute for minute, _ in hits}):
        within = {customer for minute, customer in hits if last - HOUR < minute <= last}
        if len(within) > len(fullest):
            fullest = within
    return fullest


def storm(minutes: int, customers: int) -> list[tuple[datetime, str]]:
    hits = [
        (BEGIN + timedelta(minutes=minute), f"cus_{number}")
        for minute in range(minutes)
        for number in range(customers)
    ]
    return sorted(hits)


def test_the_fullest_hour_is_that_of_the_definition() -> None:
    chance = random.Random(7)
    for _ in range(300):
        hits = sorted(
            {
                (BEGIN + timedelta(minutes=chance.randrange(300)), f"cus_{chance.randrange(9)}")
                for _ in range(chance.randrange(40))
            }
        )
        assert _fullest(hits) == plainly(hits)


def test_a_storm_of_a_day_costs_no_more_than_its_hits() -> None:
    def cost(hits: list[tuple[datetime, str]]) -> float:
        start = time.process_time()
        assert len(_fullest(hits)) == 20
        return time.process_time() - start

    short, long = storm(60, 20), storm(1200, 20)  # twenty times as many hits
    least = min(cost(short) for _ in range(5))
    assert min(cost(long) for _ in range(6)) < 80 * least  # each hour read anew: four hundred times
