"""Puts decisions to the core, and posts a message with each answer.

A call that began runs to its end: leaving the inbox waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message

from execops.errors import ExecOpsError, RecentContactError
from execops.model import Json, Status
from tui import messages

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.proposals_part import Card
    from execops.model import Proposal
    from execops.proposals.decided import Decided

T = TypeVar("T")
# Cards of what is marked that are read at the same time: a hundred in a row take too long from afar.
AT_ONCE = 4
LEAVES = 5.0  # seconds that calls under way get when the inbox is left


class Decider:
    """Calls the Client for the inbox."""

    def __init__(self, client: Client, post: Callable[[Message], object]) -> None:
        self._client, self._post = client, post
        self._calls: set[asyncio.Future[Any]] = set()

    async def finish(self, call: Awaitable[T]) -> T:
        """Await a call that runs to its end even where the Textual worker that asked is cancelled."""
        future = asyncio.ensure_future(call)
        self._calls.add(future)
        future.add_done_callback(self._calls.discard)
        return await asyncio.shield(future)

    async def leave(self) -> None:
        """Wait for the calls that are under way."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=LEAVES)

    async def decide(
        self, decision: str, proposal: Proposal, call: Callable[[], Awaitable[Decided]]
    ) -> Decided | None:
        """Put one decision to the core; returns None where it was refused, or asks whether to write again."""
        try:
            decided = await self.finish(call())
        except RecentContactError as error:
            self._post(messages.WrittenLately(decision, proposal, error))
            return None
        except ExecOpsError as error:
            self._post(messages.DecisionRefused(decision, proposal.id, error))
            return None
        self._post(messages.ProposalDecided(decision, decided))
        return decided

    async def edit(self, proposal: Proposal, payload: Json) -> Decided | None:
        """Save an edited payload as the next version; returns None where the core refused it."""
        return await self.decide(
            "edit", proposal, lambda: self._client.proposals.edit(proposal.id, proposal.version, payload)
        )

    async def undo(self, approved: Sequence[tuple[int, int]]) -> int:
        """Take back approvals of these proposals in these versions, each with an answer of its own.

        Returns how many are pending again: the facts may have made one moot meanwhile.
        """
        count = 0
        for proposal_id, version in approved:
            try:
                decided = await self.finish(self._client.proposals.undo(proposal_id, version))
            except ExecOpsError as error:
                self._post(messages.DecisionRefused("undo", proposal_id, error))
            else:
                count += decided.status is Status.PENDING
                self._post(messages.ProposalDecided("undo", decided, quiet=len(approved) > 1))
        return count

    async def read_marked(self, decision: str, marked: dict[int, int], states: AbstractSet[Status]) -> None:
        """Read the cards of what is marked, by proposal and version; what changed since is left out."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def read(proposal_id: int) -> Card | None:
            async with limit:
                return await self.card(proposal_id)

        read_cards = await asyncio.gather(*map(read, marked))
        cards: list[Card] = []
        missing: list[int] = []
        for (proposal_id, version), card in zip(marked.items(), read_cards, strict=True):
            if card is not None and card.proposal.version == version and card.proposal.status in states:
                cards.append(card)
            else:
                missing.append(proposal_id)
        self._post(messages.MarkedRead(decision, cards, missing))

    async def decide_marked(self, decision: str, proposals: Sequence[Proposal], reason: str | None) -> None:
        """Decide about several proposals, each in the version that was shown."""
        seen, client = [(proposal.id, proposal.version) for proposal in proposals], self._client.proposals
        answers: Sequence[Decided | ExecOpsError]
        if decision == "approve":
            call = client.approve_many(seen, confirmed=True)
        else:
            call = (client.reject_many if decision == "reject" else client.close_many)(seen, reason)
        try:
            answers = await self.finish(call)
        except ExecOpsError as error:
            answers = [error] * len(proposals)
        self._post(messages.MarkedDecided(decision, list(zip(proposals, answers, strict=True))))

    async def card(self, proposal_id: int) -> Card | None:
        """The card of a proposal; None where it cannot be read."""
        try:
            return await self.finish(self._client.proposals.card(proposal_id))
        except ExecOpsError:
            return None

    async def record_dwell(self, proposal_id: int, version: int, seconds: float) -> None:
        """Record for how long the operator had this version in view; without an answer it is left out."""
        with suppress(ExecOpsError):
            await self.finish(self._client.proposals.record_dwell(proposal_id, version, seconds))

    async def record_opening(self, proposal_id: int, version: int) -> None:
        """Record that the operator looks at this version."""
        try:
            await self.finish(self._client.proposals.record_opening(proposal_id, version))
        except ExecOpsError:
            self._post(messages.OpeningLost(proposal_id, version))
        else:
            self._post(messages.CardOpened(proposal_id, version))
