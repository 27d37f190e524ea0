"""One job worker drains many mixed events. With EXECOPS_SOAK_EVENTS=10000 this is the soak test of `make soak`."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

from execops.client import Client
from execops.context import Context
from execops.model import EventStatus
from tests import records
from tests.job_worker import count, drained, working
from tests.stripe_events import deliver, event, failed, fixture, paid

EVENTS = int(os.environ.get("EXECOPS_SOAK_EVENTS", "150"))


def mixed(number: int, chance: random.Random, sums: Counter[str]) -> dict[str, Any]:
    """An event of a random kind, about a customer of its own; adds its effect on the ledger to `sums`."""
    customer, amount = f"cus_{number}", chance.randrange(1_000, 500_000)
    kind = chance.choice(["failed", "paid", "charge", "refund", "issuing", "customer", "unknown"])
    payer: dict[str, Any] = {"customer": customer, "customer_email": f"ap@c{number}.example"}
    if kind == "failed":
        return failed(f"in_{number}", amount_due=amount, amount_remaining=amount, **payer)
    if kind == "paid":
        sums["invoice_paid"] += amount
        return paid(f"in_{number}", amount_due=amount, amount_paid=amount, **payer)
    if kind == "charge":
        sums["charge"] += amount
        shape = fixture("charge", id=f"ch_{number}", customer=customer, amount=amount, amount_captured=amount)
        return event("charge.succeeded", shape | {"status": "succeeded", "captured": True, "refunds": None})
    if kind == "refund":
        sums["refund"] -= amount
        return event("refund.created", fixture("refund", id=f"re_{number}", amount=amount, charge=None))
    if kind == "issuing":
        sums["issuing"] -= amount
        return event(
            "issuing_transaction.created", fixture("issuing.transaction", id=f"ipi_{number}", amount=-amount)
        )
    if kind == "customer":
        return event("customer.created", fixture("customer", id=customer, name=f"C {number}"))
    return event("price.created", fixture("price", id=f"price_{number}"))


async def test_mixed_events_are_drained(ctx: Context, client: Client) -> None:
    chance, sums = random.Random(7), Counter[str]()
    types = Counter[str]()
    for number in range(EVENTS):
        payload = mixed(number, chance, sums)
        types[payload["type"]] += 1
        await deliver(ctx, payload)
    async with working(ctx):
        await drained(ctx, seconds=60 + EVENTS / 10)
    statuses = await count(ctx, f"select count(*) as n from events where status = '{EventStatus.PROCESSED}'")
    assert statuses == EVENTS
    for kind in sorted(sums):
        booked = f"select coalesce(sum(amount_minor), 0)::bigint as n from transactions where kind = '{kind}'"
        assert await count(ctx, booked) == sums[kind], kind
    drafted = await count(ctx, "select count(*) as n from action_proposals where play = 'card_update'")
    assert drafted == types["invoice.payment_failed"]
    # Each thread that waits keeps one checkpoint and its writes; a thread that ended keeps nothing.
    waiting = await count(ctx, "select count(*) as n from action_proposals where status = 'pending'")
    assert await count(ctx, "select count(distinct thread_id) as n from checkpoints") == waiting
    assert (await client.deployment.health()).failed_jobs == 0
    assert (await client.audit.verify()).ok
    await reject_all(ctx, client)
    assert await records.checkpoint_rows(ctx) == 0


async def reject_all(ctx: Context, client: Client) -> None:
    """Reject every pending proposal, so that every thread ends."""
    while lines := await client.proposals.inbox(limit=500):
        for line in lines:
            await client.proposals.reject(line.id, line.version)
    async with working(ctx):
        await drained(ctx, seconds=60 + EVENTS / 10)
