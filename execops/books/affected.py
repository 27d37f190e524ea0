"""The paying customers whom an issue hit: the users of its errors, matched by id or mail address to customers on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

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
    """The customers of the hour with the most of them, the first of several; `hits` are sorted by their minutes.

    An hour ends with a hit. Each hit enters and leaves once, so a storm of a day costs no more than its hits.
    """
    fullest: set[str] = set()
    hits_of_customer: Counter[str] = Counter()
    first = 0
    for place, (minute, customer) in enumerate(hits):
        hits_of_customer[customer] += 1
        while hits[first][0] <= minute - _WINDOW:
            leaver = hits[first][1]
            hits_of_customer[leaver] -= 1
            if not hits_of_customer[leaver]:
                del hits_of_customer[leaver]
            first += 1
        ends = place + 1 == len(hits) or hits[place + 1][0] != minute
        if ends and len(hits_of_customer) > len(fullest):
            fullest = set(hits_of_customer)
    return fullest
