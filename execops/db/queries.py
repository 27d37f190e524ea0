"""Named queries: one file of SQL a table, each query under a line `-- name: …`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_HEADER = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def load(table: str) -> dict[str, bytes]:
    """The queries of `sql/<table>.sql` by name. Parsed once a process.

    Raises KeyError at use for an unknown name, ValueError here for a name given twice.
    """
    text = (files("execops.db") / "sql" / f"{table}.sql").read_text(encoding="utf-8")
    _, *parts = _HEADER.split(text)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{table}.sql names a query twice")
    return {name: body.strip().encode() for name, body in zip(names, bodies, strict=True)}
