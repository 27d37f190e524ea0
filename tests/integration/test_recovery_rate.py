"""The fate of failed payments: a story whose numbers are worked out by hand, and its parts in every order."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from execops import processing
from execops.canvas.run import open_canvas
from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.settings import Settings
from tests import records
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.stripe_events import BASE, event, failed, fixture, invoice, overdue, payer, take_in
from tests.walking import walk

HOUR, DAY = 3600, 86_400
PARTS = ("after_action", "after_rejection", "after_expiry", "by_itself", "open", "lost")


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Here one customer gets many messages; tests/integration/test_contact.py is about that."""
    return make_settings(contact_hours=0)


class Story:
    """Invoices of which a payment failed, and what happened to them. Amounts are in minor units."""

    def __init__(self, ctx: Context, client: Client) -> None:
        self._ctx, self._client = ctx, client
        self.amounts: dict[str, dict[str, Any]] = {}

    def state(self, id_: str, **changes: Any) -> dict[str, Any]:
        return invoice(id_, **(payer(id_.replace("in_", "cus_", 1)) | self.amounts[id_] | changes))

    def due(self, id_: str, amount: int, **changes: Any) -> dict[str, Any]:
        self.amounts[id_] = {"amount_due": amount, "amount_remaining": amount} | changes
        return self.amounts[id_]

    async def fail(self, id_: str, amount: int, **changes: Any) -> int:
        """Let a payment fail; returns the mail that is drafted about it."""
        return await records.pending_id(self._ctx, id_, **self.due(id_, amount, **changes))

    async def act(self, proposal_id: int) -> float:
        """Approve and execute the action; returns the moment."""
        client = self._client
        await client.proposals.approve(proposal_id, (await client.proposals.get(proposal_id)).version)
        proposal = await client.proposals.get(proposal_id)
        await processing.execute_proposal(self._ctx, proposal_id, proposal.approval_no)
        await processing.close_thread(self._ctx, proposal.thread_id)
        return datetime.now(UTC).timestamp()

    async def pay(self, id_: str, moment: float, **changes: Any) -> None:
        """Let it be paid in full at this Unix time."""
        settled = {"status": "paid", "amount_paid": self.amounts[id_]["amount_due"], "amount_remaining": 0}
        settled |= {"status_transitions": {"paid_at": int(moment)}, "next_payment_attempt": None}
        await self.tell("invoice.paid", id_, moment, **(settled | changes))

    async def tell(self, type_: str, id_: str, moment: float, **changes: Any) -> None:
        await take_in(self._ctx, event(type_, self.state(id_, **changes), created=int(moment)))


async def answer(ctx: Context, group_by: str, **params: Any) -> list[dict[str, Any]]:
    """The rows of the last thirty days; in each, the parts add up to what failed."""
    since = str((datetime.now(UTC) - timedelta(days=30)).date())
    async with open_canvas(ctx) as canvas:
        reply = await canvas.answer("recovery_rate", {"group_by": group_by, "from": since} | params)
    rows = [row for row in reply.records() if row["invoices"]]
    for row in rows:
        assert sum(row[part] for part in PARTS) == row["failed"], row
    return rows


def amounts(row: dict[str, Any]) -> dict[str, int]:
    """The amounts of a row that are not zero."""
    return {name: row[name] for name in ("invoices", "failed", "approved", *PARTS) if row[name]}


