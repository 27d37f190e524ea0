"""Keys that arrive together decide only about what is named on the screen, however slow the database is.

`EXECOPS_SOAK_BURSTS` tries so many more bursts, each of three to six keys.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace
from textual.widgets import Input, Static, TextArea

from execops.client.proposals_part import Card
from execops.errors import DatabaseUnavailableError
from execops.model import Json, Proposal, Status
from execops.proposals.decided import Decided
from tests.tui.inbox import Inbox, opened
from tests.tui.scenes import NOW, FixedClient, proposal
from tui import clock
from tui.keyboard import QUIET
from tui.screens.confirm import ConfirmScreen
from tui.screens.edit import EditScreen
from tui.screens.inbox import InboxScreen
from tui.screens.reject import RejectScreen

KEYS = ("j", "k", "a", "r", "e", "E", "z", "space", "enter", "c")
SEED = 20261127
SOAK = int(os.environ.get("EXECOPS_SOAK_BURSTS", "0"))
ROWS = 5


@dataclass
class Slow(FixedClient):
    """A database that takes its time for every card and answer, and notes each decision it got."""

    random: random.Random
    decisions: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__([proposal(number, number) for number in range(1, ROWS + 1)])

    @cached_property
    def proposals(self) -> Any:
        part = super().proposals
        part.approve, part.undo, part.reject, part.edit = self.approve, self.undo, self.reject, self.edit
        return part

    async def card(self, proposal_id: int) -> Card:
        await asyncio.sleep(self.random.uniform(0.05, 0.15))
        return await super().card(proposal_id)

    async def _decide(self, decision: str, proposal_id: int, version: int, status: Status) -> Decided:
        self.decisions.append((decision, proposal_id, version))
        await asyncio.sleep(self.random.uniform(0.0, 0.05))
        later = NOW + timedelta(seconds=60)
        executes_at = later if status is Status.APPROVED else None
        decided_at = None if status is Status.PENDING else NOW
        stored = replace(self._proposals[proposal_id], status=status, decided_at=decided_at)
        self._proposals[proposal_id] = stored
        return Decided(proposal_id=proposal_id, version=version, status=status, executes_at=executes_at)

    async def approve(self, proposal_id: int, version: int, *, confirmed: bool = False) -> Decided:
        return await self._decide("approve", proposal_id, version, Status.APPROVED)

    async def undo(self, proposal_id: int, version: int) -> Decided:
        return await self._decide("undo", proposal_id, version, Status.PENDING)

    async def reject(
        self, proposal_id: int, version: int, reason: str | None = None, *, suppress: bool = False
    ) -> Decided:
        return await self._decide("reject", proposal_id, version, Status.REJECTED)

    async def edit(self, proposal_id: int, version: int, payload: Json) -> Decided:
        return await self._decide("edit", proposal_id, version, Status.PENDING)


@dataclass
class Witness:
    """Writes down, for each key, what the screen showed when it was handled; it knows nothing of how the inbox works."""

    inbox: Inbox
    named: list[tuple[str, int | None]] = field(default_factory=list)  # key, and the row the cursor stood on
    entered: list[int | None] = field(default_factory=list)  # the proposals that dialogs named at `enter`

    def watch(self) -> None:
        app = self.inbox.app
        pass_on = app.keyboard._pass_on

        async def note(event: Any) -> None:
            current = self.inbox.list.current
            in_list = app.screen is self.inbox.screen and not isinstance(app.focused, Input | TextArea)
            self.named.append((event.key, current.id if in_list and current else None))
            if event.key == "enter":
                self.entered.append(dialog_names(self.inbox))
            await pass_on(event)

        app.keyboard._pass_on = note

    def rows(self, key: str) -> list[int]:
        """The rows that the cursor stood on when this key was handled in list or card."""
        return [row for name, row in self.named if name == key and row is not None]


@asynccontextmanager
async def slow_inbox(seed: int) -> AsyncIterator[tuple[Inbox, Slow, Witness]]:
    """An inbox over a slow database, and the witness of its keys."""
    client = Slow(random.Random(seed))
    async with opened(client) as inbox:
        await inbox.card()
        witness = Witness(inbox)
        witness.watch()
        yield inbox, client, witness


def dialog_names(inbox: Inbox) -> int | None:
    """The proposal that the open dialog names to the person; None without a dialog about one."""
    screen = inbox.app.screen
    if not isinstance(screen, RejectScreen | ConfirmScreen | EditScreen):
        return None
    words = " ".join(str(widget.content) for widget in screen.query(".question, .what").results(Static))
    number = re.search(r"#(\d+)", words)
    assert number is not None, "every dialog names its proposal"
    return int(number[1])


async def check(keys: Sequence[str], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press these at once, then compare what was named, what is shown, and what the core got."""
    drafts: list[int] = []

    def edit(proposal: Proposal, *_: Any) -> None:
        drafts.append(proposal.id)

    monkeypatch.setattr("tui.editor.edit", edit)
    async with slow_inbox(seed) as (inbox, client, witness):
        await inbox.burst(*keys)
        await inbox.until(lambda: not inbox.screen.approvals.asked)
        about = f"{' '.join(keys)} (seed {seed}): {witness.named} led to {client.decisions}"
        approved = [number for decision, number, _ in client.decisions if decision == "approve"]
        allowed = witness.rows("a")
        for number in approved:
            assert number in allowed, about
            allowed.remove(number)
        assert all(version == 1 for _, _, version in client.decisions), about
        rejected = [number for decision, number, _ in client.decisions if decision == "reject"]
        assert set(rejected) <= set(witness.entered), about
        assert set(rejected) <= set(witness.rows("r")), about
        assert not [decision for decision in client.decisions if decision[0] == "edit"], about
        under_way: list[int] = []
        for decision, number, _ in client.decisions:
            if decision == "approve":
                under_way.append(number)
            elif decision == "undo":
                assert under_way.pop() == number, about
        assert set(drafts) <= set(witness.rows("e")), about
        last = next((key for key, row in reversed(witness.named) if key in "rE" and row), None)
        if dialog_names(inbox) is not None:
            assert last is not None, about
            assert dialog_names(inbox) == witness.rows(last)[-1], about
        elif inbox.app.screen is inbox.screen:
            assert isinstance(inbox.app.screen, InboxScreen)
            assert inbox.list.current is not None
            await inbox.card(inbox.list.current.id)


