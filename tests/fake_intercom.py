"""Plays Intercom's API on loopback, as its document says: conversations, and the owner of the token."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "dG9rOmFjbWU="


class FakeIntercom:
    """Conversations with their parts, of which most tests use the one `12`.

    `broken` is the status of the next reply, `unreadable` of each reading; with `writes_first` the reply is written all the same.
    `at` holds what to call at the next `show`, before the next `reply` is written, or after it was `written`; its request then
    gets no answer. `shown` is what a reading answers in the place of the conversation. The first message is `s1`, which is no part.
    """

    def __init__(self) -> None:
        self.conversations: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.parts.append(part("p1", "user", "comment", "<p>help</p>"))
        self.broken: int | None = None
        self.unreadable: int | None = None
        self.shown: bytes | None = None
        self.writes_first = False
        self.at: dict[str, Callable[[], object]] = {}

    @property
    def parts(self) -> list[dict[str, Any]]:
        return self.conversations["12"]

    async def owner(self, request: web.Request) -> web.Response:
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return web.json_response({"type": "error.list"}, status=401)
        if self.shown is not None:
            return web.Response(body=self.shown, content_type="application/json")
        return web.json_response(
            {"type": "admin", "id": "7", "name": "Support at Acme", "email": "s@acme.example"}
        )

    async def show(self, request: web.Request) -> web.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        self._call("show", request)
        if self.unreadable:
            return web.json_response({}, status=self.unreadable)
        if self.shown is not None:
            return web.Response(body=self.shown, content_type="application/json")
        name = request.match_info["id"]
        parts = self.conversations[name]
        listed = {"conversation_parts": parts, "total_count": len(parts)}
        conversation = {
            "type": "conversation",
            "id": name,
            "source": {"id": "s1"},
            "conversation_parts": listed,
        }
        return web.json_response(conversation)

    async def reply(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        assert (body["type"], body["admin_id"]) == ("admin", "7")
        if self._call("reply", request):
            return web.Response()
        status, self.broken = self.broken, None
        parts = self.conversations[request.match_info["id"]]
        if status is None or self.writes_first:
            parts.append(part(f"p{len(parts) + 1}", "admin", body["message_type"], body["body"]))
        self._call("written", request)
        return web.json_response({}, status=status or 200)

    def _call(self, moment: str, request: web.Request) -> bool:
        """Whether something was called at this moment; the request's connection is closed then."""
        call = self.at.pop(moment, None)
        if call is None:
            return False
        call()
        if request.transport is not None:
            request.transport.close()
        return True


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
    app.router.add_get("/conversations/{id}", fake.show)
    app.router.add_post("/conversations/{id}/reply", fake.reply)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield fake, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
