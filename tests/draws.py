"""How many cases a test draws by chance, and in how many orders: fewer in `make test`, more in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import combinations, permutations
from typing import TypeVar

Thing = TypeVar("Thing")
SOAK = "EXECOPS_SOAK_DRAWS" in os.environ
_FEW = 3  # things, of which every order is tried


def draws(usual: int, in_soak: int) -> int:
    """The number for this run. `usual` is enough to meet each kind of case; more of them seldom find anything new."""
    return in_soak if SOAK else usual


def orders_of(things: Iterable[Thing]) -> list[tuple[Thing, ...]]:
    """The orders of these, in which they arrive: all in a soak, and of up to three; else those that even permutations make.

    Half of the orders is even. Among them any three of the things stand in each of their six orders, and each pair of neighbours
    occurs: only a fault that needs four things in one exact order may hide in the other half.
    """
    ordered = tuple(things)
    every = list(permutations(range(len(ordered))))
    if not SOAK and len(ordered) > _FEW:
        every = [places for places in every if _is_even(places)]
    return [tuple(ordered[place] for place in places) for places in every]


def _is_even(places: tuple[int, ...]) -> bool:
    return sum(later < earlier for earlier, later in combinations(places, 2)) % 2 == 0