BATCHES = 10
PAIRS = list(product(KEYS, repeat=2))


def bursts(count: int, longest: int) -> list[tuple[str, ...]]:
    chosen = random.Random(SEED)
    return [tuple(chosen.choices(KEYS, k=chosen.randint(3, longest))) for _ in range(count)]


def every_pair() -> list[tuple[str, ...]]:
    """Every two keys: alone, or with one or two more behind or before them."""
    chosen = random.Random(SEED)
    more = [tuple(chosen.choices(KEYS, k=chosen.randint(1, 2))) for _ in PAIRS]
    return [
        (pair, (*pair, *keys), (*keys, *pair))[at % 3]
        for at, (pair, keys) in enumerate(zip(PAIRS, more, strict=True))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
async def test_every_two_keys_decide_only_what_is_named(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for at, keys in enumerate(every_pair()[batch::BATCHES]):
        await check(keys, at, monkeypatch)


@pytest.mark.skipif(not SOAK, reason="make soak tries more bursts")
async def test_many_longer_bursts_decide_only_what_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for at, keys in enumerate(bursts(SOAK, 6)):
        await check(keys, at, monkeypatch)


# The decisions that a burst leads to


@pytest.mark.parametrize(
    ("keys", "decided"),
    [
        (("j", "r", "1", "enter"), [("reject", 4, 1)]),
        (("j", "r", *"no", "enter"), [("reject", 4, 1)]),
        (("j", "a", "j", "a"), [("approve", 4, 1), ("approve", 3, 1)]),
        (("a", "z"), [("approve", 5, 1), ("undo", 5, 1)]),
        (("j", "a", "j", "a", "z"), [("approve", 4, 1), ("approve", 3, 1), ("undo", 3, 1)]),
        (("r", "escape", "j", "a"), [("approve", 4, 1)]),
        (("j", "j", "E", "x", "ctrl+s"), [("edit", 3, 1)]),
        (("c", *"aaa"), []),
        (("c", *"raze", "escape", "j", "a"), [("approve", 4, 1)]),
        (("enter", "j", "j", "escape", "j", "a"), [("approve", 4, 1)]),
        (("slash", *"are", "escape", "j", "a"), [("approve", 4, 1)]),
    ],
)
async def test_a_burst_does_what_its_keys_do_one_by_one(
    keys: tuple[str, ...], decided: list[tuple[str, int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    async with slow_inbox(1) as (inbox, client, _):
        await inbox.burst(*keys)
        await inbox.until(lambda: not inbox.screen.approvals.asked and len(client.decisions) >= len(decided))
        assert client.decisions == decided


async def test_letters_behind_c_stand_in_the_question_line_whatever_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with slow_inbox(2) as (inbox, client, _):
        for before in ((), ("escape",), ("tab",), ("tab", "enter")):
            await inbox.press(*before)
            if inbox.screen.panes.pane is not None:
                inbox.canvas.line.value = ""
            await inbox.burst("c", *"area", "space", *"jz")
            assert inbox.canvas.line.value == "area jz"
            assert inbox.canvas.line.has_focus
        assert not client.decisions


async def test_keys_behind_a_card_that_cannot_be_read_are_dropped_with_a_word() -> None:
    async with slow_inbox(3) as (inbox, client, _):

        async def lost(proposal_id: int) -> Card:
            await asyncio.sleep(0.05)
            raise DatabaseUnavailableError("Postgres does not answer; nothing was changed.")

        client.proposals.card = lost
        await inbox.burst("j", "r", "a", "k", "a")
        word = await inbox.heard("#4 could not be read; the key did nothing")
        assert "3 more keys were dropped." in word
        assert inbox.list.current is not None
        assert inbox.list.current.id == 4
        assert inbox.app.screen is inbox.screen
        assert not client.decisions


async def test_a_row_that_goes_while_its_card_is_read_takes_the_key_along() -> None:
    async with slow_inbox(4) as (inbox, client, _):
        reading = asyncio.Event()

        async def stuck(proposal_id: int) -> Card:
            reading.set()
            await asyncio.sleep(60)
            raise AssertionError

        client.proposals.card = stuck
        pressed = asyncio.create_task(inbox.burst("j", "a", "a"))
        await reading.wait()
        await inbox.until(lambda: not inbox.app.keyboard.idle and inbox.screen.gate._waiting)
        inbox.screen.list_side.drop(4)
        await inbox.heard("#4 is gone; the key did nothing. 1 more key was dropped.")
        await pressed
        assert not client.decisions


async def test_a_card_that_is_never_read_gives_the_keys_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.card_gate.PATIENCE", 0.2)
    async with slow_inbox(5) as (inbox, client, _):

        async def stuck(proposal_id: int) -> Card:
            await asyncio.sleep(60)
            raise AssertionError

        client.proposals.card = stuck
        await inbox.burst("j", "a")
        await inbox.heard("#4 could not be read in time")
        assert not client.decisions
        await asyncio.sleep(QUIET * 1.5)  # somebody looks: this is about time itself
        await inbox.press("question_mark")
        assert inbox.app.screen is not inbox.screen
