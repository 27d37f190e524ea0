"""Cash facts: the runway, and a vendor's spend.

A transfer between the company's own accounts (a payout, a top-up) is neither spend nor income, if both halves are in
the books. Money that is lent, invested or granted is no income: it counts in the cash, and not in the burn. Amounts of
different currencies are never added: runway counts only the currency of the books.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from execops.books import rhythm
from execops.books.rhythm import PayDay
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.money import storable
from execops.settings import Settings
from execops.sources.bank.parties import purposes

SQL = queries.load("cash")
MONTHS = 3  # full ones, before the current one
SPEND = frozenset({"issuing", "bank"})  # kinds of movements that pay a vendor
SPEND_PREFIX = "spend:"  # begins the object id of a vendor's month
_LATE = timedelta(
    days=3
)  # a purchase of the last evening is booked, and its event delivered, in the next month
_SHORT = 12  # months; the largest costs are read for a runway under it, for old balances take months off
_TOO_LARGE = "larger than an amount can be"


def month_start(moment: datetime, zone: ZoneInfo, back: int = 0) -> datetime:
    """Midnight, in the zone, of the first day of the month `back` months before the moment's."""
    local = moment.astimezone(zone)
    index = local.year * 12 + local.month - 1 - back
    return datetime(
        index // 12, index % 12 + 1, 1, tzinfo=zone
    )  # the first midnight, if a clock change makes two


def month_name(moment: datetime, zone: ZoneInfo) -> str:
    """The month of a moment as object ids write it: `2026-10`."""
    return f"{moment.astimezone(zone):%Y-%m}"


async def runway(conn: Connection, settings: Settings, now: datetime) -> Json:
    """Compute the months until the cash is gone, in the currency of the books, as of `now`.

    Runway = cash ÷ average monthly net burn over the last three full months. The database holds the formula
    (`runway_by_currency`), and the canvas's metric reads it too. Amounts are minor units; `left_out` lists the balances
    in other currencies, `without_balance` names the accounts that have movements and no balance, `unpaired` the sums of lines in the burn whose other half is not in the books, by purpose
    (`execops.sources.bank.parties.purposes`), and `financed` the money lent, invested or granted that the burn leaves out, by the
    name of who gave it. `costs` are the largest payees of a low runway's months, with the average of a month. `months` is rounded down to a tenth, and None while nothing burns; `unknown` says
    why there is no answer.
    """
    zone, books = ZoneInfo(settings.time_zone), settings.currency
    balances = await queries.many(conn, SQL["balances"], now=now)
    # One row for one currency, even without any balance in it.
    answer = await queries.the_one(conn, SQL["runway"], currency=books, now=now, zone=settings.time_zone)
    unknown = answer["unknown"]
    if not _countable(answer["cash"], answer["burn"]):
        answer, unknown = dict.fromkeys(answer), f"the sums in {books} are {_TOO_LARGE}"
    span = {"since": month_start(now, zone, MONTHS), "until": month_start(now, zone)}
    unpaired = await queries.many(conn, SQL["unpaired"], currency=books, **span)
    financed = await queries.many(conn, SQL["financed"], currency=books, **span)
    bare = await queries.the_one(conn, SQL["without_balance"], now=now, currency=books)
    short = answer["months"] is not None and answer["months"] < _SHORT
    costs = await queries.many(conn, SQL["largest_costs"], currency=books, **span) if short else []
    return {
        "month": month_name(now, zone),
        "currency": books,
        "from": month_name(month_start(now, zone, MONTHS), zone),  # the first and the last month of the burn
        "to": month_name(month_start(now, zone, 1), zone),
        "cash": None if answer["cash"] is None else int(answer["cash"]),
        "burn": None if answer["burn"] is None else int(answer["burn"]),
        "months": None if answer["months"] is None else float(answer["months"]),
        "accounts": [
            [row["account"], row["amount_minor"], f"{row['as_of'].astimezone(zone):%Y-%m-%d}"]
            for row in balances
            if row["currency"] == books
        ],
        "left_out": [
            [row["account"], row["amount_minor"], row["currency"]]
            for row in balances
            if row["currency"] != books and row["amount_minor"]
        ],
        "without_balance": bare["accounts"],
        "unpaired": {row["purpose"]: int(row["amount"]) for row in unpaired},
        "financed": [[row["name"], int(row["amount"])] for row in financed],
        "costs": [[row["name"], round(int(row["amount"]) / MONTHS)] for row in costs],
        "unknown": unknown,
    }


