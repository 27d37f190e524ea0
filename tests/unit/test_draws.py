"""The orders that the tests try: a few of all, in which any three things stand in each order."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import pytest

from tests import draws


@pytest.mark.parametrize(("count", "most"), [(4, 8), (5, 8), (6, 10)])
def test_any_three_things_stand_in_each_order(count: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "SOAK", False)
    orders = draws.orders_of(range(count))
    assert orders[0] == tuple(range(count))
    assert len(set(orders)) == len(orders) <= most
    assert {trio for order in orders for trio in combinations(order, 3)} == set(permutations(range(count), 3))
    assert {pair for order in orders for pair in pairwise(order)} == set(permutations(range(count), 2))
    monkeypatch.setattr(draws, "SOAK", True)
    assert draws.orders_of(range(count)) == list(permutations(range(count)))


def test_of_few_things_every_order_is_tried() -> None:
    assert draws.orders_of("abc") == list(permutations("abc"))
