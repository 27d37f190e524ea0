"""The matrix of permissions: path, role, limit and operation, tried through every door and kept in docs/permissions.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from execops.authority.permissions import WHO, Operation
from execops.settings import Secret
from tests.conftest import MakeSettings
from tests.http_service import serving
from tests.permission_matrix import CALLS, COMMANDS, lines, measure, page

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_every_operation_has_a_rule_and_a_row() -> None:
    assert set(WHO) == set(Operation) == set(COMMANDS)
    assert set(CALLS) < set(COMMANDS)


@pytest.mark.slow
def test_the_page_says_what_each_door_answers(
    make_settings: MakeSettings,
    founder_token: Secret,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    titles, cells = measure(make_settings(), founder_token, serving, tmp_path / "files")
    for row in lines(titles, cells):
        record_property("permission", row)
    doors: dict[Operation, list[list[bool]]] = {}
    for (operation, _), answers in cells.items():
        doors.setdefault(operation, []).append(answers)
    assert all(answers == same[0] for same in doors.values() for answers in same)  # whatever the door
    by_title = {title: [answers[column] for answers in cells.values()] for column, title in enumerate(titles)}
    assert all(by_title["founder"])
    assert not any(by_title["viewer"] + by_title["service"])
    assert PAGE.read_text() == page(titles, cells), "python -m tests.permission_matrix > docs/permissions.md"
