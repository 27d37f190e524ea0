"""`GET /api/suppressions` and `DELETE /api/suppressions/{subject_key}`: customers who are never contacted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import Router, delete, get
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from execops.client.records import Suppression
from execops.errors import InvalidInputError, NotFoundError
from server.auth import SECURITY, BearerAuth, ClientRequest
from server.errors import documented
from server.strict import require_described


class SuppressedCustomer(Struct, frozen=True, kw_only=True):
    """A customer who is never contacted: since when, by whose decision, and why."""

    subject_key: str
    created_by: str
    created_at: datetime
    why: str | None


@get("/", operation_id="suppressions", summary="List suppressions", responses=documented(400, 401, 503))
async def suppressions(request: ClientRequest) -> list[SuppressedCustomer]:
    """Every customer who is never contacted, the latest first."""
    return [_customer(suppression) for suppression in await request.user.suppressions.list()]


@delete(
    "/{subject_key:str}",
    status_code=200,
    operation_id="lift_suppression",
    summary="Lift a suppression",
    responses=documented(400, 401, 403, 404, 503),
)
async def lift(
    request: ClientRequest,
    subject_key: FromPath[str],
    why: Annotated[
        str | None, QueryParameter(max_length=2000, description="Kept in the audit log; without NUL")
    ] = None,
) -> SuppressedCustomer:
    """Allow contact with this customer again, from the next event on."""
    if "\x00" in subject_key:  # no text in Postgres holds it
        raise NotFoundError("No such customer is suppressed.", hint="GET /api/suppressions lists them.")
    if why is not None and "\x00" in why:
        raise InvalidInputError("The reason holds a NUL character; nothing was changed.")
    return _customer(await request.user.suppressions.lift(subject_key, why))


def _customer(suppression: Suppression) -> SuppressedCustomer:
    return SuppressedCustomer(
        subject_key=suppression.subject_key,
        created_by=suppression.created_by,
        created_at=suppression.created_at,
        why=suppression.why,
    )


router = Router(
    "/api/suppressions",
    route_handlers=[suppressions, lift],
    middleware=[BearerAuth],
    before_request=require_described,
    security=SECURITY,
    tags=["inbox"],
)
