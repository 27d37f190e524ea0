"""`GET /health/live` and `GET /health/ready`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from litestar import Request, Router, get

from execops.authority import operators
from execops.db.migrate import pending_migrations
from execops.errors import UnavailableError
from server.auth import context_of
from server.errors import documented


@dataclass(frozen=True, slots=True)
class Health:
    """How the server is."""

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
    ctx, state = context_of(request), request.app.state
    async with ctx.connection() as conn:
        # The last step of a first migration is its founder, so somebody there means all tables are.
        migrated = bool(await operators.everyone(conn))
    if migrated and not state.up_to_date:  # once it is, it stays so
        state.up_to_date = not await pending_migrations(ctx.url)
    if not (migrated and state.up_to_date):
        raise UnavailableError("The database is not up to date.", hint="Run: execops db migrate")
    return Health("ready")


router = Router("/health", route_handlers=[live, ready], tags=["health"])
