"""The guards of the database as the migrations define them: its functions and triggers, each by a digest.

`guards.json` holds the digests. It is part of the code, not of the database, so whoever owns the tables cannot change both
with one statement. `python -m tests.guards_file` writes it after a migration; a test fails until then.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

from execops.db import queries
from execops.db.pool import Connection

SQL = queries.load("guards")


def expected() -> dict[str, str]:
    """The digest of each function and trigger, by its name."""
    digests: dict[str, str] = json.loads(
        files("execops.db").joinpath("guards.json").read_text(encoding="utf-8")
    )
    return digests


async def standing(conn: Connection) -> dict[str, tuple[str, bool]]:
    """The digest of each function and trigger that the database has, by its name, and whether it is switched on."""
    rows = [*await queries.many(conn, SQL["functions"]), *await queries.many(conn, SQL["triggers"])]
    return {
        row["name"]: (hashlib.sha256(row["definition"].encode()).hexdigest(), row["is_on"]) for row in rows
    }


async def problems(conn: Connection) -> list[str]:
    """The differences between the guards of the database and those that the migrations define, each as a sentence.

    A further function harms nobody; a further trigger or rule on our tables may.
    """
    wanted, has = expected(), await standing(conn)
    lines = []
    for name, digest in wanted.items():
        if name not in has:
            lines.append(f"The {name} is missing.")
        elif not has[name][1]:
            lines.append(f"The {name} is switched off.")
        elif has[name][0] != digest:
            lines.append(f"The {name} is not as the migrations define it.")
    return lines + [
        f"The {name} is not one of the migrations'."
        for name in has
        if name not in wanted and not name.startswith("function ")
    ]
