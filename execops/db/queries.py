"""Named queries: one file of SQL a table; a line `-- name: …` begins each query."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_HEADER = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def load(table: str) -> dict[str, bytes]:
    """The queries of `sql/<table>.sql` by their names. Each process parses a file once.

    Raises ValueError where a file has a name twice.
    """
    text = (files("execops.db") / "sql" / f"{table}.sql").read_text(encoding="utf-8")
    _, *parts = _HEADER.split(text)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{table}.sql names a query twice")
    return {name: body.strip().encode() for name, body in zip(names, bodies, strict=True)}
