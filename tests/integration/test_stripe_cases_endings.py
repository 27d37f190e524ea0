"""Subscriptions that end as Stripe tells it: which ends are news to the customer, and which play writes about them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import NotAcceptedError
from execops.model import Proposal, Status
from execops.settings import Secret, send_hours
from tests import records
from tests.draws import orders_of
from tests.integration.test_departures import later_only
from tests.performing import Scripted, go
from tests.plays_table import ENDED, customer, dispute, disputed_charge, subscription
from tests.stripe_events import BASE, deliver, event, failed, fixture, invoice, take_in

PLAY = "subscription_ended"
DAY = 86_400
Event = dict[str, Any]
RENEWAL = {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}}
LAST: Event = {"attempt_count": 4, "next_payment_attempt": None, "parent": RENEWAL}
UNPAID = {"reason": "payment_failed", "feedback": None, "comment": None}


def acme(type_: str = "customer.created", **changes: Any) -> Event:
    return customer(type_=type_, **{"discount": None} | changes)


def begun(at: int = 0, **changes: Any) -> Event:
    """A subscription of a year before its end."""
    payload = subscription(type_="customer.subscription.created", **changes)
    payload["created"] = BASE - 60 + at
    payload["data"]["object"]["start_date"] = BASE - 300 * DAY
    return payload


def ended(at: int = 100, **changes: Any) -> Event:
    """The end of the subscription, at once and without a reason."""
    moment = BASE + at
    values = ENDED | {"canceled_at": moment, "ended_at": moment, "start_date": BASE - 300 * DAY} | changes
    payload = subscription(**values)
    return payload | {"created": moment}


def said(comment: str | None = None, feedback: str | None = None) -> Event:
    return {"reason": "cancellation_requested", "feedback": feedback, "comment": comment}


async def proposals(ctx: Context) -> list[Proposal]:
    rows = await records.rows(ctx, "select id from action_proposals order by id")
    return [await records.proposal(ctx, row["id"]) for row in rows]


async def pending(ctx: Context) -> list[Proposal]:
    return [proposal for proposal in await proposals(ctx) if proposal.status is Status.PENDING]


async def take(ctx: Context, *payloads: Event) -> None:
    for payload in payloads:
        receipt = await take_in(ctx, payload)
        assert receipt.status == "processed"


async def reason(ctx: Context, payload: Event, play: str = PLAY) -> str:
    """Why the play drafts nothing of this event."""
    return records.why_declined(await take_in(ctx, payload), play)


async def test_an_immediate_cancellation_is_a_notice(ctx: Context) -> None:
    await take(ctx, acme(), begun(), ended())
    [notice] = await pending(ctx)
    assert (notice.play, notice.object_id, notice.subject_key) == (PLAY, "sub_1", "cus_1")
    assert notice.payload["to"] == "billing@acme.example"
    assert notice.payload["subject"].startswith("Your subscription ended on ")
    assert "still open" not in notice.payload["text"]
    assert str(notice.amount) == "$49.00"


async def test_the_reason_is_answered_and_not_asked_for(ctx: Context) -> None:
    await take(ctx, acme(), begun(), ended(cancellation_details=said(None, "too_expensive")))
    [notice] = await pending(ctx)
    assert "the price was the reason" in notice.payload["text"]
    assert "a line in reply" not in notice.payload["text"]


async def test_a_reason_that_comes_later_is_taken_into_the_draft(ctx: Context) -> None:
    await take(ctx, acme(), begun(), ended())
    late = ended(200, cancellation_details=said("It is too expensive for us.", "too_expensive"))
    late |= {"type": "customer.subscription.updated"}
    late["data"]["object"] |= {"canceled_at": BASE + 100, "ended_at": BASE + 100}
    await take(ctx, late)
    [notice] = await pending(ctx)
    assert "“It is too expensive for us.”" in notice.payload["text"]


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("Please never contact me again.", "not to be contacted"),
        ("Please delete my data under the GDPR", "not to be contacted"),
        ("We are closing down the company.", "closes down"),
        ("This was a duplicate, I use another account now.", "another account or plan"),
    ],
)
async def test_a_comment_may_ask_for_silence(ctx: Context, comment: str, why: str) -> None:
    await take(ctx, acme(), begun())
    assert why in await reason(ctx, ended(cancellation_details=said(comment)))
    assert await proposals(ctx) == []


async def test_a_comment_that_asks_for_something_goes_to_the_account_owner(ctx: Context) -> None:
    await take(ctx, acme(), begun(), ended(cancellation_details=said("Can I get a refund?")))
    [message] = await pending(ctx)
    assert message.play == PLAY
    assert message.payload.get("to") != "billing@acme.example"
    assert "In their words: Can I get a refund?" in message.payload["text"]


SILENT: list[tuple[str, list[Event], Event, str]] = [
    ("set before", [], {"cancel_at_period_end": True, "canceled_at": BASE - 20 * DAY}, "the end was set on"),
    ("set to a day", [], {"cancel_at": BASE + 100, "canceled_at": BASE - 9 * DAY}, "the end was set on"),
    ("asked for days before", [], {"canceled_at": BASE - 2 * DAY}, "the end was set on"),
    (
        "a schedule's end",
        [],
        {"schedule": "sub_sched_1", "cancel_at": BASE + 100, "cancellation_details": None},
        "a schedule set the end",
    ),
    (
        "a schedule without a day",
        [],
        {"schedule": "sub_sched_1", "cancellation_details": None},
        "a schedule ended the subscription",
    ),
    ("never began", [], {"status": "incomplete_expired"}, "never began"),
    (
        "a trial",
        [],
        {"trial_start": BASE - 9 * DAY, "trial_end": BASE + 5 * DAY},
        "ended with its trial",
    ),
    (
        "a trial without a payment method",
        [],
        {"trial_start": BASE - 14 * DAY, "trial_end": BASE + 100},
        "ended with its trial",
    ),
    (
        "a trial whose first payment never came",
        [],
        {"trial_start": BASE - 40 * DAY, "trial_end": BASE - 20 * DAY, "cancellation_details": UNPAID},
        "nothing was ever paid",
    ),
    ("after a dispute", [], {"cancellation_details": UNPAID | {"reason": "payment_disputed"}}, "after a dispute"),
    ("no address", [acme(email=None)], {}, "no email address"),
    ("one's own address", [acme(email="finance@localhost")], {}, "it was a test"),
    ("large", [], {"quantity": 40}, "a large customer"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "changes", "why"), [case[1:] for case in SILENT], ids=[case[0] for case in SILENT]
)
async def test_an_end_that_nobody_writes_about(
    ctx: Context, before: list[Event], changes: Event, why: str
) -> None:
    await take(ctx, *(before or [acme()]), begun())
    assert why in await reason(ctx, ended(**changes))
    assert [proposal for proposal in await pending(ctx) if proposal.play != "large_cancellation"] == []


async def test_the_end_of_a_large_customer_is_one_message_to_the_account_owner(ctx: Context) -> None:
    await take(ctx, acme(), begun(quantity=40), ended(quantity=40))
    [message] = await pending(ctx)
    assert message.play == "large_cancellation"


async def test_a_free_plan_is_no_loss(ctx: Context) -> None:
    free = ended()
    [item] = free["data"]["object"]["items"]["data"]
    item["price"] |= {"unit_amount": 0, "unit_amount_decimal": "0"}
    await take(ctx, acme())
    assert await reason(ctx, free) == "the subscription was free"


async def test_a_cancellation_at_the_end_of_the_period_is_answered_once(ctx: Context) -> None:
    """The mail of save_offer is moot at the end, and no other one follows."""
    set_to_end = subscription(
        cancel_at_period_end=True,
        cancel_at=BASE + 5 * DAY,
        canceled_at=BASE,
        previous_attributes={"cancel_at_period_end": False, "cancel_at": None},
    )
    await take(ctx, acme(), begun(), set_to_end)
    assert [proposal.play for proposal in await pending(ctx)] == ["save_offer"]
    await take(ctx, ended(DAY, cancel_at_period_end=True, cancel_at=BASE + 5 * DAY, canceled_at=BASE))
    assert [(proposal.play, proposal.status) for proposal in await proposals(ctx)] == [
        ("save_offer", Status.SUPERSEDED)
    ]


async def test_an_open_dispute_silences_and_takes_back(ctx: Context) -> None:
    await take(ctx, acme(), begun(), disputed_charge(), ended())
    [notice] = await pending(ctx)
    await take(ctx, dispute())
    assert (await records.proposal(ctx, notice.id)).status is Status.SUPERSEDED
    assert [proposal.play for proposal in await pending(ctx)] == ["dispute_response"]


@pytest.mark.parametrize("type_", ["customer.deleted", "customer.subscription.created"])
async def test_a_later_event_takes_the_notice_back(ctx: Context, type_: str) -> None:
    await take(ctx, acme(), begun(), ended())
    again = acme(type_) if type_ == "customer.deleted" else begun(200, id="sub_2")
    await take(ctx, again)
    [notice] = await proposals(ctx)
    assert notice.status is Status.SUPERSEDED


async def test_another_plan_that_takes_its_place_is_no_end(ctx: Context) -> None:
    """An upgrade by a new subscription: it began just before, with another price."""
    upgrade = begun(90, id="sub_2")
    upgrade["data"]["object"]["items"]["data"][0]["price"]["id"] = "price_2"
    upgrade["data"]["object"]["start_date"] = BASE + 90
    await take(ctx, acme(), begun(), upgrade)
    assert "goes on with another subscription" in await reason(ctx, ended())


async def test_one_of_several_subscriptions_is_told_by_its_price(ctx: Context) -> None:
    other = begun(id="sub_2")
    other["data"]["object"]["items"]["data"][0]["price"]["id"] = "price_2"
    await take(ctx, acme(), begun(), other, ended())
    [notice] = await pending(ctx)
    opening = notice.payload["text"].split("\n\n")[1]
    assert opening.startswith("Your subscription at $49.00 a month ended on ")
    assert opening.endswith("Your other subscription continues.")
    assert "leave" not in notice.payload["text"]


async def test_a_refund_with_the_end_needs_no_mail(ctx: Context) -> None:
    charge = {"id": "ch_1", "customer": "cus_1", "amount": 4900, "status": "succeeded", "created": BASE - DAY}
    paid = event("charge.succeeded", fixture("charge", **charge | {"amount_refunded": 0, "refunded": False}))
    back = event("charge.refunded", fixture("charge", **charge | {"amount_refunded": 4900, "refunded": True}))
    await take(ctx, acme(), begun(), paid | {"created": BASE + 50}, back | {"created": BASE + 90})
    assert "was refunded with the end" in await reason(ctx, ended())


# For want of payment


def final(at: int = 80, **changes: Any) -> Event:
    return failed(created=BASE + at, **LAST | changes)


def past_due(at: int = 81) -> Event:
    payload = subscription(status="past_due", start_date=BASE - 300 * DAY)
    return payload | {"created": BASE + at}


async def test_one_play_tells_the_end_for_want_of_payment_in_every_order(ctx: Context) -> None:
    for number, order in enumerate(orders_of(range(4))):
        name = f"cus_{number + 10}"
        own: Event = {"customer": name, "id": f"sub_{name}"}
        of_invoice: Event = LAST | {
            "customer": name,
            "customer_email": f"billing@{name}.example",
            "parent": {
                "type": "subscription_details",
                "subscription_details": {"subscription": f"sub_{name}"},
            },
        }
        story = [
            acme(id_=name, email=f"billing@{name}.example"),
            begun(**own),
            failed(f"in_{name}", created=BASE + 80, **of_invoice),
            ended(cancellation_details=UNPAID, **own),
        ]
        await take(ctx, *(story[place] for place in order))
        mails = [mail for mail in await pending(ctx) if mail.subject_key == name]
        assert [mail.play for mail in mails] == [PLAY], order
        assert "because we could not collect the payment" in mails[0].payload["text"]
        assert (
            "$49.00 for invoice ACME-0001 is still due. You can pay it here:\nhttps://"
            in mails[0].payload["text"]
        )


@pytest.mark.parametrize("type_", ["invoice.voided", "invoice.marked_uncollectible"])
async def test_an_end_whose_invoice_is_written_off_is_told_by_the_notice(ctx: Context, type_: str) -> None:
    status = "void" if type_ == "invoice.voided" else "uncollectible"
    off = event(type_, invoice(**LAST | {"status": status}), created=BASE + 90)
    await take(ctx, acme(), begun(), final(), past_due(), off, ended(cancellation_details=UNPAID))
    [notice] = await pending(ctx)
    assert notice.play == PLAY
    assert "because we could not collect the payment" in notice.payload["text"]
    assert "still open" not in notice.payload["text"]
    assert "https://" not in notice.payload["text"]


async def test_a_payment_of_the_open_invoice_leaves_the_notice_of_the_end(ctx: Context) -> None:
    """The money came after all; the subscription has ended all the same, and nobody has told the customer."""
    await take(ctx, acme(), begun(), final(), ended(cancellation_details=UNPAID))
    settled: Event = {"status": "paid", "amount_paid": 4900, "amount_remaining": 0}
    await take(ctx, event("invoice.paid", invoice(**LAST | settled), created=BASE + 200))
    [mail] = await pending(ctx)
    assert mail.play == PLAY
    assert "still due" not in mail.payload["text"]


async def test_a_blocked_payment_is_for_a_person(ctx: Context) -> None:
    blocked = event(
        "charge.failed",
        fixture(
            "charge", id="ch_1", customer="cus_1", amount=4900, status="failed", invoice="in_1",
            outcome={"type": "blocked", "reason": "highest_risk_level"}, created=BASE + 79,
        ),
        created=BASE + 79,
    )  # fmt: skip
    await take(ctx, acme(), begun(), blocked, final())
    assert "Radar blocked" in await reason(ctx, ended(cancellation_details=UNPAID))


async def test_an_end_by_hand_after_the_last_attempt_is_no_wish_of_the_customer(ctx: Context) -> None:
    await take(ctx, acme(), begun(), final(), past_due(), ended())
    [notice] = await pending(ctx)
    assert "because we could not collect the payment" in notice.payload["text"]
    assert "made you leave" not in notice.payload["text"]
    assert "$49.00 for invoice ACME-0001 is still due" in notice.payload["text"]


@pytest.mark.parametrize("cause", [UNPAID, said()])
async def test_an_end_after_the_last_notice_of_card_update_is_told_already(
    ctx: Context, client: Client, cause: Event
) -> None:
    await take(ctx, acme(), begun(), final(), past_due())
    [mail] = await pending(ctx)
    await client.proposals.approve(mail.id, mail.version)
    await processing.execute_proposal(ctx, mail.id, 1)
    assert "card_update has told the customer" in await reason(ctx, ended(cancellation_details=cause))
    assert await pending(ctx) == []


@pytest.mark.parametrize("taken_back", [True, False])
async def test_a_mail_that_waits_for_the_morning_has_told_nobody(
    ctx: Context, founder_token: Secret, taken_back: bool
) -> None:
    """The subscription ends in the night: the mail is moot in the morning, so the notice of the end may not rely on it."""
    hours = send_hours.parse(later_only())
    waiting = replace(ctx, settings=replace(ctx.settings, send_hours=hours))
    client = await Client.login(waiting, founder_token)
    await take(waiting, acme(), begun(), final(), past_due())
    [mail] = await pending(waiting)
    assert (await client.proposals.approve(mail.id, mail.version)).leaves is not None
    await take(waiting, ended(cancellation_details=UNPAID))
    if taken_back:
        assert (await client.proposals.undo(mail.id, mail.version)).status is Status.SUPERSEDED
    else:
        await records.run(waiting, "update action_proposals set due_at = now() where id = %s", mail.id)
        assert await go(waiting, mail.id) is Status.SUPERSEDED
    [notice] = await pending(waiting)
    assert notice.play == PLAY
    assert "because we could not collect the payment" in notice.payload["text"]


async def test_a_mail_between_two_attempts_has_told_nobody(ctx: Context, client: Client) -> None:
    adapter = Scripted()
    here = replace(ctx, adapters={**ctx.adapters, "email": adapter})
    await take(here, acme(), begun(), final(), past_due())
    [mail] = await pending(here)
    await client.proposals.approve(mail.id, mail.version)
    adapter.performs.append(NotAcceptedError("try again later"))
    assert await go(here, mail.id) is Status.EXECUTING
    await take(here, ended(cancellation_details=UNPAID))
    assert await go(here, mail.id) is Status.SUPERSEDED
    assert [notice.play for notice in await pending(here)] == [PLAY]


async def test_an_open_invoice_of_a_cancelled_subscription_is_named_with_its_page(ctx: Context) -> None:
    await take(ctx, acme(), begun(), final(), past_due(), ended())
    mails = await pending(ctx)
    assert [mail.play for mail in mails] == [PLAY]
    assert "$49.00 for invoice ACME-0001 is still due. You can pay it here:" in mails[0].payload["text"]
    assert mails[0].payload["text"].count("https://") == 1
    settled: Event = {"status": "paid", "amount_paid": 4900, "amount_remaining": 0}
    await take(ctx, event("invoice.paid", invoice(**LAST | settled), created=BASE + 300))
    [mail] = await pending(ctx)
    assert "still open" not in mail.payload["text"]


# Old shapes, replays, order


async def test_an_old_version_tells_no_cause_and_nobody_asks_why(ctx: Context) -> None:
    old = ended()
    shape = old["data"]["object"]
    del shape["cancellation_details"], shape["cancel_at"], shape["discounts"], shape["trial_settings"]
    [item] = shape.pop("items")["data"]
    shape["plan"] = {
        "object": "plan",
        "amount": 4900,
        "currency": "usd",
        "interval": "month",
        "interval_count": 1,
    }
    shape |= {"quantity": item["quantity"], "start": shape.pop("start_date")}
    await take(ctx, acme(), old | {"api_version": "2017-08-15"})
    [notice] = await pending(ctx)
    assert "If you did not expect this" in notice.payload["text"]
    assert "made you leave" not in notice.payload["text"]


@pytest.mark.parametrize("order", orders_of(range(3)))
async def test_every_order_of_arrival_leads_to_the_same_notice(ctx: Context, order: tuple[int, ...]) -> None:
    story = [acme(), begun(), ended()]
    await take(ctx, *(story[place] for place in order))
    [notice] = await pending(ctx)
    assert notice.play == PLAY
    assert notice.payload["text"].startswith("Hello Acme Inc,\n\nYour subscription ended on ")


async def test_a_replay_changes_nothing(ctx: Context) -> None:
    payload = ended()
    await take(ctx, acme(), begun(), payload)
    receipt = await deliver(ctx, payload)
    assert receipt.duplicate
    await processing.process_event(ctx, receipt.event_id)
    [notice] = await proposals(ctx)
    assert (notice.status, notice.version) == (Status.PENDING, 1)


async def test_an_end_of_weeks_ago_drafts_nothing(ctx: Context) -> None:
    await take(ctx, acme())
    assert "more than 7 days ago" in await reason(ctx, ended(-10 * DAY))


CALL_ME = said("Please call me before you close it. Can you refund November?", "other")


def cancelling(at: int, **changes: Event) -> Event:
    """The customer's cancellation, which ends the subscription in twenty days."""
    set_to_end: Event = {"cancel_at": BASE + 20 * DAY, "canceled_at": BASE, "start_date": BASE - 300 * DAY}
    return subscription(**set_to_end | changes) | {"created": BASE + at}


