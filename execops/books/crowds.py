"""Crowds: how many different customers something happens to within a window of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct


class Crowd(Struct, frozen=True):
    """A window that ends with an arrival: the places of its first arrival and after its last, and the number of customers."""

    begin: int
    end: int
    customers: int


def crowds(arrivals: Sequence[tuple[datetime, str]], window: timedelta) -> list[Crowd]:
    """The window that ends at each moment of these arrivals of customers, the oldest first; they are sorted by their moments.

    Each arrival enters and leaves once, so a storm of a day costs no more than its arrivals.
    """
    ended: list[Crowd] = []
    within: Counter[str] = Counter()
    begin = 0
    for place, (moment, customer) in enumerate(arrivals):
        within[customer] += 1
        while arrivals[begin][0] <= moment - window:
            leaver = arrivals[begin][1]
            within[leaver] -= 1
            if not within[leaver]:
                del within[leaver]
            begin += 1
        if place + 1 == len(arrivals) or arrivals[place + 1][0] != moment:
            ended.append(Crowd(begin, place + 1, len(within)))
    return ended
