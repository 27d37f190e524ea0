"""The link to pay is read again before a mail goes out: the newest one is sent, once, and the audit log says so."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import AmbiguousError, NotAcceptedError
from execops.model import Json, Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.fake_stripe import KEY, FakeStripe, Reply, fail, fake_stripe
from tests.payloads import parse, part
from tests.performing import NO, Scripted, attempts, go
from tests.stripe_events import failed, fixture, invoice, take_in

PAGE = "https://invoice.stripe.com/i/acct_1/live_{}?s=ap"
DRAFTED, READ, LATER = (PAGE.format(name) for name in ("1", "12", "13"))


class Mailing(Scripted):
    """A scripted adapter that keeps the texts that it was told to send."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Keep the text, then answer as scripted."""
        self.texts.append(payload["text"])
        return await super().perform(payload, idempotency_key=idempotency_key)


@pytest.fixture
async def fake() -> AsyncIterator[FakeStripe]:
    async with fake_stripe() as server:
        acme = fixture("customer", id="cus_1", name="Acme Inc", email="billing@acme.example", livemode=True)
        server.add("customers", acme)
        yield server


@pytest.fixture
async def reading(fake: FakeStripe, make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context with a key."""
    settings = make_settings(stripe_api_key=Secret(KEY), stripe_api_base=fake.url, stripe_timeout=0.5)
    async with open_context(settings, pool_size=12) as context:
        yield context


@pytest.fixture
async def decider(reading: Context, founder_token: Secret) -> Client:
    """The founder's client."""
    return await Client.login(reading, founder_token)


def at_stripe(fake: FakeStripe, link: str | None, **changes: Any) -> None:
    """Let Stripe's API answer with this state of the invoice."""
    fake.objects["invoices"] = [invoice(hosted_invoice_url=link, attempt_count=2, livemode=True, **changes)]


async def drafted(ctx: Context, link: str = DRAFTED, **changes: Any) -> int:
    """The id of a pending mail about the second failed attempt at the invoice."""
    payload = failed(hosted_invoice_url=link, attempt_count=2)
    payload["data"]["object"] |= changes
    event = await take_in(ctx, payload)
    [proposal_id] = [result["proposal"] for result in event.outcome if result.get("play") == "card_update"]
    assert isinstance(proposal_id, int), event.outcome
    return proposal_id


async def approve(ctx: Context, client: Client, proposal_id: int) -> int:
    """Approve the proposal and drop its job; returns the number of the approval."""
    proposal = await records.proposal(ctx, proposal_id)
    await client.proposals.approve(proposal_id, proposal.version)
    await records.drop_jobs(ctx)
    return (await records.proposal(ctx, proposal_id)).approval_no


def sent(ctx: Context) -> str:
    """The text of the one mail in the outbox."""
    [path] = records.mails(ctx)
    return part(parse(path), "plain")


async def started(ctx: Context, proposal_id: int) -> list[Json]:
    """The notes of the audit log on each attempt that began."""
    rows = await records.rows(
        ctx,
        "select audit_told(a.metadata_json, w.words) as metadata_json from audit_log a left join audit_words w using (org_id, seq)"
        " where proposal_id = %s and action = 'execution.started' order by seq",
        proposal_id,
    )
    return [row["metadata_json"] for row in rows]


async def test_the_newest_link_is_sent_and_noted(reading: Context, decider: Client, fake: FakeStripe) -> None:
    proposal_id = await drafted(reading)
    at_stripe(fake, READ)
    await approve(reading, decider, proposal_id)
    approved = await records.proposal(reading, proposal_id)
    assert await go(reading, proposal_id) is Status.EXECUTED
    assert sent(reading) == approved.payload["text"].replace(DRAFTED, READ)
    assert (await records.proposal(reading, proposal_id)).payload == approved.payload
    assert [note["links"] for note in await started(reading, proposal_id)] == [{DRAFTED: READ}]


async def test_the_same_link_changes_nothing(reading: Context, decider: Client, fake: FakeStripe) -> None:
    proposal_id = await drafted(reading)
    at_stripe(fake, DRAFTED)
    await approve(reading, decider, proposal_id)
    assert await go(reading, proposal_id) is Status.EXECUTED
    assert DRAFTED in sent(reading)
    assert "links" not in (await started(reading, proposal_id))[0]


async def test_a_link_that_begins_like_another_stays_whole(
    reading: Context, decider: Client, fake: FakeStripe
) -> None:
    proposal_id = await drafted(reading, "https://invoice.stripe.com/i/1")
    proposal = await records.proposal(reading, proposal_id)
    text = f"{proposal.payload['text']}\nSee https://invoice.stripe.com/i/12, or https://invoice.stripe.com/i/1.\n"
    await decider.proposals.edit(proposal_id, proposal.version, {**proposal.payload, "text": text})
    at_stripe(fake, READ)
    await approve(reading, decider, proposal_id)
    assert await go(reading, proposal_id) is Status.EXECUTED
    assert sent(reading).endswith(f"\nSee https://invoice.stripe.com/i/12, or {READ}.\n")


async def test_an_invoice_that_turns_out_paid_is_not_written_about(
    reading: Context, decider: Client, fake: FakeStripe
) -> None:
    proposal_id = await drafted(reading)
    at_stripe(fake, READ, status="paid", paid=True, amount_paid=4900, amount_remaining=0)
    await approve(reading, decider, proposal_id)
    assert await go(reading, proposal_id) is Status.SUPERSEDED
    outcome = (await records.proposal(reading, proposal_id)).outcome or ""
    assert outcome.startswith("moot before it was sent: ")
    assert outcome.endswith("is paid")
    assert records.mails(reading) == []


async def test_another_amount_is_asked_about_again(
    reading: Context, decider: Client, fake: FakeStripe
) -> None:
    proposal_id = await drafted(reading)
    at_stripe(fake, READ, amount_paid=2000, amount_remaining=2900)
    await approve(reading, decider, proposal_id)
    assert await go(reading, proposal_id) is Status.PENDING
    assert READ in (await records.proposal(reading, proposal_id)).payload["text"]
    assert records.mails(reading) == []


@pytest.mark.parametrize(
    "answer", [fail(500), fail(404), fail(403), Reply(body=None), Reply(delay=5), Reply(body=b"no JSON")]
)
async def test_without_an_answer_the_known_link_is_sent_in_bounded_time(
    reading: Context, decider: Client, fake: FakeStripe, answer: Reply
) -> None:
    proposal_id = await drafted(reading)
    await approve(reading, decider, proposal_id)
    fake.script = lambda _: answer
    began = time.monotonic()
    assert await go(reading, proposal_id) is Status.EXECUTED
    assert time.monotonic() - began < 4
    assert DRAFTED in sent(reading)


@pytest.mark.parametrize("link", ["https://evil.example/i/1", "http://invoice.stripe.com/i/2", None])
async def test_a_link_of_another_host_is_never_sent(
    reading: Context, decider: Client, fake: FakeStripe, link: str | None
) -> None:
    proposal_id = await drafted(reading)
    at_stripe(fake, link)
    await approve(reading, decider, proposal_id)
    assert await go(reading, proposal_id) is Status.EXECUTED
    assert DRAFTED in sent(reading)


@pytest.mark.parametrize(
    ("error", "reconciled"), [(NotAcceptedError("busy"), []), (AmbiguousError("a timeout"), [NO])]
)
async def test_every_attempt_of_an_approval_sends_the_same_link(
    reading: Context, decider: Client, fake: FakeStripe, error: Exception, reconciled: list[Any]
) -> None:
    adapter = Mailing()
    adapter.performs, adapter.reconciles = [error], list(reconciled)
    here = replace(reading, adapters={**reading.adapters, "email": adapter})
    proposal_id = await drafted(here)
    at_stripe(fake, READ)
    await approve(here, decider, proposal_id)
    assert await go(here, proposal_id) is Status.EXECUTING
    at_stripe(fake, LATER)
    assert await go(here, proposal_id) is Status.EXECUTED
    assert len(set(adapter.keys)) == 1
    assert len(set(adapter.texts)) == 1
    assert READ in adapter.texts[0]
    assert [note["links"] for note in await started(here, proposal_id)] == [{DRAFTED: READ}] * 2
    assert [status for status, _ in await attempts(here, proposal_id)] == ["failed", "succeeded"]


async def test_an_invoice_paid_between_two_attempts_is_not_written_about(
    reading: Context, decider: Client, fake: FakeStripe
) -> None:
    adapter = Mailing()
    adapter.performs = [NotAcceptedError("busy")]
    here = replace(reading, adapters={**reading.adapters, "email": adapter})
    proposal_id = await drafted(here)
    at_stripe(fake, READ)
    await approve(here, decider, proposal_id)
    assert await go(here, proposal_id) is Status.EXECUTING
    at_stripe(fake, LATER, status="paid", paid=True, amount_paid=4900, amount_remaining=0)
    assert await go(here, proposal_id) is Status.SUPERSEDED
    assert len(adapter.texts) == 1


async def test_an_older_approval_reads_nothing(reading: Context, decider: Client, fake: FakeStripe) -> None:
    proposal_id = await drafted(reading)
    approval = await approve(reading, decider, proposal_id)
    fake.requests.clear()
    await processing.execute_proposal(reading, proposal_id, approval - 1)
    assert fake.requests == []


async def test_a_link_of_a_later_event_replaces_an_approved_one_without_a_key(
    ctx: Context, client: Client
) -> None:
    """The event changed nothing but the link, which is not a reason to ask again."""
    proposal_id = await drafted(ctx)
    await approve(ctx, client, proposal_id)
    await records.record_event(ctx, failed(hosted_invoice_url=READ, attempt_count=2))
    assert await go(ctx, proposal_id) is Status.EXECUTED
    assert READ in sent(ctx)
    assert DRAFTED not in sent(ctx)


@pytest.mark.parametrize(
    ("key", "age", "note"),
    [
        (None, 20, "works until"),
        (None, 40, "may have stopped working on"),
        (None, 2, None),
        (Secret(KEY), 40, None),
    ],
)
async def test_the_card_warns_of_a_link_that_may_have_ended(
    make_settings: MakeSettings, fake: FakeStripe, key: Secret | None, age: int, note: str | None
) -> None:
    settings = make_settings(stripe_api_key=key, stripe_api_base=fake.url, stripe_timeout=0.5)
    made = int(time.time()) - age * 86_400
    async with open_context(settings) as ctx:
        proposal_id = await drafted(ctx, created=made, status_transitions={"finalized_at": made})
        evidence = dict((await records.proposal(ctx, proposal_id)).evidence)
    assert ("Link" in evidence) is (note is not None)
    assert evidence.get("Link", "").startswith(note or "")