def cancelled() -> Event:
    before_it: Event = {"cancel_at": None, "canceled_at": None}
    return cancelling(10, cancellation_details=said(), previous_attributes=before_it)


def asked_for_a_call() -> Event:
    """The comment, which comes in an event of its own and wakes no play about the cancellation."""
    before_it: Event = {"cancellation_details": {"comment": None, "feedback": None}}
    return cancelling(70, cancellation_details=CALL_ME, previous_attributes=before_it)


@pytest.mark.parametrize("days", [0, 9])
async def test_a_mail_makes_room_for_a_message_when_the_customer_asks_for_something(
    ctx: Context, days: int
) -> None:
    here = replace(ctx, settings=replace(ctx.settings, account_owner="#accounts"))
    await take(here, acme(), begun(), cancelled())
    [mail] = await pending(here)
    assert (mail.play, mail.action_type) == ("save_offer", "email")
    await records.run(ctx, "alter table action_proposals disable trigger proposal_guard_change")
    await records.run(
        ctx, "update action_proposals set created_at = created_at - make_interval(days => %s)", days
    )
    await records.run(ctx, "alter table action_proposals enable always trigger proposal_guard_change")
    await take(here, asked_for_a_call())
    [message] = await pending(here)
    assert (message.play, message.action_type) == ("save_offer", "slack")
    before = await records.proposal(ctx, mail.id)
    assert before.status is Status.SUPERSEDED
    assert before.outcome == "drafted anew: it goes as slack now, not as email"