def _countable(*sums: Decimal | None) -> bool:
    """Whether these sums are amounts of money that Postgres can keep; a missing one counts as such."""
    return all(total is None or storable(int(total)) for total in sums)


def spend_object(vendor: str, currency: str, month: str) -> str:
    """The object id of a vendor's month. Its part before the vendor always has the same length."""
    return f"{SPEND_PREFIX}{month}:{currency}:{vendor}"


# The position of the vendor in that object id, counted from 1 as SQL does.
VENDOR_POSITION = len(spend_object("", "USD", "2026-10")) + 1


async def vendor_spend(conn: Connection, settings: Settings, now: datetime, object_id: str) -> Json | None:
    """Compare a vendor's spend in a month with its average over the three full months before, in minor units.

    Spend counts purchases and bank payments, less the vendor's refunds. `usual` is the middle one of the three months,
    which a refund or a month without payment leaves as it is. `current` is True until three days after the month, for its
    last purchases come then. `unknown` says why there is no average to compare with.
    `kind` names the contract or law behind the payments (`purposes.pattern`); `calendar` is True where only the
    calendar made the month dear; `annual` is the day and the amount of an invoice that looks like a whole year's, then
    those of the year before, if known. Returns None for an object that is not a vendor's month.
    """
    parts = object_id.removeprefix(SPEND_PREFIX).split(":", 2)
    if not object_id.startswith(SPEND_PREFIX) or len(parts) != 3:
        return None
    month, currency, vendor = parts
    vendor = (await queries.the_one(conn, SQL["vendor_of"], vendor=vendor))["vendor"]
    zone = ZoneInfo(settings.time_zone)
    start = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
    whose = {"vendor": vendor, "currency": currency, "end": month_start(start, zone, -1)}
    trailing, second, third = (month_start(start, zone, back) for back in (MONTHS, MONTHS - 1, MONTHS - 2))
    row = await queries.the_one(
        conn, SQL["vendor_spend"], **whose, trailing=trailing, second=second, third=third, start=start
    )
    unknown = None
    if row["first_at"] is None or row["first_at"] >= second:
        unknown = f"fewer than {MONTHS} full months of {vendor} are known before {start:%B %Y}"
    months = [row["first"], row["second"], row["third"]]
    if not _countable(row["to_date"], *months, sum(months, Decimal())):
        row, months = row | {"to_date": 0}, [0, 0, 0]
        unknown = f"the sums of {vendor} are {_TOO_LARGE}"
    average = round(int(sum(months)) / MONTHS)
    days = await queries.many(
        conn, SQL["vendor_days"], **whose, since=start - rhythm.HISTORY, zone=settings.time_zone
    )
    return {
        "vendor": vendor,
        "currency": currency,
        "month": month,
        "current": month in {month_name(now, zone), month_name(now - _LATE, zone)},
        "to_date": int(row["to_date"]),
        "average": average,
        "usual": int(sorted(months)[1]),
        "purchases": row["purchases"],
        "unknown": unknown,
        **_pattern(vendor, days, start.date(), trailing.date(), average),
    }


def _pattern(
    vendor: str, rows: Sequence[Mapping[str, Any]], start: date, trailing: date, average: int
) -> Json:
    """What the payments of a vendor are for, and their rhythm: `kind`, `calendar`, `annual`; see `vendor_spend`."""
    sums: dict[date, int] = {}
    for row in rows:
        sums[row["day"]] = sums.get(row["day"], 0) + int(row["paid"])
    days = [PayDay(day, minor) for day, minor in sorted(sums.items())]
    annual = rhythm.annual_invoice(days, start, average)
    return {
        "kind": kind_of(vendor, [row for row in rows if row["day"] >= start]),
        "calendar": rhythm.is_calendar(days, start, trailing),
        "annual": annual and [[day.day.isoformat(), day.minor] for day in annual if day],
    }


def kind_of(vendor: str, rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The contract or law that most of the payments of these days follow (`purposes.pattern`); None for a purchase."""
    by_kind: dict[str | None, int] = {}
    for row in rows:
        kind = row["purpose"] if row["purpose"] not in purposes.HALVES else None
        kind = kind or purposes.pattern(row["category"] or "")
        by_kind[kind] = by_kind.get(kind, 0) + int(row["paid"])
    return purposes.pattern(vendor) or max(by_kind, key=lambda kind: by_kind[kind], default=None)
