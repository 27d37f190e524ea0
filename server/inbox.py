"""`GET /api/inbox` and `GET /api/proposals/{id}`: a page of proposals, and everything about one proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from litestar import Router, get
from litestar.params import FromPath, FromQuery, QueryParameter

from execops.client import Client
from execops.client.proposals_part import Position
from execops.errors import InvalidInputError, NotFoundError
from execops.model import Status, Urgency
from server import cursors
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented
from server.proposal_records import Page, ProposalDetail, detail_of, line_of
from server.strict import require_described, require_whole

if TYPE_CHECKING:
    from execops.client.records import Summary

StatusFilter: TypeAlias = Literal[
    "pending", "snoozed", "approved", "executing", "executed", "failed", "unknown", "rejected", "superseded", "expired", "all"
]  # fmt: skip

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=200, description="Lines a page")]
Cursor: TypeAlias = Annotated[str | None, QueryParameter(description="`next_cursor` of the page before")]


@get(
    "/inbox",
    operation_id="inbox",
    summary="List proposals",
    responses=documented(400, 401, 503),
)
async def inbox(
    request: ClientRequest,
    status: FromQuery[StatusFilter] = "pending",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page:
    """Pending: the most urgent first, then the newest. Any other status, or `all`: the newest first."""
    require_whole(request, "limit")
    summaries = await _page(request.user, status, limit + 1, cursor)
    page, more = summaries[:limit], len(summaries) > limit
    return Page(
        items=[line_of(summary) for summary in page],
        next_cursor=_cursor(status, page[-1]) if more else None,
    )


@get(
    "/proposals/{proposal_id:int}",
    operation_id="proposal",
    summary="Show a proposal",
    responses=documented(400, 401, 404, 503),
)
async def proposal(request: ClientRequest, proposal_id: FromPath[int]) -> ProposalDetail:
    """The proposal with its payload, evidence, trail, executions, events and versions."""
    written = request.url.path.rstrip("/").rpartition("/")[2]
    if not 0 < proposal_id < 2**63 or written != str(proposal_id):  # Python reads 1_0 as ten
        raise NotFoundError(f"There is no proposal {proposal_id}.", hint="GET /api/inbox lists them.")
    return detail_of(await request.user.proposals.card(proposal_id))


router = Router(
    "/api",
    route_handlers=[inbox, proposal],
    middleware=[BearerAuth],
    before_request=require_described,
    security=SECURITY,
    tags=["inbox"],
)


async def _page(client: Client, status: StatusFilter, limit: int, cursor: str | None) -> list[Summary]:
    after = _position(status, cursor) if cursor else None
    if status == "pending":
        return list(await client.proposals.inbox(limit=limit, after=after))
    before = after.proposal_id if after else None
    only = None if status == "all" else Status(status)
    return list(await client.proposals.history(status=only, limit=limit, before=before))


def _cursor(status: StatusFilter, last: Summary) -> str:
    return cursors.encode((status,), (last.urgency, last.id))


def _position(status: StatusFilter, cursor: str) -> Position:
    names, last = cursors.decode((status,), cursor)
    try:
        (name,) = names
        return Position(Urgency(str(name)), last)
    except ValueError as exc:
        raise InvalidInputError("This cursor was not made here.", hint="Start without a cursor.") from exc
