"""The paying customers whom an issue hit: the users of its errors, matched by id or mail address to customers on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

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
    fullest: dict[str, Json] = {}
    for last in sorted({row["at"] for row in rows}):
        hit = _in_hour(rows, last)
        if len(hit) > len(fullest):
            fullest = hit
    return sorted(
        fullest.values(),
        key=lambda customer: (-max(customer["mrr"].values(), default=0), customer["customer"]),
    )


def _in_hour(rows: Sequence[dict[str, Any]], last: datetime) -> dict[str, Json]:
    """The customers hit in the hour that ends at this moment, by id."""
    return {
        row["customer"]: {name: row[name] for name in ("customer", "name", "email", "mrr")}
        for row in rows
        if last - _WINDOW < row["at"] <= last
    }
