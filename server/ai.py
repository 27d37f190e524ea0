"""`POST /ai/propose` and `POST /ai/decide`: a program asks for proposals, or decides in its operator's name."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from litestar import Request, Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from msgspec import Meta, Struct

from execops.client import Client
from execops.client.event_feed import EventFeed
from execops.errors import InvalidInputError
from execops.model import Event, EventStatus, Json, Status
from execops.text.log_lines import action
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import Problem, as_problem, documented
from server.strict import require_described, require_exact

if TYPE_CHECKING:
    from execops.client.records import Decided

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds that a request waits for its event to be processed

Id = Annotated[int, Meta(ge=1, le=2**53 - 1)]  # JSON keeps integers exact up to here
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Again = Annotated[
    bool,
    Meta(description="Write although the customer was written to lately; else 409 `recent_contact`"),
]
Confirmed = Annotated[
    bool,
    Meta(
        description="Do what cannot be taken back, such as a refund (`needs_confirmation`);"
        " else 409 `confirmation_needed`"
    ),
]
Reason = Annotated[str, Meta(max_length=2000, description="Without the character NUL")]


class ProposeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The stored event to answer."""

    event_id: Id


class Proposed(Struct, frozen=True, kw_only=True):
    """The proposals and the outcome of an event; while `status` is `received`, it still waits."""

    event_id: int
    status: EventStatus
    proposal_ids: list[int]
    outcome: list[Json]


class DecideRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision about exactly the version of a proposal that the operator saw; another version is a conflict.

    A further field is a 400: a wish that nobody reads, such as another payload, must not pass as granted.
    """

    proposal_id: Id
    version: Version
    decision: Literal["approve", "reject", "undo", "retry", "confirm", "close"]
    reason: Reason | None = None  # of a rejection or a closing
    again: Again = False  # of an approval or a retry
    confirmed: Confirmed = False  # of an approval or a retry


class DecisionTaken(Struct, frozen=True, kw_only=True):
    """The result of a decision. An approved action is performed at `executes_at`; until then it can be undone.

    Where two operators approve, the first approval leaves the status as it was: `approvals` of `approvals_needed`.
    `leaves` says when a mail to a customer leaves, where EXECOPS_SEND_HOURS have a say.
    """

    proposal_id: int
    version: int
    status: Status
    executes_at: datetime | None
    approvals: int
    approvals_needed: int
    leaves: str | None


@post(
    "/propose",
    status_code=200,
    operation_id="propose",
    summary="Have a stored event answered",
    responses={
        202: ResponseSpec(Proposed, generate_examples=False, description="The event is not processed yet")
    }
    | documented(400, 401, 403, 404, 413, 503),
)
async def propose(request: ClientRequest, data: JSONBody[ProposeRequest]) -> Response[Proposed]:
    """Wait up to two seconds until an event is processed. Every operator may ask about a new or a processed event.

    A failed event is processed again, as by `execops events replay`; this needs an operator who decides, else 403.
    The body has at most 64 KiB.
    """
    await require_exact(request, ProposeRequest)
    events, feed = request.user.events, _feed_of(request)
    event = await events.get(data.event_id)
    if event.status in {EventStatus.RECEIVED, EventStatus.FAILED}:
        async with feed.watching(event.id) as processed:
            event = await events.propose(event.id)
            if event.status is EventStatus.RECEIVED:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(processed.wait(), PATIENCE)
                event = await events.get(event.id)
    return Response(_proposed(event), status_code=202 if event.status is EventStatus.RECEIVED else 200)


@post(
    "/decide",
    status_code=200,
    operation_id="decide",
    summary="Decide about a proposal",
    responses=documented(400, 401, 403, 404, 409, 413, 503),
)
async def decide(request: ClientRequest, data: JSONBody[DecideRequest]) -> DecisionTaken:
    """Approve, reject, undo, retry, confirm or close exactly this version of a proposal; any other is a 409. The body has at most 64 KiB."""
    await require_exact(request, DecideRequest)
    if data.reason is not None and "\x00" in data.reason:
        raise InvalidInputError("The reason holds a NUL character; nothing was changed.")
    decided = await _decide(request.user, data)
    about = {"proposal": decided.proposal_id, "version": decided.version, "status": decided.status}
    extra = action(f"decision.{data.decision}", **about, operator=request.user.operator.id)
    logger.info("Decision taken", extra=extra)
    return DecisionTaken(
        proposal_id=decided.proposal_id,
        version=decided.version,
        status=decided.status,
        executes_at=decided.executes_at,
        approvals=decided.approvals,
        approvals_needed=decided.approvals_needed,
        leaves=decided.leaves,
    )


def _too_deep(request: Request[Any, Any, Any], _: RecursionError) -> Response[Problem]:
    return as_problem(request, InvalidInputError("The body is nested too deeply; nothing was changed."))


router = Router(
    "/ai",
    route_handlers=[propose, decide],
    middleware=[BearerAuth],
    before_request=require_described,
    exception_handlers={RecursionError: _too_deep},
    security=SECURITY,
    tags=["ai"],
)


async def _decide(client: Client, data: DecideRequest) -> Decided:
    proposals, proposal_id, version = client.proposals, data.proposal_id, data.version
    match data.decision:
        case "approve":
            return await proposals.approve(proposal_id, version, again=data.again, confirmed=data.confirmed)
        case "reject":
            return await proposals.reject(proposal_id, version, data.reason)
        case "undo":
            return await proposals.undo(proposal_id, version)
        case "retry":
            return await proposals.retry(proposal_id, version, again=data.again, confirmed=data.confirmed)
        case "confirm":
            return await proposals.confirm(proposal_id, version)
        case "close":
            return await proposals.close(proposal_id, version, data.reason)


def _feed_of(request: ClientRequest) -> EventFeed:
    feed = request.app.state.feed
    assert isinstance(feed, EventFeed)  # noqa: S101
    return feed


def _proposed(event: Event) -> Proposed:
    answers = {_answering_proposal(outcome) for outcome in event.outcome}
    return Proposed(
        event_id=event.id,
        status=event.status,
        proposal_ids=sorted(proposal_id for proposal_id in answers if proposal_id is not None),
        outcome=event.outcome,
    )


def _answering_proposal(outcome: dict[str, Any]) -> int | None:
    """The proposal that answers the event; a proposal that the event made moot does not."""
    proposal_id = outcome.get("proposal")
    return proposal_id if isinstance(proposal_id, int) and outcome.get("result") != "superseded" else None
