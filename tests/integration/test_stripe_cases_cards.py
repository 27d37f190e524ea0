"""Cards that expire as Stripe tells it: by an invoice to come, by payment methods, by the card updater of the networks."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.ingest import events
from execops.model import Event as StoredEvent
from execops.model import Proposal, Status
from execops.settings import Secret
from execops.sources.stripe.api_reader import StripeReader
from tests import plays_table, records
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.fake_stripe import KEY, FakeStripe, fail
from tests.plays_table import card, customer, subscription
from tests.stripe_events import event, failed, fixture, paid, receive, sign

PLAY = "card_expiring"
DAY = 86_400
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = int(NOW.timestamp()) - 3600
RENEWAL = START + 20 * DAY  # 10 December 2026
THIS_MONTH = {"exp_month": 11, "exp_year": 2026}
Event = dict[str, Any]


class Clock:
    """A clock that stands on a day in November."""

    def now(self) -> datetime:
        return NOW


@pytest.fixture
def here(ctx: Context) -> Context:
    return replace(ctx, clock=Clock())


_seconds = itertools.count()


def at(payload: Event, moment: int | None = None) -> Event:
    """The event at a moment, else one second after the event before it."""
    return payload | {"created": START + next(_seconds) if moment is None else moment}


def acme(type_: str = "customer.created", **changes: Any) -> Event:
    """A customer whose default is the payment method `pm_1`."""
    fields = {
        "discount": None,
        "default_source": None,
        "invoice_settings": {"default_payment_method": "pm_1"},
    }
    return at(customer(type_=type_, **fields | changes))


def running(**changes: Any) -> Event:
    """A subscription that renews on 10 December."""
    renewal = changes.pop("renewal", RENEWAL)
    payload = subscription(**{"start_date": START - 300 * DAY, "default_payment_method": None} | changes)
    payload["data"]["object"]["items"]["data"][0]["current_period_end"] = renewal
    return at(payload)


def method(type_: str = "payment_method.attached", **changes: Any) -> Event:
    """A payment method that the customer gave a year ago; its card expires this month."""
    values = {"created": START - 365 * DAY, **THIS_MONTH} | changes
    return at(plays_table.payment_method(type_, **values))


def upcoming(**changes: Any) -> Event:
    """The invoice that Stripe will make on 10 December."""
    return at(plays_table.upcoming(**{"next_payment_attempt": RENEWAL, "period_end": RENEWAL} | changes))


async def take_in(ctx: Context, payload: Event) -> StoredEvent:
    """Receive an event that is signed on the day of the clock, and process it; returns it with its outcome."""
    body = json.dumps(payload).encode()
    receipt = await receive(ctx, "stripe", sign(body, at=int(NOW.timestamp())), body)
    await processing.process_event(ctx, receipt.event_id)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)


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


async def test_an_invoice_to_come_that_an_expired_card_is_to_pay_is_a_mail(here: Context) -> None:
    await take(here, acme(), running(), method(), upcoming())
    mail = await only_mail(here)
    assert (mail.object_id, mail.subject_key, mail.status) == ("pm_1", "cus_1", Status.PENDING)
    assert mail.payload["subject"] == "Your Visa card ending 4242 expires at the end of November 2026"
    assert "Your next payment of $49.00 is due on 10 December 2026." in mail.payload["text"]
    assert (mail.urgency, str(mail.amount)) == ("medium", "$49.00")


async def test_an_invoice_to_come_is_no_invoice(here: Context) -> None:
    for id_ in (None, "upcoming_in_1"):
        await take(here, upcoming(id=id_, status=None), upcoming(id=id_, status="open"))
    query = "select object_id from snapshots where object_type = 'invoice'"
    assert await records.rows(here, query) == []
    assert await records.rows(here, "select id from transactions") == []


@pytest.mark.parametrize(
    ("expiry", "renewal", "drafts"),
    [
        ((10, 2026), RENEWAL, True),  # it has expired
        ((11, 2026), RENEWAL, True),
        ((12, 2026), RENEWAL, True),  # in the month of the charge
        ((1, 2027), RENEWAL, False),
        ((1, 2027), START + 44 * DAY, True),  # 3 January
        ((2, 2027), START + 44 * DAY, False),
        ((2, 2027), START + 80 * DAY, False),  # no notice comes so early
        ((11, 2026), START + 300 * DAY, True),
    ],
)
async def test_a_card_is_good_until_the_month_of_the_charge(
    here: Context, expiry: tuple[int, int], renewal: int, drafts: bool
) -> None:
    card_of = method(exp_month=expiry[0], exp_year=expiry[1])
    await take(here, acme(), running(renewal=renewal), card_of, upcoming())
    assert bool(await mails(here)) is drafts


async def test_a_card_has_one_mail_whatever_tells_of_it(here: Context) -> None:
    source = acme(default_source="card_1", invoice_settings={"default_payment_method": None})
    await take(
        here, source, running(), at(card(exp_month=11)), upcoming(), at(card(exp_month=11)), upcoming()
    )
    assert (await only_mail(here)).object_id == "card_1"


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_a_card_is_asked_about_once_however_many_invoices_it_pays(
    ctx: Context, client: Client, make_settings: MakeSettings, decision: str
) -> None:
    here = replace(ctx, clock=Clock(), settings=make_settings(cooldown_hours=0))
    await take(here, acme(), running(), method(), upcoming())
    mail = await only_mail(here)
    await getattr(client.proposals, decision)(mail.id, mail.version)
    if decision == "approve":
        await processing.execute_proposal(here, mail.id, 1)
    assert f"proposal {mail.id} was" in await reason(here, upcoming())
    assert [mail.id for mail in await mails(here)] == [mail.id]


def newer(**changes: Any) -> Event:
    values: Event = {"id": "pm_2", "exp_year": 2030, "created": START - 60 * DAY}
    return method(**values | changes)


REPLACED: list[tuple[str, Callable[[], Event]]] = [
    ("the network has renewed it", lambda: method("payment_method.automatically_updated", exp_year=2030)),
    ("as old versions say it", lambda: method("payment_method.card_automatically_updated", exp_year=2030)),
    ("the customer has corrected it", lambda: method("payment_method.updated", exp_year=2030)),
    ("it was detached", lambda: method("payment_method.detached", customer=None)),
    ("another is the default", lambda: acme("customer.updated", invoice_settings={"default_payment_method": "pm_2"})),
    ("the subscription has its own", lambda: running(default_payment_method="pm_2")),
    ("the customer has given another", newer),
    ("the customer has cancelled", lambda: running(cancel_at_period_end=True)),
    ("the collection goes by invoice", lambda: running(collection_method="send_invoice")),
    ("the customer has credit", lambda: acme("customer.updated", balance=-10_000)),
    ("a payment failed", lambda: at(failed(collection_method="charge_automatically"))),
]  # fmt: skip


@pytest.mark.parametrize("then", [case[1] for case in REPLACED], ids=[case[0] for case in REPLACED])
async def test_a_card_that_needs_no_mail_any_more(here: Context, then: Callable[[], Event]) -> None:
    await take(here, acme(), running(), method(), upcoming())
    if then is REPLACED[-1][1]:
        charge = fixture(
            "charge", id="ch_1", customer="cus_1", amount=4900, status="failed", invoice="in_1", paid=False
        )
        await take(here, at(event("charge.failed", charge)))
    await take(here, then())
    assert (await only_mail(here)).status is Status.SUPERSEDED


@pytest.mark.parametrize("then", [case[1] for case in REPLACED[:-1]], ids=[case[0] for case in REPLACED[:-1]])
async def test_the_same_before_the_notice(here: Context, then: Callable[[], Event]) -> None:
    await take(here, acme(), running(), method(), then())
    assert "proposal" not in await reason(here, upcoming())
    assert all(mail.status is Status.SUPERSEDED for mail in await mails(here))


@pytest.mark.parametrize("wallet", ["apple_pay", "google_pay", "samsung_pay"])
async def test_a_wallet_renews_its_own_card(here: Context, wallet: str) -> None:
    await take(here, acme(), running(), method(wallet=wallet))
    assert "which renews it" in await reason(here, upcoming())


async def test_a_card_kept_in_link_is_a_card(here: Context) -> None:
    await take(here, acme(), running(), method(wallet="link"), upcoming())
    assert (await only_mail(here)).status is Status.PENDING


@pytest.mark.parametrize("kind", ["sepa_debit", "us_bank_account", "bacs_debit", "link", "paypal"])
async def test_a_method_without_an_expiry_does_not_expire(here: Context, kind: str) -> None:
    await take(here, acme(), running(), method(type=kind, card=None))
    assert "does not expire as a card does" in await reason(here, upcoming())


async def test_a_card_that_the_customer_has_just_given_is_not_asked_about(here: Context) -> None:
    await take(here, acme(), running(), method(created=START - 3 * DAY))
    assert "only on 17 November 2026" in await reason(here, upcoming())


async def test_an_expired_card_that_was_charged_since_is_renewed_by_its_bank(here: Context) -> None:
    charge = fixture(
        "charge", id="ch_1", customer="cus_1", amount=4900, status="succeeded", payment_method="pm_1",
        created=START - 10 * DAY, amount_refunded=0,
    )  # fmt: skip
    await take(here, acme(), running(), method(exp_month=10), at(event("charge.succeeded", charge)))
    assert "its bank has renewed it" in await reason(here, upcoming())


async def test_nothing_is_asked_where_the_card_is_not_known(here: Context) -> None:
    await take(here, acme(invoice_settings={"default_payment_method": None}), running())
    assert "not known which payment method" in await reason(here, upcoming())
    await take(here, acme("customer.updated"))
    assert "nothing is known of the payment method pm_1" in await reason(here, upcoming())
    await take(here, method())  # the fact arrives
    assert (await only_mail(here)).object_id == "pm_1"


async def test_only_the_card_that_the_invoice_is_charged_to_counts(here: Context) -> None:
    """Two subscriptions, each with its own card; the card of the other one is good."""
    own = running(id="sub_2", default_payment_method="pm_2")
    await take(here, acme(), running(), own, method(exp_year=2030), newer(exp_month=11, exp_year=2026))
    parent = {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}}
    assert "is good until" in await reason(here, upcoming(parent=parent))
    parent = {"type": "subscription_details", "subscription_details": {"subscription": "sub_2"}}
    await take(here, upcoming(parent=parent))
    assert (await only_mail(here)).object_id == "pm_2"


async def test_the_card_of_another_subscription_replaces_none(here: Context) -> None:
    own = running(id="sub_2", default_payment_method="pm_2")
    await take(here, acme(), running(), own, method(), newer(), upcoming())
    assert (await only_mail(here)).object_id == "pm_1"


async def test_an_old_version_names_the_subscription_itself(here: Context) -> None:
    old = upcoming(subscription="sub_1", paid=False, closed=False)
    del old["data"]["object"]["parent"], old["data"]["object"]["status"], old["data"]["object"]["id"]
    await take(here, acme(), running(), method(), old | {"api_version": "2017-08-15"})
    assert (await only_mail(here)).object_id == "pm_1"
    query = "select object_id from snapshots where object_type = 'invoice'"
    assert await records.rows(here, query) == []


async def test_a_one_off_invoice_to_come_wakes_nothing(here: Context) -> None:
    receipt = await take_in(here, upcoming(parent=None))
    assert (receipt.status, records.results_of_play(receipt, PLAY)) == ("processed", [])


@pytest.mark.parametrize("order", orders_of(range(4)))
async def test_every_order_of_arrival_leads_to_the_same_mail(here: Context, order: tuple[int, ...]) -> None:
    story = [acme(), running(), method(), upcoming()]
    await take(here, *(story[place] for place in order))
    mail = await only_mail(here)
    assert (mail.object_id, mail.status) == ("pm_1", Status.PENDING)
    assert "10 December 2026" in mail.payload["text"]


async def test_a_payment_since_changes_nothing(here: Context) -> None:
    await take(here, acme(), running(), method(), upcoming(), at(paid("in_9")))
    assert (await only_mail(here)).status is Status.PENDING


# With a key


@pytest.fixture
async def reading(here: Context, fake: FakeStripe) -> AsyncIterator[Context]:
    settings = replace(
        here.settings, stripe_api_key=Secret(KEY), stripe_api_base=fake.url, stripe_timeout=2.0
    )
    reader = StripeReader(settings)
    yield replace(here, settings=settings, readers={"stripe": reader})
    await reader.close()


def on_file(payload: Event) -> Event:
    stripe_object: Event = payload["data"]["object"]
    return stripe_object | {"livemode": True}


async def test_a_key_tells_of_the_card(reading: Context, fake: FakeStripe) -> None:
    fake.add("customers", on_file(acme()))
    fake.add("subscriptions", on_file(running()) | {"created": START - 300 * DAY})
    fake.add("payment_methods", on_file(method()))
    await take(reading, upcoming())
    assert (await only_mail(reading)).object_id == "pm_1"


async def test_a_key_that_may_not_read_payment_methods_reads_the_rest(
    reading: Context, fake: FakeStripe
) -> None:
    fake.add("customers", on_file(acme()))
    fake.add("subscriptions", on_file(running()) | {"created": START - 300 * DAY})
    refused = fail(403, "The provided key does not have the required permissions (rak_payment_method_read).")
    fake.script = lambda request: refused if request.path == "/v1/payment_methods" else None
    receipt = await take_in(reading, upcoming())
    assert "Payment methods: Read" in str(receipt.outcome)
    count = len(fake.requests)
    await take(reading, at(failed("in_2", customer="cus_2")))
    assert len(fake.requests) > count


@pytest.mark.parametrize("ids", [("evt_1", "evt_2"), ("evt_2", "evt_1")])
@pytest.mark.parametrize("latest_first", [False, True])
async def test_a_customer_who_is_changed_in_the_second_of_their_making_stays_changed(
    here: Context, ids: tuple[str, str], *, latest_first: bool
) -> None:
    """Code that signs a customer up makes them and sets their card within one second; ids and arrival tell no order."""
    bare = fixture("customer", id="cus_1", name=None, email=None, default_source=None, invoice_settings={})
    named = bare | {"email": "billing@acme.example", "invoice_settings": {"default_payment_method": "pm_1"}}
    story = [
        event("customer.created", bare, created=START, id=ids[0]),
        event("customer.updated", named, created=START, id=ids[1]),
    ]
    for notice in reversed(story) if latest_first else story:
        await take_in(here, notice)
    [row] = await records.rows(here, "select state from snapshots where object_id = 'cus_1'")
    assert (row["state"]["email"], row["state"]["default_card"]) == ("billing@acme.example", "pm_1")
