"""The migrations as files: found in the package, in order, and cut into whole statements."""

from __future__ import annotations

from importlib.resources import files

import sqlparse

from execops.db.migrate import _migrations


def test_they_are_the_sql_files_of_the_package_in_order() -> None:
    names = sorted(each.name for each in files("migrations").iterdir() if each.name.endswith(".sql"))
    assert names
    with _migrations() as found:
        assert [f"{each.id}.sql" for each in found] == names
    numbers = [name.split("_")[0] for name in names]
    assert numbers == [f"{n:04}" for n in range(1, len(names) + 1)]


def test_they_are_cut_into_whole_statements() -> None:
    """yoyo runs what sqlparse makes of a file."""
    with _migrations() as found:
        for migration in found:
            with open(migration.path, encoding="ascii") as file:  # noqa: PTH123
                statements = sqlparse.split(file.read())
            assert all(each.count("$$") in {0, 2} for each in statements)
            assert all(each.rstrip().endswith(";") for each in statements)
            assert migration.use_transactions
