"""The order of events about one object in one second, by what each of them changed.

Stripe's events have no finer time than a second, and their ids tell no order: https://docs.stripe.com/webhooks#event-ordering. An
event of a change tells the values before it (`previous_attributes`,
https://docs.stripe.com/api/events/object#event_object-data-previous_attributes). So an event follows another one where these
values are those of the other's object.

States of one second and rank are kept by their tiebreaks, the keys of their events. Where the changes tell another order, the
states exchange their tiebreaks, so that whatever reads them by time, rank and tiebreak reads them as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, permutations

from psycopg.types.json import Jsonb

from execops.books import recurring
from execops.db import queries
from execops.db.pool import Connection
from execops.effects import Effects, Snapshot
from execops.model import Event, Json
from execops.sources import get_source

SQL = queries.load("ledger")
MRR = queries.load("mrr")
_KINDS = frozenset({"customer", "subscription"})
_MOST = 6  # events of one second, of which every order is tried


async def settle(conn: Connection, event: Event, effects: Effects) -> None:
    """Put the states that events about one object show of one second into the order of their changes.

    Nothing changes if the events do not tell exactly one order. Events that are stored and not processed yet count
    too, so whichever is processed last ends in the same rows.
    """
    snapshot = _main(event, effects)
    if snapshot is None:
        return
    rows = await queries.many(
        conn,
        SQL["events_of_second"],
        source=event.source,
        object_id=snapshot.object_id,
        occurred_at=event.occurred_at,
        own=event.id,
        most=_MOST,
    )
    if not 0 < len(rows) < _MOST:
        return
    rivals = [event, *(Event.from_row(row) for row in rows)]
    states = [_main(rival, get_source(rival.source).read(rival)) for rival in rivals]
    states_of_second = [
        (rival, state)
        for rival, state in zip(rivals, states, strict=True)
        if state is not None and (state.object_id, state.rank) == (snapshot.object_id, snapshot.rank)
    ]
    order = sequence([rival.payload_json for rival, _ in states_of_second])
    if order is None:
        return
    keys = sorted(rival.dedupe_key for rival, _ in states_of_second)
    ordered = [(*states_of_second[place], key) for place, key in zip(order, keys, strict=True)]
    if snapshot.object_type == "subscription":
        await _keep_states(conn, ordered)
    last, state, key = ordered[-1]
    await queries.run(
        conn,
        SQL["exchange_snapshot"],
        object_id=state.object_id,
        subject_key=state.subject_key,
        state=Jsonb(state.state),
        as_of=state.as_of,
        rank=state.rank,
        links=list(state.links),
        event_id=last.id,
        tiebreak=key,
    )
    if snapshot.object_type == "subscription":
        await recurring.derive(conn, [snapshot])


def sequence(payloads: Sequence[Json]) -> tuple[int, ...] | None:
    """The only order in which each event follows the one before it, as places in `payloads`; None if there is none."""
    if not 1 < len(payloads) <= _MOST:
        return None
    orders = _orders(payloads)
    only = next(orders, None)
    return only if next(orders, None) is None else None


def _orders(payloads: Sequence[Json]) -> Iterator[tuple[int, ...]]:
    places = range(len(payloads))
    follows = {
        (first, second)
        for first, second in permutations(places, 2)
        if _follows(payloads[first], payloads[second])
    }
    return (order for order in permutations(places) if all(pair in follows for pair in pairwise(order)))


def _follows(first: Json, second: Json) -> bool:
    """Whether the values before the second event are those of the first one's object."""
    data = second.get("data") or {}
    previous = data.get("previous_attributes") or {}
    return bool(previous) and _holds((first.get("data") or {}).get("object"), previous)


def _holds(value: object, part: object) -> bool:
    """Whether a value has everything that a part of it tells. A field that is missing is null."""
    if isinstance(part, Mapping):
        return isinstance(value, Mapping) and all(_holds(value.get(name), part[name]) for name in part)
    if isinstance(part, list):
        return (
            isinstance(value, list)
            and len(value) == len(part)
            and all(_holds(*pair) for pair in zip(value, part, strict=True))
        )
    return value == part


def _main(event: Event, effects: Effects) -> Snapshot | None:
    """The snapshot of the object that an event is about, where its states are put into order."""
    return next(
        (
            snapshot
            for snapshot in effects.snapshots
            if snapshot.object_type in _KINDS and snapshot.object_id == event.object_id
        ),
        None,
    )


async def _keep_states(conn: Connection, ordered: Sequence[tuple[Event, Snapshot, str]]) -> None:
    """Keep the states of a subscription under the tiebreaks of their order."""
    for _, state, key in ordered:
        await queries.run(
            conn,
            MRR["forget_state"],
            subscription=state.object_id,
            at=state.as_of,
            rank=state.rank,
            tiebreak=key,
        )
    for event, state, key in ordered:
        await recurring.keep_state(conn, state, event.id, key)
