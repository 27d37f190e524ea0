"""The records of proposals over HTTP: a line of the inbox, and everything about one proposal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from execops.client.proposals_part import Approver, Card, Departure, SentMessage
from execops.model import Execution, ExecutionStatus, Json, Status, Urgency
from execops.money import Money

if TYPE_CHECKING:
    from execops.client.records import Summary, TrailEntry


class Amount(Struct, frozen=True, kw_only=True):
    """Money: integer minor units of a currency, and `text` as a person reads it."""

    minor: int
    currency: str
    text: str


class Line(Struct, frozen=True, kw_only=True):
    """One proposal in a list; while it waits for the second of two operators, `approvals` is 1 and `approvals_needed` 2."""

    id: int
    version: int
    status: Status
    urgency: Urgency
    vertical: str
    play: str
    action_type: str
    title: str
    object_id: str
    subject_key: str
    amount: Amount | None
    edited: bool
    created_at: datetime
    decided_at: datetime | None
    expires_at: datetime
    outcome: str | None
    approvals: int
    approvals_needed: int


class Page(Struct, frozen=True, kw_only=True):
    """A page of proposals. `next_cursor` asks for the next page; it is null at the end."""

    items: list[Line]
    next_cursor: str | None


class Fact(Struct, frozen=True, kw_only=True):
    """A fact that the proposal rests on."""

    label: str
    value: str


class PayloadField(Struct, frozen=True, kw_only=True):
    """A field of the payload; everybody who decides may change its `words`, any other only a founder."""

    name: str
    label: str
    words: bool
    lines: bool


class Step(Struct, frozen=True, kw_only=True):
    """An entry of the audit trail."""

    seq: int
    at: datetime
    action: str
    actor_type: str
    actor: str
    proposal_id: int | None
    from_status: str | None
    to_status: str | None
    version: int | None
    payload_sha256: str | None
    metadata: Json
    hash: str


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt to perform the action."""

    id: int
    attempt: int
    status: ExecutionStatus
    started_at: datetime
    finished_at: datetime | None
    result: Json | None
    error: str | None
    idempotency_key: str


class FeedingEvent(Struct, frozen=True, kw_only=True):
    """An event that the proposal answers; `external_id` is its source's own."""

    id: int
    source: str
    type: str
    occurred_at: datetime
    external_id: str


class TextVersion(Struct, frozen=True, kw_only=True):
    """The text of the proposal in one of its versions, with its author."""

    version: int
    author: str
    title: str | None
    verdict: str | None
    reasoning: str | None
    payload: Json | None
    payload_sha256: str
    created_at: datetime


class LastWritten(Struct, frozen=True, kw_only=True):
    """The last other message to the customer; `status` is that of its proposal, `text` is as a person reads it."""

    proposal_id: int
    title: str
    status: Status
    at: datetime
    text: str


class ProposalDetail(Struct, frozen=True, kw_only=True):
    """Everything that a decision needs; `does` is what approving performs.

    `fields` are those of `payload` in reading order; `preview` is the message as its receiver will see it, null for
    a payload that cannot be sent as it is. An approval of one that `needs_confirmation` has to say `confirmed`. `hidden` counts
    the characters of its texts that nobody sees. `last_written` is null for an action that writes to no customer. `beside` are
    the other pending proposals about the same subject. `sent` is the message of an executed action; its `look` is the
    command that shows one in the outbox of the worker's machine, or its address. `leaves` is set while an approved mail waits
    for the customer's morning. `translation` holds the rules' words in the founder's own language. `approvers` are the
    operators who approved this version, where `approvals_needed` is two.
    """

    id: int
    version: int
    status: Status
    urgency: Urgency
    vertical: str
    play: str
    action_type: str
    title: str
    object_id: str
    subject_key: str
    amount: Amount | None
    does: str
    payload: Json
    fields: list[PayloadField]
    preview: str | None
    moves_money: bool
    needs_confirmation: bool
    hidden: int
    last_written: LastWritten | None
    beside: list[Line]
    sent: SentMessage | None
    leaves: Departure | None
    payload_sha256: str
    verdict: str
    reasoning: str
    evidence: list[Fact]
    language: str
    translation: Json
    drafted_by: Json
    edited: bool
    newer_draft: Json | None
    created_at: datetime
    decided_at: datetime | None
    expires_at: datetime
    outcome: str | None
    approvals_needed: int
    approvers: list[Approver]
    trail: list[Step]
    executions: list[Attempt]
    events: list[FeedingEvent]
    versions: list[TextVersion]


