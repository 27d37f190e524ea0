"""A verdict from the event to the account at Stripe: drafted, confirmed, performed once; moot, changed or forbidden, not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from execops.adapters.stripe_api import stripe_calls
from execops.client import Client
from execops.context import Context
from execops.errors import ConfirmationNeededError, InvalidPayloadError, NotAllowedError
from execops.model import Event, Json, Proposal, Role, Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.draws import orders_of
from tests.fake_stripe import KEY, Break, fail
from tests.fake_stripe_writes import DAY, WRITE_KEY, StripeWrites, stripe_account
from tests.fake_stripe_writes import charge as charge_at_stripe
from tests.fake_stripe_writes import dispute as dispute_at_stripe
from tests.fake_stripe_writes import invoice as invoice_at_stripe
from tests.integration.test_stripe_cases_disputes import charge, customer, days, dispute, renamed
from tests.integration.test_stripe_cases_disputes import take_in as take_in_now
from tests.integration.test_stripe_cases_warnings import warning
from tests.performing import attempts, go, status
from tests.serving import Cut
from tests.stripe_events import BASE, deliver, event, failed, fixture, paid, take_in

PLAYS = {
    "stripe_accept_dispute": "dispute_response",
    "stripe_submit_evidence": "dispute_response",
    "stripe_refund": "early_fraud_warning",
    "stripe_retry_invoice": "card_update",
    "stripe_void_invoice": "card_update",
}
EFFECTS = {
    "stripe_accept_dispute": "close du_1",
    "stripe_submit_evidence": "evidence du_1",
    "stripe_refund": "refund re_1",
    "stripe_retry_invoice": "pay in_1",
    "stripe_void_invoice": "void in_1",
}


@pytest.fixture
async def account(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StripeWrites]:
    """The account at Stripe in the state that the events of each story tell."""
    monkeypatch.setattr(stripe_calls, "PAUSES", (0.02,) * 4)
    monkeypatch.setattr(stripe_calls, "SETTLED_AFTER", 0.0)
    async with stripe_account() as made:
        made.fake.add("charges", charge_at_stripe())
        made.fake.add("disputes", dispute_at_stripe())
        made.fake.add("invoices", invoice_at_stripe(created=BASE - 60))
        yield made


@pytest.fixture
async def here(account: StripeWrites, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context with a key that may write at Stripe, and none to read."""
    settings = make_settings(
        stripe_write_key=Secret(WRITE_KEY), stripe_api_base=account.fake.url, stripe_write_timeout=5.0
    )
    async with open_context(settings, pool_size=12) as context:
        yield context


@pytest.fixture
async def founder(here: Context, founder_token: Secret) -> Client:
    """The founder's client."""
    return await Client.login(here, founder_token)


def declined() -> Json:
    """The failed charge of the invoice `in_1`, with the card `pm_1`."""
    state = {
        "id": "ch_9",
        "customer": "cus_1",
        "invoice": "in_1",
        "amount": 4900,
        "currency": "usd",
        "status": "failed",
        "paid": False,
        "failure_code": "card_declined",
        "outcome": {"type": "issuer_declined", "reason": "do_not_honor"},
        "payment_method": "pm_1",
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        "created": BASE - 30,
    }
    return event("charge.failed", fixture("charge", **state), created=BASE - 30)


def new_card() -> list[Json]:
    """The customer gives another card, and makes it the default."""
    card = fixture(
        "payment_method", id="pm_2", customer="cus_1", type="card", created=BASE + 3600,
        card={"brand": "visa", "last4": "1111", "exp_month": 1, "exp_year": 2040},
    )  # fmt: skip
    acme = fixture(
        "customer", id="cus_1", name="Acme Inc", email="billing@acme.example",
        invoice_settings={"default_payment_method": "pm_2"},
    )  # fmt: skip
    return [
        event("payment_method.attached", card, created=BASE + 3600),
        event("customer.updated", acme, created=BASE + 3601),
    ]


