"""Stripe events for the tests, built on Stripe's own fixtures and signed as Stripe signs."""

from __future__ import annotations

import hashlib
import hmac
import json
import marshal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.ingest import deliveries, events
from execops.ingest.deliveries import Receipt
from execops.model import Event

SECRET = "whsec_test"
_numbers = count(1)
BASE = int(time.time()) - 2 * 86_400  # two days ago: nothing is drafted from a failure of last week


@cache
def _fixtures() -> dict[str, bytes]:
    """Stripe's objects as `marshal` writes them: to read one anew is how to copy it fastest."""
    path = Path(__file__).parent / "data" / "stripe_fixtures3.json"
    resources: dict[str, Any] = json.loads(path.read_text())["resources"]
    return {name: marshal.dumps(shape) for name, shape in resources.items()}


def fixture(name: str, /, **changes: Any) -> dict[str, Any]:
    """One of Stripe's objects with these fields changed."""
    shape: dict[str, Any] = marshal.loads(_fixtures()[name])
    return shape | changes


def event(type_: str, obj: dict[str, Any], *, created: int | None = None, **changes: Any) -> dict[str, Any]:
    """A live-mode event about an object, at `created`, or else one second after the event before it."""
    number = next(_numbers)
    return {
        "id": f"evt_test_{number}",
        "object": "event",
        "api_version": "2025-03-31.basil",
        "created": BASE + number if created is None else created,
        "data": {"object": obj},
        "livemode": True,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
    } | changes


def invoice(id_: str = "in_1", **changes: Any) -> dict[str, Any]:
    """An open invoice of $49.00 of the customer `cus_1` after a first failed attempt."""
    return (
        fixture(
            "invoice",
            id=id_,
            number="ACME-0001",
            customer="cus_1",
            customer_name="Acme Inc",
            customer_email="billing@acme.example",
            status="open",
            amount_due=4900,
            amount_remaining=4900,
            amount_paid=0,
            currency="usd",
            attempt_count=1,
            attempted=True,
            next_payment_attempt=BASE + 86400 * 3,
            hosted_invoice_url="https://invoice.stripe.com/i/acct_1/live_1",
            billing_reason="subscription_cycle",
            created=BASE - 60,
            due_date=None,
        )
        | changes
    )


def payer(customer: str) -> dict[str, Any]:
    """The fields of an invoice that say who pays: the customer, and a mail address of their own."""
    domain = "acme" if customer == "cus_1" else customer
    return {"customer": customer, "customer_email": f"billing@{domain}.example"}


def failed(id_: str = "in_1", *, created: int | None = None, **changes: Any) -> dict[str, Any]:
    """An `invoice.payment_failed` event."""
    return event("invoice.payment_failed", invoice(id_, **changes), created=created)


def paid(id_: str = "in_1", *, created: int | None = None, **changes: Any) -> dict[str, Any]:
    """An `invoice.paid` event."""
    settled = {"status": "paid", "amount_paid": 4900, "amount_remaining": 0, "next_payment_attempt": None}
    return event("invoice.paid", invoice(id_, **(settled | changes)), created=created)


def overdue(id_: str = "in_2", **changes: Any) -> dict[str, Any]:
    """An `invoice.overdue` event: the invoice was sent to be paid three days before its event."""
    late = {"collection_method": "send_invoice", "due_date": BASE - 3 * 86400, "next_payment_attempt": None}
    return event("invoice.overdue", invoice(id_, **(late | changes)))


def expiring(id_: str = "card_1", **changes: Any) -> dict[str, Any]:
    """A `customer.source.expiring` event about a card of `cus_1`, which expires this month."""
    today = time.gmtime()
    card = fixture("card", id=id_, customer="cus_1", exp_month=today.tm_mon, exp_year=today.tm_year)
    return event("customer.source.expiring", card | changes)


def sign(body: bytes, *, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    """The headers of a delivery signed now, or at a Unix time: https://docs.stripe.com/webhooks#verify-manually."""
    moment = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), b"%d.%s" % (moment, body), hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={moment},v1={digest}", "content-type": "application/json"}


async def receive(ctx: Context, source: str, headers: dict[str, str], body: bytes) -> Receipt:
    """Verify and store one delivery, as the server does with all that arrive at once."""
    [receipt] = await deliveries.store(ctx, [deliveries.verify(ctx, source, headers, body)])
    return receipt


async def deliver(ctx: Context, payload: dict[str, Any]) -> Receipt:
    """Receive a signed delivery of this event."""
    body = json.dumps(payload).encode()
    return await receive(ctx, "stripe", sign(body), body)


async def take_in(ctx: Context, payload: dict[str, Any]) -> Event:
    """Receive an event and process it at once; returns the event with its outcome."""
    receipt = await deliver(ctx, payload)
    await processing.process_event(ctx, receipt.event_id)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)


@asynccontextmanager
async def pending(ctx: Context, client: Client, **changes: Any) -> AsyncIterator[int]:
    """The id of a pending card_update proposal."""
    await take_in(ctx, failed(**changes))
    yield (await client.proposals.inbox())[0].id
