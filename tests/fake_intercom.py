"""Plays Intercom's API on loopback, as its document says: one conversation, and the owner of the token."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "dG9rOmFjbWU="


class FakeIntercom:
    """One conversation with its parts. `broken` is the status of the next reply, `loses` keeps its answer back."""

    def __init__(self) -> None:
        self.parts: list[dict[str, Any]] = [part("p1", "user", "comment", "<p>help</p>")]
        self.broken: int | None = None
        self.writes_first = False

    async def owner(self, request: web.Request) -> web.Response:
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return web.json_response({"type": "error.list"}, status=401)
        return web.json_response(
            {"type": "admin", "id": "7", "name": "Support at Acme", "email": "s@acme.example"}
        )

    async def show(self, request: web.Request) -> web.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        listed = {"conversation_parts": self.parts, "total_count": len(self.parts)}
        return web.json_response({"type": "conversation", "id": "12", "conversation_parts": listed})

    async def reply(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        assert (body["type"], body["admin_id"]) == ("admin", "7")
        status, self.broken = self.broken, None
        if status is None or self.writes_first:
            self.parts.append(part(f"p{len(self.parts) + 1}", "admin", body["message_type"], body["body"]))
        return web.json_response({}, status=status or 200)


def part(name: str, author: str, kind: str, body: str) -> dict[str, Any]:
    return {
        "type": "conversation_part",
        "id": name,
        "part_type": kind,
        "body": body,
        "author": {"type": author},
    }


@asynccontextmanager
async def fake_intercom() -> AsyncIterator[tuple[FakeIntercom, str]]:
    """The fake, and its address."""
    fake, app = FakeIntercom(), web.Application()
    app.router.add_get("/me", fake.owner)
    app.router.add_get("/conversations/12", fake.show)
    app.router.add_post("/conversations/12/reply", fake.reply)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield fake, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