def ended() -> Json:
    """The customer ended the subscription an hour after its renewal failed."""
    price = {"currency": "usd", "unit_amount": 4900, "recurring": {"interval": "month", "interval_count": 1}}
    state = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "canceled",
        "start_date": BASE - 40 * DAY,
        "created": BASE - 40 * DAY,
        "canceled_at": BASE + 3600,
        "ended_at": BASE + 3600,
        "cancel_at_period_end": False,
        "cancellation_details": {"reason": "cancellation_requested", "feedback": None, "comment": None},
        "trial_end": None,
        "items": {"object": "list", "data": [{"id": "si_1", "quantity": 1, "price": price}]},
    }
    return event("customer.subscription.deleted", fixture("subscription", **state), created=BASE + 3600)


GIVEN_UP: Json = {"next_payment_attempt": None, "subscription": "sub_1"}
STORIES: dict[str, list[Json]] = {
    "stripe_accept_dispute": [charge(), charge("ch_2", at=-14), dispute(reason="duplicate")],
    "stripe_submit_evidence": [
        charge(),
        charge("ch_2", at=-14, type_="charge.refunded", amount_refunded=4900) | {"created": days(-2)},
        dispute(reason="duplicate"),
    ],
    "stripe_refund": [charge(at=-3), warning()],
    "stripe_retry_invoice": [declined(), failed(**GIVEN_UP, created=BASE), *new_card()],
    "stripe_void_invoice": [declined(), failed(**GIVEN_UP, created=BASE), ended()],
}
of_each = pytest.mark.parametrize("action_type", sorted(STORIES))


async def allow(founder: Client, *action_types: str) -> None:
    """A founder allows these actions; all of them where none is named."""
    for action_type in action_types or sorted(STORIES):
        assert await founder.plays.set_allowed("action", action_type, True, "tried it")


async def play_story(ctx: Context, action_type: str) -> list[Event]:
    """Take in the events of the story that ends in this action."""
    now = action_type not in {"stripe_retry_invoice", "stripe_void_invoice"}
    return [await (take_in_now if now else take_in)(ctx, payload) for payload in STORIES[action_type]]


async def waiting(ctx: Context, play: str) -> Proposal:
    """The one proposal of a play that waits for a decision."""
    [proposal] = [row for row in await records.proposals_of_play(ctx, play) if row.status is Status.PENDING]
    return proposal


async def drafted(ctx: Context, founder: Client, action_type: str) -> Proposal:
    """The pending action at the end of its story."""
    await allow(founder)
    await play_story(ctx, action_type)
    proposal = await waiting(ctx, PLAYS[action_type])
    assert proposal.action_type == action_type, (proposal.action_type, proposal.verdict)
    return proposal


async def approved(ctx: Context, founder: Client, action_type: str) -> Proposal:
    """The action, approved and confirmed; nothing has performed it yet."""
    proposal = await drafted(ctx, founder, action_type)
    await founder.proposals.approve(proposal.id, proposal.version, confirmed=True)
    return proposal


def refunded_by_hand() -> Json:
    """A refund of the charge `ch_1` that a colleague made at Stripe."""
    fields: Json = {"id": "re_7", "charge": "ch_1", "amount": 4900, "currency": "usd", "status": "succeeded"}
    return event("refund.created", fixture("refund", **fields, created=days(-0.1)), created=days(-0.1))


def marks_of(action_type: str) -> set[str]:
    """The paths of the requests that only mark an object ahead of this action."""
    if action_type in {"stripe_refund", "stripe_submit_evidence"}:
        return set()
    return {"/v1/disputes/du_1", "/v1/invoices/in_1"}


# Drafted, confirmed, performed


