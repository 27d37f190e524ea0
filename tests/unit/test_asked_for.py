"""The table of what was asked for: every file that it names exists, and every test is one that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def rows() -> dict[str, tuple[list[str], list[str]]]:
    """The files, folders and tests that each row names, by the system that was asked for."""
    page = (ROOT / "docs/architecture.md").read_text()
    section = page.split("## What was asked for\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    return {row[0]: (re.findall(r"`([^`]+)`", row[2]), re.findall(r"`([^`]+)`", row[3])) for row in cells}


def test_each_system_has_a_row() -> None:
    assert len(rows()) == 21


@pytest.mark.parametrize("name", sorted(rows()))
def test_its_files_and_its_tests_exist(name: str) -> None:
    files, tests = rows()[name]
    assert files
    assert tests
    assert [file for file in files if not (ROOT / file).exists()] == []
    for test in tests:
        file, _, function = test.partition("::")
        text = (ROOT / file).read_text()
        name_of_test = rf"{function}\b" if function else "test_"
        assert re.search(rf"^(?:async )?def {name_of_test}", text, re.MULTILINE), test
