"""`POST /ai/propose` and `POST /ai/decide`: what a program may ask for, in the name of its token's operator."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from execops.client import Client
from execops.errors import ConflictError, InvalidInputError
from execops.ingest import deliveries
from execops.model import Actor, Event, EventStatus, Json, Status
from execops.proposals.decisions import Decided
from server.auth import SECURITY, BearerAuth, ClientRequest, context_of
from server.errors import Problem, as_problem, documented
from server.feed import EventFeed

PATIENCE = 2.0  # seconds that a request waits for its event to be processed

Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Reason = Annotated[str, msgspec.Meta(max_length=2000)]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposeRequest:
    """Which stored event to answer."""

    event_id: Id


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """What came of an event; while `status` is `received`, it still waits."""

    event_id: int
    status: EventStatus
    proposal_ids: list[int]
    outcome: list[Json]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecideRequest:
    """A decision about the version of a proposal that the operator saw."""

    proposal_id: Id
    version: Version
    decision: Literal["approve", "reject", "undo", "retry", "confirm", "close"]
    reason: Reason | None = None  # of a rejection or a closing


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionTaken:
    """What the decision led to; an approved action is performed at `executes_at`, unless undone before."""

    proposal_id: int
    version: int
    status: Status
    executes_at: datetime | None


@post(
    "/propose",
    status_code=200,
    operation_id="propose",
    summary="Have a stored event answered",
    responses={202: ResponseSpec(Proposed, generate_examples=False, description="It is not processed yet")}
    | documented(400, 401, 404, 503),
)
async def propose(request: ClientRequest, data: JSONBody[ProposeRequest]) -> Response[Proposed]:
    """Wait up to two seconds until an event is processed; one that failed before is processed again."""
    ctx, client, feed = context_of(request), request.user, _feed_of(request)
    event = await client.event(data.event_id)
    if event.status in {EventStatus.RECEIVED, EventStatus.FAILED}:
        async with feed.watching(event.id) as left:
            if event.status is EventStatus.FAILED:  # every other event has, or had, its job
                await deliveries.replay(ctx, event.id, Actor.user(client.operator))
            event = await client.event(event.id)
            if event.status is EventStatus.RECEIVED:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(left.wait(), PATIENCE)
                event = await client.event(event.id)
    return Response(_proposed(event), status_code=202 if event.status is EventStatus.RECEIVED else 200)


@post(
    "/decide",
    status_code=200,
    operation_id="decide",
    summary="Decide about a proposal",
    responses=documented(400, 401, 403, 404, 409, 503),
)
async def decide(request: ClientRequest, data: JSONBody[DecideRequest]) -> DecisionTaken:
    """Approve, reject, undo, retry, confirm or close exactly this version of a proposal."""
    if data.reason is not None and "\x00" in data.reason:
        raise InvalidInputError("The reason holds a NUL character; nothing was changed.")
    decided = await _decide(request.user, data)
    return DecisionTaken(
        proposal_id=decided.proposal_id,
        version=decided.version,
        status=decided.status,
        executes_at=decided.executes_at,
    )


def _too_deep(request: Request[Any, Any, Any], _: RecursionError) -> Response[Problem]:
    return as_problem(request, InvalidInputError("The body is nested too deeply; nothing was changed."))


router = Router(
    "/ai",
    route_handlers=[propose, decide],
    middleware=[BearerAuth],
    exception_handlers={RecursionError: _too_deep},
    security=SECURITY,
    tags=["ai"],
)


async def _decide(client: Client, data: DecideRequest) -> Decided:
    match data.decision:
        case "approve":
            return await client.approve(data.proposal_id, data.version)
        case "reject":
            return await client.reject(data.proposal_id, data.version, data.reason)
        case "undo":
            # An approved proposal keeps its version, so that looking before the undo is enough.
            found = await client.proposal(data.proposal_id)
            if found.version != data.version:
                raise ConflictError(
                    f"Proposal {found.id} is at version {found.version}, you saw {data.version}; "
                    "nothing was changed."
                )
            return await client.undo(data.proposal_id)
        case "retry":
            return await client.retry(data.proposal_id, data.version)
        case "confirm":
            return await client.confirm(data.proposal_id, data.version)
        case "close":
            return await client.close(data.proposal_id, data.version, data.reason)


def _feed_of(request: ClientRequest) -> EventFeed:
    feed = request.app.state.feed
    assert isinstance(feed, EventFeed)  # noqa: S101
    return feed


def _proposed(event: Event) -> Proposed:
    return Proposed(
        event_id=event.id,
        status=event.status,
        proposal_ids=sorted({found for each in event.outcome if (found := _answer(each)) is not None}),
        outcome=event.outcome,
    )


def _answer(outcome: dict[str, Any]) -> int | None:
    """The proposal that answers the event; one that the event made moot is no answer."""
    found = outcome.get("proposal")
    return found if isinstance(found, int) and outcome.get("result") != "superseded" else None
