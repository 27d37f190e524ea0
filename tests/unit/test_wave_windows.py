"""The windows of a wave, against a plain reading of their definition, and the cost of a busy day."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from execops.model import Json
from execops.plays.support.support_waves import _crowds, _reached

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
WINDOW = timedelta(hours=1)


def entry(number: int, minute: float, customer: int) -> Json:
    at = (BEGIN + timedelta(minutes=minute)).isoformat()
    return {"who": f"user{customer}@example.com", "at": at, "words": f"The site is down {number}"}


def within(entries: list[Json], last: str) -> list[Json]:
    end = datetime.fromisoformat(last)
    return [message for message in entries if end - WINDOW < datetime.fromisoformat(message["at"]) <= end]


def test_each_window_is_that_of_the_definition() -> None:
    chance = random.Random(11)
    crowded = 0
    for _ in range(300):
        minutes = sorted(chance.randrange(400) for _ in range(chance.randrange(40)))
        entries = [entry(number, minute, chance.randrange(9)) for number, minute in enumerate(minutes)]
        crowds = _crowds(entries, WINDOW)
        assert [entries[crowd.end - 1]["at"] for crowd in crowds] == sorted(
            {message["at"] for message in entries}
        )
        reached = set()
        for crowd in crowds:
            plain = within(entries, entries[crowd.end - 1]["at"])
            assert entries[crowd.begin : crowd.end] == plain
            assert crowd.customers == len({message["who"] for message in plain})
            if crowd.customers >= 4:
                reached |= {(message["at"], message["words"]) for message in plain}
        assert _reached(entries, 4, WINDOW) == reached
        crowded += bool(reached)
    assert 50 < crowded < 290


def test_a_busy_day_costs_no_more_than_its_messages() -> None:
    def cost(count: int) -> int:
        """The lines and calls of Python that it takes, which are the same on each machine."""
        entries = [entry(number, number * 60 / count, number) for number in range(count)]
        steps = 0

        def count_step(*_: object) -> Callable[..., Any]:
            nonlocal steps
            steps += 1
            return count_step

        before = sys.gettrace()
        sys.settrace(count_step)
        try:
            assert _reached(entries, 4, WINDOW)
        finally:
            sys.settrace(before)
        return steps

    assert cost(2000) < 12 * cost(200)  # each window read anew: a hundred times
