"""Senders and recipients that are not set: no draft has a placeholder, and every card names the setting."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from execops.adapters.email import EmailAdapter
from execops.adapters.outbox.emails import EmailOutbox
from execops.client import Client
from execops.context import Context
from execops.errors import InvalidPayloadError
from execops.model import Proposal, Status
from execops.processing import execute_proposal
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.payloads import parse, part
from tests.stripe_events import failed, take_in

UNSET = dict.fromkeys(("company_name", "email_from", "account_owner_email", "finance_email"))
LARGE: dict[str, Any] = {"amount_due": 120_000, "amount_remaining": 120_000}


class Real(EmailOutbox):
    """A transport that leaves the machine."""

    leaves_the_machine = True


@pytest.fixture
async def bare(make_settings: MakeSettings) -> AsyncIterator[Context]:
    """A Context without a company, a sender or a team."""
    async with open_context(make_settings(**UNSET)) as context:
        yield context


@pytest.fixture
async def founder(bare: Context, founder_token: Secret) -> Client:
    """The founder's client."""
    return await Client.login(bare, founder_token)


async def drafted(ctx: Context, play: str, **changes: Any) -> Proposal:
    """The proposal of a play about a failed charge."""
    event = await take_in(ctx, failed(**changes))
    [result] = records.results_of_play(event, play)
    return await records.proposal(ctx, result["proposal"])


async def test_a_mail_to_a_customer_says_that_the_sender_is_not_set(bare: Context, founder: Client) -> None:
    proposal = await drafted(bare, "card_update", **LARGE)
    assert "from" not in proposal.payload
    assert proposal.payload["text"].endswith("\n\nThank you.\n")
    assert ["Sender", "not set: EXECOPS_EMAIL_FROM"] in proposal.evidence
    assert ["Signature", "not set: EXECOPS_COMPANY_NAME"] in proposal.evidence
    card = await founder.proposals.card(proposal.id)
    assert card.does == (
        "puts a mail without a sender to billing@acme.example into the outbox; nothing leaves this machine"
    )
    assert card.preview is not None
    assert card.preview.startswith("From: not set\nTo: billing@acme.example\n")


async def test_a_message_to_a_team_of_one_is_a_notice(bare: Context) -> None:
    proposal = await drafted(bare, "owner_alert", **LARGE)
    assert proposal.action_type == "notice"
    assert proposal.payload.keys() == {"subject", "text"}
    assert "Please" not in proposal.payload["text"], "nobody says please to oneself"
    labels = {label for label, _ in proposal.evidence}
    assert not labels & {"Sender", "Recipient", "Signature"}, "nothing is sent, so nothing is missing"


async def test_a_notice_is_no_message_to_the_customer_it_is_about(bare: Context, founder: Client) -> None:
    """The owner's notice and the mail to the customer are about one invoice."""
    event_ = await take_in(bare, failed(**LARGE))
    ids = {
        play: records.results_of_play(event_, play)[-1]["proposal"] for play in ("owner_alert", "card_update")
    }
    notice, mail = ids["owner_alert"], ids["card_update"]
    assert (await founder.proposals.get(notice)).action_type == "notice"
    await founder.proposals.approve(mail, 1)
    await founder.proposals.approve(notice, 1)  # asks nothing: nobody is written to
    assert (await founder.proposals.card(notice)).last_written is None
    assert (await founder.proposals.card(mail)).last_written is None


async def test_nothing_stands_in_for_an_address_or_a_name(bare: Context) -> None:
    for play in ("card_update", "owner_alert"):
        proposal = await drafted(bare, play, **LARGE)
        whole = json.dumps([proposal.title, proposal.payload, proposal.evidence])
        assert "localhost" not in whole
        assert "Our team" not in whole


async def test_the_name_on_the_invoice_signs_where_none_is_set(bare: Context) -> None:
    proposal = await drafted(bare, "card_update", account_name="Ledgerly\u202e GmbH")
    signed = proposal.payload["text"].endswith("\n\nThank you,\nLedgerly GmbH\n")
    assert signed
    assert all(label != "Signature" for label, _ in proposal.evidence)


async def test_the_outbox_takes_a_mail_without_a_sender(bare: Context, founder: Client) -> None:
    proposal = await drafted(bare, "card_update")
    decided = await founder.proposals.approve(proposal.id, proposal.version)
    await execute_proposal(bare, decided.proposal_id, 1)
    [path] = records.mails(bare)
    assert (parse(path)["From"], parse(path)["To"]) == ("not set:;", "billing@acme.example")
    assert part(parse(path), "plain") == proposal.payload["text"]
    assert (await records.proposal(bare, proposal.id)).status is Status.EXECUTED


async def test_a_transport_that_mails_for_real_does_not(bare: Context, founder_token: Secret) -> None:
    real = replace(bare, adapters={**bare.adapters, "email": EmailAdapter(Real(bare.settings))})
    client = await Client.login(real, founder_token)
    proposal = await drafted(real, "card_update")
    with pytest.raises(InvalidPayloadError, match="no sender"):
        await client.proposals.approve(proposal.id, proposal.version)
    assert (await records.proposal(real, proposal.id)).status is Status.PENDING
    edited = await client.proposals.edit(
        proposal.id,
        proposal.version,
        {**proposal.payload, "from": "Billing at Example <billing@example.com>"},
    )
    await client.proposals.approve(proposal.id, edited.version)
    await execute_proposal(real, proposal.id, 1)
    [path] = records.mails(real)
    assert parse(path)["From"] == "Billing at Example <billing@example.com>"


async def test_an_approval_from_before_is_refused_at_send(bare: Context, founder: Client) -> None:
    """The outbox accepted the approval; the transport changed before the action was performed."""
    proposal = await drafted(bare, "card_update")
    await founder.proposals.approve(proposal.id, proposal.version)
    real = replace(bare, adapters={**bare.adapters, "email": EmailAdapter(Real(bare.settings))})
    await execute_proposal(real, proposal.id, 1)
    failed_proposal = await records.proposal(bare, proposal.id)
    assert failed_proposal.status is Status.FAILED
    assert "no sender" in (failed_proposal.outcome or "")
    assert records.mails(bare) == []
    assert await records.executions(bare, proposal.id) == []