async def tell_the_story(ctx: Context, client: Client) -> None:
    story, now = Story(ctx, client), time.time()
    # in_1: 100.00, a mail, paid an hour later.
    moment = await story.act(await story.fail("in_1", 10_000))
    await story.pay("in_1", moment + HOUR)
    # in_2: 200.00, paid by Stripe's retry while the mail waited.
    await story.fail("in_2", 20_000)
    await story.pay("in_2", now - HOUR)
    # in_3: 300.00, the mail was rejected, paid all the same.
    await client.proposals.reject(await story.fail("in_3", 30_000), 1)
    await story.pay("in_3", time.time() + HOUR)
    # in_4: 400.00, nobody decided in time, paid all the same.
    await records.expire(ctx, await story.fail("in_4", 40_000))
    await story.pay("in_4", time.time() + HOUR)
    # in_5: 500.00, 200.00 paid before the mail and 50.00 after it, 250.00 open.
    mail = await story.fail("in_5", 50_000)
    await story.tell("invoice.updated", "in_5", now - HOUR, amount_paid=20_000, amount_remaining=30_000)
    moment = await story.act(mail)
    await story.tell("invoice.updated", "in_5", moment + HOUR, amount_paid=25_000, amount_remaining=25_000)
    # in_6: 600.00, a mail, then voided.
    moment = await story.act(await story.fail("in_6", 60_000))
    await story.tell("invoice.voided", "in_6", moment + HOUR, status="void")
    # in_7: EUR 70.00, a mail, paid.
    moment = await story.act(await story.fail("in_7", 7_000, currency="eur"))
    await story.pay("in_7", moment + HOUR)
    # in_8: 800.00, a mail, paid, refunded: a refund takes nothing back.
    moment = await story.act(await story.fail("in_8", 80_000))
    await story.pay("in_8", moment + HOUR)
    charge = fixture("charge", id="ch_8", customer="cus_8", invoice="in_8", amount=80_000)
    await take_in(ctx, event("charge.refunded", charge | {"amount_refunded": 80_000}))
    # in_9: 900.00, a mail, paid, disputed: nor does a dispute.
    moment = await story.act(await story.fail("in_9", 90_000))
    await story.pay("in_9", moment + HOUR)
    await take_in(ctx, event("charge.dispute.created", fixture("dispute", charge="ch_9", amount=90_000)))
    # in_10: 100.00, approved after it was paid: the event of the payment is late, and the mail is moot.
    mail = await story.fail("in_10", 10_000)
    await client.proposals.approve(mail, 1)
    await story.pay("in_10", now - HOUR)
    await processing.execute_proposal(ctx, mail, 1)
    assert (await client.proposals.get(mail)).status is Status.SUPERSEDED
    # in_11: 110.00, two messages about it, paid: counted once.
    moment = await story.act(await story.fail("in_11", 11_000))
    shape = payer("cus_11") | story.amounts["in_11"]
    late = overdue("in_11", collection_method="charge_automatically", **shape)
    for result in (await take_in(ctx, late)).outcome:
        if result["result"] == "drafted":
            moment = await story.act(result["proposal"])
    assert len(await records.rows(ctx, "select id from action_proposals where subject_key = 'cus_11'")) == 2
    await story.pay("in_11", moment + HOUR)
    # in_12 and in_13: 120.00 and 130.00 of one customer, one mail about both, both paid.
    mail = await story.fail("in_12", 12_000)
    await take_in(ctx, failed("in_13", **(payer("cus_12") | story.due("in_13", 13_000))))
    moment = await story.act(mail)
    await story.pay("in_12", moment + HOUR)
    await story.pay("in_13", moment + 2 * HOUR, **payer("cus_12"))
    # in_14: 140.00, nobody has decided.
    await story.fail("in_14", 14_000)
    # in_15: JPY 1500, rejected, given up.
    await client.proposals.reject(await story.fail("in_15", 1_500, currency="jpy"), 1)
    await story.tell("invoice.marked_uncollectible", "in_15", time.time() + HOUR, status="uncollectible")
    # in_16: 160.00, a mail, then a credit note took 60.00 off, and 100.00 were paid.
    moment = await story.act(await story.fail("in_16", 16_000))
    await story.pay("in_16", moment + HOUR, amount_due=10_000, amount_paid=10_000)
    # in_17: 170.00, a mail, paid 31 days later.
    moment = await story.act(await story.fail("in_17", 17_000))
    await story.pay("in_17", moment + 31 * DAY)
    # in_18: 180.00 failed three times; the bank's reason of the last time is known. Open.
    for attempt in (1, 2, 3):
        at = BASE + attempt * HOUR
        shape = payer("cus_18") | story.due("in_18", 18_000)
        await take_in(ctx, failed("in_18", created=at, attempt_count=attempt, **shape))
        refused = {"status": "failed", "failure_code": "card_declined", "created": at}
        code = "expired_card" if attempt == 3 else "insufficient_funds"
        refused |= {"outcome": {"type": "issuer_declined", "reason": code}, "amount": 18_000}
        charge = fixture("charge", id=f"ch_18_{attempt}", customer="cus_18", invoice=None, currency="usd")
        await take_in(ctx, event("charge.failed", charge | refused, created=at))
    # in_19: 190.00, paid by the customer's credit balance: no money came.
    await story.fail("in_19", 19_000)
    await story.pay("in_19", now - HOUR, amount_paid=0)
    # in_20: 200.00, paid at once: nothing failed.
    story.due("in_20", 20_000)
    await story.pay("in_20", now - HOUR)


