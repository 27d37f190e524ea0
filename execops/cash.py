"""Cash facts: what lies in the accounts, how fast it goes, what each vendor costs.

Money between one's own accounts (payouts, top-ups) is no spend and no income. Different currencies are never
added: runway is judged in the currency of the books.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json
from execops.settings import Settings

SQL = queries.load("cash")
MONTHS = 3  # full ones, before the current one


def month_start(moment: datetime, zone: ZoneInfo, back: int = 0) -> datetime:
    """Midnight, in the zone, of the first day of the month `back` months before the moment's."""
    local = moment.astimezone(zone)
    index = local.year * 12 + local.month - 1 - back
    return local.replace(
        year=index // 12, month=index % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
    )


def month_name(moment: datetime, zone: ZoneInfo) -> str:
    """The month as an object id carries it: `2026-10`."""
    return f"{moment.astimezone(zone):%Y-%m}"


async def runway(conn: Connection, settings: Settings, now: datetime) -> Json:
    """Months until the cash is gone.

    Runway = cash ÷ average monthly net burn over the last three full months; cash = the latest balance of
    every account (bank, and what is available at Stripe); net burn of a month = −Σ of charges, refunds,
    disputes, fees, purchases and bank movements, transfers between own accounts left out. Amounts are minor
    units of the books' currency. `unknown` says why there is no answer; `months` is None while nothing burns.
    """
    zone = ZoneInfo(settings.time_zone)
    month = month_name(now, zone)
    known: Json = {"month": month, "currency": settings.currency, "cash": None, "burn": None, "months": None}
    values = {
        "org_id": ORG,
        "currency": settings.currency,
        "now": now,
        "start": month_start(now, zone, MONTHS),
        "end": month_start(now, zone),
    }
    balances = await (await conn.execute(SQL["latest_balances"], values)).fetchall()
    if not balances:
        return known | {"unknown": f"no balance in {settings.currency} is known: import a bank file"}
    held = sum(row["amount_minor"] for row in balances)
    known |= {"cash": held, "accounts": [[row["account"], row["amount_minor"]] for row in balances]}
    flow = await (await conn.execute(SQL["net_flow"], values)).fetchone()
    if flow is None or flow["first_at"] is None or flow["first_at"] > month_start(now, zone, MONTHS - 1):
        return known | {
            "unknown": f"fewer than {MONTHS} full months of movements in {settings.currency} are known"
        }
    burn = round(-flow["net"] / MONTHS)
    known |= {"burn": burn}
    if burn > 0:
        known |= {"months": max(0.0, round(held / burn, 1))}
    return known


def spend_object(vendor: str, currency: str, month: str) -> str:
    """The object id of a vendor's month."""
    return f"spend:{month}:{currency}:{vendor}"


async def vendor_spend(conn: Connection, settings: Settings, now: datetime, object_id: str) -> Json | None:
    """A vendor's spend in a month against its average of the three full months before it, in minor units.

    Purchases and bank payments; refunds by the vendor are taken off. None for an object that is no vendor's
    month.
    """
    kind, _, rest = object_id.partition(":")
    parts = rest.split(":", 2)
    if kind != "spend" or len(parts) != 3:
        return None
    month, currency, vendor = parts
    zone = ZoneInfo(settings.time_zone)
    start = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
    values = {
        "org_id": ORG,
        "vendor": vendor,
        "currency": currency,
        "trailing": month_start(start, zone, MONTHS),
        "start": start,
        "end": month_start(start, zone, -1),
    }
    row = await (await conn.execute(SQL["vendor_spend"], values)).fetchone()
    assert row is not None  # noqa: S101  an aggregate always has a row
    return {
        "vendor": vendor,
        "currency": currency,
        "month": month,
        "current": month == month_name(now, zone),
        "to_date": row["to_date"],
        "average": round(row["before"] / MONTHS),
        "purchases": row["purchases"],
    }
