"""The paying customers whom an issue hit: the users of its errors, matched by id or mail address to customers on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from execops.books.crowds import crowds
from execops.db import queries
from execops.db.pool import Connection
from execops.effects import end_id
from execops.model import Json

SQL = queries.load("ledger")
_WINDOW = timedelta(hours=1)
_LOOK_BACK = timedelta(days=1)  # before the latest hit
_PAID = timedelta(days=365)  # who paid within it, or has an MRR, is a paying customer


async def paying_customers(conn: Connection, now: datetime, issue: str) -> list[Json]:
    """The customers hit in the hour that hit the most of the last day's, those with the largest MRR first.

    Each with `customer`, `name`, `email` and `mrr`, in minor units by currency. A later, quieter hour takes nobody away.
    """
    rows = await queries.many(
        conn,
        SQL["affected"],
        issue=issue,
        end=end_id(issue),
        look_back=_LOOK_BACK,
        paid_since=now - _PAID,
        now=now,
    )
    hit = _fullest(sorted({(minute, row["customer"]) for row in rows for minute in row["minutes"]}))
    customers = {
        row["customer"]: {name: row[name] for name in ("customer", "name", "email", "mrr")} for row in rows
    }
    return sorted(
        (customers[customer] for customer in hit),
        key=lambda customer: (-max(customer["mrr"].values(), default=0), customer["customer"]),
    )


def _fullest(hits: Sequence[tuple[datetime, str]]) -> set[str]:
    """The customers of the hour with the most of them, the first of several; `hits` are sorted by their minutes."""
    fullest = max(crowds(hits, _WINDOW), key=lambda crowd: crowd.customers, default=None)
    return {customer for _, customer in hits[fullest.begin : fullest.end]} if fullest is not None else set()
