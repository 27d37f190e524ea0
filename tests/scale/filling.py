"""Fill a database with a history of a size: events, movements, states, and proposals that the guards accept."""

from __future__ import annotations

import psycopg

from execops.client import Client
from execops.context import Context
from execops.model import Actor
from tests.bench import canvas
from tests.large_inbox import propose_many

SMALL = 10_000  # events, and movements, at 1x
_PROPOSALS = SMALL // 10
_PENDING = _PROPOSALS // 10
_PORTION = 50_000  # rows of a statement
_TOGETHER = 250  # proposals of a transaction: each adds to the audit chain, whose head has a version for each
_EVENTS = """
insert into events (source, type, occurred_at, received_at, payload_json, dedupe_key, object_id, subject_key, livemode, status,
                    outcome, processed_at)
select 'stripe', type, at, at, jsonb_build_object('id', 'evt_' || n, 'type', type, 'data', repeat('x', 400)), 'evt_' || n,
       'in_' || n / 3, 'cus_' || n % ({size} / 20), true, case n % 997 when 0 then 'failed' else 'processed' end,
       case n % 4 when 0 then '[{{"play": "card_update", "result": "no proposal", "by": "rules", "why": "paid"}}]'
                  else '[]' end::jsonb, at
from (select n, now() - ({size} - n) * (interval '1096 days' / {size}) as at,
             case when n % 5000 = 0 then 'radar.early_fraud_warning.created'
                  else (array['invoice.payment_failed', 'invoice.paid', 'customer.updated', 'charge.failed'])[1 + n % 4]
             end as type
      from generate_series({first}::bigint, {last}::bigint) n) numbered
"""
_SNAPSHOTS = """
insert into snapshots (object_id, object_type, subject_key, state, as_of, rank, tiebreak, links)
select 'in_' || n, 'invoice', 'cus_' || n % ({size} / 20), jsonb_build_object('status', 'paid', 'amount_due', 1000), now(), 0, '', '{{}}'
from generate_series(1, {size} / 3) n
"""
_SUPPRESSED = "insert into suppressions (subject_key, created_by) select 'cus_gone_' || n, 'Ada' from generate_series(1, %s::int) n"
_ENDED = "update action_proposals set status = %s, outcome = 'as filled' where id between %s and %s and id %% 4 = any (%s)"
_REJECTED = (
    "update action_proposals set status = 'rejected', outcome = 'as filled', decided_at = now(), decided_by = %s"
    " where id between %s and %s and id %% 4 > 1"
)


async def fill(ctx: Context, client: Client, owner_url: str, times: int) -> None:
    """Fill an empty database with `times` the smallest history."""
    size, proposals = SMALL * times, _PROPOSALS * times
    await canvas.load(owner_url, size)
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as conn:
        for first in range(1, size + 1, _PORTION):
            last = min(first + _PORTION - 1, size)
            await conn.execute(_EVENTS.format(size=size, first=first, last=last).encode())
        await conn.execute(_SNAPSHOTS.format(size=size).encode())
    async with ctx.transaction() as conn:
        await conn.execute(_SUPPRESSED.encode(), [times])
    for first in range(0, proposals, _TOGETHER):
        await propose_many(ctx, min(_TOGETHER, proposals - first), beyond=first)
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as conn:
        await conn.execute(b"analyze")  # the guards' own queries need to know how large the tables are
    ended = proposals - _PENDING * times
    for first in range(1, ended + 1, _TOGETHER):
        last = min(first + _TOGETHER - 1, ended)
        async with ctx.transaction() as conn:
            await conn.execute(_ENDED.encode(), ["superseded", first, last, [0]])
            await conn.execute(_ENDED.encode(), ["expired", first, last, [1]])
        async with ctx.transaction(Actor.user(client.operator)) as conn:
            await conn.execute(_REJECTED.encode(), [client.operator.id, first, last])
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as conn:
        await conn.execute(b"vacuum analyze")