@pytest.fixture
async def told(ctx: Context, client: Client) -> None:
    await tell_the_story(ctx, client)


async def by_currency(ctx: Context) -> None:
    eur, jpy, usd = await answer(ctx, "currency")
    assert [row["currency"] for row in (eur, jpy, usd)] == ["EUR", "JPY", "USD"]
    assert amounts(eur) == {"invoices": 1, "failed": 7_000, "approved": 7_000, "after_action": 7_000}
    assert (eur["recovery_rate"], eur["paid_rate"]) == (100.0, 100.0)
    assert amounts(jpy) == {"invoices": 1, "failed": 1_500, "lost": 1_500}
    assert (jpy["recovery_rate"], jpy["paid_rate"]) == (0.0, 0.0)
    # in_1 to in_19 without in_7 and in_15. In major units, failed:
    #   100 + 200 + 300 + 400 + 500 + 600 + 800 + 900 + 100 + 110 + 120 + 130 + 140 + 160 + 170 + 180 + 190 = 5,100
    # approved, while it was open: 1, 5, 6, 8, 9, 11, 12, 13, 16, 17:
    #   100 + 500 + 600 + 800 + 900 + 110 + 120 + 130 + 160 + 170 = 3,590
    # after an action: 1, 5 in part, 8, 9, 11, 12, 13, 16 in part:
    #   100 + 50 + 800 + 900 + 110 + 120 + 130 + 100 = 2,310
    # after a rejection: 3. After an expiry: 4.
    # by itself: 2, 5 in part, 10, 17: 200 + 200 + 100 + 170 = 670
    # open: 5 in part, 14, 18: 250 + 140 + 180 = 570
    # lost: 6, 16 in part, 19: 600 + 60 + 190 = 850
    assert amounts(usd) == {
        "invoices": 17, "failed": 510_000, "approved": 359_000, "after_action": 231_000, "after_rejection": 30_000,
        "after_expiry": 40_000, "by_itself": 67_000, "open": 57_000, "lost": 85_000,
    }  # fmt: skip
    assert usd["recovery_rate"] == 45.3  # 2,310 of 5,100
    assert usd["paid_rate"] == 72.2  # 2,310 + 300 + 400 + 670 = 3,680 of 5,100


async def by_attempt_by_decline_and_by_month(ctx: Context) -> None:
    first, third = await answer(ctx, "attempt", currency="USD")
    assert (first["attempt"], first["failed"], third["attempt"]) == ("1", 492_000, "3")
    assert amounts(third) == {"invoices": 1, "failed": 18_000, "open": 18_000}
    for group, value in (("decline", "expired_card"), ("decline_class", "expired")):
        named, unknown = sorted(await answer(ctx, group, currency="USD"), key=lambda row: row["failed"])
        assert (named[group], named["failed"], unknown[group]) == (value, 18_000, "unknown")
    for group in ("day", "week", "month", "quarter"):
        assert sum(row["failed"] for row in await answer(ctx, group, currency="USD")) == 510_000
    [one] = await answer(ctx, "month", customer="cus_5")
    assert amounts(one) == {
        "invoices": 1, "failed": 50_000, "approved": 50_000, "after_action": 5_000, "by_itself": 20_000,
        "open": 25_000,
    }  # fmt: skip


async def what_was_recovered_is_the_same_here(ctx: Context) -> None:
    """The credits of invoices that were paid in full are the money after an action, as far as it had failed."""
    credited = await records.rows(
        ctx, "select sum(amount_minor)::bigint as sum from recoveries where currency = 'USD'"
    )
    [row] = await answer(ctx, "currency", currency="USD")
    assert row["after_action"] == credited[0]["sum"] + 5_000  # in_5 is not paid in full


async def behind_a_row_are_its_failures_and_their_proposals(ctx: Context) -> None:
    since = str((datetime.now(UTC) - timedelta(days=30)).date())
    async with open_canvas(ctx) as canvas:
        by_attempt = await canvas.answer("recovery_rate", {"group_by": "attempt", "from": since})
        third = next(at for at, row in enumerate(by_attempt.rows) if row[0] == "3")
        behind = await canvas.drill_down(by_attempt, third)
        assert [event["type"] for event in behind.events] == ["invoice.payment_failed"] * 3
        assert {proposal.object_id for proposal in behind.proposals} <= {"cus_18"}
        euros = await canvas.answer(
            "recovery_rate", {"group_by": "currency", "from": since, "currency": "EUR"}
        )
        behind = await canvas.drill_down(euros, 0)
        assert [proposal.object_id for proposal in behind.proposals] == ["cus_7"]


