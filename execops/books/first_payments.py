"""The first payment to a vendor: how much, from which account, and whether the books reach back far enough to tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from execops.books import cash
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.money import storable
from execops.settings import Settings
from execops.sources.bank.parties import purposes

SQL = queries.load("cash")
PREFIX = "vendor:"  # begins the object id of a vendor
COVERED = timedelta(days=60)  # a vendor that is paid every month was paid twice in this time
NEWS = timedelta(days=45)  # a statement may be imported some days after its month


def vendor_object(vendor: str) -> str:
    """The object id of a vendor."""
    return f"{PREFIX}{vendor}"


async def first_payment(conn: Connection, settings: Settings, now: datetime, object_id: str) -> Json | None:
    """The first payment to a vendor on record, and all payments since in the same currency, in minor units.

    `paid` is net of the vendor's refunds. `account` is the bank account, and None for a company card. `since` is the day
    from which the books know the payments of this account. `unknown` says why the vendor cannot be called new: the books
    do not reach back far enough, or know it under another name. It is not looked for where the payment is no news. `kind`
    is as in `cash.vendor_spend`, but None for a provider of payroll: the first payment to one is news, a salary is not.
    Returns None for an object that is no vendor.
    """
    if not object_id.startswith(PREFIX):
        return None
    vendor = (await queries.the_one(conn, SQL["vendor_of"], vendor=object_id.removeprefix(PREFIX)))["vendor"]
    row = await queries.one(conn, SQL["first_payment"], vendor=vendor)
    if row is None:
        return {"vendor": vendor, "first_at": None}
    first_at: datetime = row["first_at"]
    paid = int(row["paid"])
    answer = {
        "vendor": vendor,
        "first_at": first_at.isoformat(),
        "currency": row["currency"],
        "paid": paid if storable(paid) else 0,
        "payments": row["payments"],
        "account": row["account"],
        "card": row["kind"] == "issuing",
        "category": row["category"],
        "news": now - first_at <= NEWS,
        "paid_before": row["income_at"] is not None and row["income_at"] < first_at,
        "kind": None,
        "since": None,
        "unknown": None,
    }
    if answer["news"]:
        span = {"since": first_at, "end": now + timedelta(days=1), "zone": settings.time_zone}
        whose = {"vendor": vendor, "currency": row["currency"]}
        if not purposes.is_payroll_provider(vendor):
            answer["kind"] = cash.kind_of(
                vendor, await queries.many(conn, SQL["vendor_days"], **whose, **span)
            )
        answer |= await _history(
            conn, vendor, first_at, row["account"] if row["kind"] == "bank" else None, settings.time_zone
        )
    return answer


async def _history(conn: Connection, vendor: str, first_at: datetime, account: str | None, zone: str) -> Json:
    """The day from which the account's payments are known, and why that does not tell that the vendor is new."""
    history = {"first_at": first_at, "account": account, "covered_from": first_at - COVERED, "zone": zone}
    row = await queries.the_one(conn, SQL["account_history"], **history)
    since: datetime | None = row["since"]
    days = (first_at - since).days if since else 0
    if since is None or days < COVERED.days:
        covered = "1 day" if days == 1 else f"{days} days"
        return {"unknown": f"only {covered} of payments before it are on record, not {COVERED.days}"}
    if row["missing"]:
        return {
            "unknown": f"the books have a gap before it: no row of {row['missing']:%B %Y} is in them"
            f"{f', import the file of {account}' if account else ''}"
        }
    word = next(iter(purposes.name_words(vendor)), "")
    rows = await queries.many(conn, SQL["vendors_like"], word=word, first_at=first_at) if word else []
    if other := _same(vendor, (named["vendor"] for named in rows)):
        return {"unknown": f"it may be {other}, which was paid before"}
    return {"since": f"{since.astimezone(ZoneInfo(zone)):%Y-%m-%d}"}


def _same(vendor: str, others: Iterable[str]) -> str | None:
    """The first of the names that may be another one of the same vendor: one begins with all words of the other."""
    own = purposes.name_words(vendor)
    for other in others:
        words = purposes.name_words(other)
        shorter = min(len(own), len(words))
        if shorter and own[:shorter] == words[:shorter]:
            return other
    return None
