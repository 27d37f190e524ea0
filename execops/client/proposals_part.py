"""`client.proposals`: reading proposals, which every role may do, and deciding about them.

`execops.proposals.decidable` authorises each decision under the proposal's lock, because an operator's limits depend on
the proposal. The functions of `decisions`, `undoing`, `snoozing` and `together` document them and their errors. A list needs none of that, so the modules of cards
and of decisions are imported at the first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from execops.authority.permissions import Operation
from execops.client.part import Part
from execops.db import queries
from execops.errors import ExecOpsError, NotConfiguredError, NotFoundError
from execops.model import ExecutionStatus, Json, Record, Status
from execops.proposals import listing
from execops.proposals.listing import Counts, Departure, Position, Quiet, SentMessage, Summary

if TYPE_CHECKING:
    from execops.authority.audit import TrailEntry
    from execops.model import Execution, Proposal
    from execops.ports import Field
    from execops.proposals.attention import Attention
    from execops.proposals.contact import Contact
    from execops.proposals.decided import Decided
    from execops.proposals.first_message import Requested
    from execops.proposals.together import Seen

__all__ = ["Approver", "Card", "Departure", "Position", "Proposals", "SentMessage"]

PROPOSALS = queries.load("proposals_read")
EXECUTIONS = queries.load("executions")


class Approver(Record, frozen=True, kw_only=True):
    """An operator who approved a version that needs another approval too, and when."""

    operator: str
    at: datetime


class Card(Struct, frozen=True, kw_only=True):
    """Everything that a decision needs: the proposal, the effect of approving it (`does`), and its history so far.

    `fields` are the fields of the payload in reading order. `preview` is the message as its receiver will see it, or None
    for a payload that cannot be sent as it is. Before an action that `needs_confirmation` is approved, the console asks again.
    `approvers` are the operators who approved this version, where two have to. `last_written` is the last other message to
    the customer, however long ago. `beside` are the other proposals about the same subject that wait for a decision, the most
    urgent first. `sent` is the message that an executed action sent. `leaves` says when an approved mail leaves that waits
    for the customer's morning. `next_attempt` is when the payment is tried next, where that is planned.
    """

    proposal: Proposal
    does: str
    fields: list[Field]
    preview: str | None
    moves_money: bool
    needs_confirmation: bool
    trail: list[TrailEntry]
    executions: list[Execution]
    events: list[Json]
    versions: list[Json]
    approvers: Sequence[Approver] = ()
    last_written: Contact | None = None
    beside: Sequence[Summary] = ()
    sent: SentMessage | None = None
    leaves: Departure | None = None
    next_attempt: datetime | None = None

    @property
    def approvals_text(self) -> str:
        """How far a proposal is that two operators approve: `1 of 2 approved, by Ada`; empty where one is enough."""
        needed = self.proposal.approvals_needed
        if needed < 2:
            return ""
        names = ", ".join(approver.operator for approver in self.approvers)
        return f"{len(self.approvers)} of {needed} approved" + (f", by {names}" if names else "")

    @property
    def hidden(self) -> int:
        """The number of hidden characters in the texts that a decision reads: see `execops.text.hidden`."""
        from execops.text.hidden import count_hidden  # only where a card is shown

        proposal = self.proposal
        read = [proposal.title, proposal.verdict, proposal.reasoning, *proposal.payload.values()]
        read += [text for pair in proposal.evidence for text in pair]
        return sum(count_hidden(text) for text in read if isinstance(text, str))

    @property
    def last_failure(self) -> str | None:
        """Why the last attempt failed, while a further one waits: two sentences, the second of which says that."""
        last = self.executions[-1] if self.executions else None
        if (
            self.proposal.status is not Status.EXECUTING
            or last is None
            or last.status is not ExecutionStatus.FAILED
        ):
            return None
        return f"{(last.error or 'The last attempt failed').rstrip('.')}. ExecOps tries again by itself."


class Proposals(Part):
    """Reading proposals, and deciding about them."""

    async def inbox(self, *, limit: int = 50, after: Position | None = None) -> Sequence[Summary]:
        """A page of pending proposals: most urgent first, the newest of each urgency first."""
        async with self._ctx.connection() as conn:
            return await listing.inbox(conn, limit=limit, after=after)

    async def history(
        self,
        *,
        status: Status | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Sequence[Summary]:
        """A page of proposals of a status, or of all, the newest first, with ids below `before`."""
        async with self._ctx.connection() as conn:
            return await listing.history(conn, status=status, limit=limit, before=before)

    async def decided(
        self, *, status: Status | None = None, limit: int = 50, after: Summary | None = None
    ) -> Sequence[Summary]:
        """A page of proposals that are no longer pending, or of one such status, the latest decision first."""
        async with self._ctx.connection() as conn:
            return await listing.decided(conn, status=status, limit=limit, after=after)

    async def counts(self) -> Counts:
        """The inbox's header."""
        async with self._ctx.connection() as conn:
            return await listing.counts(conn)

    async def quiet(self) -> Quiet:
        """The words for an inbox in which nothing waits."""
        async with self._ctx.connection() as conn:
            return await listing.quiet(conn)

    async def get(self, proposal_id: int) -> Proposal:
        """The proposal alone. Raises NotFoundError."""
        async with self._ctx.connection() as conn:
            proposal = await listing.get(conn, proposal_id)
        if proposal is None:
            raise NotFoundError(f"There is no proposal {proposal_id}.", hint="execops proposals list")
        return proposal

    async def card(self, proposal_id: int) -> Card:
        """Everything about a proposal. Raises NotFoundError."""
        from execops.authority import audit
        from execops.model import Execution
        from execops.proposals import contact, departures, payloads, snoozing

        proposal = await self.get(proposal_id)
        adapter = self._ctx.adapters.get(proposal.action_type)
        async with self._ctx.connection() as conn:
            rows = await queries.many(conn, EXECUTIONS["of_proposal"], proposal_id=proposal_id)
            executions = [Execution.from_row(row) for row in rows]
            return Card(
                proposal=proposal,
                does=adapter.describe(proposal.payload)
                if adapter
                else f"cannot be done: no {proposal.action_type} adapter",
                fields=payloads.in_reading_order(adapter, proposal.payload),
                preview=payloads.preview(adapter, proposal.payload),
                moves_money=payloads.moves_money(adapter),
                needs_confirmation=payloads.needs_confirmation(adapter),
                trail=await audit.trail(conn, proposal_id),
                executions=executions,
                events=await queries.many(conn, PROPOSALS["events_of"], id=proposal_id),
                versions=await queries.many(conn, PROPOSALS["versions"], id=proposal_id),
                approvers=[
                    Approver.from_row(row)
                    for row in await queries.many(conn, PROPOSALS["approvers"], id=proposal_id)
                ]
                if proposal.approvals
                else [],
                last_written=await contact.last(self._ctx, conn, proposal_id),
                beside=await listing.beside(conn, proposal_id),
                sent=listing.sent_message(executions),
                leaves=await departures.of(self._ctx, conn, proposal),
                next_attempt=await snoozing.next_attempt(conn, proposal_id),
            )

    def validate(self, action_type: str, payload: Json) -> None:
        """Check a payload without changing anything.

        Raises InvalidPayloadError, naming the field, unless the action can be performed with it as it is.
        """
        adapter = self._ctx.adapters.get(action_type)
        if adapter is None:
            raise NotConfiguredError(
                f"Nothing here performs {action_type}.", hint="Run: execops actions list"
            )
        adapter.validate(payload)

    async def record_opening(self, proposal_id: int, version: int) -> None:
        """Record that the operator opened this version, in every role: see `attention.record_opening`."""
        from execops.proposals import attention

        await attention.record_opening(self._ctx, self._operator, proposal_id, version)

    async def record_dwell(self, proposal_id: int, version: int, seconds: float) -> None:
        """Record for how long the operator had an opened version in view, in every role."""
        from execops.proposals import attention

        await attention.record_dwell(self._ctx, self._operator, proposal_id, version, seconds)

    async def attention(self, period: str = "month") -> Sequence[Attention]:
        """The attention of every operator by play and `week`, `month`, `quarter` or `year`: see `attention.read`.

        Raises InvalidInputError for another period.
        """
        from execops.proposals import attention

        async with self._ctx.connection() as conn:
            return await attention.read(conn, period=period, time_zone=self._ctx.settings.time_zone)

    async def request_first_message(
        self, action_type: str, receiver: str, *, by_model: bool = False
    ) -> Requested:
        """Draft a first message to oneself: see `execops.proposals.first_message`. Only a founder may.

        With `by_model` the configured model words it. Raises NotConfiguredError without one.
        """
        from execops.proposals import first_message

        wording = None
        if by_model:
            operator = await self._require(Operation.FIRST_MESSAGE)
            wording = await first_message.reword(self._ctx, operator, action_type, receiver)
        async with self._acting(Operation.FIRST_MESSAGE) as (conn, operator):
            return await first_message.request(self._ctx, conn, operator, action_type, receiver, wording)

    async def approve(
        self, proposal_id: int, version: int, *, again: bool = False, confirmed: bool = False
    ) -> Decided:
        """See `decisions.approve`."""
        from execops.proposals import decisions

        return await decisions.approve(
            self._ctx, self._operator, proposal_id, version, again=again, confirmed=confirmed
        )

    async def approve_many(self, seen: Seen, *, confirmed: bool = False) -> list[Decided | ExecOpsError]:
        """See `together.approve_many`."""
        from execops.proposals import together

        return await together.approve_many(self._ctx, self._operator, seen, confirmed=confirmed)

    async def reject_many(self, seen: Seen, reason: str | None = None) -> list[Decided | ExecOpsError]:
        """See `together.reject_many`."""
        from execops.proposals import together

        return await together.reject_many(self._ctx, self._operator, seen, reason)

    async def close_many(self, seen: Seen, reason: str | None = None) -> list[Decided | ExecOpsError]:
        """See `together.close_many`."""
        from execops.proposals import together

        return await together.close_many(self._ctx, self._operator, seen, reason)

    async def reject(
        self, proposal_id: int, version: int, reason: str | None = None, *, suppress: bool = False
    ) -> Decided:
        """See `decisions.reject`."""
        from execops.proposals import decisions

        return await decisions.reject(
            self._ctx, self._operator, proposal_id, version, reason, suppress=suppress
        )

    async def edit(self, proposal_id: int, version: int, payload: Json) -> Decided:
        """See `decisions.edit`."""
        from execops.proposals import decisions

        return await decisions.edit(self._ctx, self._operator, proposal_id, version, payload)

    async def undo(self, proposal_id: int, version: int) -> Decided:
        """See `undoing.undo`."""
        from execops.proposals import undoing

        return await undoing.undo(self._ctx, self._operator, proposal_id, version)

    async def snooze(self, proposal_id: int, version: int, until: str, reason: str | None = None) -> Decided:
        """Put a pending proposal out of sight `until` event, attempt, or a date: see `snoozing.read_until` and `snooze`."""
        from execops.proposals import snoozing

        ctx = self._ctx
        end = snoozing.read_until(until, ctx.clock.now(), ctx.settings.time_zone)
        return await snoozing.snooze(ctx, self._operator, proposal_id, version, end, reason)

    async def unsnooze(self, proposal_id: int, version: int) -> Decided:
        """See `snoozing.unsnooze`."""
        from execops.proposals import snoozing

        return await snoozing.unsnooze(self._ctx, self._operator, proposal_id, version)

    async def retry(
        self, proposal_id: int, version: int, *, again: bool = False, confirmed: bool = False
    ) -> Decided:
        """See `decisions.retry`."""
        from execops.proposals import decisions

        return await decisions.retry(
            self._ctx, self._operator, proposal_id, version, again=again, confirmed=confirmed
        )

    async def confirm(self, proposal_id: int, version: int) -> Decided:
        """See `decisions.confirm`."""
        from execops.proposals import decisions

        return await decisions.confirm(self._ctx, self._operator, proposal_id, version)

    async def close(self, proposal_id: int, version: int, reason: str | None = None) -> Decided:
        """See `decisions.close`."""
        from execops.proposals import decisions

        return await decisions.close(self._ctx, self._operator, proposal_id, version, reason)
