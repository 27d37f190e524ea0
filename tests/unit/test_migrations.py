"""The migrations as files: found in the package, in order, one subject each, and cut into whole statements."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import sqlparse

from execops.db.migrate import _migrations, migration_names

LONGEST = 180  # lines that can be read in one sitting


def text_of(name: str) -> str:
    return (files("migrations") / f"{name}.sql").read_text(encoding="ascii")


def test_they_are_the_sql_files_of_the_package_in_order() -> None:
    names = sorted(file.name for file in files("migrations").iterdir() if file.name.endswith(".sql"))
    assert names
    assert [f"{name}.sql" for name in migration_names()] == names
    with _migrations() as migrations:
        assert [f"{migration.id}.sql" for migration in migrations] == names
    numbers = [name.split("_")[0] for name in names]
    assert numbers == sorted(set(numbers))


def test_they_are_cut_into_whole_statements() -> None:
    """yoyo runs what sqlparse makes of a file."""
    with _migrations() as migrations:
        for migration in migrations:
            with open(migration.path, encoding="ascii") as file:  # noqa: PTH123
                statements = sqlparse.split(file.read())
            assert all(statement.count("$$") in {0, 2} for statement in statements)
            assert all(statement.rstrip().endswith(";") for statement in statements)
            assert migration.use_transactions


def test_each_can_be_read_in_one_sitting() -> None:
    for name in migration_names():
        lines = text_of(name).splitlines()
        assert len(lines) <= LONGEST, name
        assert lines[0].startswith("-- "), f"{name} does not say what it is about"


def test_each_thing_is_defined_once() -> None:
    """No later file replaces what an earlier one made."""
    made = re.compile(
        r"^create (?:unique )?(?:table|view|index|function) (\w+(?:\([^$]*?\)(?= returns))?)", re.MULTILINE
    )
    counts = Counter(thing for name in migration_names() for thing in made.findall(text_of(name)))
    assert len(counts) > 100
    assert [thing for thing, count in counts.items() if count > 1] == []
    for name in migration_names():
        assert "or replace" not in text_of(name), name
