"""mypy checks the changes of a Struct. If it stops doing so, it reports each `type: ignore` here as unused."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec import structs

from execops.money import Money

AMOUNT = Money(1250, "EUR")


@dataclasses.dataclass
class Point:
    """A dataclass, as the tests have some."""

    x: int


def test_a_change_of_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="minr"):
        structs.replace(AMOUNT, minr=1)  # type: ignore[call-arg]


def test_only_mypy_refuses_a_value_of_another_type() -> None:
    changed = structs.replace(AMOUNT, minor="1")  # type: ignore[arg-type]
    assert changed.currency == "EUR"


def test_each_replace_takes_its_own_kind_of_object() -> None:
    with pytest.raises(TypeError):
        dataclasses.replace(AMOUNT, minor=1)  # type: ignore[misc]
    with pytest.raises(TypeError):
        structs.replace(Point(1), x=2)  # type: ignore[misc]
