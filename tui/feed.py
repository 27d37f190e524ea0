"""The feed: LISTEN first, then read, then follow every change; over again whenever the database was away.

A pulse on the listening connection tells whether the database answers, a worker lives and executions are paused. No
data is polled.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from time import monotonic

from textual.message import Message

from execops.client import Client
from execops.client.changes import Change, Notice
from execops.errors import DatabaseUnavailableError, ExecOpsError, NotFoundError
from execops.health import Pulse
from execops.proposals.listing import Summary
from tui import clock, messages, views
from tui.views import Page, Read, View

PULSE = 0.5  # seconds of silence between looks at the connection, the workers and the pause
BURST = 0.02  # seconds in which changes gather before they are read
AT_ONCE = 4  # changed proposals that are read at the same time: one after the other takes long from afar
MANY = 200  # changes at once beyond which the view is read anew
AHEAD = 0.03  # seconds after which the first page no longer waits for a stream that takes its time
_FIRST = 0.1  # seconds for which the first frame waits for its rows
_SOON = 0.1  # seconds
BACKOFF = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds


class Feed:
    """Reads for the inbox, in one order: what was read later is posted later."""

    def __init__(self, client: Client, post: Callable[[Message], object]) -> None:
        self._client = client
        self._post_now = post
        self._held: list[Message] | None = None  # what was read before there is a screen
        self._view = View.PENDING
        self._behind: Read | None = None
        self._pages: AsyncIterator[Page] | None = None
        self._changed: set[int] = set()
        self._reread = True
        self._recount = True
        self._something_waits = False  # among what is pending, as far as it was counted
        self._live = False
        self._listens = False  # or did so before
        self._pulse: Pulse | None = None
        self._step_left: set[asyncio.Task[bool]] = (
            set()
        )  # reads given up with a lost connection, which still end
        self._back: asyncio.TimerHandle | None = None
        self._wake = asyncio.Event()
        self._begun = asyncio.Event()
        self._painted = asyncio.Event()

    def go_on(self) -> None:
        """The first rows stand on the screen: read what may come after them."""
        self._painted.set()

    def begin(self) -> asyncio.Task[None]:
        """Follow before there is a screen. The rows that are read stay here until `held` takes it."""
        self._held = []
        return asyncio.create_task(self.run(), name="inbox feed")

    async def held(self, seconds: float = _FIRST) -> list[Message]:
        """The rows read since `begin`. Waits until there is something, or the database refuses, for so many seconds."""
        if self._held is None:
            return []
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._begun.wait(), seconds)
        held, self._held = self._held, None
        return held

    def _post(self, message: Message) -> None:
        if self._held is None:
            self._post_now(message)
        else:
            self._held.append(message)

    def show(self, view: View, behind: Read | None = None) -> None:
        """Read this view from its start; `behind` reads the proposals behind a row."""
        self._view, self._behind, self._reread = view, behind, True
        self._wake.set()

    def reread(self) -> None:
        """Read the view anew."""
        self._reread = True
        self._wake.set()

    def touch(self, proposal_id: int) -> None:
        """Read this proposal anew."""
        self._changed.add(proposal_id)
        self._wake.set()

    def _wait_for(self, back_at: datetime | None) -> None:
        """Read the view anew when the next snoozed proposal is back: nothing tells of it."""
        if self._back is not None:
            self._back.cancel()
        self._back = None
        if back_at is not None:
            seconds = max(_SOON, clock.seconds_until(back_at) + _SOON)
            self._back = asyncio.get_running_loop().call_later(seconds, self.reread)

    def recount(self) -> None:
        """Read the header's numbers anew."""
        self._recount = True
        self._wake.set()

    async def run(self) -> None:
        """Follow until cancelled; posts WentLive, WentOffline, and everything that was read."""
        ahead = asyncio.create_task(self._read_ahead(), name="inbox first page")
        try:
            await self._run()
        finally:
            ahead.cancel()

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                async with self._client.deployment.changes(pulse_every=PULSE) as notices:
                    await self._follow(notices)
            except ExecOpsError as error:
                failures = 0 if self._live else failures
                self._live = False
                wait = BACKOFF[min(failures, len(BACKOFF) - 1)]
                failures += 1
                self._post(messages.WentOffline(error, clock.now() + timedelta(seconds=wait)))
                self._begun.set()
                await asyncio.sleep(wait)

    async def _read_ahead(self) -> None:
        """Read the first page while the stream still opens, as it does far from the database; it is read again after that."""
        await asyncio.sleep(AHEAD)
        if self._listens:
            return
        pages = views.pages(self._client, self._view, self._behind)
        with contextlib.suppress(ExecOpsError):  # the stream says what is wrong
            page = await anext(pages, None)
            if page is not None and self._reread and not self._live:
                self._post(messages.PageRead(page))
                self._begun.set()

    async def _follow(self, notices: AsyncIterator[Notice]) -> None:
        listening = asyncio.create_task(self._gather(notices), name="inbox changes")
        listening.add_done_callback(lambda _: self._wake.set())
        self._reread, self._pulse, self._listens = True, None, True
        try:
            while not listening.done():
                self._wake.clear()
                if not await self._step_while(listening):
                    await self._wake.wait()
                    await asyncio.sleep(BURST)
            listening.result()
        finally:
            self._wait_for(None)
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, ExecOpsError):
                await listening
        raise DatabaseUnavailableError("Postgres closed the connection.")

    async def _step_while(self, listening: asyncio.Task[None]) -> bool:
        """A step, which is given up where the database went away before it answered."""
        step = asyncio.create_task(self._step(), name="inbox read")
        try:
            await asyncio.wait({step, listening}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            step.cancel()
            raise
        if step.done():
            return step.result()
        step.cancel()  # not awaited: a connection that hangs takes its time to give up
        self._step_left.add(step)
        step.add_done_callback(self._forget_step)
        return True

    def _forget_step(self, step: asyncio.Task[bool]) -> None:
        self._step_left.discard(step)
        if not step.cancelled():
            step.exception()  # the connection was lost: the header says so already

    async def _gather(self, notices: AsyncIterator[Notice]) -> None:
        async for notice in notices:
            if isinstance(notice, Pulse):
                if notice == self._pulse:
                    continue
                self._pulse = notice
                self._post(messages.PulseRead(notice))
                if self._something_waits:  # else the list says since when nothing does
                    continue
            if isinstance(notice, Change):
                self._changed.add(notice.proposal_id)
            self._recount = True  # a policy changes what the header says, and which plays are flagged
            self._wake.set()

    async def _step(self) -> bool:
        """Read whatever is due next; False where nothing is. Changes come before further pages."""
        if len(self._changed) > MANY:
            self._changed.clear()
            self._reread = True
        if self._reread:
            self._reread, self._recount = False, True
            self._pages = views.pages(self._client, self._view, self._behind)
            await self._read_page()
        elif self._changed:
            await self._read_changed()
        elif self._recount:
            self._recount = False
            counts, health = await self._client.proposals.counts(), await self._client.deployment.health()
            self._something_waits = counts.pending > 0
            self._wait_for(counts.back_at)
            quiet = None if counts.pending else await self._client.proposals.quiet()
            self._post(messages.CountsRead(counts, health, await self._client.plays.flagged(), quiet))
        elif self._pages is not None:
            await self._read_page()
        else:
            return False
        return True

    async def _read_page(self) -> None:
        assert self._pages is not None  # noqa: S101
        page = await anext(self._pages, None)
        if page is not None:
            self._post(messages.PageRead(page))
            self._begun.set()
        if page is None or page.until is None:
            self._pages = None
        if not self._live:
            self._live = True
            self._post(messages.WentLive())
        await self._painted.wait()

    async def _read_changed(self) -> None:
        changed, self._changed, asked_at = self._changed, set(), monotonic()
        limit = asyncio.Semaphore(AT_ONCE)

        async def read(proposal_id: int) -> Summary | None:
            async with limit:
                with contextlib.suppress(NotFoundError):
                    return views.summary_of(await self._client.proposals.get(proposal_id))
                return None

        answers = await asyncio.gather(*map(read, sorted(changed)), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        rows = [answer for answer in answers if isinstance(answer, Summary)]
        self._post(messages.ProposalsChanged(rows, asked_at))