@of_each
async def test_a_verdict_is_carried_out_once(
    here: Context, founder: Client, account: StripeWrites, action_type: str
) -> None:
    proposal = await drafted(here, founder, action_type)
    card = await founder.proposals.card(proposal.id)
    assert card.needs_confirmation
    assert card.preview is not None
    assert str(proposal.amount) == "$49.00"
    assert "$49.00" in card.does
    assert "$49.00" in card.preview
    with pytest.raises(ConfirmationNeededError, match=r"\$49\.00.* cannot be taken back") as asked:
        await founder.proposals.approve(proposal.id, proposal.version)
    assert proposal.ref in asked.value.sentence
    assert account.effects == []
    await founder.proposals.approve(proposal.id, proposal.version, confirmed=True)
    assert await go(here, proposal.id) is Status.EXECUTED
    assert account.effects == [EFFECTS[action_type]]
    sent = (await founder.proposals.card(proposal.id)).sent
    assert sent is not None
    assert sent.transport == "stripe"
    assert "dashboard.stripe.com/" in sent.words
    assert (await founder.audit.verify()).ok


@of_each
async def test_nothing_is_drafted_before_a_founder_allows_it(
    here: Context, founder: Client, account: StripeWrites, action_type: str
) -> None:
    await allow(founder, *[name for name in STORIES if name != action_type])
    await play_story(here, action_type)
    drafts = await records.proposals_of_play(here, PLAYS[action_type])
    assert {draft.action_type for draft in drafts} <= {"email"}
    assert account.fake.requests == []


@of_each
async def test_nothing_is_drafted_without_a_key(ctx: Context, client: Client, action_type: str) -> None:
    await allow(client)
    await play_story(ctx, action_type)
    drafts = await records.proposals_of_play(ctx, PLAYS[action_type])
    assert {draft.action_type for draft in drafts} <= {"email"}


async def test_a_message_makes_room_once_its_action_is_allowed(here: Context, founder: Client) -> None:
    await play_story(here, "stripe_refund")
    message = await waiting(here, "early_fraud_warning")
    assert message.action_type == "email"
    await allow(founder, "stripe_refund")
    await take_in_now(here, customer())
    refund = await waiting(here, "early_fraud_warning")
    assert refund.action_type == "stripe_refund"
    assert (await records.proposal(here, message.id)).outcome == (
        "drafted anew: it goes as stripe_refund now, not as email"
    )
    assert await founder.plays.set_allowed("action", "stripe_refund", False)
    await take_in_now(here, customer(at=-100))
    assert (await waiting(here, "early_fraud_warning")).action_type == "email"


@pytest.mark.parametrize("action_type", ["stripe_accept_dispute", "stripe_submit_evidence", "stripe_refund"])
async def test_every_order_of_the_events_ends_in_the_same_action(
    here: Context, founder: Client, action_type: str
) -> None:
    await allow(founder)
    ends = set()
    for number, order in enumerate(orders_of([*STORIES[action_type], customer()])):
        for payload in order:
            await take_in_now(here, renamed(payload, number))
        about = "issfr_1" if action_type == "stripe_refund" else "du_1"
        [proposal] = [
            row
            for row in await records.proposals_of_play(here, PLAYS[action_type])
            if row.status is Status.PENDING and row.object_id == f"{about}n{number}_"
        ]
        shown = [proposal.action_type, proposal.payload, proposal.verdict, proposal.reasoning, proposal.title]
        ends.add(json.dumps(shown).replace(f"n{number}_", ""))
    [words] = ends
    assert json.loads(words)[0] == action_type


# Who may


async def test_an_operator_may_confirm_but_not_change_the_amount(
    here: Context, founder: Client, account: StripeWrites
) -> None:
    proposal = await drafted(here, founder, "stripe_refund")
    olga = await records.new_client(here, "olga", Role.OPS)
    less = proposal.payload | {"amount": "20.00 USD"}
    for change in ({"amount": "20.00 USD"}, {"charge": "ch_2"}, {"reason": "fraudulent"}):
        with pytest.raises(NotAllowedError, match=f"change {next(iter(change))}"):
            await olga.proposals.edit(proposal.id, proposal.version, proposal.payload | change)
    with pytest.raises(InvalidPayloadError, match="not one such as"):
        await founder.proposals.edit(proposal.id, proposal.version, proposal.payload | {"amount": "20"})
    decided = await founder.proposals.edit(proposal.id, proposal.version, less)
    assert "$20.00" in (await olga.proposals.card(proposal.id)).does
    await olga.proposals.approve(proposal.id, decided.version, confirmed=True)
    assert await go(here, proposal.id) is Status.EXECUTED
    [refund] = account.fake.objects["refunds"]
    assert (refund["amount"], refund["charge"]) == (2000, "ch_1")


