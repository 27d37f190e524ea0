"""The way in which a command names a proposal and its version."""

from __future__ import annotations

import pytest

from cli.decisions import parse_ref
from execops.errors import InvalidInputError


@pytest.mark.parametrize(("ref", "read"), [("12@3", (12, 3)), ("12", (12, None)), ("007@01", (7, 1))])
def test_a_reference_is_read(ref: str, read: tuple[int, int | None]) -> None:
    assert parse_ref(ref) == read


@pytest.mark.parametrize(
    "ref", ["", "@", "1@", "@1", "1@²", "²", "٥", "1@٥", "-1", "1.0", "1@1@1", "1" * 5000, "1@" + "1" * 5000]
)
def test_another_text_is_no_reference(ref: str) -> None:
    with pytest.raises(InvalidInputError, match="is not a proposal"):
        parse_ref(ref)
