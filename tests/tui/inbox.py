"""An inbox under test: the real app over a real database, driven by keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from textual import events
from textual.message import Message
from textual.pilot import Pilot

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import AmbiguousError, RejectedError
from execops.model import Json, Proposal
from execops.ports import Happened, Reconciliation
from tests.doubles import MailDouble
from tests.stripe_events import failed, take_in
from tui.app import InboxApp
from tui.habits import Habits
from tui.widgets.canvas_pane import CanvasPane, State
from tui.widgets.proposal_list import ProposalList

DEADLINE = 20.0  # seconds

T = TypeVar("T")


class RecordedApp(InboxApp):
    """Remembers what it said."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.said: list[str] = []

    def notify(self, message: str, **options: Any) -> None:
        """Remember, then say."""
        assert options["markup"] is False
        self.said.append(message)
        super().notify(message, **options)


class Inbox:
    """The app, its pilot, and what was posted in it."""

    def __init__(self, app: RecordedApp, pilot: Pilot[None], posted: list[Message]) -> None:
        self.app, self.pilot, self.posted = app, pilot, posted
        self.screen = app.inbox
        self.list: ProposalList = app.inbox.list
        self.header = app.inbox.header

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition, or fail at the deadline."""
        async with asyncio.timeout(DEADLINE):
            while not condition():  # noqa: ASYNC110  what a screen shows has no event
                await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until all of them are handled."""
        for key in keys:
            await self.pilot.press(key)
            await self.handled()

    async def handled(self) -> None:
        """Wait until no key is under way."""
        if self.is_busy():
            async with asyncio.timeout(DEADLINE):
                while self.is_busy():  # noqa: ASYNC110  as above
                    await asyncio.sleep(0.002)
            await self.pilot.pause()

    def is_busy(self) -> bool:
        """Whether a key is under way."""
        return self.app.is_running and not self.app.keyboard.idle

    async def burst(self, *keys: str) -> None:
        """Press keys as a terminal does that gets them in one write: all at once."""
        for key in keys:
            character = key if len(key) == 1 else {"space": " ", "enter": "\r"}.get(key)
            self.app.post_message(events.Key(key, character))
        await self.pilot.pause()
        await self.handled()

    async def write(self, text: str) -> None:
        await self.press(*("space" if each == " " else each for each in text))

    async def card(self, proposal_id: int | None = None) -> Proposal:
        """The proposal on the card, once the card of the row under the cursor is shown whole."""

        def shown() -> bool:
            current, card = self.list.current, self.screen.card.card
            return (
                current is not None
                and card is not None
                and proposal_id in {None, current.id}
                and (card.proposal.id, card.proposal.version) == (current.id, current.version)
            )

        await self.until(shown)
        assert self.screen.card.card is not None
        return self.screen.card.card.proposal

    async def settled(self) -> Proposal:
        """The card, when it takes decisions again after it changed by itself."""
        self.screen.gate.chosen()
        return await self.card()

    async def heard(self, *words: str) -> str:
        """What the app said with these words in it."""

        def found() -> list[str]:
            return [said for said in self.app.said if all(word in said for word in words)]

        await self.until(found)
        return found()[-1]

    @property
    def canvas(self) -> CanvasPane:
        """The pane, which was opened."""
        assert self.screen.panes.pane is not None
        return self.screen.panes.pane

    async def answered(self, question: str) -> CanvasPane:
        """The pane, open, once it says what became of this question."""
        if self.screen.panes.canvas is None:
            await self.press("c")
        self.canvas.line.focus()
        await self.pilot.pause()
        self.canvas.line.value = ""
        await self.write(question)
        await self.press("enter")
        await self.until(lambda: self.canvas.question == question and self.canvas.state is not State.ASKING)
        return self.canvas

    def of(self, kind: type[Message]) -> list[Any]:
        """What was posted of a kind."""
        return [each for each in self.posted if isinstance(each, kind)]

    def ids(self) -> list[int]:
        """The rows, from the top."""
        return [self.list.rows[line].id for line in range(len(self.list.rows))]

    def lines(self, widget: Any = None) -> list[str]:
        """What a widget, or the whole screen, draws."""
        if widget is None:
            return [strip.text for strip in self.app.screen._compositor.render_strips()]
        return [widget.render_line(line).text for line in range(widget.size.height)]

    def text(self) -> str:
        """All that is on the screen."""
        return "\n".join(self.lines())


@asynccontextmanager
async def opened(
    client: Client,
    *,
    size: tuple[int, int] = (80, 24),
    live: bool = True,
    toasts: bool = False,
    early: bool = False,
    habits: Habits | None = None,
    **options: Any,
) -> AsyncIterator[Inbox]:
    """An inbox that runs, and is live unless told otherwise; `early`: it reads before it stands, as the command does.

    The cursor stays after a decision unless the habits say otherwise.
    """
    app = RecordedApp(client, habits=habits or Habits(advances=False), **options)
    posted: list[Message] = []
    known: set[int] = set()

    def note(message: Message) -> None:
        if (
            id(message) not in known
        ):  # each is seen again where it bubbles to; all are kept, so ids stay theirs
            known.add(id(message))
            posted.append(message)

    if early:
        app.inbox.begin()
    async with app.run_test(size=size, message_hook=note, notifications=toasts) as pilot:
        inbox = Inbox(app, pilot, posted)
        if live:
            await inbox.until(lambda: inbox.header.live and inbox.header.counts is not None)
        yield inbox


class Counted(Generic[T]):
    """A read of the Client that notes how many of its calls were under way at once, at the most."""

    def __init__(self, read: Callable[[int], Awaitable[T]]) -> None:
        self._read = read
        self._under_way = 0
        self.most = 0

    async def __call__(self, proposal_id: int) -> T:
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        try:
            return await self._read(proposal_id)
        finally:
            self._under_way -= 1


async def propose(ctx: Context, nth: int = 1, **changes: Any) -> None:
    """A pending proposal about an invoice, and a customer, of its own."""
    values = {"customer": f"cus_{nth}", "customer_name": f"Tenant {nth}"}
    if nth != 1:  # the first has the address of the fixtures
        values["customer_email"] = f"billing@customer{nth}.example"
    await take_in(ctx, failed(f"in_{nth}", **(values | changes)))


async def execute(ctx: Context, client: Client, proposal_id: int) -> Proposal:
    """What a job worker does with an approved proposal."""
    approved = await client.proposals.get(proposal_id)
    await processing.execute_proposal(ctx, proposal_id, approved.approval_no)
    return await client.proposals.get(proposal_id)


class BrokenMail(MailDouble):
    """An adapter whose other side refuses every mail, or says nothing about it."""

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        raise RejectedError("550 no such mailbox") if self._answers else AmbiguousError("the line went dead")

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        return Reconciliation(Happened.CANNOT_TELL)
