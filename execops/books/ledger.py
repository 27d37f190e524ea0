"""The ledger: the effects of events, each written once.

The newest snapshot of an object wins. A movement is booked once for its external id.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from execops.books import recoveries
from execops.books.mrr import subscription_mrr
from execops.db import queries
from execops.db.pool import Connection
from execops.effects import Balance, Effects, Movement, Snapshot
from execops.model import Event
from execops.money import NO_CURRENCY, Money
from execops.sources import get_source

SQL = queries.load("ledger")
BACKFILLS = queries.load("backfills")
SUM = ":refunded:"  # marks the id of a refund that was derived from the refunded sum of its charge


@dataclass(frozen=True, slots=True)
class Applied:
    """How many snapshots, movements and balances were new."""

    snapshots: int = 0
    movements: int = 0
    balances: int = 0


async def record(conn: Connection, event: Event) -> Effects:
    """Write an event's snapshots, movements, balances and MRR.

    A second call for an event changes nothing. A snapshot replaces only an older one: by time, then by the rank of its
    state, then by the event's key. So every order of arrival ends in the same state.
    """
    effects = get_source(event.source).read(event)
    await apply(conn, event.source, effects, event_id=event.id, tiebreak=event.dedupe_key)
    return effects


async def apply(
    conn: Connection, source: str, effects: Effects, *, event_id: int | None = None, tiebreak: str = ""
) -> Applied:
    """Write the effects of an event or, without `event_id`, of an answer of the source's API.

    Objects are written in the order of their ids, so that two writers never wait for each other.
    """
    payments = await _keep_payers(conn, effects)
    changed = 0
    subscriptions = set()
    for snapshot in sorted(effects.snapshots, key=lambda snapshot: (snapshot.object_id, snapshot.as_of)):
        changed += await _keep_snapshot(conn, snapshot, event_id, tiebreak)
        if snapshot.object_type != "subscription":
            continue
        if await _keep_mrr_levels(conn, snapshot, event_id, tiebreak):
            subscriptions.add(snapshot.object_id)
    for subscription in sorted(subscriptions):
        await _derive_mrr(conn, subscription)
    await _name_disputed(conn, effects)
    movements = tuple(sorted(effects.movements, key=lambda movement: movement.external_id))
    booked = await book(conn, source, movements, event_id)
    if payments:
        await queries.run(conn, SQL["name_customers"], payments=payments)
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

    It also credits an invoice that was paid after an action to that action: see `execops.books.recoveries`.
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
            "payment_ids": list(movement.payment_ids),
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
        if not inserted:  # both orders of arrival end in the same row
            await queries.run(conn, BACKFILLS["complete_movement"], **parties)
    paid_invoices = {movement.external_id for movement in movements if movement.kind == "invoice_paid"}
    await recoveries.credit(conn, paid_invoices)
    return booked


async def customers_of(conn: Connection, payments: Collection[str]) -> set[str]:
    """The customers who made these payments, as far as the ledger knows them."""
    rows = await queries.many(conn, SQL["customers_of_payments"], payments=sorted(payments))
    return {row["customer"] for row in rows}


async def _keep_payers(conn: Connection, effects: Effects) -> list[str]:
    """Keep the customers of the payments that these effects are about; returns the ids of the payments.

    A movement that names its customer and its payment tells the payer too. A dispute links to its payment.
    """
    payers: dict[str, str | None] = {
        charge: None
        for snapshot in effects.snapshots
        if snapshot.object_type == "dispute"
        for charge in snapshot.links
    }
    for payment_ids, customer in (
        *((movement.payment_ids, movement.customer) for movement in effects.movements),
        *((payer.payment_ids, payer.customer) for payer in effects.payers),
    ):
        for payment in payment_ids:
            payers[payment] = payers.get(payment) or customer
    if payers:
        await queries.run(conn, SQL["keep_payers"], payments=list(payers), customers=list(payers.values()))
    return list(payers)


async def _name_disputed(conn: Connection, effects: Effects) -> None:
    """Give disputes the customer of their charge as subject, whichever of the two is written later."""
    charges = {snapshot.object_id for snapshot in effects.snapshots if snapshot.object_type == "charge"}
    charges.update(*(snapshot.links for snapshot in effects.snapshots if snapshot.object_type == "dispute"))
    if charges:
        await queries.run(conn, SQL["name_disputed"], charges=sorted(charges))


async def keep_balance(conn: Connection, balance: Balance) -> None:
    """Keep the balance of an account at a moment."""
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
    """Delete a refund that was derived from its charge's refunded sum, once the refund itself is booked.

    The event of the charge and the refund may come in either order.
    """
    refunds = [snapshot for snapshot in effects.snapshots if snapshot.object_type == "refund"]
    charges = {charge for refund in refunds for charge in refund.links}
    ids = [movement.external_id for movement in effects.movements]
    charges |= {external_id.partition(SUM)[0] for external_id in ids if SUM in external_id}
    if charges:
        await queries.run(
            conn, BACKFILLS["drop_summed_refunds"], source=source, charges=sorted(charges), sum=SUM
        )


async def _is_latest(conn: Connection, balance: Balance) -> bool:
    """Whether the latest balance on record has this amount, so that asking again writes no second row."""
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
    """Keep the MRR of a subscription in this state, a level for each currency; returns how many levels were new.

    A state without any known amount keeps a level of zero in no currency, so that the levels before it end there.
    """
    kept = 0
    for amount in subscription_mrr(snapshot.state).money() or [Money(0, NO_CURRENCY)]:
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
    """Derive a subscription's MRR changes anew from all its levels. The row lock of its snapshot keeps others out.

    First it deletes the levels that a backfill assumed for a time that events cover.
    """
    await queries.run(conn, BACKFILLS["drop_assumed_levels"], subscription=subscription)
    await queries.run(conn, SQL["clear_mrr_changes"], subscription=subscription)
    await queries.run(conn, SQL["derive_mrr_changes"], subscription=subscription)
