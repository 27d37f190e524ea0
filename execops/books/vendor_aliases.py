"""Aliases of vendors: the other names by which sources call a vendor, so that it is one in every answer.

The database gives a movement the name of its vendor as it is written (`vendor_named`), whatever wrote it. Names are compared
without case and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError, InvalidInputError, NotFoundError
from execops.model import Operator, Record
from execops.text import clean_line

SQL = queries.load("vendor_aliases")
LONGEST = 100  # characters, as of a vendor's name
_LIST = "execops vendors list"


class Alias(Record, frozen=True, kw_only=True):
    """Another name of a vendor; `movements` is how many came under it."""

    alias: str
    vendor: str
    created_by: str
    since: datetime
    why: str | None
    movements: int


async def listed(conn: Connection) -> Sequence[Alias]:
    """Every alias that holds, by vendor."""
    return [Alias.from_row(row) for row in await queries.many(conn, SQL["listed"])]


async def add(
    conn: Connection, operator: Operator, vendor: str, alias: str, why: str | None
) -> tuple[str, int]:
    """Make `alias` another name of `vendor`; returns the vendor's name in the books, and how many movements got it.

    Raises InvalidInputError for no name, and for two names that are one. Raises ConflictError where the alias means
    another vendor, or where an alias would mean an alias.
    """
    vendor, alias = _name(vendor), _name(alias)
    if key(vendor) == key(alias):
        raise InvalidInputError(
            f"{alias} and {vendor} are one name already; nothing was changed.",
            hint="Names are compared without case and punctuation.",
        )
    name = (await queries.the_one(conn, SQL["spelling"], vendor=vendor))["vendor"]
    owner = await vendor_of(conn, alias)
    if owner != alias and key(owner) != key(vendor):
        raise ConflictError(
            f"{alias} is an alias of {owner}, and cannot name two vendors; nothing was changed.",
            hint=f"Remove it first: execops vendors remove {quoted(alias)}",
        )
    above = await vendor_of(conn, vendor)
    if above != vendor:
        raise ConflictError(
            f"{vendor} is itself an alias of {above}, so {alias} would be the alias of an alias; nothing was changed.",
            hint=f"Use the vendor: execops vendors alias {quoted(above)} {quoted(alias)}",
        )
    others = [row["alias"] for row in await queries.many(conn, SQL["aliases_of"], vendor=alias)]
    if others:
        raise ConflictError(
            f"{alias} has aliases itself ({', '.join(others[:5])}{' …' if len(others) > 5 else ''}), which would become"
            " aliases of an alias; nothing was changed.",
            hint=f"Remove them first: execops vendors remove {' '.join(map(quoted, others))}",
        )
    await queries.run(conn, SQL["set"], alias=alias, vendor=name, by=operator.name, why=why)
    return name, await queries.run(conn, SQL["rename"], alias=alias)


async def remove(conn: Connection, operator: Operator, alias: str, why: str | None) -> tuple[str, int]:
    """Remove an alias; returns its vendor, and how many movements have their own name again. Raises NotFoundError."""
    alias = _name(alias)
    row = await queries.one(conn, SQL["alias"], name=alias)
    if row is None or row["vendor"] is None:
        raise NotFoundError(f"{alias} is no alias; nothing was changed.", hint=_LIST)
    await queries.run(conn, SQL["set"], alias=row["alias"], vendor=None, by=operator.name, why=why)
    return row["vendor"], await queries.run(conn, SQL["unname"], alias=alias)


async def canonical(conn: Connection, names: Collection[str]) -> Mapping[str, str]:
    """The names in the books of these vendors: by alias, else as they are spelt there, else in the first spelling here."""
    if not names:
        return {}
    rows = await queries.many(conn, SQL["canonical"], names=list(dict.fromkeys(names)))
    spelt: dict[str, str] = {}
    return {row["name"]: spelt.setdefault(key(row["vendor"]), row["vendor"]) for row in rows}


async def vendor_of(conn: Connection, name: str) -> str:
    """The name in the books of a vendor, who may be called by an alias."""
    row = await queries.one(conn, SQL["alias"], name=name)
    return name if row is None or row["vendor"] is None else str(row["vendor"])


async def book_name(conn: Connection, name: str) -> str:
    """A vendor's name as the books spell it, by any name of it. Raises InvalidInputError for none."""
    vendor = await vendor_of(conn, _name(name))
    return str((await queries.the_one(conn, SQL["spelling"], vendor=vendor))["vendor"])


def key(name: str) -> str:
    """A name in the form by which names are compared, as `vendor_key` of the database makes it."""
    return re.sub(r"[\s.,*]+", " ", name).lower().strip()


def _name(text: str) -> str:
    """A name as the books keep it. Raises InvalidInputError."""
    name = " ".join(clean_line(text).split())
    if not any(map(str.isalnum, name)):
        raise InvalidInputError("A vendor's name has a letter or a digit; nothing was changed.")
    if len(name) > LONGEST:
        raise InvalidInputError(f"A vendor's name has at most {LONGEST} characters; nothing was changed.")
    return name


def quoted(name: str) -> str:
    """A name as an argument of a command."""
    return '"' + name.replace('"', '\\"') + '"'
