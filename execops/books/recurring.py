"""The recurring revenue on record: each state of a subscription, and the movements of each customer's MRR.

The movements are derived anew from all states of all subscriptions of a customer, so every order of arrival ends in the
same rows. Only rows that differ are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops.books import mrr_terms
from execops.books.mrr import subscription_mrr
from execops.books.mrr_movements import State, completed_terms, movements
from execops.books.mrr_terms import Parts
from execops.db import queries
from execops.db.pool import Connection
from execops.effects import Snapshot
from execops.model import Json
from execops.money import NO_CURRENCY, Money

SQL = queries.load("mrr")
BACKFILLS = queries.load("backfills")
LEDGER = queries.load("ledger")
_TERMS = ("status", "paused", "currency", "items", "discounts", "unresolved", "items_changed", "ended_at")


class _Kept(Struct, frozen=True):
    """A state on record, with its levels by currency."""

    state: State
    customer: str
    levels: dict[str, int]
    left_out: tuple[str, ...]


async def keep_state(conn: Connection, snapshot: Snapshot, event_id: int | None, tiebreak: str) -> bool:
    """Keep the state of a subscription that a snapshot shows; returns whether it is new."""
    terms = {name: snapshot.state.get(name) for name in _TERMS}
    state = State(snapshot.object_id, snapshot.as_of, snapshot.rank, tiebreak, terms, event_id)
    return await _keep(conn, state, snapshot.subject_key or snapshot.object_id, terms)


async def derive(conn: Connection, changed: Sequence[Snapshot]) -> None:
    """Derive the MRR of every customer whom these new states of subscriptions, or new parts of them, are about.

    It first deletes the states that a backfill assumed for a time that events cover. It takes the subject's lock, after
    the locks of the snapshots.
    """
    for subscription in sorted({entry.object_id for entry in changed if entry.object_type == "subscription"}):
        await queries.run(conn, BACKFILLS["drop_assumed_levels"], subscription=subscription)
    customers = {entry.subject_key or entry.object_id for entry in changed if not _is_shared(entry)}
    shared = [entry for entry in changed if _is_shared(entry)]
    if shared:
        rows = await queries.many(
            conn,
            SQL["customers_waiting_for"],
            prices=[f"price:{entry.object_id}" for entry in shared if entry.object_type == "price"],
            coupons=any(entry.object_type == "coupon" for entry in shared),
            limited=[
                entry.subject_key.removeprefix("coupon:")
                for entry in shared
                if entry.object_type == "coupon_products" and entry.subject_key and entry.state["products"]
            ],
        )
        customers |= {row["customer"] for row in rows}
    for customer in sorted(customers):
        await queries.run(conn, LEDGER["lock_subject"], subject_key=customer)
        await _derive_customer(conn, customer)


async def changed_parts(conn: Connection, snapshots: Iterable[Snapshot]) -> set[str]:
    """The ids of the parts of subscriptions in these snapshots that say something else than those on record."""
    parts = {
        snapshot.object_id: snapshot for snapshot in snapshots if snapshot.object_type in mrr_terms.PARTS
    }
    if not parts:
        return set()
    rows = await queries.many(conn, SQL["parts_by_id"], object_ids=sorted(parts))
    on_record = {row["object_id"]: row["state"] for row in rows}
    return {object_id for object_id, part in parts.items() if on_record.get(object_id) != part.state}


def _is_shared(snapshot: Snapshot) -> bool:
    """Whether a part belongs to no single customer."""
    return snapshot.object_type in {"coupon", "coupon_products", "price"}


async def _derive_customer(conn: Connection, customer: str) -> None:
    kept = _group(await queries.many(conn, SQL["levels_of_customer"], customer=customer))
    if not kept:
        return
    parts = await _read_parts(conn, customer, [entry.state for entry in kept])
    latest = {entry.state.subscription: entry for entry in kept}  # the states come in their order
    for entry, terms in zip(kept, completed_terms([entry.state for entry in kept], parts), strict=True):
        state = entry.state
        levels, left_out = _levels(terms, state)
        if (levels, left_out) != (entry.levels, entry.left_out):
            await queries.run(conn, SQL["forget_state"], **_key(state))
            await _keep(conn, state, customer, terms)
        completed = mrr_terms.completed_fields(terms)
        if latest[state.subscription] is entry and completed != mrr_terms.completed_fields(state.terms):
            await queries.run(conn, SQL["complete_snapshot"], completed=Jsonb(completed), **_key(state))
    await _write_changes(conn, customer, [entry.state for entry in kept], parts)


async def _write_changes(conn: Connection, customer: str, states: Iterable[State], parts: Parts) -> None:
    rows = await queries.many(conn, SQL["changes_of_customer"], customer=customer)
    on_record: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        values = (
            row["at"],
            row["subscription"],
            row["currency"],
            row["delta_minor"],
            row["kind"],
            row["event_id"],
        )
        on_record.setdefault(values, []).append(row["id"])
    new = []
    for change in movements(states, parts):
        values = (change.at, change.subscription, change.currency, change.delta, change.kind, change.event_id)
        if on_record.get(values):
            on_record[values].pop()
        else:
            new.append(change)
    stale = [change_id for ids in on_record.values() for change_id in ids]
    if stale:
        await queries.run(conn, SQL["delete_changes"], ids=stale)
    for change in new:
        await queries.run(
            conn,
            SQL["add_change"],
            customer=customer,
            subscription=change.subscription,
            at=change.at,
            delta_minor=change.delta,
            currency=change.currency,
            kind=change.kind,
            event_id=change.event_id,
        )


async def _keep(conn: Connection, state: State, customer: str, terms: Json) -> bool:
    """Keep a state as it was told, with the MRR of these completed terms."""
    levels, left_out = _levels(terms, state)
    kept = await queries.run(
        conn,
        SQL["keep_state"],
        customer=customer,
        terms=Jsonb(state.terms),
        currencies=list(levels),
        levels=list(levels.values()),
        left_out=list(left_out),
        event_id=state.event_id,
        **_key(state),
    )
    return kept > 0


def _levels(terms: Json, state: State) -> tuple[dict[str, int], tuple[str, ...]]:
    """The MRR of a state by currency; zero in no currency for a state without any known amount."""
    mrr = subscription_mrr(terms, state.at)
    return {money.currency: money.minor for money in mrr.money() or [Money(0, NO_CURRENCY)]}, mrr.left_out


async def _read_parts(conn: Connection, customer: str, states: Iterable[State]) -> Parts:
    names: set[str] = set()
    for state in states:
        names |= mrr_terms.names_of_parts(state.subscription, state.terms)
    types = sorted(mrr_terms.PARTS)
    rows = await queries.many(conn, SQL["parts"], customer=customer, types=types, object_ids=sorted(names))
    parts = Parts.from_rows(rows)
    more = mrr_terms.names_in_parts(parts) - names  # a coupon or a price that only another part names
    if more:
        more_rows = await queries.many(
            conn, SQL["parts"], customer=customer, types=types, object_ids=sorted(more)
        )
        parts.add(more_rows)
    return parts


def _group(rows: Iterable[dict[str, Any]]) -> list[_Kept]:
    kept: dict[tuple[Any, ...], _Kept] = {}
    for row in rows:
        state = State(
            row["subscription"], row["at"], row["rank"], row["tiebreak"], row["terms"], row["event_id"]
        )
        entry = kept.setdefault(
            (state.subscription, *state.key), _Kept(state, row["customer"], {}, tuple(row["left_out"]))
        )
        entry.levels[row["currency"]] = row["level_minor"]
    return list(kept.values())


def _key(state: State) -> dict[str, Any]:
    return {
        "subscription": state.subscription,
        "at": state.at,
        "rank": state.rank,
        "tiebreak": state.tiebreak,
    }
