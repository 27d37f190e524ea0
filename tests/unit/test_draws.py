"""The orders that the tests try: half of all, in which any three things stand in each order."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import pytest

from tests import draws


@pytest.mark.parametrize("count", [4, 5])
def test_any_three_things_stand_in_each_order(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "SOAK", False)
    every = list(permutations(range(count)))
    orders = draws.orders_of(range(count))
    assert len(set(orders)) == len(orders) == len(every) / 2
    assert {trio for order in orders for trio in combinations(order, 3)} == set(permutations(range(count), 3))
    assert {pair for order in orders for pair in pairwise(order)} == set(permutations(range(count), 2))
    monkeypatch.setattr(draws, "SOAK", True)
    assert draws.orders_of(range(count)) == every


def test_of_few_things_every_order_is_tried() -> None:
    assert draws.orders_of("abc") == list(permutations("abc"))
