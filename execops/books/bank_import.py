"""Import the rows of a bank statement as events: one for each vendor's month, and one for the closing balance.

The same transaction books the rows and stores their events. So every play that these events wake judges the whole
statement, and not only the part that a worker has reached. A row that is booked already makes no event: importing a
file twice, or a file that overlaps another, changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from psycopg.types.json import Jsonb

from execops.books import facts, ledger, vendor_aliases
from execops.books.cash import spend_object
from execops.books.doubles import Booked
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError
from execops.model import Actor, Event, EventStatus, Json
from execops.money import Money
from execops.ports import process_events_jobs
from execops.sources.bank import BALANCE, SPEND, TRANSACTIONS, TRANSFER, read
from execops.sources.bank.bank_entries import Told
from execops.sources.bank.closing import Closing
from execops.sources.bank.parties.purposes import FINANCING, HALVES
from execops.sources.bank.statement import LeftOut, Problem, Row

CASH = queries.load("cash")
EVENTS = queries.load("events")
IMPORTS = queries.load("imports")
SOURCE = "bank"
BATCH = 10_000  # rows a transaction
_NO_SPEND = HALVES | {FINANCING}  # purposes of rows that say nothing about a vendor's spend


class Report(Struct, kw_only=True):
    """The result of importing a file: how many rows are new, booked already (`known`), or left out.

    `absent` are movements of the account that earlier files told for the same days and this one does not, where the file
    overlaps them: the bank may have changed them.
    """

    account: str
    import_id: int | None = None  # None while nothing is on record: a dry run, an empty file
    rows: int = 0
    imported: int = 0
    known: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    imported_sums: dict[str, int] = field(default_factory=dict)  # minor units by currency
    balances: list[tuple[Money, date]] = field(default_factory=list)
    events: int = 0
    absent: list[Booked] = field(default_factory=list)


class _Source(Struct, frozen=True):
    """The origin of rows, for the record: the file's name and the operator's."""

    file: str | None
    by: str
    digest: str | None = None
    shape: str | None = None
    number: str | None = None


async def import_rows(
    ctx: Context,
    actor: Actor,
    account: str,
    lines: Iterable[Row | Problem | LeftOut],
    *,
    told: Sequence[Told] = (),
    file: str | None = None,
    by: str = "",
    digest: str | None = None,
    shape: str | None = None,
    number: str | None = None,
    dry_run: bool = False,
) -> Report:
    """Import the rows of a statement in the actor's name, one batch a transaction. A dry run only counts new rows.

    `told` are the balances at its end, where the file tells them apart from its rows; `file` is its name and `by` the
    operator's, for the record; so are the digest and the shape of the file, and the account's number in it. The caller checks before that the actor may import. Raises ConflictError if the import is
    taken back meanwhile.
    """
    report, closing, batch = Report(account=account), Closing(), list[Row]()
    source = _Source(file, by, digest, shape, number)
    for line in lines:
        if isinstance(line, Problem):
            report.problems.append(line)
        elif isinstance(line, LeftOut):
            report.left_out.append(line)
        else:
            closing.add(line)
            batch.append(line)
        if len(batch) == BATCH:
            await _import(ctx, actor, batch, report, source, dry_run)
            batch = []
    await _import(ctx, actor, batch, report, source, dry_run, closing.balances(told))
    if report.import_id is not None and report.known:
        async with ctx.connection() as conn:
            report.absent = await _read_absent(conn, report.import_id, account, ctx.settings.time_zone)
    return report


async def _import(
    ctx: Context,
    actor: Actor,
    batch: list[Row],
    report: Report,
    source: _Source,
    dry_run: bool,
    balances: Iterable[tuple[Money, date, int]] = (),
) -> None:
    balances = list(balances)
    async with ctx.transaction(actor) as conn:
        await facts.lock_subject(conn, "bank:import")  # so that two imports of the same rows take turns
        booked_ids = await _read_booked_ids(conn, batch)
        new = [row for row in batch if row.external_id not in booked_ids]
        if not dry_run:
            now = ctx.clock.now()
            zone = ZoneInfo(ctx.settings.time_zone)
            vendors = await vendor_aliases.canonical(conn, [row.vendor for row in new if row.vendor])
            groups = _group_by_month(new, vendors)
            events = [_make_event(report.account, vendor, rows, now, zone) for vendor, rows in groups]
            if balances:
                events.append(_make_balance_event(report.account, balances, now, zone))
            if batch or balances:
                await _keep_on_record(conn, report, source, batch, len(new), events)
            report.events += await _store(ctx, conn, events)
    report.rows += len(batch)
    report.imported += len(new)
    report.known += len(batch) - len(new)
    for row in new:
        currency = row.amount.currency
        report.imported_sums[currency] = report.imported_sums.get(currency, 0) + row.amount.minor
    report.balances += [(balance, day) for balance, day, _ in balances]


async def _keep_on_record(
    conn: Connection, report: Report, source: _Source, batch: list[Row], new: int, events: list[Json]
) -> None:
    """Note in the record of the import what this batch holds, and in its events which import they are of.

    Once an import of the account was taken back, the key of an event has the import too: the same rows make new events.
    """
    if report.import_id is None:
        row = await queries.the_one(
            conn,
            IMPORTS["begin"],
            account=report.account,
            file=source.file,
            by=source.by,
            digest=source.digest,
            shape=source.shape,
            account_number=source.number,
        )
        report.import_id = row["id"]
    undone = (await queries.the_one(conn, IMPORTS["undone_before"], account=report.account))["count"]
    for event in events:
        event["payload_json"]["import"] = report.import_id
        if undone:
            event["dedupe_key"] = _digest([event["dedupe_key"], report.import_id])
    balances = [
        balance
        for event in events
        if event["type"] == BALANCE
        for balance in event["payload_json"]["balances"]
    ]
    days = [row.day for row in batch]
    stands = await queries.run(
        conn,
        IMPORTS["extend"],
        id=report.import_id,
        held=len(batch),
        booked=new,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        balances=Jsonb(balances),
    )
    if not stands:
        raise ConflictError(
            f"Import {report.import_id} was taken back while it ran; its last rows were not imported."
        )
    await queries.run(
        conn, IMPORTS["hold"], id=report.import_id, external_ids=[row.external_id for row in batch]
    )


async def _read_absent(conn: Connection, import_id: int, account: str, zone: str) -> list[Booked]:
    """The movements of the account that the books have on the days of an import, and that it does not hold."""
    rows = await queries.many(conn, IMPORTS["absent"], id=import_id, account=account, zone=zone)
    return [Booked(account=account, **row) for row in rows]


async def _read_booked_ids(conn: Connection, batch: list[Row]) -> set[str]:
    """The external ids of the rows that the ledger holds already."""
    ids = [row.external_id for row in batch]
    rows = await queries.many(conn, CASH["booked_movements"], source=SOURCE, external_ids=ids)
    return {row["external_id"] for row in rows}


def _group_by_month(rows: list[Row], vendors: Mapping[str, str]) -> list[tuple[str | None, list[Row]]]:
    """The rows in groups, one for each vendor's month, in the order of the file, with the vendor's name in the books."""
    groups: dict[tuple[str | None, str, str, bool, bool], list[Row]] = {}
    for row in rows:
        vendor = vendors[row.vendor] if row.vendor else None
        key = (vendor, f"{row.day:%Y-%m}", row.amount.currency, row.transfer, row.purpose in _NO_SPEND)
        groups.setdefault(key, []).append(row)
    return [(vendor, group) for (vendor, *_), group in groups.items()]


def _make_event(account: str, vendor: str | None, rows: list[Row], now: datetime, zone: ZoneInfo) -> Json:
    first, month = rows[0], f"{rows[0].day:%Y-%m}"
    content = {
        "account": account,
        "vendor": vendor,
        "month": month,
        "currency": first.amount.currency,
        "kind": TRANSFER if first.transfer else SPEND,
        "rows": [
            {
                "id": row.external_id,
                "at": _start_of_day(row.day, zone).isoformat(),
                "amount_minor": row.amount.minor,
                "description": row.description,
                "category": row.category,
                "purpose": row.purpose,
                "told_as": _told_as(row.vendor, vendor),
            }
            for row in rows
        ],
    }
    about = f"bank:{account}:{month}"
    if vendor is not None and not first.transfer and first.purpose not in _NO_SPEND:
        about = spend_object(vendor, first.amount.currency, month)
    return _make_columns(TRANSACTIONS, content, [row.external_id for row in rows], about, now)


def _told_as(written: str | None, vendor: str | None) -> str | None:
    """The bank's own name of a vendor, where an alias gave it another; another spelling is none."""
    return (
        written if written and vendor and vendor_aliases.key(written) != vendor_aliases.key(vendor) else None
    )


