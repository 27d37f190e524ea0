"""`GET /health/live` and `GET /health/ready`; monitors and balancers ask the same by HEAD."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Request, Router, get, head
from msgspec import Struct

from execops.client import diagnosis
from execops.errors import UnavailableError
from server.errors import documented


class Health(Struct, frozen=True):
    """The state of the server."""

    status: Literal["live", "ready"]


@get("/live", operation_id="live", summary="Is the process alive?")
async def live() -> Health:
    """Always 200 while the process runs."""
    return Health("live")


@get(
    "/ready",
    operation_id="ready",
    summary="Can it take in webhooks?",
    responses=documented(503),
)
async def ready(request: Request[Any, Any, Any]) -> Health:
    """200 when the database answers and is up to date, else 503."""
    await require_ready(request)
    return Health("ready")


@head("/live", status_code=200, operation_id="liveHead", summary="Is the process alive? Without a body")
async def live_head() -> None:
    """Always 200 while the process runs."""


@head(
    "/ready",
    status_code=200,
    operation_id="readyHead",
    summary="Can it take in webhooks? Without a body",
    responses=documented(503),
)
async def ready_head(request: Request[Any, Any, Any]) -> None:
    """200 when the database answers and is up to date, else 503."""
    await require_ready(request)


async def require_ready(request: Request[Any, Any, Any]) -> None:
    """Raise UnavailableError unless the database answers and is up to date."""
    state = request.app.state
    ctx = state.intake_ctx
    initialised = await diagnosis.is_initialised(ctx)
    if initialised and not state.up_to_date:  # once the database is up to date, it stays so
        state.up_to_date = not await diagnosis.pending_migrations(ctx)
    if not (initialised and state.up_to_date):
        raise UnavailableError("The database is not up to date.", hint="Run: execops db migrate")


router = Router("/health", route_handlers=[live, ready, live_head, ready_head], tags=["health"])
