"""Mails in the customer's language: from the webhook to the outbox, with the founder's own words beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from execops.adapters import create_adapters
from execops.client import Client
from execops.context import Context
from execops.errors import InvalidInputError
from execops.graphs.rewording import Question
from execops.model import Draft, Proposal, Status
from execops.plays import samples
from execops.plays.registry import all_plays
from execops.processing import execute_proposal
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.stripe_events import event, failed, fixture, take_in


@pytest.fixture
async def polyglot(make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context of a founder who writes English, German and French."""
    async with open_context(make_settings(languages=("en", "de", "fr"))) as context:
        yield context


@pytest.fixture
async def founder(polyglot: Context, founder_token: Secret) -> Client:
    """The founder's client."""
    return await Client.login(polyglot, founder_token)


async def customer(ctx: Context, *locales: str, type_: str = "customer.created") -> None:
    """The customer of the failing invoices, with these preferred locales."""
    named = {"id": "cus_1", "name": "Acme Inc", "email": "billing@acme.example", "description": None}
    await take_in(ctx, event(type_, fixture("customer", **named, preferred_locales=list(locales))))


async def only(ctx: Context) -> Proposal:
    [row] = await records.rows(ctx, "select id from action_proposals where status = 'pending'")
    return await records.proposal(ctx, row["id"])


async def test_a_draft_is_in_the_customers_language_and_is_sent_so(
    polyglot: Context, founder: Client
) -> None:
    await customer(polyglot, "de-AT", "en")
    await take_in(polyglot, failed(attempt_count=2))
    proposal = await only(polyglot)
    assert proposal.language == "de"
    assert proposal.payload["subject"].startswith("Erinnerung: Ihre Zahlung über")
    assert proposal.translation["language"] == "en"
    assert proposal.translation["subject"] == "Reminder: your payment of $49.00 did not go through"
    assert "translation" not in proposal.payload
    await founder.proposals.approve(proposal.id, proposal.version)
    approved = await records.proposal(polyglot, proposal.id)
    await execute_proposal(polyglot, proposal.id, approved.approval_no)
    assert (await records.proposal(polyglot, proposal.id)).status is Status.EXECUTED
    [path] = (polyglot.settings.outbox / "email" / "new").iterdir()
    sent = path.read_text()
    assert "did not go through" not in sent


async def test_a_language_that_the_founder_does_not_list_gets_the_founders_own(polyglot: Context) -> None:
    await customer(polyglot, "ja")
    await take_in(polyglot, failed(attempt_count=2))
    proposal = await only(polyglot)
    assert (proposal.language, proposal.translation) == ("en", {})


async def test_a_pending_draft_follows_the_customers_language(polyglot: Context) -> None:
    await take_in(polyglot, failed(attempt_count=2))
    assert (await only(polyglot)).language == "en"
    await customer(polyglot, "fr-CA", type_="customer.updated")
    proposal = await only(polyglot)
    assert (proposal.language, proposal.translation["language"], proposal.version) == ("fr", "en", 2)
    assert "49,00" in proposal.payload["text"]
    await customer(polyglot, type_="customer.updated")
    proposal = await only(polyglot)
    assert (proposal.language, proposal.translation, proposal.version) == ("en", {}, 3)


async def test_malformed_locales_are_no_locales(polyglot: Context) -> None:
    named = {"id": "cus_1", "name": "Acme Inc", "email": "billing@acme.example"}
    await take_in(polyglot, event("customer.created", fixture("customer", **named, preferred_locales="de")))
    await take_in(polyglot, failed(attempt_count=2))
    assert (await only(polyglot)).language == "en"


async def test_own_words_are_checked_before_anything_starts(make_settings: MakeSettings) -> None:
    settings = make_settings()
    folder = settings.home / "texts"
    folder.mkdir(parents=True)
    (folder / "card_update.en").write_text("card_update-subject = Hi\n")
    with pytest.raises(InvalidInputError, match=r"card_update\.en:1: "):
        async with open_context(settings):
            raise AssertionError("it opened")


async def test_own_words_are_drafted(make_settings: MakeSettings) -> None:
    settings = make_settings()
    folder = settings.home / "texts"
    folder.mkdir(parents=True)
    (folder / "letter.en").write_text("letter-paid-already = Paid already? Then forget this.\n")
    async with open_context(settings) as ctx:
        await take_in(ctx, failed(attempt_count=2))
        assert "\n\nPaid already? Then forget this.\n" in (await only(ctx)).payload["text"]


def test_a_model_rewords_no_mail_in_another_language(make_settings: MakeSettings) -> None:
    settings = make_settings(languages=("en", "de"))
    adapter = create_adapters(settings)["email"]
    for language, fields in (("en", {"subject", "text"}), ("de", set())):
        _, about = next(samples.samples("card_update", settings, language))
        draft = all_plays()["card_update"].answer(about)
        assert isinstance(draft, Draft)
        question = Question.about(draft, about.to_json(), adapter)
        assert {field.name for field in question.fields} == fields
