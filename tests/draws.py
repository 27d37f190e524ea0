"""How many cases a test draws by chance, and in how many orders: fewer in `make test`, more in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from itertools import combinations, pairwise, permutations
from typing import TypeVar

Thing = TypeVar("Thing")
SOAK = "EXECOPS_SOAK_DRAWS" in os.environ
_FEW = 3  # things, of which every order is tried


def draws(usual: int, in_soak: int) -> int:
    """The number for this run. `usual` is enough to meet each kind of case; more of them seldom find anything new."""
    return in_soak if SOAK else usual


def orders_of(things: Iterable[Thing]) -> list[tuple[Thing, ...]]:
    """The orders of these, in which they arrive: all in a soak, and of up to three; else those of a sequence covering array.

    Among them any three of the things stand in each of their six orders, and any two are neighbours in both: only a fault
    that needs four things in one exact order may hide. Most faults of order need that one event came before another: Kuhn,
    Higdon, Lawrence, Kacker and Lei, "Combinatorial Methods for Event Sequence Testing", ICST 2012.
    """
    ordered = tuple(things)
    count = len(ordered)
    places = list(permutations(range(count))) if SOAK or count <= _FEW else _covering(count)
    return [tuple(ordered[place] for place in order) for order in places]


@cache
def _covering(count: int) -> list[tuple[int, ...]]:
    """The covering orders, chosen greedily: the next is the first that covers the most of what is missing."""
    covered = {order: {*combinations(order, 3), *pairwise(order)} for order in permutations(range(count))}
    missing = set[tuple[int, ...]]().union(*covered.values())
    chosen: list[tuple[int, ...]] = []
    while missing:
        chosen.append(max(covered, key=lambda order: len(covered[order] & missing)))
        missing -= covered[chosen[-1]]
    return chosen
