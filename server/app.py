"""The Litestar application over a Context that its caller has opened."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, YamlRenderPlugin
from litestar.types import ControllerRouterHandler

from execops import __version__
from execops.client.canvas_part import open_canvas
from execops.client.diagnosis import Troubles
from execops.client.event_feed import EventFeed
from execops.client.plays_part import ProcessEvent
from execops.client.remote.wire import record_schemas
from execops.context import Context
from server import (
    agui,
    ai,
    canvas,
    changes,
    console,
    front,
    health,
    inbox,
    ingest,
    metrics,
    notifications,
    records,
    suppressions,
)
from server.auth import COMPONENTS
from server.errors import as_problem
from server.guesses import Guesses

_ROUTES: list[ControllerRouterHandler] = [
    front.page,
    front.look,
    ingest.deliver,
    ingest.look,
    ai.router,
    inbox.router,
    canvas.router,
    agui.router,
    records.router,
    suppressions.router,
    notifications.router,
    console.router,
    changes.router,
    health.router,
    metrics.router,
]
_MAX_BODY = 64 * 1024  # bytes; a decision is short, and a delivery has its own limit


def create_app(
    ctx: Context,
    intake_ctx: Context,
    troubles: Troubles,
    leaving: asyncio.Event | None = None,
    process: ProcessEvent | None = None,
) -> Litestar:
    """The application. Its caller has opened the Contexts, and closes them.

    `intake_ctx` has a pool that only deliveries and health checks use; `troubles` hears of what is refused. The streams
    of changes end when `leaving` is set. `process` processes an event, for the trial of a play.
    """
    app = build_app()
    app.state = State(
        {
            "ctx": ctx,
            "intake_ctx": intake_ctx,
            "intake": ingest.create_intake(intake_ctx),
            "feed": EventFeed(ctx.url),
            "up_to_date": False,
            "leaving": leaving or asyncio.Event(),
            "process": process,
            "guesses": Guesses(),
            "troubles": troubles,
        }
    )
    return app


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    """Share one canvas while the application runs; at its end, close what listens for changes."""
    try:
        async with open_canvas(app.state.ctx) as shared_canvas:
            app.state.canvas = shared_canvas
            yield
    finally:
        await app.state.feed.close()


def build_app() -> Litestar:
    """The routes of the application, as yet over no Context: it takes a tenth of a second."""
    return Litestar(
        route_handlers=_ROUTES,
        exception_handlers={Exception: as_problem},
        lifespan=[_lifespan],
        openapi_config=OpenAPIConfig(
            title="ExecOps",
            version=__version__,
            description="Webhooks in, proposals out, the decisions about them, and answers from the ledger.",
            components=COMPONENTS,
            use_handler_docstrings=True,
            path="/schema",
            render_plugins=[_Page(), _Json(), _Yaml()],
        ),
        request_max_body_size=_MAX_BODY,
        logging_config=None,  # the process that serves the application decides how it logs
    )


def _whole(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the records of the consoles' routes, which are known once those are described."""
    document["components"].setdefault("schemas", {}).update(record_schemas)
    return document


class _Json(JsonRenderPlugin):
    """The document as JSON."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document."""
        return super().render(request, _whole(openapi_schema))


class _Yaml(YamlRenderPlugin):
    """The document as YAML."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document."""
        return super().render(request, _whole(openapi_schema))


class _Page(OpenAPIRenderPlugin):
    """The document as one plain page: no script, nothing fetched from anywhere."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """The page."""
        info = openapi_schema["info"]
        rows = [
            f"<tr><td>{method.upper()}</td><td><code>{html.escape(path)}</code></td>"
            f"<td>{html.escape(operation.get('summary', ''))}</td>"
            f"<td>{'token' if operation.get('security') else ''}</td></tr>"
            for path, item in openapi_schema["paths"].items()
            for method, operation in item.items()
        ]
        title = html.escape(f"{info['title']} {info['version']}")
        return (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
            "<style>body{font-family:sans-serif;margin:2rem}td{padding:.2rem .8rem .2rem 0}</style>"
            f"<h1>{title}</h1><p>{html.escape(info['description'])}</p><table>{''.join(rows)}</table>"
            '<p>The document: <a href="/schema/openapi.json">JSON</a>, '
            '<a href="/schema/openapi.yaml">YAML</a></p></html>'
        ).encode()
