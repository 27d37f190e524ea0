"""The order of the tests, so that the cores are busy to the end of a run.

With `--dist worksteal` each worker begins with an equal part of the list, and takes from another's end when its own part is done. A test
with processes often waits for them. So such tests stand between those that compute, a module at a time, and none is left for the end, when
all of them would wait together. The tests that take longest come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

import pytest

_T = TypeVar("_T")


def order(items: list[pytest.Item]) -> None:
    """Bring the tests into this order, in place."""
    slow = [item for item in items if item.get_closest_marker("slow") is not None]
    quick = [item for item in items if item.get_closest_marker("slow") is None]
    items[:] = slow + between(quick, _waits, lambda item: item.path)


def _waits(item: pytest.Item) -> bool:
    return item.path.parent.name == "e2e"


def between(items: Iterable[_T], waits: Callable[[_T], bool], module: Callable[[_T], object]) -> list[_T]:
    """Spread the modules whose tests wait evenly among the others; the tests of a module stay together."""
    modules = [list(group) for _, group in groupby(items, key=module)]
    kinds = [[group for group in modules if waits(group[0]) is kind] for kind in (True, False)]
    placed = [(place, group) for groups in kinds for place, group in _places(groups)]
    placed.sort(key=lambda pair: pair[0])
    return [item for _, group in placed for item in group]


def _places(groups: Sequence[list[_T]]) -> Iterable[tuple[float, list[_T]]]:
    """The middle of each group's place in a line of length one."""
    total, before = sum(map(len, groups)), 0
    for group in groups:
        yield (before + len(group) / 2) / total, group
        before += len(group)
