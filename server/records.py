"""`GET /api/events` and `GET /api/audit`: pages of the stored events and of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from execops.errors import InvalidInputError
from execops.model import EventStatus, Json
from server import cursors
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented
from server.inbox import Cursor, Limit
from server.proposal_records import Step, make_step
from server.strict import require_described, require_whole


class EventLine(Struct, frozen=True, kw_only=True):
    """A stored event without its payload."""

    id: int
    source: str
    type: str
    occurred_at: datetime
    received_at: datetime
    object_id: str | None
    subject_key: str | None
    livemode: bool
    api_version: str | None
    status: EventStatus
    outcome: list[Json]
    error: str | None
    processed_at: datetime | None
    payload_gone: str | None  # why the payload was taken away: pruned, erased


class EventPage(Struct, frozen=True, kw_only=True):
    """A page of events. `next_cursor` asks for the next page; it is null at the end."""

    items: list[EventLine]
    next_cursor: str | None


class AuditPage(Struct, frozen=True, kw_only=True):
    """A page of the audit log. `next_cursor` asks for the next page; it is null at the end."""

    items: list[Step]
    next_cursor: str | None


@get("/events", operation_id="events", summary="List events", responses=documented(400, 401, 503))
async def events(
    request: ClientRequest,
    status: Annotated[EventStatus | None, QueryParameter(description="Only events of this status")] = None,
    type_: Annotated[
        str | None,
        QueryParameter(
            name="type",
            max_length=255,
            description="Only events of this type; * stands for any characters; without NUL",
        ),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> EventPage:
    """The newest first. A page stays the same while new events arrive."""
    require_whole(request, "limit")
    if type_ is not None and "\x00" in type_:
        raise InvalidInputError("The type holds a NUL character.")
    this = ("events", status, type_)
    before = cursors.decode(this, cursor)[1] if cursor else None
    rows = await request.user.events.list(status=status, type_=type_, limit=limit + 1, before=before)
    lines = [EventLine(**row) for row in rows[:limit]]
    return EventPage(items=lines, next_cursor=cursors.encode(this, [lines[-1].id]) if rows[limit:] else None)


@get("/audit", operation_id="audit", summary="List the audit log", responses=documented(400, 401, 503))
async def audit(request: ClientRequest, limit: Limit = 50, cursor: Cursor = None) -> AuditPage:
    """Every change, the newest first. A page stays the same while new entries are written."""
    require_whole(request, "limit")
    before = cursors.decode(("audit",), cursor)[1] if cursor else None
    entries = await request.user.audit.latest(limit + 1, before=before)
    steps = [make_step(entry) for entry in entries[:limit]]
    return AuditPage(
        items=steps, next_cursor=cursors.encode(("audit",), [steps[-1].seq]) if entries[limit:] else None
    )


router = Router(
    "/api",
    route_handlers=[events, audit],
    middleware=[BearerAuth],
    before_request=require_described,
    security=SECURITY,
    tags=["records"],
)
