"""Looking further: the event behind a proposal, its page at Stripe, and the median in the header."""

from __future__ import annotations

from pathlib import Path

import pytest

from execops.client import Client
from execops.context import Context
from tests import records
from tests.stripe_events import failed, take_in
from tests.tui.inbox import Inbox, opened, propose
from tests.tui.scenes import FixedClient, scene_data
from tui import links
from tui.screens.event import EventScreen
from tui.screens.reader import ReaderScreen


@pytest.mark.parametrize(
    ("object_id", "livemode", "url"),
    [
        ("in_1", True, "https://dashboard.stripe.com/invoices/in_1"),
        ("in_1", False, "https://dashboard.stripe.com/test/invoices/in_1"),
        ("cus_9", True, "https://dashboard.stripe.com/customers/cus_9"),
        ("ch_9", True, "https://dashboard.stripe.com/payments/ch_9"),
        ("du_9", False, "https://dashboard.stripe.com/test/disputes/du_9"),
        ("po_9", True, "https://dashboard.stripe.com/payouts/po_9"),
        ("sub_9", True, "https://dashboard.stripe.com/subscriptions/sub_9"),
        ("src_9", True, "https://dashboard.stripe.com/search?query=src_9"),
        ("books", True, None),
        ("in_1/../../evil?x=\u202e", True, None),
        ("in_1\n", True, None),
        ("in_" + "1" * 300, True, None),
    ],
)
def test_pages_at_stripe(object_id: str, livemode: bool, url: str | None) -> None:
    assert links.stripe(object_id, livemode=livemode) == url


def note(shown: list[str], url: str) -> bool:
    """A browser that only takes note."""
    shown.append(url)
    return True


def test_a_browser_for_terminals_is_not_started_and_another_is_silent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The warnings that browsers write stood over the rows of the inbox."""
    shown = tmp_path / "shown"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {shown}\necho Gtk-WARNING\necho Gtk-WARNING >&2\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not links.show("https://a.example")
    assert not shown.exists()
    monkeypatch.setenv("DISPLAY", ":0")
    assert links.show("https://a.example/?a=1&b='2'")
    assert shown.read_text() == "https://a.example/?a=1&b='2'\n"
    assert capfd.readouterr() == ("", "")


async def test_o_opens_the_object_at_stripe(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)
    shown: list[str] = []
    monkeypatch.setattr(links, "show", lambda url: note(shown, url))
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("o")
        await inbox.heard("Opened https://dashboard.stripe.com/customers/cus_1")
        assert shown == ["https://dashboard.stripe.com/customers/cus_1"]


async def test_without_a_browser_the_page_is_told_and_copied(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await propose(ctx)
    monkeypatch.setattr(links, "show", lambda url: False)
    async with opened(client) as inbox:
        await inbox.card()
        await inbox.press("o")
        await inbox.until(lambda: isinstance(inbox.app.screen, ReaderScreen))
        assert "https://dashboard.stripe.com/customers/cus_1" in inbox.text()
        await inbox.press("y")
        assert inbox.app.clipboard == "https://dashboard.stripe.com/customers/cus_1"
        await inbox.press("escape")
        assert inbox.app.screen is inbox.screen


async def test_the_source_event_is_shown_on_demand(ctx: Context, client: Client) -> None:
    await propose(ctx, customer_name="Acme \x1b]0;x\x07[red]\u202e")
    await take_in(ctx, failed("in_1", customer="cus_1", customer_name="Tenant 1", attempt_count=3))
    async with opened(client, size=(120, 40)) as inbox:
        await inbox.card()
        await inbox.press("s")
        screen = await event_screen(inbox)
        assert "stripe invoice.payment_failed" in inbox.text()
        assert "2 of 2" in inbox.text()
        await inbox.press("left")
        await inbox.until(lambda: "1 of 2" in inbox.text())
        await inbox.press("y")
        assert '"customer_name": "Acme ]0;x[red]' in inbox.app.clipboard.replace("\\u001b", "").replace(
            "\\u0007", ""
        )
        assert not {"\x1b", "\x07", "\u202e"} & set(inbox.app.clipboard)
        await inbox.press("G")
        assert screen.body.scroll_offset.y > 0
        await inbox.press("escape")
        assert inbox.app.screen is inbox.screen


async def event_screen(inbox: Inbox) -> EventScreen:
    """The event, once it is read."""
    await inbox.until(
        lambda: (
            isinstance(inbox.app.screen, EventScreen)
            and '"invoice.payment_failed"' in inbox.app.screen._copies
        )
    )
    assert isinstance(inbox.app.screen, EventScreen)
    return inbox.app.screen


async def test_the_header_shows_the_median_from_opening_to_decision(ctx: Context, client: Client) -> None:
    for number in range(1, 5):
        await propose(ctx, number)
    for number, seconds in ((1, 2.0), (2, 4.1), (3, 60.0)):
        await client.proposals.record_opening(number, 1)
        # Opened this long before now: the decision follows within milliseconds.
        backdate = "update openings set opened_at = now() - make_interval(secs => %s) where proposal_id = %s"
        await records.run(ctx, backdate, seconds, number)
        await (client.proposals.approve(number, 1) if number != 2 else client.proposals.reject(number, 1))
    median = (await client.proposals.counts()).median_decision_seconds
    assert median == pytest.approx(4.1, abs=0.5)
    async with ctx.connection() as conn:  # the same from the rows themselves
        rows = await (
            await conn.execute(
                "select extract(epoch from a.ts - o.opened_at)::float8 as seconds from openings o"
                " join audit_log a using (proposal_id) where a.from_status = 'pending' order by seconds"
            )
        ).fetchall()
    assert median == pytest.approx(rows[1]["seconds"])
    async with opened(client) as inbox:
        assert f"pending · {median:.1f} s to decide   " in inbox.lines()[0]
    async with opened(client, size=(120, 36)) as inbox:
        assert f"pending · median time to decide {median:.1f} s   " in inbox.lines()[0]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_what_is_said_covers_neither_what_approving_does_nor_the_keys(
    ctx: Context, client: Client, size: tuple[int, int]
) -> None:
    await propose(ctx)
    async with opened(client, size=size, toasts=True) as inbox:
        await inbox.card()
        await inbox.press("y")
        await inbox.until(lambda: "The draft is copied." in inbox.text())
        assert not inbox.screen.query("Toast")
        said = inbox.screen.status
        for widget in (
            inbox.screen.query_one("#verdict"),
            inbox.screen.bar,
            inbox.header,
            inbox.list,
            inbox.screen.card,
        ):
            assert widget.region.area
            assert not said.region.overlaps(widget.region), widget


async def test_each_fact_gets_a_line_while_there_is_room() -> None:
    def together() -> bool:
        return any("Decline" in line and "Method Visa" in line for line in inbox.lines())

    def apart() -> bool:
        return "Decline" in inbox.text() and "MRR" in inbox.text() and not together()

    async with opened(FixedClient(scene_data())) as inbox:
        await inbox.press("j")
        await inbox.card()
        await inbox.until(together)
        await inbox.pilot.resize_terminal(160, 48)
        await inbox.until(apart)
        await inbox.pilot.resize_terminal(80, 24)
        await inbox.until(together)