async def test_an_operator_may_change_the_words_of_evidence(
    here: Context, founder: Client, account: StripeWrites
) -> None:
    proposal = await drafted(here, founder, "stripe_submit_evidence")
    olga = await records.new_client(here, "olga", Role.OPS)
    words = proposal.payload | {"uncategorized_text": "The receipt is no. 17."}
    decided = await olga.proposals.edit(proposal.id, proposal.version, words)
    with pytest.raises(NotAllowedError, match="change customer_name"):
        await olga.proposals.edit(proposal.id, decided.version, words | {"customer_name": "Somebody Else"})
    with pytest.raises(InvalidPayloadError, match="has a gap"):
        await olga.proposals.edit(
            proposal.id, decided.version, words | {"uncategorized_text": "The receipt is [number]."}
        )
    await olga.proposals.approve(proposal.id, decided.version, confirmed=True)
    assert await go(here, proposal.id) is Status.EXECUTED
    assert account.find("disputes", "du_1")["evidence"]["uncategorized_text"] == "The receipt is no. 17."


@of_each
async def test_an_action_that_is_forbidden_after_its_approval_is_not_performed(
    here: Context, founder: Client, account: StripeWrites, action_type: str
) -> None:
    proposal = await approved(here, founder, action_type)
    assert await founder.plays.set_allowed("action", action_type, False)
    assert await go(here, proposal.id) is Status.SUPERSEDED
    assert account.effects == []
    forbidden = await drafted_again(here, action_type)
    with pytest.raises(NotAllowedError, match=f"{action_type} is not allowed"):
        await founder.proposals.approve(forbidden.id, 1, confirmed=True)


async def drafted_again(ctx: Context, action_type: str) -> Proposal:
    """A pending action of a type that was forbidden since, drafted as if it were allowed."""
    await records.run(
        ctx,
        "insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key, payload,"
        " reasoning, drafted_by, dedupe_key, thread_id, expires_at) select urgency, vertical, 'gone', action_type, title,"
        " object_id, subject_key, payload, reasoning, '{}', 'gone', 'gone', now() + interval '1 day'"
        " from action_proposals where action_type = %s",
        action_type,
    )
    [proposal] = await records.proposals_of_play(ctx, "gone")
    return proposal


# Moot at send


MOOT: dict[str, Json] = {
    "stripe_accept_dispute": dispute("charge.dispute.closed", at=-0.1, reason="duplicate", status="won"),
    "stripe_submit_evidence": dispute(
        "charge.dispute.updated", at=-0.1, reason="duplicate", status="under_review"
    ),
    "stripe_refund": charge(type_="charge.refunded", amount_refunded=4900) | {"created": days(-0.1)},
    "stripe_retry_invoice": paid(subscription="sub_1", created=BASE + 7200),
    "stripe_void_invoice": paid(subscription="sub_1", created=BASE + 7200),
}


@of_each
async def test_what_an_event_made_moot_is_superseded(
    here: Context, founder: Client, account: StripeWrites, action_type: str
) -> None:
    proposal = await approved(here, founder, action_type)
    await records.record_event(here, MOOT[action_type])  # stored, and not looked at yet
    assert await go(here, proposal.id) is Status.SUPERSEDED
    assert account.effects == []
    assert account.fake.requests == []


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(dispute(at=-0.1), id="a dispute of the payment"),
        pytest.param(dispute(at=-0.1, charge={"id": "ch_1", "object": "charge"}), id="with its payment expanded"),
        pytest.param(refunded_by_hand(), id="a refund that a colleague made"),
        pytest.param(charge(type_="charge.refunded", amount_refunded=4900) | {"created": days(-0.1)}, id="the payment"),
        pytest.param(warning("updated", at=-0.1, actionable=False), id="the warning itself"),
    ],
)  # fmt: skip
async def test_no_refund_before_what_is_stored_about_its_payment_is_processed(
    here: Context, founder: Client, account: StripeWrites, later: Json
) -> None:
    """A dispute and a refund name no customer, so their events have another subject than the warning."""
    proposal = await approved(here, founder, "stripe_refund")
    await deliver(here, later)  # no job has processed it
    assert await go(here, proposal.id) is Status.SUPERSEDED
    assert account.effects == []


