"""From the rows of a statement to events: one for each vendor's month, one for the balance at the end.

What a row means is booked together with its event, so that every play that the events wake judges by the
whole statement and not by the part of it that a worker has come to. Rows known already make no event:
importing a file twice, or one that overlaps, changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from execops.books import facts, ledger
from execops.books.cash import spend_object
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Actor, Event, EventStatus, Json
from execops.money import Money
from execops.ports import process_event_job
from execops.sources.bank import BALANCE, SPEND, TRANSACTIONS, TRANSFER, read
from execops.sources.bank.closing import Closing
from execops.sources.bank.statement import LeftOut, Problem, Row

CASH = queries.load("cash")
EVENTS = queries.load("events")
SOURCE = "bank"
BATCH = 10_000  # rows a transaction


@dataclass(kw_only=True, slots=True)
class Report:
    """What became of a file."""

    account: str
    rows: int = 0
    imported: int = 0
    known: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    imported_sums: dict[str, int] = field(default_factory=dict)  # minor units by currency
    balances: list[tuple[Money, date]] = field(default_factory=list)
    events: int = 0


async def import_rows(
    ctx: Context,
    actor: Actor,
    account: str,
    lines: Iterable[Row | Problem | LeftOut],
    *,
    dry_run: bool = False,
    on_progress: Callable[[], None] = lambda: None,
) -> Report:
    """Import the rows of a statement in the actor's name, a batch a transaction; a dry run only says what is new.

    The caller has checked that the actor may.
    """
    report, closing, batch = Report(account=account), Closing(), list[Row]()
    for line in lines:
        if isinstance(line, Problem):
            report.problems.append(line)
        elif isinstance(line, LeftOut):
            report.left_out.append(line)
        else:
            closing.add(line)
            batch.append(line)
        if len(batch) == BATCH:
            await _import(ctx, actor, batch, report, dry_run)
            batch = []
            on_progress()
    await _import(ctx, actor, batch, report, dry_run, closing.balances())
    on_progress()
    return report


async def _import(
    ctx: Context,
    actor: Actor,
    batch: list[Row],
    report: Report,
    dry_run: bool,
    balances: Iterable[tuple[Money, date, int]] = (),
) -> None:
    async with ctx.transaction(actor) as conn:
        await facts.lock_subject(conn, "bank:import")  # two imports of the same rows: one after the other
        known = await _known(conn, batch)
        new = [row for row in batch if row.external_id not in known]
        if not dry_run:
            now = ctx.clock.now()
            zone = ZoneInfo(ctx.settings.time_zone)
            events = [_event(report.account, rows, now, zone) for rows in _grouped(new)]
            balances = list(balances)
            if balances:
                events.append(_balance_event(report.account, balances, now, zone))
            report.events += await _store(ctx, conn, events)
    report.rows += len(batch)
    report.imported += len(new)
    report.known += len(batch) - len(new)
    for row in new:
        currency = row.amount.currency
        report.imported_sums[currency] = report.imported_sums.get(currency, 0) + row.amount.minor
    report.balances += [(balance, day) for balance, day, _ in balances]


async def _known(conn: Connection, batch: list[Row]) -> set[str]:
    ids = [row.external_id for row in batch]
    rows = await queries.many(conn, CASH["known_movements"], source=SOURCE, external_ids=ids)
    return {row["external_id"] for row in rows}


def _grouped(rows: list[Row]) -> list[list[Row]]:
    """The rows of each vendor's month, in the order of the file."""
    groups: dict[tuple[str | None, str, str, bool], list[Row]] = {}
    for row in rows:
        key = (row.vendor, f"{row.day:%Y-%m}", row.amount.currency, row.transfer)
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _event(account: str, rows: list[Row], now: datetime, zone: ZoneInfo) -> Json:
    first, month = rows[0], f"{rows[0].day:%Y-%m}"
    content = {
        "account": account,
        "vendor": first.vendor,
        "month": month,
        "currency": first.amount.currency,
        "kind": TRANSFER if first.transfer else SPEND,
        "rows": [
            {
                "id": row.external_id,
                "at": _midnight(row.day, zone).isoformat(),
                "amount_minor": row.amount.minor,
                "description": row.description,
                "category": row.category,
            }
            for row in rows
        ],
    }
    about = f"bank:{account}:{month}"
    if first.vendor is not None and not first.transfer:
        about = spend_object(first.vendor, first.amount.currency, month)
    return _columns(TRANSACTIONS, content, [row.external_id for row in rows], about, now)


def _balance_event(
    account: str, balances: list[tuple[Money, date, int]], now: datetime, zone: ZoneInfo
) -> Json:
    content = {
        "account": account,
        "balances": [
            {
                "amount_minor": balance.minor,
                "currency": balance.currency,
                # A later export of the same day knows of more rows, and comes after this one.
                "as_of": min(_midnight(day, zone) + timedelta(seconds=rows), now).isoformat(),
            }
            for balance, day, rows in balances
        ],
    }
    said = [account, *([each.minor, each.currency, day.isoformat(), rows] for each, day, rows in balances)]
    return _columns(BALANCE, content, said, f"bank:{account}", now)


def _columns(type_: str, content: Json, said: list[Any], about: str, now: datetime) -> Json:
    return {
        "org_id": queries.ORG,
        "source": SOURCE,
        "type": type_,
        "occurred_at": now,  # the import is what happened: plays judge by today
        "payload_json": content,
        "dedupe_key": hashlib.sha256(json.dumps([type_, *said]).encode()).hexdigest(),
        "object_id": about,
        "subject_key": about,
        "livemode": True,
        "api_version": None,
        "status": EventStatus.RECEIVED,
        "outcome": [],
    }


async def _store(ctx: Context, conn: Connection, events: list[Json]) -> int:
    """Insert the events that are new, book what they mean, and enqueue their processing; returns how many."""
    if not events:
        return 0
    rows = [each | {"occurred_at": each["occurred_at"].isoformat()} for each in events]
    new = await queries.many(conn, EVENTS["insert"], deliveries=Jsonb(rows))
    ids = {row["dedupe_key"]: row["id"] for row in new}
    stored: list[Event] = []
    for each in events:
        if (event_id := ids.pop(each["dedupe_key"], None)) is not None:
            fate = {"id": event_id, "received_at": each["occurred_at"], "error": None, "processed_at": None}
            stored.append(Event.from_row(each | fate))
    await _book(conn, stored)
    await ctx.queue.defer(conn, *(process_event_job(event.id) for event in stored))
    return len(stored)


async def _book(conn: Connection, stored: list[Event]) -> None:
    """What `ledger.record` does with these events, in one statement: they have no snapshots."""
    effects = [(event.id, read(event)) for event in stored]
    moves = [(event_id, move) for event_id, each in effects for move in each.movements]
    await queries.run(
        conn,
        CASH["book_all"],
        source=SOURCE,
        occurred_at=[move.occurred_at for _, move in moves],
        kind=[move.kind for _, move in moves],
        amount_minor=[move.amount.minor for _, move in moves],
        currency=[move.amount.currency for _, move in moves],
        counterparty=[move.counterparty for _, move in moves],
        category=[move.category for _, move in moves],
        external_id=[move.external_id for _, move in moves],
        event_id=[event_id for event_id, _ in moves],
    )
    for _, each in effects:
        for balance in each.balances:
            await ledger.keep_balance(conn, balance)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in the zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