def _amount(money: Money | None) -> Amount | None:
    return Amount(minor=money.minor, currency=money.currency, text=str(money)) if money else None


def line_of(summary: Summary) -> Line:
    """The line of a proposal in a list."""
    return Line(
        id=summary.id,
        version=summary.version,
        status=summary.effective_status,
        urgency=summary.urgency,
        vertical=summary.vertical,
        play=summary.play,
        action_type=summary.action_type,
        title=summary.title,
        object_id=summary.object_id,
        subject_key=summary.subject_key,
        amount=_amount(summary.amount),
        edited=summary.edited,
        created_at=summary.created_at,
        decided_at=summary.decided_at,
        expires_at=summary.expires_at,
        outcome=summary.outcome,
        approvals=summary.approvals,
        approvals_needed=summary.approvals_needed,
    )


def detail_of(card: Card) -> ProposalDetail:
    """Everything about a proposal, from its card."""
    proposal = card.proposal
    return ProposalDetail(
        id=proposal.id,
        version=proposal.version,
        status=proposal.status,
        urgency=proposal.urgency,
        vertical=proposal.vertical,
        play=proposal.play,
        action_type=proposal.action_type,
        title=proposal.title,
        object_id=proposal.object_id,
        subject_key=proposal.subject_key,
        amount=_amount(proposal.amount),
        does=card.does,
        payload=proposal.payload,
        fields=[
            PayloadField(name=field.name, label=field.label, words=field.words, lines=field.lines)
            for field in card.fields
        ],
        preview=card.preview,
        moves_money=card.moves_money,
        needs_confirmation=card.needs_confirmation,
        hidden=card.hidden,
        last_written=_last_written(card),
        beside=[line_of(summary) for summary in card.beside],
        sent=card.sent,
        leaves=card.leaves,
        payload_sha256=proposal.payload_sha256,
        verdict=proposal.verdict,
        reasoning=proposal.reasoning,
        evidence=[Fact(label=label, value=value) for label, value in proposal.evidence],
        language=proposal.language,
        translation=proposal.translation,
        drafted_by=proposal.drafted_by,
        edited=proposal.edited,
        newer_draft=proposal.newer_draft,
        created_at=proposal.created_at,
        decided_at=proposal.decided_at,
        expires_at=proposal.expires_at,
        outcome=proposal.outcome,
        approvals_needed=proposal.approvals_needed,
        approvers=list(card.approvers),
        trail=[make_step(entry) for entry in card.trail],
        executions=[_attempt(execution) for execution in card.executions],
        events=[
            FeedingEvent(
                id=row["id"],
                source=row["source"],
                type=row["type"],
                occurred_at=row["occurred_at"],
                external_id=row["dedupe_key"],
            )
            for row in card.events
        ],
        versions=[TextVersion(**row) for row in card.versions],
    )


def _last_written(card: Card) -> LastWritten | None:
    last = card.last_written
    if last is None:
        return None
    return LastWritten(
        proposal_id=last.proposal_id, title=last.title, status=last.status, at=last.at, text=last.words
    )


def make_step(trail_entry: TrailEntry) -> Step:
    """The entry as the API shows it."""
    entry = trail_entry.entry
    return Step(
        seq=entry.seq,
        at=entry.ts,
        action=entry.action,
        actor_type=entry.actor_type,
        actor=trail_entry.actor,
        proposal_id=entry.proposal_id,
        from_status=entry.from_status,
        to_status=entry.to_status,
        version=entry.version,
        payload_sha256=entry.payload_sha256,
        metadata=entry.metadata_json,
        hash=entry.hash,
    )


def _attempt(execution: Execution) -> Attempt:
    return Attempt(
        id=execution.id,
        attempt=execution.attempt,
        status=execution.status,
        started_at=execution.started_at,
        finished_at=execution.finished_at,
        result=execution.result_json,
        error=execution.error,
        idempotency_key=execution.idempotency_key,
    )
