"""The categories that people put vendors into, before those of the well-known vendors (`vendor_category` of the database)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from execops.books import vendor_aliases
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import InvalidInputError, NotFoundError
from execops.model import Operator, Record
from execops.text import clean_line

SQL = queries.load("own_categories")
LONGEST = 40  # characters
NONE = "uncategorised"
_MOST_NAMES = 10_000  # vendors that are compared with a name of none
_MOST_NEAR = 3
_LIKE = 75  # of 100, by `WRatio`


class OwnCategory(Record, frozen=True, kw_only=True):
    """A vendor under its name in the books, and the category that a person put it into."""

    vendor: str
    category: str
    created_by: str
    since: datetime
    why: str | None


class Categorised(Record, frozen=True, kw_only=True):
    """A vendor that was put into a category, with the movements that it has; `near` are like names of the books if none."""

    vendor: str
    category: str
    movements: int
    near: tuple[str, ...]


async def listed(conn: Connection) -> Sequence[OwnCategory]:
    """Every category that holds, by category."""
    return [OwnCategory.from_row(row) for row in await queries.many(conn, SQL["listed"])]


async def put(
    conn: Connection, operator: Operator, vendor: str, category: str, why: str | None
) -> Categorised:
    """Put a vendor into a category; returns the vendor's name in the books, and the category in small letters.

    A vendor without a movement may have a category too: it holds once one comes. Raises InvalidInputError.
    """
    name = await vendor_aliases.book_name(conn, vendor)
    kind = " ".join(clean_line(category).lower().split())
    if not any(map(str.isalpha, kind)) or len(kind) > LONGEST:
        raise InvalidInputError(
            f"A category has a letter, and at most {LONGEST} characters; nothing was changed."
        )
    if kind == NONE:
        raise InvalidInputError(
            f"“{NONE}” is the category of vendors who have none; nothing was changed.",
            hint=f"Take a category back: execops vendors uncategorise {vendor_aliases.quoted(name)}",
        )
    await queries.run(conn, SQL["set"], vendor=name, category=kind, by=operator.name, why=why)
    movements = int((await queries.the_one(conn, SQL["movements"], vendor=name))["movements"])
    near = () if movements else await _near(conn, name)
    return Categorised(vendor=name, category=kind, movements=movements, near=near)


async def _near(conn: Connection, name: str) -> tuple[str, ...]:
    """The names of vendors with movements that are most like this one."""
    from rapidfuzz import fuzz  # only here: it loads slowly
    from rapidfuzz.distance import OSA

    wanted, scores = vendor_aliases.key(name), list[tuple[float, str]]()
    for row in await queries.many(conn, SQL["names"], limit=_MOST_NAMES):
        own = vendor_aliases.key(row["name"])
        one_slip = OSA.distance(own, wanted, score_cutoff=1) == 1  # much of a short name
        scores.append((max(fuzz.WRatio(own, wanted), _LIKE if one_slip else 0), row["name"]))
    like = sorted(((score, vendor) for score, vendor in scores if score >= _LIKE), key=lambda pair: -pair[0])
    return tuple(vendor for _, vendor in like[:_MOST_NEAR])


async def take_back(conn: Connection, operator: Operator, vendor: str, why: str | None) -> str:
    """Take a vendor out of the category that a person put it into; returns its name. Raises NotFoundError."""
    name = await vendor_aliases.book_name(conn, vendor)
    row = await queries.one(conn, SQL["category"], vendor=name)
    if row is None or row["category"] is None:
        raise NotFoundError(
            f"Nobody put {name} into a category; nothing was changed.", hint="execops vendors categories"
        )
    await queries.run(conn, SQL["set"], vendor=row["vendor"], category=None, by=operator.name, why=why)
    return name
