"""An action at Stripe in the inbox: its amount and object, one more question, and the edit of its fields."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static, TextArea

from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.settings import Secret, Settings
from tests.conftest import MakeSettings
from tests.fake_stripe_writes import WRITE_KEY
from tests.integration.test_stripe_cases_disputes import charge, dispute, take_in
from tests.integration.test_stripe_cases_warnings import warning
from tests.tui.inbox import Inbox, opened
from tui.screens.confirm import ConfirmScreen
from tui.screens.edit import EditScreen


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Settings with a key at Stripe, where nobody listens."""
    return make_settings(
        stripe_write_key=Secret(WRITE_KEY), stripe_api_base="http://127.0.0.1:9", undo_window=60.0
    )


async def propose_refund(ctx: Context, client: Client) -> int:
    """A pending refund of $49.00."""
    await client.plays.set_allowed("action", "stripe_refund", True)
    await take_in(ctx, charge(at=-3))
    await take_in(ctx, warning())
    [line] = await client.proposals.inbox()
    return line.id


async def asked(inbox: Inbox) -> str:
    """The words of the question."""
    await inbox.until(lambda: isinstance(inbox.app.screen, ConfirmScreen))
    return inbox.text()


@pytest.mark.parametrize(("key", "status"), [("y", Status.APPROVED), ("n", Status.PENDING)])
async def test_a_refund_is_asked_about_with_its_amount_and_payment(
    ctx: Context, client: Client, key: str, status: Status
) -> None:
    refund = await propose_refund(ctx, client)
    async with opened(client, size=(120, 40)) as inbox:
        await inbox.card(refund)
        await inbox.press("a")
        words = await asked(inbox)
        assert "This cannot be taken back once it is done. Approve it?" in words
        assert "$49.00" in words
        assert "It refunds $49.00 of the payment ch_1." in words
        await inbox.press(key)
        await inbox.until(lambda: not isinstance(inbox.app.screen, ConfirmScreen))
        await inbox.until(lambda: not inbox.screen.approvals.asked)
    assert (await client.proposals.get(refund)).status is status


async def test_a_critical_acceptance_says_both(ctx: Context, client: Client) -> None:
    await client.plays.set_allowed("action", "stripe_accept_dispute", True)
    for payload in (
        charge(amount=490_000, amount_captured=490_000),
        charge("ch_2", at=-14, amount=490_000, amount_captured=490_000),
        dispute(reason="duplicate", amount=490_000, due=3),
    ):
        await take_in(ctx, payload)
    [line] = await client.proposals.inbox()
    assert line.action_type == "stripe_accept_dispute"
    async with opened(client, size=(120, 40)) as inbox:
        await inbox.card(line.id)
        await inbox.press("a")
        await asked(inbox)
        said = " ".join(str(part.content) for part in inbox.app.screen.query(Static))
        assert "This one is critical. This cannot be taken back once it is done. Approve it?" in said
        assert "It accepts the dispute du_1: $4,900.00 stays with the customer, for good." in said


async def test_marked_refunds_are_confirmed_by_their_list(ctx: Context, client: Client) -> None:
    refund = await propose_refund(ctx, client)
    async with opened(client, size=(120, 40)) as inbox:
        await inbox.card(refund)
        await inbox.press("space", "A")
        await inbox.until(lambda: "refunds $49.00 of the payment ch_1" in inbox.text())
        await inbox.press("y")
        await inbox.heard("1 approved")
    assert (await client.proposals.get(refund)).status is Status.APPROVED


async def test_the_fields_of_an_action_are_edited_in_place(ctx: Context, client: Client) -> None:
    refund = await propose_refund(ctx, client)
    async with opened(client, size=(120, 40)) as inbox:
        await inbox.card(refund)
        await inbox.press("E")
        await inbox.until(lambda: isinstance(inbox.app.screen, EditScreen))
        assert not inbox.app.screen.query(TextArea)
        field = inbox.app.screen.query_one("#field-amount", Input)
        field.value = "20"
        await inbox.until(lambda: "not one such as 49.00 USD" in inbox.text())
        field.value = "20.00 USD"
        await inbox.press("ctrl+s")
        await inbox.until(lambda: not isinstance(inbox.app.screen, EditScreen))
    edited = await client.proposals.get(refund)
    assert edited.payload == {"charge": "ch_1", "amount": "20.00 USD"}