async def test_an_approved_mail_is_not_sent_where_the_customer_asks_for_something(
    ctx: Context, client: Client
) -> None:
    here = replace(ctx, settings=replace(ctx.settings, account_owner="#accounts"))
    await take(here, acme(), begun(), cancelled())
    [mail] = await pending(here)
    await client.proposals.approve(mail.id, mail.version)
    await take(here, asked_for_a_call())
    await processing.execute_proposal(here, mail.id, 1)
    assert records.mails(ctx) == []
    [message] = await pending(here)
    assert (message.play, message.action_type) == ("save_offer", "slack")


async def test_a_message_about_a_dispute_makes_room_when_finance_has_a_channel(ctx: Context) -> None:
    """Its proposal has a stage, and its subject is the dispute."""
    about = dispute(charge="ch_1", status="needs_response")
    await take(ctx, acme(), disputed_charge(), about)
    [before] = [draft for draft in await pending(ctx) if draft.play == "dispute_response"]
    here = replace(ctx, settings=replace(ctx.settings, finance_channel="#finance"))
    assert before.action_type != "slack"
    again = dispute(type_="charge.dispute.updated", charge="ch_1", status="needs_response")
    await take(here, again | {"created": again["created"] + 60})
    [after] = [draft for draft in await pending(here) if draft.play == "dispute_response"]
    assert after.action_type == "slack"


async def test_the_debt_of_another_subscription_is_not_the_cause_of_an_end(ctx: Context) -> None:
    other = {"type": "subscription_details", "subscription_details": {"subscription": "sub_2"}}
    debt = failed("in_9", created=BASE + 40, number="OTHER-2", parent=other, attempt_count=2)
    await take(ctx, acme(), begun(), begun(id="sub_2", items={"data": []}), debt)
    await take(ctx, ended(cancellation_details=UNPAID))
    [notice] = [draft for draft in await pending(ctx) if draft.play == PLAY]
    assert "still due" not in notice.payload["text"]
    assert "$49.00 on invoice OTHER-2" in notice.payload["text"]
    assert "does not restart" not in notice.payload["text"]
