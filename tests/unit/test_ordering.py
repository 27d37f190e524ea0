"""The order of the tests: no test is lost, and those that wait stand between the others."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from tests.ordering import between


@pytest.mark.parametrize("waiting", [1, 3, 10])
def test_modules_that_wait_stand_evenly_between_the_others(waiting: int) -> None:
    tests = [(f"e2e {number}", case) for number in range(waiting) for case in range(5)]
    tests += [(f"unit {number}", case) for number in range(60) for case in range(5)]
    ordered = between(tests, lambda test: test[0].startswith("e2e"), lambda test: test[0])
    assert sorted(ordered) == sorted(tests)
    modules = [module for module, _ in groupby(ordered, key=lambda test: test[0])]
    assert len(modules) == waiting + 60  # a module stays together
    places = [index for index, module in enumerate(modules) if module.startswith("e2e")]
    gaps = [after - before for before, after in pairwise(places)]
    assert all(abs(gap - (60 / waiting + 1)) <= 1 for gap in gaps)
    assert places[0] > 0
    assert places[-1] < len(modules) - 1


def test_the_tests_of_a_module_keep_their_order() -> None:
    tests = [(module, case) for module in ("e2e a", "unit b", "e2e c") for case in range(4)]
    ordered = between(tests, lambda test: test[0].startswith("e2e"), lambda test: test[0])
    for module in ("e2e a", "unit b", "e2e c"):
        assert [case for name, case in ordered if name == module] == [0, 1, 2, 3]