@walk(
    "reading",
    [
        by_currency,
        by_attempt_by_decline_and_by_month,
        what_was_recovered_is_the_same_here,
        behind_a_row_are_its_failures_and_their_proposals,
    ],
)
@pytest.mark.usefixtures("told")
async def test_the_story(ctx: Context, reading: Callable[[Context], Awaitable[None]]) -> None:
    """It is told once for all that is read of it."""
    await reading(ctx)


@pytest.mark.parametrize("order", orders_of(range(4)))
async def test_every_order_of_arrival_ends_in_the_same_parts(
    ctx: Context, client: Client, order: tuple[int, ...]
) -> None:
    """800.00 of 1,000.00 were open when it failed first; 300.00 were paid before the mail, the rest after it."""
    story = Story(ctx, client)
    mail = await story.fail("in_1", 100_000, amount_paid=20_000, amount_remaining=80_000)
    moment = await story.act(mail)

    def again(type_: str, at: float, **changes: Any) -> Callable[[], Awaitable[None]]:
        return lambda: story.tell(type_, "in_1", at, **changes)

    steps: list[Callable[[], Awaitable[None]]] = [
        again("invoice.updated", moment - HOUR, amount_paid=50_000, amount_remaining=50_000),
        again("invoice.payment_failed", moment + HOUR, amount_paid=50_000, amount_remaining=50_000, attempt_count=2),
        again("invoice.updated", moment + 2 * HOUR, amount_paid=60_000, amount_remaining=40_000),
        lambda: story.pay("in_1", moment + 3 * HOUR),
    ]  # fmt: skip
    for place in order:
        await steps[place]()
    [row] = await answer(ctx, "attempt")
    assert row["attempt"] == "2"
    assert amounts(row) == {
        "invoices": 1, "failed": 80_000, "approved": 80_000, "after_action": 50_000, "by_itself": 30_000,
    }  # fmt: skip


async def test_the_parts_add_up_whatever_is_told(ctx: Context) -> None:
    """Amounts that no invoice should have, in states that do not fit together: each invoice counts once, in full."""
    rng, start = random.Random(7), datetime(2026, 3, 1, tzinfo=UTC)

    def amount(*others: Any) -> Any:
        return rng.choice([0, 1, 499, 500, 10_000, 2**62, *others])

    def moment() -> datetime:
        return start + timedelta(seconds=rng.randrange(4) * DAY + rng.randrange(3))

    invoices: set[str] = set()
    async with ctx.transaction() as conn:
        for n in range(400):
            id_, customer = f"in_{n}", rng.choice([None, "cus_1", "cus_2"])
            for failure in range(rng.randrange(4)):
                is_failure = rng.random() < 0.7
                invoices |= {id_} if is_failure else set()
                await conn.execute(
                    b"insert into open_amounts (invoice, at, tiebreak, failed, attempt, open_minor, paid_minor,"
                    b" currency, customer) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    (
                        id_,
                        moment(),
                        str(failure),
                        is_failure,
                        failure,
                        max(1, amount()),
                        amount(-5),
                        "USD",
                        customer,
                    ),
                )
            status = rng.choice(["open", "paid", "void", "uncollectible", "draft", None])
            state: dict[str, Any] = {
                "status": status,
                "currency": rng.choice(["USD", "EUR", None]),
                "payments": [],
            }
            state |= {name: amount(None, -7) for name in ("amount_due", "amount_paid", "amount_remaining")}
            if rng.random() < 0.8:
                await conn.execute(
                    b"insert into snapshots (object_id, object_type, subject_key, state, as_of)"
                    b" values (%s, 'invoice', %s, %s, %s)",
                    (id_, customer or id_, Jsonb(state), moment()),
                )
            if rng.random() < 0.4:
                await conn.execute(
                    b"insert into transactions (external_id, occurred_at, kind, amount_minor, currency, source)"
                    b" values (%s, %s, 'invoice_paid', %s, 'USD', 'stripe')",
                    (id_, moment(), amount(-3)),
                )
    sums = await records.rows(
        ctx, "select * from invoice_recoveries('default', '2026-01-01', '2027-01-01', null, true)"
    )
    assert sorted(row["invoice"] for row in sums) == sorted(invoices)
    for row in sums:
        assert sum(row[part] for part in PARTS) == row["failed"], row
        assert min(row[part] for part in PARTS) >= 0, row
