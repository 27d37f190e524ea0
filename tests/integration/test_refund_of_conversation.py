"""A refund that a conversation asks for: the payments as the books tell them, and read again before it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Json, Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.fake_stripe import KEY
from tests.fake_stripe_writes import WRITE_KEY, StripeWrites, stripe_account
from tests.fake_stripe_writes import charge as charge_at_stripe
from tests.integration.test_customer_fire import ON, arrive, case, customer
from tests.integration.test_stripe_cases_disputes import charge, days, take_in
from tests.performing import go

PAID: Json = {"customer": "cus_Ahornweg", "amount": 3900, "amount_captured": 3900, "currency": "eur"}
DAYS = {"ch_1": -2.0, "ch_2": -1.999}  # from now


@pytest.fixture
async def account() -> AsyncIterator[StripeWrites]:
    """Two payments of €39.00, a minute apart."""
    async with stripe_account() as made:
        for name, at in DAYS.items():
            made.fake.add("charges", charge_at_stripe(name, **PAID, created=days(at)))
        yield made


@pytest.fixture
async def here(account: StripeWrites, make_settings: MakeSettings) -> AsyncIterator[Context]:
    settings = make_settings(
        **ON,
        stripe_write_key=Secret(WRITE_KEY),
        stripe_api_key=Secret(KEY),
        stripe_timeout=10.0,
        stripe_api_base=account.fake.url,
    )
    async with open_context(settings) as ctx:
        yield ctx


async def ready(ctx: Context, founder_token: Secret, **second: Any) -> Client:
    """The two payments are on record, and the customer writes that they paid twice."""
    founder = await Client.login(ctx, founder_token)
    await founder.plays.set_allowed("action", "stripe_refund", True, "tried it")
    await customer(ctx, "cus_Ahornweg", "kasse@ahornweg.example.org", "Ahornweg eG")
    await take_in(ctx, charge("ch_1", at=DAYS["ch_1"], **PAID | second))
    await take_in(ctx, charge("ch_2", at=DAYS["ch_2"], **PAID))
    await arrive(ctx, *case("o15")["notifications"])
    return founder


async def test_the_second_payment_is_refunded_once(
    here: Context, founder_token: Secret, account: StripeWrites
) -> None:
    founder = await ready(here, founder_token)
    [line] = await founder.proposals.inbox()
    proposal = (await founder.proposals.card(line.id)).proposal
    assert (proposal.action_type, proposal.payload["charge"]) == ("stripe_refund", "ch_2")
    await founder.proposals.approve(proposal.id, proposal.version, confirmed=True)
    assert await go(here, proposal.id) is Status.EXECUTED
    assert account.effects == ["refund re_1"]


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("changes", [{"amount_refunded": 3900}, {"disputed": True}])
async def test_what_was_returned_meanwhile_is_not_refunded(
    here: Context, founder_token: Secret, account: StripeWrites, name: str, changes: Json
) -> None:
    """No event has told it: either payment is read again before the refund is sent."""
    founder = await ready(here, founder_token)
    [line] = await founder.proposals.inbox()
    await founder.proposals.approve(line.id, 1, confirmed=True)
    account.find("charges", name).update(changes)
    assert await go(here, line.id) is Status.SUPERSEDED
    assert account.effects == []
    assert "intercom_reply" in ((await records.proposal(here, line.id)).outcome or "")


@pytest.mark.parametrize("state", [{"amount_refunded": 3900}, {"disputed": True}, {"captured": False}])
async def test_the_other_half_of_a_returned_payment_is_not_drafted(
    here: Context, founder_token: Secret, state: Json
) -> None:
    founder = await ready(here, founder_token, **state)
    [line] = await founder.proposals.inbox()
    assert line.action_type == "intercom_reply"
