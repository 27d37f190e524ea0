"""The registry of advisory locks: every number in SQL is registered and named, every registered lock is taken."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from execops.db.locks import Lock

ROOT = Path(str(files("execops"))).parent
SQL = sorted([*ROOT.glob("execops/**/*.sql"), *ROOT.glob("migrations/*.sql")])
PYTHON = sorted(
    path for folder in ("execops", "jobs", "server", "tui", "cli") for path in ROOT.glob(f"{folder}/**/*.py")
)
# A lock is taken, let go or looked for; its first key is a number with its name, or a value that Python binds.
LOCK = re.compile(r"(?:pg_\w*advisory\w*\(|\bclassid\s*=)\s*(.*?)(?:,|\sand\s|\)(?!s))")
NAMED = re.compile(r"(\d+) /\* ([a-z ]+) \*/")
BOUND = "%(space)s"
NUMBERS = re.compile(r"\b73\d\d\b")


def first_keys(text: str) -> list[str]:
    """The first key of every advisory lock in this SQL."""
    return LOCK.findall(text)


def misnamed(text: str) -> list[str]:
    """The first keys that are neither bound nor a registered number with its own name."""
    registered = {(str(lock.value), lock.label) for lock in Lock}
    return [
        key
        for key in first_keys(text)
        if key != BOUND and (not (match := NAMED.fullmatch(key)) or match.groups() not in registered)
    ]


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.name)
def test_sql_takes_only_registered_locks_and_names_them(path: Path) -> None:
    assert misnamed(path.read_text()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "select pg_advisory_xact_lock(7308, 1)",
        "select pg_advisory_xact_lock(7399 /* subject */, 1)",
        "select pg_try_advisory_lock(7308 /* thread */, 1)",
        "select pg_advisory_unlock_shared(42)",
        "where l.classid = 7307 and l.granted",
    ],
)
def test_a_wrong_lock_is_seen(wrong: str) -> None:
    assert len(misnamed(wrong)) == 1


def test_python_takes_locks_by_their_names() -> None:
    for path in PYTHON:
        if path.name != "locks.py":
            text = path.read_text()
            assert not NUMBERS.findall(text), path
            assert all(key.startswith("{Lock.") for key in first_keys(text)), path


def test_every_registered_lock_is_taken() -> None:
    keys = [key for path in SQL for key in first_keys(path.read_text())]
    in_sql = {match[2] for key in keys if (match := NAMED.fullmatch(key))}
    in_python = {name for path in PYTHON for name in re.findall(r"\bLock\.([A-Z_]+)", path.read_text())}
    for lock in Lock:
        assert lock.label in in_sql or lock.name in in_python, lock


def test_numbers_and_names_are_unique() -> None:
    assert len({lock.value for lock in Lock}) == len(Lock.__members__) == len(list(Lock))


def test_the_docs_list_the_locks_in_their_order() -> None:
    lines = (ROOT / "docs" / "architecture.md").read_text().splitlines()
    start = lines.index("| lock | number | guards |") + 2
    rows = lines[start : lines.index("", start)]
    assert rows == [f"| {lock.label} | {lock.value} | {lock.guards} |" for lock in Lock]
