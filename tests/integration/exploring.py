"""A world to explore: two failing invoices of one customer, an outside service that may fail, and a person who decides.

Two plays write to the customer: one about payments that failed, one about payments that the bank wants confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, count
from typing import Any

from msgspec.structs import replace

from execops import processing
from execops.books import facts
from execops.client import Client
from execops.context import Context
from execops.errors import (
    AmbiguousError,
    ConflictError,
    NotAcceptedError,
    RecentContactError,
    RejectedError,
)
from execops.model import ENDED, Declined, Draft, Json, Proposal, Status
from execops.plays.registry import all_plays
from execops.plays.routing import judging
from execops.ports import Happened, Reconciliation, execute_job
from execops.proposals import decisions, provenance
from tests import records, tallies
from tests.doubles import MailDouble
from tests.performing import Killed
from tests.stripe_events import event, failed, fixture, invoice, paid, take_in

PLAYS = ("authenticate_payment", "card_update")
DECISIONS = ("approve", "reject", "edit", "undo", "retry", "confirm", "close", "suppress")
_worlds = count(1)


class Answer(StrEnum):
    """The answer of the outside service to a message."""

    SENT = "sent"
    BUSY = "busy"
    REFUSED = "refused"
    AMBIGUOUS_SENT = "ambiguous, sent"
    AMBIGUOUS_LOST = "ambiguous, not sent"
    KILLED_BEFORE = "the process dies before it is sent"
    KILLED_AFTER = "the process dies after it was sent"


class Service(MailDouble):
    """An outside service that delivers one message a key, as Stripe does. A blind one cannot tell what it delivered."""

    def __init__(self) -> None:
        self.answer, self.blind = Answer.SENT, False
        self.delivered: set[str] = set()  # keys

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Deliver or not, and answer, as the world says."""
        if self.answer in {Answer.SENT, Answer.AMBIGUOUS_SENT, Answer.KILLED_AFTER}:
            self.delivered.add(idempotency_key)
        match self.answer:
            case Answer.BUSY:
                raise NotAcceptedError("busy")
            case Answer.REFUSED:
                raise RejectedError("refused")
            case Answer.AMBIGUOUS_SENT | Answer.AMBIGUOUS_LOST:
                raise AmbiguousError("timed out")
            case Answer.KILLED_BEFORE | Answer.KILLED_AFTER:
                raise Killed
        return {"message_id": idempotency_key}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """The truth, unless the service is blind."""
        if self.blind:
            return Reconciliation(Happened.CANNOT_TELL)
        if idempotency_key in self.delivered:
            return Reconciliation(Happened.YES, {"message_id": idempotency_key})
        return Reconciliation(Happened.NO)

    def messages_of(self, proposal: Proposal) -> int:
        """How many messages of a proposal the service has delivered."""
        return sum(key.split("-")[2] == str(proposal.id) for key in self.delivered)


