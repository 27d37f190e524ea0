"""`/api/notifications`: whether the operator of the token is told of urgent proposals."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from litestar import Router, delete, get, put
from litestar.params import JSONBody
from msgspec import Meta, Struct

from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented
from server.strict import require_described, require_exact

if TYPE_CHECKING:
    from execops.client.notifications_part import Answer

Member = Annotated[str, Meta(max_length=320, description="Id (U…), @name or mail address")]


class SwitchOn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The operator in Slack; null: as before."""

    slack: Member | None = None


class Notifications(Struct, frozen=True, kw_only=True):
    """Whether the operator is told, as which Slack member and since when; `transport` is `slack`, or the `outbox`."""

    operator: str
    on: bool
    slack: str | None
    since: datetime | None
    transport: str


@get(
    "/",
    operation_id="notifications",
    summary="Show whether you are told",
    responses=documented(400, 401, 503),
)
async def show(request: ClientRequest) -> Notifications:
    """Whether the operator of the token is told of urgent proposals."""
    return _shown(await request.user.notifications.show())


@put(
    "/",
    operation_id="notifications_on",
    summary="Be told of urgent proposals",
    responses=documented(400, 401, 403, 413, 503),
)
async def switch_on(request: ClientRequest, data: JSONBody[SwitchOn]) -> Notifications:
    """Tell the operator of the token from now on; nobody answers for another one."""
    await require_exact(request, SwitchOn)
    return _shown(await request.user.notifications.switch_on(data.slack))


@delete(
    "/",
    status_code=200,
    operation_id="notifications_off",
    summary="Be told nothing more",
    responses=documented(400, 401, 403, 503),
)
async def switch_off(request: ClientRequest) -> Notifications:
    """Tell the operator of the token nothing more."""
    return _shown(await request.user.notifications.switch_off())


def _shown(answer: Answer) -> Notifications:
    return Notifications(
        operator=answer.operator,
        on=answer.on,
        slack=answer.slack,
        since=answer.since,
        transport=answer.transport,
    )


router = Router(
    "/api/notifications",
    route_handlers=[show, switch_on, switch_off],
    middleware=[BearerAuth],
    before_request=require_described,
    security=SECURITY,
    tags=["inbox"],
)