@pytest.mark.parametrize(
    ("action_type", "kind", "object_id", "changes"),
    [
        ("stripe_accept_dispute", "disputes", "du_1", {"status": "won"}),
        ("stripe_submit_evidence", "disputes", "du_1", {"status": "under_review"}),
        ("stripe_refund", "charges", "ch_1", {"amount_refunded": 4900}),
        ("stripe_refund", "charges", "ch_1", {"disputed": True}),
        ("stripe_retry_invoice", "invoices", "in_1", {"status": "paid", "amount_remaining": 0}),
        ("stripe_void_invoice", "invoices", "in_1", {"status": "void"}),
    ],
)
@pytest.mark.parametrize("reads", [True, False])
async def test_what_is_moot_at_stripe_is_not_performed(
    here: Context,
    founder: Client,
    account: StripeWrites,
    make_settings: MakeSettings,
    reads: bool,
    action_type: str,
    kind: str,
    object_id: str,
    changes: Json,
) -> None:
    """No event has told it. With a key to read it is superseded; without one Stripe's answer refuses it."""
    proposal = await approved(here, founder, action_type)
    account.find(kind, object_id).update(changes)
    read_key = {"stripe_api_key": Secret(KEY), "stripe_timeout": 10.0} if reads else {}
    settings = make_settings(
        stripe_write_key=Secret(WRITE_KEY),
        stripe_api_base=account.fake.url,
        stripe_write_timeout=5.0,
        **read_key,
    )
    async with open_context(settings, pool_size=12) as reading:
        ended_as = await go(reading, proposal.id)
    refused_later = not reads and changes.get("disputed")  # only Stripe's own answer tells
    assert ended_as is (Status.SUPERSEDED if reads else Status.FAILED)
    assert account.effects == []
    outcome = (await records.proposal(here, proposal.id)).outcome or ""
    assert ("moot before it was sent" in outcome) is reads
    assert not refused_later or "charged the payment back" in outcome


# When it breaks


@of_each
async def test_a_cut_answer_is_no_second_effect(
    here: Context, founder: Client, account: StripeWrites, action_type: str
) -> None:
    proposal = await approved(here, founder, action_type)
    left = [Break(Cut.ACCEPTED)]
    marks = marks_of(action_type)
    account.fake.breaks = lambda method, path: (
        left.pop() if left and method == "POST" and path not in marks else None
    )
    assert await go(here, proposal.id) is Status.EXECUTED
    assert account.effects == [EFFECTS[action_type]]


@of_each
async def test_what_stripe_cannot_tell_is_unknown_until_it_can(
    here: Context, founder: Client, account: StripeWrites, action_type: str
) -> None:
    proposal = await approved(here, founder, action_type)
    acted = [False]

    def breaks(method: str, path: str) -> Break | None:
        if method != "POST" or path in marks_of(action_type):
            return None
        acted[0] = True
        return Break(Cut.ACCEPTED)

    account.fake.breaks = breaks
    account.fake.script = lambda request: fail(500, "Sorry") if acted[0] and request.method == "GET" else None
    assert await go(here, proposal.id) is Status.UNKNOWN
    account.fake.breaks, account.fake.script = lambda _, __: None, lambda _: None
    with pytest.raises(ConfirmationNeededError):
        await founder.proposals.retry(proposal.id, proposal.version)
    await founder.proposals.retry(proposal.id, proposal.version, confirmed=True)
    assert await go(here, proposal.id) is Status.EXECUTED
    assert account.effects == [EFFECTS[action_type]]


