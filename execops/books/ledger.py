"""The ledger: what events mean, written once — snapshots by newest wins, movements by external id."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.types.json import Jsonb

from execops.books import recoveries
from execops.books.mrr import subscription_mrr
from execops.db import queries
from execops.db.pool import Connection
from execops.effects import Balance, Effects, Movement, Snapshot
from execops.model import Event
from execops.sources import get_source

SQL = queries.load("ledger")
BACKFILLS = queries.load("backfills")
SUM = ":refunded:"  # in the id of a refund known only by what its charge sums up to


@dataclass(frozen=True, slots=True)
class Applied:
    """How much of it was new."""

    snapshots: int = 0
    movements: int = 0
    balances: int = 0


async def record(conn: Connection, event: Event) -> Effects:
    """Write an event's snapshots, movements, balances and MRR; again, or later than newer ones, it changes
    nothing.

    A snapshot gives way only to a newer one: by time, then by the rank of its state, then by the event's
    own key, so that every order of arrival ends in the same state.
    """
    effects = get_source(event.source).read(event)
    await apply(conn, event.source, effects, event_id=event.id, tiebreak=event.dedupe_key)
    return effects


async def apply(
    conn: Connection, source: str, effects: Effects, *, event_id: int | None = None, tiebreak: str = ""
) -> Applied:
    """Write what an event, or without `event_id` an answer of the source's API, tells.

    Always in the order of ids, so that two writers never wait for each other.
    """
    changed = 0
    subscriptions = set()
    for snapshot in sorted(effects.snapshots, key=lambda each: (each.object_id, each.as_of)):
        changed += await _keep_snapshot(conn, snapshot, event_id, tiebreak)
        if snapshot.object_type != "subscription":
            continue
        if await _keep_mrr_levels(conn, snapshot, event_id, tiebreak):
            subscriptions.add(snapshot.object_id)
    for subscription in sorted(subscriptions):
        await _derive_mrr(conn, subscription)
    movements = tuple(sorted(effects.movements, key=lambda each: each.external_id))
    booked = await book(conn, source, movements, event_id)
    await _drop_summed_refunds(conn, source, effects)
    balances = 0
    for balance in effects.balances:
        if event_id is not None or not await _is_latest(conn, balance):
            await keep_balance(conn, balance)
            balances += 1
    return Applied(changed, booked, balances)


async def book(
    conn: Connection, source: str, movements: tuple[Movement, ...], event_id: int | None = None
) -> int:
    """Book movements, each external id once; returns how many were new.

    Invoices that were paid after an action are credited to it: see `execops.books.recoveries`.
    """
    booked = 0
    for movement in movements:
        parties = {
            "occurred_at": movement.occurred_at,
            "counterparty": movement.counterparty,
            "customer": movement.customer,
            "category": movement.category,
            "source": source,
            "external_id": movement.external_id,
        }
        inserted = await queries.run(
            conn,
            SQL["book"],
            kind=movement.kind,
            amount_minor=movement.amount.minor,
            currency=movement.amount.currency,
            event_id=event_id,
            **parties,
        )
        booked += inserted
        if not inserted:  # the same whichever came first
            await queries.run(conn, BACKFILLS["complete_movement"], **parties)
    await recoveries.credit(conn, {each.external_id for each in movements if each.kind == "invoice_paid"})
    return booked


async def keep_balance(conn: Connection, balance: Balance) -> None:
    """What lay in an account at a time."""
    await queries.run(
        conn,
        SQL["keep_balance"],
        account=balance.account,
        kind=balance.kind,
        amount_minor=balance.amount.minor,
        currency=balance.amount.currency,
        as_of=balance.as_of,
    )


async def _drop_summed_refunds(conn: Connection, source: str, effects: Effects) -> None:
    """A refund that an event told only as a charge's new sum gives way to the refund itself, whichever comes
    first."""
    charges = {link for each in effects.snapshots if each.object_type == "refund" for link in each.links}
    charges |= {each.external_id.partition(SUM)[0] for each in effects.movements if SUM in each.external_id}
    if charges:
        await queries.run(
            conn, BACKFILLS["drop_summed_refunds"], source=source, charges=sorted(charges), sum=SUM
        )


async def _is_latest(conn: Connection, balance: Balance) -> bool:
    """Whether this is what is known already: asking again writes no second row."""
    row = await queries.one(
        conn,
        BACKFILLS["latest_balance"],
        account=balance.account,
        kind=balance.kind,
        currency=balance.amount.currency,
    )
    return row is not None and row["amount_minor"] == balance.amount.minor


async def _keep_snapshot(conn: Connection, snapshot: Snapshot, event_id: int | None, tiebreak: str) -> int:
    return await queries.run(
        conn,
        SQL["keep_snapshot"],
        object_id=snapshot.object_id,
        object_type=snapshot.object_type,
        subject_key=snapshot.subject_key,
        state=Jsonb(snapshot.state),
        as_of=snapshot.as_of,
        rank=snapshot.rank,
        tiebreak=tiebreak,
        links=list(snapshot.links),
        event_id=event_id,
    )


async def _keep_mrr_levels(conn: Connection, snapshot: Snapshot, event_id: int | None, tiebreak: str) -> int:
    """Keep what this state says of the subscription's MRR; returns how much of it was new."""
    kept = 0
    for amount in subscription_mrr(snapshot.state).money():
        kept += await queries.run(
            conn,
            SQL["keep_mrr_level"],
            subscription=snapshot.object_id,
            customer=snapshot.subject_key,
            at=snapshot.as_of,
            rank=snapshot.rank,
            tiebreak=tiebreak,
            currency=amount.currency,
            level_minor=amount.minor,
            event_id=event_id,
        )
    return kept


async def _derive_mrr(conn: Connection, subscription: str) -> None:
    """Derive a subscription's changes anew from all its levels; its snapshot's row lock keeps others out.

    What an answer of the API only assumed of the past gives way to what events saw then.
    """
    await queries.run(conn, BACKFILLS["drop_assumed_levels"], subscription=subscription)
    await queries.run(conn, SQL["clear_mrr_changes"], subscription=subscription)
    await queries.run(conn, SQL["derive_mrr_changes"], subscription=subscription)
