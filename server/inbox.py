"""`GET /api/inbox` and `GET /api/proposals/{id}`: what waits for a decision, and everything about one of it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from litestar import Router, get
from litestar.params import FromPath, FromQuery, QueryParameter

from execops.authority.audit import TrailEntry
from execops.client import Card, Client
from execops.errors import InvalidInputError, NotFoundError
from execops.model import Execution, ExecutionStatus, Json, Status, Urgency
from execops.money import Money
from execops.proposals.listing import Summary
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented

StatusFilter: TypeAlias = Literal[
    "pending",
    "approved",
    "executing",
    "executed",
    "failed",
    "unknown",
    "rejected",
    "superseded",
    "expired",
    "all",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """Money: integer minor units of a currency, and the same as a person reads it."""

    minor: int
    currency: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the inbox."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of proposals; `next_cursor` asks for the one after it, null at the end."""

    items: list[Line]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something the proposal rests on."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PayloadField:
    """A field of the payload; everybody who decides may change its `words`, any other only a founder."""

    name: str
    label: str
    words: bool
    lines: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """An entry of the audit trail."""

    seq: int
    at: datetime
    action: str
    actor_type: str
    actor: str
    from_status: str | None
    to_status: str | None
    version: int | None
    payload_sha256: str | None
    metadata: Json
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One attempt to perform the action."""

    id: int
    attempt: int
    status: ExecutionStatus
    started_at: datetime
    finished_at: datetime | None
    result: Json | None
    error: str | None
    idempotency_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedingEvent:
    """An event that the proposal answers; `external_id` is its source's own."""

    id: int
    source: str
    type: str
    occurred_at: datetime
    external_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TextVersion:
    """What the proposal said in one of its versions, and who wrote it."""

    version: int
    author: str
    title: str | None
    reasoning: str | None
    payload: Json | None
    payload_sha256: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalDetail:
    """Everything that a decision needs; `does` is what approving performs.

    `fields` are those of `payload` in reading order; `preview` is the message as its receiver will see it, null for
    a payload that cannot be sent as it is.
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
    payload_sha256: str
    reasoning: str
    evidence: list[Fact]
    drafted_by: Json
    edited: bool
    newer_draft: Json | None
    created_at: datetime
    decided_at: datetime | None
    expires_at: datetime
    outcome: str | None
    trail: list[Step]
    executions: list[Attempt]
    events: list[FeedingEvent]
    versions: list[TextVersion]


@get(
    "/inbox",
    operation_id="inbox",
    summary="List proposals",
    responses=documented(400, 401, 503),
)
async def inbox(
    request: ClientRequest,
    status: FromQuery[StatusFilter] = "pending",
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="Lines a page")] = 50,
    cursor: Annotated[str | None, QueryParameter(description="`next_cursor` of the page before")] = None,
) -> Page:
    """Pending: the most urgent first, then the newest. Any other status, or `all`: the newest first."""
    found = await _page(request.user, status, limit + 1, cursor)
    page = found[:limit]
    more = len(found) > limit
    return Page(items=[_line(each) for each in page], next_cursor=_cursor(status, page[-1]) if more else None)


@get(
    "/proposals/{proposal_id:int}",
    operation_id="proposal",
    summary="Show a proposal",
    responses=documented(400, 401, 404, 503),
)
async def proposal(request: ClientRequest, proposal_id: FromPath[int]) -> ProposalDetail:
    """The proposal with its payload, evidence, trail, executions, events and versions."""
    if not 0 < proposal_id < 2**63:
        raise NotFoundError(f"There is no proposal {proposal_id}.", hint="GET /api/inbox lists them.")
    return _detail(await request.user.card(proposal_id))


router = Router(
    "/api",
    route_handlers=[inbox, proposal],
    middleware=[BearerAuth],
    security=SECURITY,
    tags=["inbox"],
)


async def _page(client: Client, status: StatusFilter, limit: int, cursor: str | None) -> list[Summary]:
    urgency, last = _position(status, cursor) if cursor else (None, None)
    if status == "pending":
        after = None if urgency is None or last is None else _placed(urgency, last)
        return list(await client.inbox(limit=limit, after=after))
    wanted = None if status == "all" else Status(status)
    return list(await client.history(status=wanted, limit=limit, before=last))


def _cursor(status: StatusFilter, last: Summary) -> str:
    place = json.dumps([status, last.urgency, last.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _position(status: StatusFilter, cursor: str) -> tuple[Urgency, int]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        of_status, urgency, last = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        place = Urgency(urgency), last
    except (ValueError, TypeError, RecursionError, binascii.Error) as exc:
        raise InvalidInputError("This cursor is none of ours.", hint="Start without one.") from exc
    if of_status != status or type(last) is not int or not 0 < last < 2**63:
        raise InvalidInputError("This cursor belongs to another list.", hint="Start without one.")
    return place


def _placed(urgency: Urgency, proposal_id: int) -> Summary:
    """The place in the inbox after which a page begins: its order is urgency, then id; the rest is not read."""
    never = datetime.min.replace(tzinfo=UTC)
    return Summary(
        id=proposal_id,
        urgency=urgency,
        version=0,
        effective_status=Status.PENDING,
        vertical="",
        play="",
        action_type="",
        title="",
        object_id="",
        subject_key="",
        amount_minor=None,
        currency=None,
        edited=False,
        created_at=never,
        decided_at=None,
        expires_at=never,
        outcome=None,
    )


def _amount(money: Money | None) -> Amount | None:
    return Amount(minor=money.minor, currency=money.currency, text=str(money)) if money else None


def _line(it: Summary) -> Line:
    return Line(
        id=it.id,
        version=it.version,
        status=it.effective_status,
        urgency=it.urgency,
        vertical=it.vertical,
        play=it.play,
        action_type=it.action_type,
        title=it.title,
        object_id=it.object_id,
        subject_key=it.subject_key,
        amount=_amount(it.amount),
        edited=it.edited,
        created_at=it.created_at,
        decided_at=it.decided_at,
        expires_at=it.expires_at,
        outcome=it.outcome,
    )


def _detail(card: Card) -> ProposalDetail:
    it = card.proposal
    return ProposalDetail(
        id=it.id,
        version=it.version,
        status=it.status,
        urgency=it.urgency,
        vertical=it.vertical,
        play=it.play,
        action_type=it.action_type,
        title=it.title,
        object_id=it.object_id,
        subject_key=it.subject_key,
        amount=_amount(it.amount),
        does=card.does,
        payload=it.payload,
        fields=[
            PayloadField(name=field.name, label=field.label, words=field.words, lines=field.lines)
            for field in card.fields
        ],
        preview=card.preview,
        moves_money=card.moves_money,
        payload_sha256=it.payload_sha256,
        reasoning=it.reasoning,
        evidence=[Fact(label=label, value=value) for label, value in it.evidence],
        drafted_by=it.drafted_by,
        edited=it.edited,
        newer_draft=it.newer_draft,
        created_at=it.created_at,
        decided_at=it.decided_at,
        expires_at=it.expires_at,
        outcome=it.outcome,
        trail=[_step(each) for each in card.trail],
        executions=[_attempt(each) for each in card.executions],
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


def _step(it: TrailEntry) -> Step:
    entry = it.entry
    return Step(
        seq=entry.seq,
        at=entry.ts,
        action=entry.action,
        actor_type=entry.actor_type,
        actor=it.actor,
        from_status=entry.from_status,
        to_status=entry.to_status,
        version=entry.version,
        payload_sha256=entry.payload_sha256,
        metadata=entry.metadata_json,
        hash=entry.hash,
    )


def _attempt(it: Execution) -> Attempt:
    return Attempt(
        id=it.id,
        attempt=it.attempt,
        status=it.status,
        started_at=it.started_at,
        finished_at=it.finished_at,
        result=it.result_json,
        error=it.error,
        idempotency_key=it.idempotency_key,
    )
