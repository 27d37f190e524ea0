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
    assert numbers == [f"{number:04}" for number in range(1, len(names) + 1)]


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


def test_each_thing_is_defined_once_and_a_function_is_replaced_by_name() -> None:
    """A later file that changes a function of an earlier one says so: `create or replace`."""
    kinds = r"(?:unique )?(?:table|view|index|function)"
    name_of = r"(\w+(?:\([^$]*?\)(?= returns))?)"
    made = re.compile(rf"^create (?:unlogged )?{kinds} {name_of}", re.MULTILINE)
    replaced = re.compile(rf"^create or replace (?:function|view) {name_of}", re.MULTILINE)
    earlier: Counter[str] = Counter()
    for name in migration_names():
        text = text_of(name)
        functions = replaced.findall(text)
        assert len(functions) == text.count("or replace"), name
        assert set(functions) <= set(earlier), f"{name} replaces what no earlier file made"
        earlier.update(made.findall(text))
    assert len(earlier) > 100
    assert [thing for thing, count in earlier.items() if count > 1] == []
