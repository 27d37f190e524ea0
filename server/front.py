"""`GET /`: one plain page for a person who opens the server's address: no script, no secret, nothing fetched from anywhere."""

from __future__ import annotations

import html
from typing import Any

from litestar import MediaType, Request, Response, get, head

from execops import __version__
from execops.errors import ExecOpsError
from server.health import require_ready

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>ExecOps</title>
<style>body{{font-family:sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;line-height:1.5}}</style>
<h1>ExecOps {version}</h1>
<p>ExecOps takes in webhooks, drafts actions, and does nothing before a person says yes.
This is its server. Its inbox opens in a terminal: <code>execops inbox</code></p>
<p>Health: {health} (<a href="/health/ready">/health/ready</a>)</p>
<p>Webhooks of Stripe arrive at <code>/ingest/stripe</code>, by POST and signed.</p>
<p>The API's document: <a href="/schema">/schema</a>,
as <a href="/schema/openapi.json">JSON</a> or <a href="/schema/openapi.yaml">YAML</a>.</p>
</html>
"""


@get("/", media_type=MediaType.HTML, include_in_schema=False)
async def page(request: Request[Any, Any, Any]) -> Response[str]:
    """The page, with the health of this moment."""
    try:
        await require_ready(request)
        health = "ready"
    except ExecOpsError as exc:
        health = f"not ready. {exc.message}"
    return Response(
        _PAGE.format(version=html.escape(__version__), health=html.escape(health)),
        headers={
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
            "cache-control": "no-store",
        },
    )


@head("/", status_code=200, media_type=MediaType.HTML, include_in_schema=False)
async def look() -> None:
    """Whether the server answers, for monitors that ask by HEAD."""