@dataclass
class World:
    """The steps that may happen, and the promises that must hold after each."""

    ctx: Context
    client: Client
    service: Service
    number: int = field(default_factory=lambda: next(_worlds))
    attempt: int = 0
    followed: set[int] = field(default_factory=set)  # expired proposals that an event has followed

    @classmethod
    async def begin(cls, ctx: Context, client: Client) -> World:
        """A new customer, one of whose invoices failed."""
        service = Service()
        world = cls(replace(ctx, adapters={**ctx.adapters, "email": service}), client, service)
        await world.fail(0, dear=False)
        return world

    async def end(self) -> None:
        """Compare the counts that are kept with the rows, and leave nothing to the next world."""
        await tallies.compare(self.ctx)
        await self.client.deployment.resume()
        await records.drop_jobs(self.ctx)

    @property
    def customer(self) -> str:
        """The customer of this world."""
        return f"cus_world_{self.number}"

    def invoice(self, which: int) -> str:
        """One of the two invoices."""
        return f"in_world_{self.number}_{which}"

    @property
    def address(self) -> str:
        """The address on the customer's invoices, which no other world has."""
        return f"billing@{self.customer.replace('_', '-')}.example"

    # Steps

    async def fail(self, which: int, *, dear: bool) -> None:
        """A further charge of an invoice fails, of one of two amounts."""
        await self._take(failed(self.invoice(which), **self._bill(dear=dear)))

    async def ask(self, which: int, *, dear: bool) -> None:
        """A further charge of an invoice waits until the customer confirms it with the bank."""
        bill = invoice(self.invoice(which), **self._bill(dear=dear))
        await self._take(event("invoice.payment_action_required", bill))

    def _bill(self, *, dear: bool) -> dict[str, Any]:
        self.attempt += 1
        amount = 490000 if dear else 4900
        return {
            "amount_due": amount,
            "amount_remaining": amount,
            "attempt_count": self.attempt,
            "customer": self.customer,
            "customer_email": self.address,
        }

    async def pay(self, which: int) -> None:
        """An invoice is paid."""
        await self._take(paid(self.invoice(which), customer=self.customer, customer_email=self.address))

    async def move(self) -> None:
        """The customer has another address."""
        self.attempt += 1
        address = f"a{self.attempt}-{self.address}"
        await self._take(event("customer.updated", fixture("customer", id=self.customer, email=address)))

    async def decide(self, decision: str, which: int, *, stale: bool, again: bool = False) -> None:
        """A person decides about a proposal, in its version or the one before; a conflict changes nothing.

        `again` is the answer of an approval or a retry that a further message may go out.
        """
        before = await self.proposals()
        proposal = before[which % len(before)]
        if decision == "confirm" and not self.service.messages_of(proposal):
            return  # a person confirms only what the receiver saw
        version = proposal.version - stale
        try:
            if decision == "edit":
                words = records.with_text(proposal.payload, f"Words {self.number} {proposal.version}\n")
                await self.client.proposals.edit(proposal.id, version, words)
            elif decision == "suppress":
                await self.client.proposals.reject(proposal.id, version, suppress=True)
            elif decision in {"approve", "retry"}:
                await getattr(self.client.proposals, decision)(proposal.id, version, again=again)
            else:
                await getattr(self.client.proposals, decision)(proposal.id, version)
        except RecentContactError:
            assert not again, f"asked although it was answered: {proposal.ref}"
            assert await self.proposals() == before
        except ConflictError:
            after = await self.proposals()
            assert [replace(new, outcome=None) for new in after] == [
                replace(old, outcome=None) for old in before
            ]

    async def approve_at_once(self) -> None:
        """Two operators approve two proposals, and neither sees the approval of the other."""
        pending = [proposal for proposal in await self.proposals() if proposal.status is Status.PENDING]
        if len(pending) < 2:
            return
        first, second = pending[:2]
        try:
            async with self.ctx.transaction() as conn:
                await decisions.approve(self.ctx.within(conn), self.client.operator, first.id, first.version)
                await self.client.proposals.approve(second.id, second.version)
        except RecentContactError:
            return  # a third message stands in the way of both, or of the second

    async def pause(self, *, on: bool) -> None:
        """All executions pause, or go on."""
        await (self.client.deployment.pause() if on else self.client.deployment.resume())

    async def restored(self) -> None:
        """A founder says that the database was restored: people are asked, and keys are made with another id."""
        await self.client.deployment.restored()

    async def run_out(self, which: int) -> None:
        """The time of a pending proposal runs out."""
        proposals = await self.proposals()
        proposal = proposals[which % len(proposals)]
        if proposal.status is Status.PENDING:
            await records.expire(self.ctx, proposal.id)

    async def work(self, answer: Answer, *, blind: bool) -> None:
        """The worker runs each job that waits, whatever its moment. The job of a killed run comes back."""
        self.service.answer, self.service.blind = answer, blind
        executions = await records.jobs(self.ctx, "execute_proposal")
        closings = await records.jobs(self.ctx, "close_thread")
        await records.drop_jobs(self.ctx)
        stale = await self._stale()
        before = [self.service.messages_of(proposal) for proposal in stale]
        for job in executions:
            try:
                await processing.execute_proposal(self.ctx, **job["args"])
            except Killed:
                async with self.ctx.connection() as conn:
                    await self.ctx.queue.defer(conn, execute_job(**job["args"], delay=0.0))
        assert [self.service.messages_of(proposal) for proposal in stale] == before, "sent what is not true"
        for job in closings:
            await processing.close_thread(self.ctx, **job["args"])

    async def _take(self, payload: Json) -> None:
        expired = {proposal.id for proposal in await self.proposals() if proposal.status is Status.EXPIRED}
        await take_in(self.ctx, payload)
        self.followed |= expired

    # Promises

    async def proposals(self) -> list[Proposal]:
        """The proposals of both plays, the oldest first, with their effective status."""
        rows = await records.rows(self.ctx, _STATE, self.customer, list(PLAYS))
        return [Proposal.from_row(row) for row in rows]

    async def check(self) -> None:
        """Every promise."""
        rows = await records.rows(self.ctx, _STATE, self.customer, list(PLAYS))
        proposals, answers = [Proposal.from_row(row) for row in rows], await self._answers()
        for row, proposal in zip(rows, proposals, strict=True):
            messages, story = self.service.messages_of(proposal), f"{proposal.ref} is {proposal.status}"
            assert messages <= 1, f"performed twice: {story}"
            if proposal.status is Status.EXECUTED:
                assert messages, f"executed without having been sent: {story}"
            if proposal.status is Status.PENDING:
                answer = answers[proposal.play]
                assert isinstance(answer, Draft), f"waits although its play declines: {story}"
                assert not provenance.changed_terms(proposal, answer), f"its words are not true: {story}"
            if proposal.status in {Status.APPROVED, Status.EXECUTING}:
                assert row["paused"] or row["has_job"], f"nothing performs it: {story}"
            if proposal.status not in ENDED:
                assert row["has_thread"], f"no thread: {story}"
            elif not row["has_lapsed"]:
                assert row["closes"] or not row["has_thread"], f"a thread: {story}"
        await self._check_agreed(proposals)
        for play in PLAYS:
            self._check_not_lost(proposals, play, answers[play])

    async def _check_agreed(self, proposals: list[Proposal]) -> None:
        """The customer gets two messages only where a person approved one of them knowing of the other."""
        sent = [proposal for proposal in proposals if self.service.messages_of(proposal)]
        if len(sent) < 2:
            return
        rows = await records.rows(
            self.ctx,
            "select a.proposal_id, jsonb_path_query_array(jsonb_agg(a.metadata_json), '$[*].again_after[*]') as known"
            " from audit_log a join action_proposals p on p.id = a.proposal_id"
            " where p.subject_key = %s and a.to_status = 'approved' group by 1",
            self.customer,
        )
        known = {row["proposal_id"]: set(row["known"]) for row in rows}
        for one, other in combinations(sent, 2):
            assert other.id in known[one.id] or one.id in known[other.id], (
                f"nobody agreed to both {one.ref} and {other.ref}"
            )

    def _check_not_lost(self, proposals: list[Proposal], play: str, answer: Draft | Declined) -> None:
        """A draft that is called for is live, decided, or expired with no event since; and it is the only one."""
        own = [proposal for proposal in proposals if proposal.play == play]
        live = [proposal.ref for proposal in own if proposal.status not in ENDED]
        assert len(live) <= 1, f"several about one customer: {live}"
        if isinstance(answer, Declined):
            return
        executed = (proposal for proposal in own if proposal.status is Status.EXECUTED)
        if any(set(answer.covers) <= set(proposal.covers) for proposal in executed):
            return  # the customer got this message lately: see the cooldown
        assert own, f"lost: {play} has drafted nothing"
        latest = own[-1]
        assert latest.status is not Status.SUPERSEDED, f"lost: {latest.ref} was superseded"
        assert latest.status is not Status.EXPIRED or latest.id not in self.followed, (
            f"lost: {latest.ref} expired"
        )

    async def _answers(self) -> dict[str, Draft | Declined]:
        """The answer of each play about the customer by the facts of now."""
        about = facts.About(self.customer, self.customer)
        async with self.ctx.transaction() as conn:
            judge = judging.Judge(self.ctx, conn)
            rules = await judge.rules({self.customer})
            read = await judge.read((all_plays()[play], about) for play in PLAYS)
        return {play: judging.answer(rules, all_plays()[play], read[about]) for play in PLAYS}

    async def _stale(self) -> list[Proposal]:
        """The approved proposals whose play would draft something else now, or nothing."""
        approved = [
            proposal
            for proposal in await self.proposals()
            if proposal.status in {Status.APPROVED, Status.EXECUTING}
        ]
        if not approved:
            return []
        answers = await self._answers()
        return [
            proposal
            for proposal in approved
            if isinstance(answer := answers[proposal.play], Declined)
            or provenance.changed_terms(proposal, answer)
        ]


# The proposals of a customer, with what must stand beside each.
_STATE = """
select *, effective_status as status, effective_status = 'expired' and status = 'pending' as has_lapsed,
       exists (select from checkpoints c where c.thread_id = p.thread_id) as has_thread,
       exists (select from procrastinate_jobs j where j.status = 'todo' and j.task_name = 'close_thread'
               and j.args ->> 'thread_id' = p.thread_id) as closes,
       exists (select from procrastinate_jobs j where j.status = 'todo' and j.task_name = 'execute_proposal'
               and (j.args ->> 'proposal_id')::bigint = p.id) as has_job,
       exists (select from policies where kind = 'system' and not allowed) as paused
from proposals_effective p where subject_key = %s and play = any (%s) order by id
"""