def _make_balance_event(
    account: str, balances: list[tuple[Money, date, int]], now: datetime, zone: ZoneInfo
) -> Json:
    content = {
        "account": account,
        "balances": [
            {
                "amount_minor": balance.minor,
                "currency": balance.currency,
                # A later export of the same day has more rows, so its balance counts as the later one.
                "as_of": min(_start_of_day(day, zone) + timedelta(seconds=rows), now).isoformat(),
            }
            for balance, day, rows in balances
        ],
    }
    key = [
        account,
        *([balance.minor, balance.currency, day.isoformat(), rows] for balance, day, rows in balances),
    ]
    return _make_columns(BALANCE, content, key, f"bank:{account}", now)


def _make_columns(type_: str, content: Json, key: list[Any], about: str, now: datetime) -> Json:
    """The columns of an event row. `key` holds the values that make the event unique among its type."""
    return {
        "org_id": queries.ORG,
        "source": SOURCE,
        "type": type_,
        "occurred_at": now,  # the event is the import, so plays judge by today
        "payload_json": content,
        "dedupe_key": _digest([type_, *key]),
        "object_id": about,
        "subject_key": about,
        "livemode": True,
        "api_version": None,
        "status": EventStatus.RECEIVED,
        "outcome": [],
    }


def _digest(key: list[Any]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()


async def _store(ctx: Context, conn: Connection, events: list[Json]) -> int:
    """Insert the new events, book their movements and balances, and enqueue their processing.

    Returns how many events are new.
    """
    if not events:
        return 0
    rows = [columns | {"occurred_at": columns["occurred_at"].isoformat()} for columns in events]
    new = await queries.many(conn, EVENTS["insert"], deliveries=Jsonb(rows))
    ids = {row["dedupe_key"]: row["id"] for row in new}
    stored: list[Event] = []
    for columns in events:
        if (event_id := ids.pop(columns["dedupe_key"], None)) is not None:
            received_at = columns["occurred_at"]
            generated = {"id": event_id, "received_at": received_at, "error": None, "processed_at": None}
            stored.append(Event.from_row(columns | generated))
    await _book(conn, stored)
    await ctx.queue.defer(conn, *process_events_jobs({event.id: event.subject_key for event in stored}))
    return len(stored)


async def _book(conn: Connection, stored: list[Event]) -> None:
    """Book these events as `ledger.record` does, but in one statement: they have no snapshots."""
    effects = [(event.id, read(event)) for event in stored]
    moves = [(event_id, move) for event_id, event_effects in effects for move in event_effects.movements]
    await queries.run(
        conn,
        CASH["book_all"],
        source=SOURCE,
        occurred_at=[move.occurred_at for _, move in moves],
        kind=[move.kind for _, move in moves],
        amount_minor=[move.amount.minor for _, move in moves],
        currency=[move.amount.currency for _, move in moves],
        counterparty=[move.counterparty for _, move in moves],
        told_as=[move.told_as for _, move in moves],
        category=[move.category for _, move in moves],
        purpose=[move.purpose for _, move in moves],
        external_id=[move.external_id for _, move in moves],
        event_id=[event_id for event_id, _ in moves],
    )
    for _, event_effects in effects:
        for balance in event_effects.balances:
            await ledger.keep_balance(conn, balance)


def _start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins in the zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
