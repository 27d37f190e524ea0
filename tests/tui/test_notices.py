"""A notice in the inbox: it is acknowledged, and nothing is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from execops.client import Client
from execops.context import Context
from execops.errors import InvalidInputError
from execops.model import Status
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.integration.test_bank_import import csv_of, process, take
from tests.job_worker import working
from tests.stripe_events import event, fixture, take_in
from tests.tui.inbox import Inbox, opened
from tui import links


@pytest.fixture
async def alone(make_settings: MakeSettings) -> AsyncIterator[Context]:
    """The Context of a team of one."""
    async with open_context(
        make_settings(account_owner_email=None, finance_email=None, undo_window=60)
    ) as context:
        yield context


@pytest.fixture
async def founder(alone: Context, founder_token: Secret) -> Client:
    """The founder, alone."""
    return await Client.login(alone, founder_token)


def payout(number: int, **changes: Any) -> dict[str, Any]:
    """The event of a failed payout."""
    fields = {"id": f"po_{number}", "status": "failed", "failure_code": "account_closed"}
    return event("payout.failed", fixture("payout", **(fields | changes)))


def note(shown: list[str], page: str) -> bool:
    """A browser that only takes note."""
    shown.append(page)
    return True


def last_line(inbox: Inbox) -> str:
    """The last line of the screen: the keys."""
    return inbox.text().splitlines()[-1]


async def test_a_notice_is_acknowledged(alone: Context, founder: Client) -> None:
    await take_in(alone, payout(1))
    async with opened(founder) as inbox:
        card = await inbox.card()
        assert card.action_type == "notice"
        assert "Acknowledging marks this notice as read and done; nothing is sent." in " ".join(
            inbox.text().split()
        )
        assert "a acknowledge" in last_line(inbox)
        assert "approve" not in last_line(inbox)
        await inbox.press("a")
        await inbox.until(lambda: "This one is critical. Acknowledge it?" in inbox.text())
        await inbox.press("y")
        await inbox.until(lambda: "acknowledged · " in inbox.lines(inbox.list)[0])
        await inbox.until(lambda: "Acknowledged by founder; done in" in inbox.text())
        await inbox.press("z")
        await inbox.heard("Taken back")
        assert (await founder.proposals.get(card.id)).status is Status.PENDING


async def test_acknowledged_it_is_executed_and_nothing_was_sent(
    make_settings: MakeSettings, founder_token: Secret
) -> None:
    settings = make_settings(account_owner_email=None, finance_email=None)
    async with open_context(settings) as alone:
        founder = await Client.login(alone, founder_token)
        await take_in(alone, payout(1))
        async with working(alone), opened(founder) as inbox:
            await inbox.card()
            await inbox.press("a")
            await inbox.until(lambda: "Acknowledge it?" in inbox.text())
            await inbox.press("y")
            await inbox.heard("Done: #1")
        proposal = await founder.proposals.get(1)
        assert proposal.status is Status.EXECUTED
        assert not records.mails(alone)
        [execution] = await records.executions(alone, 1)
        assert (execution["status"], execution["result_json"]) == ("succeeded", {"acknowledged": True})
        actions = await records.transitions(alone, 1)
        assert "approved" in " ".join(actions)


async def test_several_notices_are_acknowledged_together(alone: Context, founder: Client) -> None:
    for number in (1, 2):
        await take_in(alone, payout(number))
    async with opened(founder) as inbox:
        await inbox.card()
        await inbox.press("space", "space")
        await inbox.until(lambda: "A acknowledge 2 marked" in last_line(inbox))
        await inbox.press("A")
        await inbox.until(lambda: "Acknowledge these 2, all of payout_failed?" in inbox.text())
        await inbox.press("y")
        await inbox.heard("2 acknowledged.")


@pytest.mark.parametrize(
    ("livemode", "url"),
    [
        (True, "https://dashboard.stripe.com/payouts/po_1"),
        (False, "https://dashboard.stripe.com/test/payouts/po_1"),
    ],
)
async def test_o_opens_the_object_of_a_notice_in_its_mode(
    make_settings: MakeSettings,
    founder_token: Secret,
    monkeypatch: pytest.MonkeyPatch,
    livemode: bool,
    url: str,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(links, "show", lambda page: note(shown, page))
    mode = "live" if livemode else "test"
    settings = make_settings(account_owner_email=None, finance_email=None, stripe_mode=mode)
    async with open_context(settings) as alone:
        founder = await Client.login(alone, founder_token)
        await take_in(alone, payout(1) | {"livemode": livemode})
        async with opened(founder) as inbox:
            card = await inbox.card()
            assert url in card.payload["text"]
            await inbox.press("o")
            await inbox.heard(f"Opened {url}")
            assert shown == [url]


async def test_nothing_is_opened_for_the_money_at_the_bank(
    alone: Context, founder: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(links, "show", lambda page: note(shown, page))
    now = datetime.now(UTC)
    months = [(now.year * 12 + now.month - 1 - back) for back in (3, 2, 1)]
    rows = [(f"{month // 12}-{month % 12 + 1:02}-05", "Gusto", "-20000.00") for month in months]
    await take(alone, founder, csv_of(*rows))
    await records.run(
        alone,
        "insert into balances (account, kind, amount_minor, currency, as_of) values"
        " ('bank:main', 'current', 4000000, 'USD', now())",
    )
    await take(alone, founder, csv_of((f"{now:%Y-%m-%d}", "Bank interest", "1.00")))
    await process(alone)
    async with opened(founder) as inbox:
        card = await inbox.card()
        assert card.play == "runway_low"
        await inbox.press("o")
        await inbox.heard("This is about the bank's money: Stripe has no page for it.")
        assert not shown


async def test_the_money_of_no_customer_is_not_asked_for(alone: Context, founder: Client) -> None:
    """No movement has the id of a payout, so the canvas would show that nothing was ever paid."""
    await take_in(alone, payout(1))
    async with opened(founder) as inbox:
        await inbox.card()
        await inbox.press("w")
        await inbox.heard("names no customer")
        assert inbox.screen.panes.canvas is None


async def test_no_payout_is_a_customer_who_is_never_contacted(alone: Context, founder: Client) -> None:
    """The subject of a payout is the bank account that it goes to."""
    await take_in(alone, payout(1))
    async with opened(founder) as inbox:
        await inbox.card()
        await inbox.press("r")
        await inbox.until(lambda: "Reject" in inbox.text())
        assert "Never contact" not in inbox.text()
    with pytest.raises(InvalidInputError, match="about no customer"):
        await founder.proposals.reject(1, 1, "paid by hand", suppress=True)
    assert await founder.suppressions.list() == []
    await founder.proposals.reject(1, 1, "paid by hand")
    assert (await founder.proposals.get(1)).status == "rejected"
