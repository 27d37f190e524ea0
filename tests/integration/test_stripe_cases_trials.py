"""Trials that end soon as Stripe tells it: who is asked for a payment method, and who is left alone."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from execops.context import Context
from execops.model import Proposal, Status
from execops.settings import Secret
from execops.sources.stripe.api_reader import StripeReader
from tests import records
from tests.fake_stripe import KEY, FakeStripe
from tests.plays_table import customer, payment_method, subscription
from tests.stripe_events import BASE, fixture, take_in

PLAY = "trial_ending"
DAY = 86_400
NOTICE = "customer.subscription.trial_will_end"
TRIAL: dict[str, Any] = {
    "status": "trialing",
    "trial_start": BASE - 11 * DAY,
    "trial_end": BASE + 3 * DAY,
    "default_payment_method": None,
    "default_source": None,
}
Event = dict[str, Any]


def acme(type_: str = "customer.created", **changes: Any) -> Event:
    """A customer without a payment method."""
    fields = {"discount": None, "default_source": None, "invoice_settings": {"default_payment_method": None}}
    return customer(type_=type_, **fields | changes)


def trial(type_: str = NOTICE, *, at: int = 0, **changes: Any) -> Event:
    """An event about a trial that ends three days after these events began."""
    return subscription(type_=type_, **TRIAL | changes) | {"created": BASE + at}


async def take(ctx: Context, *payloads: Event) -> None:
    for payload in payloads:
        receipt = await take_in(ctx, payload)
        assert receipt.status == "processed"


async def mails(ctx: Context) -> list[Proposal]:
    return await records.proposals_of_play(ctx, PLAY)


async def only_mail(ctx: Context) -> Proposal:
    (mail,) = await mails(ctx)
    return mail


async def reason(ctx: Context, payload: Event) -> str:
    """Why nothing is drafted of this event."""
    return records.why_declined(await take_in(ctx, payload), PLAY)


async def test_a_trial_without_a_payment_method_is_a_mail(ctx: Context) -> None:
    await take(ctx, acme(), trial())
    mail = await only_mail(ctx)
    assert (mail.object_id, mail.subject_key, mail.status) == ("sub_1", "cus_1", Status.PENDING)
    assert mail.payload["to"] == "billing@acme.example"
    assert "The first payment, $49.00, is due on that day" in mail.payload["text"]
    assert str(mail.amount) == "$49.00"
    assert mail.expires_at.timestamp() == BASE + 3 * DAY


@pytest.mark.parametrize(
    ("missing", "words", "rest"),
    [
        ("create_invoice", None, "please tell us before then"),
        (
            "cancel",
            "your subscription ends with the trial, and nothing is charged",
            "there is nothing you need",
        ),
        ("pause", "your subscription is paused when the trial ends", "there is nothing you need"),
    ],
)
async def test_the_words_say_what_happens_without_one(
    ctx: Context, missing: str, words: str | None, rest: str
) -> None:
    settings = {"end_behavior": {"missing_payment_method": missing}}
    await take(ctx, acme(), trial(trial_settings=settings))
    text = (await only_mail(ctx)).payload["text"]
    assert rest in text
    assert (words in text) if words else ("Without one" not in text)


KNOWN: list[tuple[str, Event, Event, str]] = [
    ("the subscription's own", {}, {"default_payment_method": "pm_1"}, "pm_1 will be charged"),
    ("the subscription's source", {}, {"default_source": "card_1"}, "card_1 will be charged"),
    (
        "the customer's default",
        {"invoice_settings": {"default_payment_method": "pm_1"}},
        {},
        "pm_1 will be charged",
    ),
    ("the customer's source", {"default_source": "card_1"}, {}, "card_1 will be charged"),
    ("a default, expanded", {"default_source": {"id": "card_1", "object": "card"}}, {}, "card_1 will be"),
    ("paid by invoice", {}, {"collection_method": "send_invoice"}, "pays by invoice"),
    ("set to end", {}, {"cancel_at_period_end": True}, "set to end"),
    ("set to end with the trial", {}, {"cancel_at": BASE + 3 * DAY}, "set to end"),
    ("paused", {}, {"pause_collection": {"behavior": "void"}}, "paused"),
    ("ended already", {}, {"status": "active"}, "it is active"),
    ("ended for want of a method", {}, {"status": "paused"}, "it is paused"),
    ("short", {}, {"trial_start": BASE}, "no longer than Stripe's notice"),
    ("extended since", {}, {"trial_end": BASE + 20 * DAY}, "goes on until"),
    ("credit", {"balance": -10_000}, {}, "the customer's credit pays the first $49.00"),
    ("no address", {"email": None}, {}, "no email address"),
    ("deleted", {"deleted": True}, {}, "was deleted"),
]


@pytest.mark.parametrize(
    ("of_customer", "changes", "why"), [case[1:] for case in KNOWN], ids=[case[0] for case in KNOWN]
)
async def test_a_trial_that_needs_no_mail(ctx: Context, of_customer: Event, changes: Event, why: str) -> None:
    await take(ctx, acme(**of_customer))
    assert why in await reason(ctx, trial(**changes))
    assert await mails(ctx) == []


async def test_a_term_after_the_trial_is_no_cancellation(ctx: Context) -> None:
    await take(ctx, acme(), trial(cancel_at=BASE + 300 * DAY))
    assert (await only_mail(ctx)).status is Status.PENDING


async def test_a_free_first_payment_needs_no_method(ctx: Context) -> None:
    free = trial()
    [item] = free["data"]["object"]["items"]["data"]
    item["price"] |= {"unit_amount": 0, "unit_amount_decimal": "0"}
    await take(ctx, acme())
    assert "no payment method is needed" in await reason(ctx, free)


@pytest.mark.parametrize(
    "changes",
    [
        {"discounts": ["di_1"]},
        {
            "discount": {
                "id": "di_1",
                "coupon": {"id": "c", "percent_off": 50, "duration": "once"},
                "start": BASE,
            }
        },
    ],
)
async def test_an_amount_that_is_not_certain_is_left_out(ctx: Context, changes: Event) -> None:
    await take(ctx, acme(), trial(**changes))
    mail = await only_mail(ctx)
    assert "$" not in mail.payload["text"]
    assert mail.amount is None


async def test_a_part_of_the_payment_paid_by_credit_leaves_the_amount_out(ctx: Context) -> None:
    await take(ctx, acme(balance=-1000), trial())
    assert "$" not in (await only_mail(ctx)).payload["text"]


async def test_tax_that_comes_on_top_is_told(ctx: Context) -> None:
    taxed = trial(automatic_tax={"enabled": True})
    await take(ctx, acme(), taxed)
    assert "$49.00 plus tax" in (await only_mail(ctx)).payload["text"]


@pytest.mark.parametrize("left", [DAY, 60, 0])
async def test_a_trial_that_was_cut_wakes_nothing(ctx: Context, left: int) -> None:
    """Stripe gives notice at once then; whoever cut the trial knows."""
    await take(ctx, acme(), trial(trial_end=BASE + left))
    assert await mails(ctx) == []


async def test_nothing_is_asked_where_it_is_not_known_that_there_is_no_method(ctx: Context) -> None:
    assert "it is not known whether" in await reason(ctx, trial())
    await take(ctx, acme())  # the fact arrives
    assert (await only_mail(ctx)).status is Status.PENDING


METHOD_GIVEN: list[tuple[str, Callable[[], Event]]] = [
    (
        "the customer's default",
        lambda: acme("customer.updated", invoice_settings={"default_payment_method": "pm_1"}),
    ),
    (
        "the subscription's",
        lambda: trial("customer.subscription.updated", at=90, default_payment_method="pm_1"),
    ),
    ("attached", payment_method),
    ("SEPA", lambda: payment_method(type="sepa_debit", card=None, sepa_debit={"last4": "3000"})),
]


@pytest.mark.parametrize("given", [case[1] for case in METHOD_GIVEN], ids=[case[0] for case in METHOD_GIVEN])
async def test_a_payment_method_takes_the_mail_back(ctx: Context, given: Callable[[], Event]) -> None:
    await take(ctx, acme(), trial(), given())
    assert (await only_mail(ctx)).status is Status.SUPERSEDED


async def test_a_method_that_was_detached_is_none(ctx: Context) -> None:
    attached, detached = payment_method(), payment_method("payment_method.detached", customer=None)
    await take(ctx, acme(), attached, detached, trial())
    assert (await only_mail(ctx)).status is Status.PENDING


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        ("customer.subscription.updated", {"cancel_at_period_end": True}),
        ("customer.subscription.updated", {"status": "active"}),
        ("customer.subscription.updated", {"trial_end": BASE + 30 * DAY}),
        ("customer.subscription.deleted", {"status": "canceled", "ended_at": BASE + 90}),
    ],
)
async def test_a_change_of_the_trial_takes_the_mail_back(ctx: Context, type_: str, changes: Event) -> None:
    await take(ctx, acme(), trial(), trial(type_, at=90, **changes))
    assert (await only_mail(ctx)).status is Status.SUPERSEDED


async def test_a_trial_that_is_extended_by_a_day_is_one_mail_with_the_new_day(ctx: Context) -> None:
    await take(ctx, acme(), trial())
    before = (await only_mail(ctx)).payload["subject"]
    later: Event = {"trial_end": BASE + 4 * DAY - 60}
    await take(ctx, trial("customer.subscription.updated", at=90, **later), trial(at=91, **later))
    mail = await only_mail(ctx)
    assert mail.status is Status.PENDING
    assert mail.payload["subject"] != before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_every_order_of_arrival_leads_to_the_same_mail(ctx: Context, order: tuple[int, ...]) -> None:
    story = [acme(), trial("customer.subscription.created", at=-11 * DAY), trial()]
    await take(ctx, *(story[place] for place in order))
    assert (await only_mail(ctx)).payload["text"].startswith("Hello Acme Inc,\n\nYour trial ends on ")


async def test_a_second_notice_is_no_second_mail(ctx: Context) -> None:
    await take(ctx, acme(), trial(), trial(at=60))
    assert (await only_mail(ctx)).version == 1


async def test_an_old_version_without_trial_settings(ctx: Context) -> None:
    old = trial()
    shape = old["data"]["object"]
    for name in (
        "trial_settings",
        "default_payment_method",
        "cancel_at",
        "cancellation_details",
        "discounts",
    ):
        shape.pop(name, None)
    [item] = shape.pop("items")["data"]
    shape["plan"] = {
        "object": "plan",
        "amount": 4900,
        "currency": "usd",
        "interval": "month",
        "interval_count": 1,
    }
    shape["quantity"] = item["quantity"]
    await take(ctx, acme(), old | {"api_version": "2017-08-15"})
    assert "$49.00" in (await only_mail(ctx)).payload["text"]


# With a key


@pytest.fixture
async def reading(ctx: Context, fake: FakeStripe) -> AsyncIterator[Context]:
    settings = replace(ctx.settings, stripe_api_key=Secret(KEY), stripe_api_base=fake.url, stripe_timeout=2.0)
    reader = StripeReader(settings)
    yield replace(ctx, settings=settings, readers={"stripe": reader})
    await reader.close()


async def test_a_key_tells_whether_there_is_a_method(reading: Context, fake: FakeStripe) -> None:
    customer = acme()["data"]["object"] | {"livemode": True}
    method = fixture("payment_method", id="pm_1", customer="cus_1", created=BASE - DAY, livemode=True)
    fake.add("customers", customer)
    fake.add("payment_methods", method)
    assert "has given a payment method" in await reason(reading, trial())
    assert "/v1/payment_methods" in fake.paths()


async def test_a_key_tells_that_there_is_none(reading: Context, fake: FakeStripe) -> None:
    fake.add("customers", acme()["data"]["object"] | {"livemode": True})
    await take(reading, trial())
    assert (await only_mail(reading)).status is Status.PENDING
