"""Movements of a file that look like movements the books have already: the same money, told in other words.

Another kind of export of the same account (other columns, OFX beside CSV) tells the same movements with other texts and
days, so their ids differ, and importing it would count each twice. So does a file that is imported into another account.
Only a person can tell: two equal payments on a day are possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from execops.db import queries
from execops.db.pool import Connection
from execops.sources.bank.statement import Row

SQL = queries.load("imports")
_NEAR = timedelta(days=3)  # between the day of the purchase and that of the booking
_FEW = 3  # movements that may be alike by chance on other days, or in another account


class Booked(Struct, frozen=True):
    """A movement that the books have, or that a file has which is imported before."""

    account: str
    external_id: str
    day: date
    amount_minor: int
    currency: str
    vendor: str | None


class Doubles(Struct, frozen=True):
    """The rows of a file that are perhaps in an account already, each with the movement that it looks like."""

    account: str
    pairs: tuple[tuple[Row, Booked], ...]
    rows: int  # of the file that are not imported yet


async def read_booked(conn: Connection, rows: Sequence[Row], zone: str) -> list[Booked]:
    """The movements in the books that rows of a file may double."""
    if not rows:
        return []
    days = [row.day for row in rows]
    midnight = [
        datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
        for day in (min(days) - _NEAR, max(days) + _NEAR + timedelta(days=1))
    ]
    amounts = sorted({row.amount.minor for row in rows})
    records = await queries.many(
        conn, SQL["alike"], since=midnight[0], until=midnight[1], amounts=amounts, zone=zone
    )
    return [Booked(*record.values()) for record in records]


def find(account: str, rows: Sequence[Row], booked: Iterable[Booked]) -> Doubles | None:
    """The rows that are perhaps in the books under another id; None where none is.

    In the account of the file, one movement of the same day and amount is enough. Days that differ a little, and another
    account, are looked at where most of the file is alike.
    """
    held = {row.external_id for row in rows}
    others: dict[str, list[Booked]] = defaultdict(list)
    known = set[str]()
    for movement in booked:
        if movement.external_id in held:
            known.add(movement.external_id)
        else:
            others[movement.account].append(movement)
    new = [row for row in rows if row.external_id not in known]
    same_day = _pairs(new, others.get(account, ()), timedelta())
    near = _pairs(new, others.get(account, ()), _NEAR)
    if len(near) >= _FEW and 2 * len(near) >= len(new):
        return Doubles(account, tuple(near), len(new))
    if same_day:
        return Doubles(account, tuple(same_day), len(new))
    for other in sorted(others.keys() - {account}):
        pairs = _pairs(new, others[other], timedelta())
        if len(pairs) >= _FEW and 5 * len(pairs) >= 4 * len(new):
            return Doubles(other, tuple(pairs), len(new))
    return None


def _pairs(rows: Sequence[Row], booked: Iterable[Booked], apart: timedelta) -> list[tuple[Row, Booked]]:
    """Each row with a movement of its amount, at most so far apart; each movement once, the nearest days first."""
    by_amount: dict[tuple[int, str], list[Booked]] = defaultdict(list)
    for movement in booked:
        by_amount[movement.amount_minor, movement.currency].append(movement)
    candidates = sorted(
        (
            (abs(row.day - movement.day), place, number, movement)
            for place, row in enumerate(rows)
            for number, movement in enumerate(by_amount.get((row.amount.minor, row.amount.currency), ()))
            if abs(row.day - movement.day) <= apart
        ),
        key=lambda candidate: candidate[:3],
    )
    paired: dict[int, Booked] = {}
    taken = set[str]()
    for _, place, _, movement in candidates:
        if place not in paired and movement.external_id not in taken:
            paired[place] = movement
            taken.add(movement.external_id)
    return [(rows[place], movement) for place, movement in sorted(paired.items())]
