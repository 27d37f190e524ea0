"""The ledger: the effects of events, each written once.

The newest snapshot of an object wins. A movement is booked once for its external id.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops.books import recoveries, recurring, same_second
from execops.books.mrr_terms import PARTS
from execops.db import queries
from execops.db.pool import Connection
from execops.effects import Balance, Effects, Movement, Snapshot
from execops.model import ABOUT_PAYMENT, Event
from execops.sources import get_source

SQL = queries.load("ledger")
BACKFILLS = queries.load("backfills")
_PAYMENTS = frozenset({"charge", "payment_intent"})


class Applied(Struct, frozen=True):
    """How many snapshots, movements and balances were new."""

    snapshots: int = 0
    movements: int = 0
    balances: int = 0


async def record(conn: Connection, event: Event) -> Effects:
    """Write an event's snapshots, movements, balances and MRR.

    A second call for an event changes nothing. A snapshot replaces only an older one: by time, then by the rank of its
    state, then by what the events of one second changed, then by the event's key. So every order of arrival ends in the
    same state.
    """
    effects = get_source(event.source).read(event)
    await apply(conn, event.source, effects, event_id=event.id, tiebreak=event.dedupe_key)
    await same_second.settle(conn, event, effects)
    return effects


async def apply(
    conn: Connection, source: str, effects: Effects, *, event_id: int | None = None, tiebreak: str = ""
) -> Applied:
    """Write the effects of an event or, without `event_id`, of an answer of the source's API.

    Objects are written in the order of their ids, so that two writers never wait for each other.
    """
    payments = await _keep_payers(conn, effects)
    changed = 0
    of_subscriptions, late_invoices = [], set()
    changed_parts = await recurring.changed_parts(conn, effects.snapshots)
    for snapshot in sorted(effects.snapshots, key=lambda snapshot: (snapshot.object_id, snapshot.as_of)):
        is_newest = await _keep_snapshot(conn, snapshot, event_id, tiebreak)
        changed += is_newest and snapshot.object_type not in PARTS
        if snapshot.object_type == "invoice" and not is_newest:
            late_invoices.add(snapshot.object_id)
        if snapshot.object_type == "subscription":
            if await recurring.keep_state(conn, snapshot, event_id, tiebreak):
                of_subscriptions.append(snapshot)
        elif is_newest and snapshot.object_id in changed_parts:
            of_subscriptions.append(snapshot)
    await recurring.derive(conn, of_subscriptions)
    await _name_owners(conn, effects)
    movements = tuple(sorted(effects.movements, key=lambda movement: movement.external_id))
    booked = await book(conn, source, movements, event_id)
    await _keep_open_amounts(conn, effects, event_id, tiebreak)
    await _settle_refunds(conn, source, effects, event_id)
    await _settle_cases(conn, effects)
    await recoveries.credit(conn, late_invoices)  # their earlier states may show that less was open
    if payments:
        await queries.run(conn, SQL["name_customers"], payments=payments)
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
        fields = {
            "occurred_at": movement.occurred_at,
            "counterparty": movement.counterparty,
            "customer": movement.customer,
            "category": movement.category,
            "source": source,
            "external_id": movement.external_id,
            "payment_ids": list(movement.payment_ids),
            "case_id": movement.case_id,
            "amount_minor": movement.amount.minor,
            "currency": movement.amount.currency,
        }
        inserted = await queries.run(
            conn, SQL["book"], kind=movement.kind, purpose=movement.purpose, event_id=event_id, **fields
        )
        booked += inserted
        if not inserted:  # both orders of arrival end in the same row
            await queries.run(conn, BACKFILLS["complete_movement"], **fields)
    paid_invoices = {movement.external_id for movement in movements if movement.kind == "invoice_paid"}
    await recoveries.credit(conn, paid_invoices)
    return booked


async def customers_of(conn: Connection, payments: Collection[str]) -> set[str]:
    """The customers who made these payments, as far as the ledger knows them."""
    rows = await queries.many(conn, SQL["customers_of_payments"], payments=sorted(payments))
    return {row["customer"] for row in rows}


def payments_named(effects: Effects) -> set[str]:
    """The payments that the disputes, refunds and warnings of these effects are about."""
    return {
        payment
        for snapshot in effects.snapshots
        if snapshot.object_type in ABOUT_PAYMENT
        for payment in snapshot.links
    }


async def _keep_payers(conn: Connection, effects: Effects) -> list[str]:
    """Keep the customers of the payments that these effects are about; returns the ids of the payments.

    A movement that names its customer and its payment tells the payer too. A dispute, a refund and a warning link to
    their payment.
    """
    payers: dict[str, str | None] = dict.fromkeys(sorted(payments_named(effects)))
    for payment_ids, customer in (
        *((movement.payment_ids, movement.customer) for movement in effects.movements),
        *((payer.payment_ids, payer.customer) for payer in effects.payers),
        *((totals.payment_ids, totals.customer) for totals in effects.totals),
    ):
        for payment in payment_ids:
            payers[payment] = payers.get(payment) or customer
    if payers:
        await queries.run(conn, SQL["keep_payers"], payments=list(payers), customers=list(payers.values()))
    return list(payers)


async def _name_owners(conn: Connection, effects: Effects) -> None:
    """Give disputes, refunds and warnings the customer of their payment, whichever of the two is written later."""
    payments = {snapshot.object_id for snapshot in effects.snapshots if snapshot.object_type in _PAYMENTS}
    payments |= payments_named(effects)
    if payments:
        await queries.run(conn, SQL["name_owners"], payments=sorted(payments), types=sorted(ABOUT_PAYMENT))


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


async def _keep_open_amounts(conn: Connection, effects: Effects, event_id: int | None, tiebreak: str) -> None:
    for amount in effects.open_amounts:
        await queries.run(
            conn,
            SQL["keep_open_amount"],
            invoice=amount.invoice,
            at=amount.at,
            tiebreak=tiebreak,
            failed=amount.failed,
            attempt=amount.attempt,
            open_minor=amount.open.minor,
            paid_minor=amount.paid_minor,
            currency=amount.open.currency,
            customer=amount.customer,
            event_id=event_id,
        )


async def _settle_refunds(conn: Connection, source: str, effects: Effects, event_id: int | None) -> None:
    """Bring the refunds of a charge into line with the sums that its events show.

    The sums and the refunds may come in any order; the locks of `_keep_payers` keep other writers of the payment out.
    """
    for totals in sorted(effects.totals, key=lambda totals: (totals.charge, totals.at)):
        await queries.run(
            conn,
            SQL["keep_charge_totals"],
            charge=totals.charge,
            at=totals.at,
            captured=totals.captured,
            refunded_minor=totals.refunded.minor,
            before_minor=totals.before_minor,
            released_minor=totals.released_minor,
            currency=totals.refunded.currency,
            customer=totals.customer,
            payment_ids=list(totals.payment_ids),
            event_id=event_id,
        )
    refunds = [movement for movement in effects.movements if movement.kind in {"refund", "release"}]
    payments = {payment for movement in refunds for payment in movement.payment_ids}
    payments |= {payment for totals in effects.totals for payment in totals.payment_ids}
    if payments:
        await queries.run(conn, SQL["mark_releases"], source=source, payments=sorted(payments))
        await queries.run(conn, SQL["derive_refunds"], source=source, payments=sorted(payments))


async def _settle_cases(conn: Connection, effects: Effects) -> None:
    """Make one case of the lines of each dispute that these effects are about."""
    cases = {movement.case_id for movement in effects.movements if movement.case_id}
    cases |= {snapshot.object_id for snapshot in effects.snapshots if snapshot.object_type == "dispute"}
    if cases:
        await queries.run(conn, SQL["drop_claims"], cases=sorted(cases))
        await queries.run(conn, SQL["settle_cases"], cases=sorted(cases))


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
