"""The bell: an urgent proposal that arrives rings once; none that was there does, and no byte from outside is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status, Urgency
from execops.proposals.listing import Counts, Summary
from tests.tui.inbox import opened, propose
from tui.bell import KEEP_TITLE, RESTORE_TITLE, RING, Bell

LARGE = {"amount_due": 500_000, "amount_remaining": 500_000, "total": 500_000}


def row(
    number: int,
    urgency: Urgency = Urgency.HIGH,
    *,
    title: str = "Card failed",
    status: Status = Status.PENDING,
) -> Summary:
    """A line of the inbox."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Summary(
        id=number, version=1, effective_status=status, urgency=urgency, vertical="money", play="card_update",
        action_type="email", title=title, object_id="in_1", subject_key="cus_1", amount_minor=500_000,
        currency="USD", edited=False, created_at=at, decided_at=None, expires_at=at, outcome=None,
    )  # fmt: skip


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the bell wrote, outside of tmux, in a terminal of no name."""
    for name in ("TMUX", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    return []


def test_it_rings_once_for_each_urgent_one_that_arrives(written: list[str]) -> None:
    bell = Bell(written.append, rings=True)
    bell.take_page([row(9), row(8)], is_last=False)
    bell.take_page([row(7), row(1, Urgency.MEDIUM)], is_last=False)
    assert written == []
    bell.take([row(9), row(10, Urgency.LOW), row(11, status=Status.REJECTED)])
    assert written == []
    bell.take([row(12, title="Card failed")])
    assert written[0] == RING
    assert "\x1b]9;ExecOps · High: " in written[1]
    assert "\x1b]777;notify;ExecOps;High: " in written[1]
    bell.take([row(12), row(10, Urgency.MEDIUM)])
    assert len(written) == 2
    bell.take([row(10, Urgency.CRITICAL)])  # it became urgent
    assert "Critical" in written[-1]
    bell.take_page([row(13), row(12), row(9)], is_last=True)  # the list is read anew after an outage
    assert [part for part in written if part == RING] == [RING] * 3


@pytest.mark.parametrize("program", [None, "ghostty"])
def test_a_terminal_that_shows_both_gets_one(
    written: list[str], monkeypatch: pytest.MonkeyPatch, program: str | None
) -> None:
    if program:
        monkeypatch.setenv("TERM_PROGRAM", program)
    bell = Bell(written.append, rings=True)
    bell.take_page([], is_last=True)
    bell.take([row(1)])
    assert ("]777;" in "".join(written)) is (program is None)


def test_words_from_outside_command_nothing_also_through_tmux(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    bell = Bell(written.append, rings=True)
    bell.take_page([], is_last=True)
    bell.take([row(1, title="A\x07\x1b]0;owned\x07\x9b2J;x;\u202ey\r\nz\x1b\\" + "long" * 100)])
    notification = written[1]
    wrapped = re.findall(r"\x1bPtmux;((?:\x1b\x1b[^\x1b]*)+)\x1b\\", notification)
    assert "".join(f"\x1bPtmux;{part}\x1b\\" for part in wrapped) == notification
    for part, pattern in zip(
        wrapped, (r"\x1b\x1b\]9;[^\x00-\x1f\x7f-\x9f;]*\x07", r"\x1b\x1b\]777;notify;ExecOps;[^\x00-\x1f\x7f-\x9f;]*\x07"),
        strict=True,
    ):  # fmt: skip
        assert re.fullmatch(pattern, part)
    assert "\u202e" not in notification
    assert len(notification) < 400


def test_the_title_counts_and_is_given_back(written: list[str]) -> None:
    bell = Bell(written.append, rings=True)
    bell.begin()
    for urgent in (2, 2, 0):
        bell.count(
            Counts(pending=5, critical=1, failed=0, unknown=0, median_decision_seconds=None, urgent=urgent)
        )
    bell.end()
    assert written == [KEEP_TITLE, "\x1b]2;(2) ExecOps\x07", "\x1b]2;ExecOps\x07", RESTORE_TITLE]


def test_it_is_silent_where_it_is_switched_off(written: list[str]) -> None:
    bell = Bell(written.append, rings=False)
    bell.begin()
    bell.take_page([], is_last=True)
    bell.take([row(1)])
    bell.count(Counts(pending=1, critical=1, failed=0, unknown=0, median_decision_seconds=None, urgent=1))
    bell.end()
    assert written == []


async def test_an_open_inbox_rings(
    ctx: Context, client: Client, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.plays.set_allowed("play", "owner_alert", False)
    await propose(ctx, 1, **LARGE)
    async with opened(client) as inbox:
        monkeypatch.setattr(inbox.app.bell_of_terminal, "_write", written.append)
        await inbox.until(lambda: inbox.list.rows.total == 1)
        await propose(ctx, 2, **LARGE)
        await propose(ctx, 3)
        await inbox.until(lambda: len(inbox.list.rows) == 3)
        await inbox.until(lambda: "\x1b]2;(2) ExecOps\x07" in written)
        assert written.count(RING) == 1
        assert sum("Tenant 2" in part for part in written) == 1
        await client.proposals.reject(2, 1)
        await inbox.until(lambda: "\x1b]2;(1) ExecOps\x07" in written)
        assert written.count(RING) == 1
