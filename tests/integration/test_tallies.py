"""The counts that the database keeps say what the rows say, and to read them costs the same however many rows there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from execops.canvas import catalogue
from execops.client import Client
from execops.context import Context
from execops.db import queries
from execops.health import _BOUNDS
from execops.model import Actor
from tests import records, tallies
from tests.integration.test_counts import rows_read
from tests.large_inbox import propose_many
from tests.performing import Scripted, go
from tests.stripe_events import event, fixture, take_in

MANY = 600
LIMIT = 150  # rows that a step of a plan may read
KEPT: list[tuple[str, str, dict[str, Any]]] = [
    ("measures", "events", {}),
    ("measures", "proposals", {}),
    ("measures", "executions", {}),
    ("measures", "decisions", {"bounds": _BOUNDS}),
    ("precision", "read", {"last": 20}),
    ("precision", "last_of_actions", {"last": 20}),
    ("audit_log", "since", {"since": "2100-01-01"}),
    ("erasures", "holds", {"subject_key": "cus_7"}),
]
# Processed events, with the states and the payments of their customers.
FILL = """
insert into events (source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key, livemode, status)
select 'stripe', 'invoice.paid', now() - interval '1 hour', '{}', 'evt_' || n, 'in_' || n, 'cus_' || n, true, 'processed'
from generate_series(1, 4000) n;
insert into snapshots (object_id, object_type, subject_key, state, as_of, rank, tiebreak, links)
select 'in_' || n, 'invoice', 'cus_' || n, '{}', now(), 0, '', '{}' from generate_series(1, 4000) n;
insert into payers (payment, customer) select 'ch_' || n, 'cus_' || n from generate_series(1, 4000) n;
"""


async def test_they_say_what_the_rows_say(here: Context, client: Client, adapter: Scripted) -> None:
    ids = [
        await records.pending_id(here, f"in_{n}", customer=f"cus_{n}", customer_email=f"a@{n}.example")
        for n in range(6)
    ]
    await take_in(here, event("customer.created", fixture("customer", id="cus_9")))
    await tallies.compare(here)
    await client.proposals.approve(ids[0], 1)
    await go(here, ids[0])
    await client.proposals.approve(ids[1], 1)
    await client.proposals.undo(ids[1], 1)
    await client.proposals.reject(ids[2], 1)
    await client.proposals.reject(ids[3], 1)
    await records.expire(here, ids[4])
    payload = (await records.proposal(here, ids[5])).payload
    await client.proposals.edit(ids[5], 1, payload | {"subject": "Your card"})
    await client.proposals.approve(ids[5], 2)
    said = await tallies.compare(here)
    assert len(said["proposals"]) > 3
    assert said["decisions"][0]["count"] == 5
    assert (said["verdicts"][0]["decisions"], said["verdicts"][0]["unedited"]) == (4, 1)
    assert said["executions"] == [{"action_type": "email", "outcome": "succeeded", "value": 1}]
    await records.run(here, "update events set status = 'received' where id = 1")
    await records.run(here, "update events set status = 'ignored' where id = 2")
    await records.run(here, "select rollup_rebuild('default', 'Asia/Tokyo')")
    assert len((await tallies.compare(here))["events"]) == 3


@pytest.mark.fresh_database
async def test_to_read_them_costs_the_same(ctx: Context, client: Client) -> None:
    """Of 600 decided proposals with their audit rows, and of 4,000 events."""
    for first in range(0, MANY, 200):
        await propose_many(ctx, 200, beyond=first)
    async with ctx.transaction(Actor.user(client.operator)) as conn:
        await conn.execute(
            b"update action_proposals set status = 'rejected', outcome = 'no', decided_at = now(), decided_by = %s",
            [client.operator.id],
        )
    async with records.as_owner(ctx) as owner, owner.connection() as conn:
        await conn.execute(FILL.encode())
        await conn.execute(b"vacuum analyze")
    rows = {}
    for table, name, values in KEPT:
        async with ctx.transaction() as conn:
            await conn.execute(b"set local plan_cache_mode = force_generic_plan")
            explain = b"explain (analyze, format json) " + queries.load(table)[name]
            [row] = await queries.many(conn, explain, **values)
        rows[f"{table}.{name}"] = max(rows_read(row["QUERY PLAN"][0]["Plan"]))
    assert {query: count for query, count in rows.items() if count > LIMIT} == {}


@pytest.mark.parametrize("seconds", [0.0, 60.0, 60.5, 86_400.0, 1e9])
async def test_a_decision_stands_under_the_bound_of_the_exposition(ctx: Context, seconds: float) -> None:
    [row] = await records.rows(ctx, "select decision_bound(%s) as bound", seconds)
    assert row["bound"] == min([bound for bound in _BOUNDS if bound >= seconds], default=float("inf"))


@pytest.mark.fresh_database
async def test_failed_payments_read_the_invoices_that_they_show(ctx: Context) -> None:
    """Thirty failures among 4,000 invoices on record."""
    failed = "insert into events (source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key, livemode, status)"
    failed += " select 'stripe', 'invoice.payment_failed', now(), '{}', 'failed_' || n, 'in_' || n, 'cus_1', true, 'processed'"
    async with records.as_owner(ctx) as owner, owner.connection() as conn:
        await conn.execute(f"{FILL} {failed} from generate_series(1, 30) n".encode())
        await conn.execute(b"vacuum analyze")
    today = ctx.clock.now().date()
    values = {"from": today - timedelta(days=30), "to": today + timedelta(days=2), "zone": "UTC"}
    values |= dict.fromkeys(("customer", "currency", "limit"))
    async with ctx.transaction() as conn:
        await conn.execute(b"set local plan_cache_mode = force_generic_plan")
        explain = b"explain (analyze, format json) " + catalogue.load()["failed_payments"].sql
        [row] = await queries.many(conn, explain, **values)
    assert max(rows_read(row["QUERY PLAN"][0]["Plan"])) <= LIMIT
