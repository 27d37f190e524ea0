"""The order of events of one second, by what each of them changed."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from execops.books.same_second import sequence


def change(before: dict[str, Any] | None, **after: Any) -> dict[str, Any]:
    """An event after which an object has these values, and before which it had those."""
    data: dict[str, Any] = {"object": {"id": "sub_1", "quantity": 1, "note": None} | after}
    return {"data": data if before is None else data | {"previous_attributes": before}}


def items(*quantities: int) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": f"si_{n}", "quantity": q} for n, q in enumerate(quantities)]}


@pytest.mark.parametrize(
    "story",
    [
        [change(None), change({"quantity": 1}, quantity=2)],
        [change({"quantity": 1}, quantity=2), change({"quantity": 2}, quantity=3)],
        [change({"quantity": 1}, quantity=2), change({"note": None}, quantity=2, note="a")],
        [
            change({"quantity": 15}, quantity=16),
            change({"quantity": 16}, quantity=15),
            change({"quantity": 15}, quantity=40),
        ],
        [
            change({"items": items(1)}, items=items(1, 4)),
            change({"items": {"data": [{"quantity": 1}, {"quantity": 4}]}}, items=items(2, 4)),
        ],
        [change({"seats": None}, seats=4), change({"seats": 4}, seats=5)],
    ],
)
def test_the_values_before_each_change_tell_their_order(story: list[dict[str, Any]]) -> None:
    for places in permutations(range(len(story))):
        order = sequence([story[place] for place in places])
        assert order is not None
        assert [places[place] for place in order] == list(range(len(story)))


@pytest.mark.parametrize(
    "story",
    [
        [change(None)],
        [change(None), change(None)],
        [change({}, quantity=2), change({}, quantity=3)],
        [
            change({"quantity": 1}, quantity=2),
            change({"quantity": 2}, quantity=1),
        ],  # there and back: either may be first
        [
            change({"quantity": 1}, quantity=2),
            change({"quantity": 7}, quantity=8),
        ],  # one between them is missing
        [change({"items": items(1, 2)}, items=items(3)), change({"items": items(1)}, items=items(2))],
        [{}, {"data": None}, {"data": {"object": 1, "previous_attributes": 2}}],
        [change({"quantity": n}, quantity=n + 1) for n in range(7)],  # too many to try each order
    ],
)
def test_changes_that_tell_no_single_order_tell_none(story: list[dict[str, Any]]) -> None:
    assert sequence(story) is None