@of_each
async def test_a_request_that_arrives_late_is_executed_and_not_superseded(
    here: Context, founder: Client, account: StripeWrites, action_type: str
) -> None:
    """The first look found nothing, then Stripe ran the request after all, and told of it by an event."""
    proposal = await approved(here, founder, action_type)
    held: list[Any] = []

    async def late(request: Any) -> Any:
        if held or request.path in marks_of(action_type):
            return await account.write(request)
        held.append(request)
        return fail(500, "Sorry", type="api_error")

    account.fake.write = late
    assert await go(here, proposal.id) is Status.EXECUTING
    account.fake.write = account.write
    await account.write(held[0])  # it was still under way
    done = {"stripe_accept_dispute": "lost"}.get(action_type)
    moot = MOOT[action_type] if done is None else dispute("charge.dispute.closed", at=-0.1, status=done)
    await records.record_event(here, moot)
    assert await go(here, proposal.id) is Status.EXECUTED
    assert account.effects == [EFFECTS[action_type]]
    assert [name for name, _ in await attempts(here, proposal.id)] == ["failed", "succeeded"]


async def test_a_declined_payment_fails_and_says_why(
    here: Context, founder: Client, account: StripeWrites
) -> None:
    account.declines["pm_2"] = "insufficient_funds"
    proposal = await approved(here, founder, "stripe_retry_invoice")
    assert await go(here, proposal.id) is Status.FAILED
    outcome = (await records.proposal(here, proposal.id)).outcome or ""
    assert outcome.startswith(
        "The payment was declined (insufficient_funds): the customer has to give another"
    )
    assert account.effects == ["declined in_1"]
    account.declines.clear()
    await founder.proposals.retry(
        proposal.id, proposal.version, confirmed=True
    )  # a new approval has a new key
    assert await go(here, proposal.id) is Status.EXECUTED
    assert account.effects == ["declined in_1", "pay in_1"]


async def test_a_key_without_the_permission_fails_and_names_it(
    here: Context, founder: Client, account: StripeWrites
) -> None:
    account.lacks.add("rak_charge_write")
    proposal = await approved(here, founder, "stripe_refund")
    assert await go(here, proposal.id) is Status.FAILED
    assert "Charges and Refunds: Write (rak_charge_write)" in (
        (await records.proposal(here, proposal.id)).outcome or ""
    )
    assert await status(here, proposal.id) is Status.FAILED


async def test_a_dispute_that_was_accepted_here_is_no_news(
    here: Context, founder: Client, account: StripeWrites
) -> None:
    proposal = await approved(here, founder, "stripe_accept_dispute")
    assert await go(here, proposal.id) is Status.EXECUTED
    closed = await take_in_now(here, dispute("charge.dispute.closed", at=-0.1, status="lost"))
    assert records.why_declined(closed, "dispute_lost") == "the company accepted the dispute itself"
    assert await founder.proposals.inbox() == []


async def test_a_dispute_that_is_lost_before_its_acceptance_is_sent_is_news(
    here: Context, founder: Client, account: StripeWrites
) -> None:
    """Executions were paused, and meanwhile the bank decided: nothing was accepted here."""
    await founder.deployment.pause()
    proposal = await approved(here, founder, "stripe_accept_dispute")
    await take_in_now(here, dispute("charge.dispute.closed", at=-0.1, reason="duplicate", status="lost"))
    await founder.deployment.resume()
    assert await go(here, proposal.id) is Status.SUPERSEDED
    assert account.effects == []
    assert [line.play for line in await founder.proposals.inbox()] == ["dispute_lost"]


async def test_an_invoice_that_was_charged_counts_as_recovered(
    here: Context, founder: Client, account: StripeWrites
) -> None:
    proposal = await approved(here, founder, "stripe_retry_invoice")
    assert await go(here, proposal.id) is Status.EXECUTED
    just_now = int(datetime.now(UTC).timestamp()) + 1
    await take_in(here, paid(subscription="sub_1", created=just_now))
    [row] = await records.rows(here, "select proposal_id, amount_minor from recoveries")
    assert (row["proposal_id"], row["amount_minor"]) == (proposal.id, 4900)
