"""A fake of GitHub's API on loopback: the webhooks of one repository, and their deliveries, page by page, as GitHub lists them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fake_http import Reply, answer, read_head
from tests.serving import serving

TOKEN = "github_pat_secret1"
REPOSITORY = "example/app"
_DELIVERIES = re.compile(rf"/repos/{REPOSITORY}/hooks/(\d+)/deliveries(?:/(\d+))?")


@dataclass
class FakeGitHub:
    """The webhooks, the attempts at deliveries (newest first), and what was asked: method and target."""

    url: str = ""
    page: int = 100
    hooks: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    fails: int | None = None  # the status of every answer

    def add(self, id_: int, guid: str, event: str, payload: Any, *, status: int = 502, at: str) -> None:
        """Add an attempt at a delivery before the others: it is newer."""
        attempt = {
            "id": id_,
            "guid": guid,
            "delivered_at": at,
            "redelivery": False,
            "duration": 0.03,
            "status": "OK" if status == 200 else "failed to connect",
            "status_code": status,
            "event": event,
            "action": payload.get("action") if isinstance(payload, dict) else None,
            "installation_id": None,
            "repository_id": 186853002,
            "throttled_at": None,
        }
        request = {"headers": {"X-GitHub-Delivery": guid, "X-GitHub-Event": event}, "payload": payload}
        more = {
            "url": "https://ops.example.com/ingest/github",
            "request": request,
            "response": {"headers": {}, "payload": ""},
        }
        self.attempts.insert(0, attempt | {"whole": attempt | more})

    def reply(self, method: str, target: str, token: str) -> tuple[int, Any, dict[str, str]]:
        """The status, the JSON and the headers of one answer."""
        if self.fails:
            return self.fails, {"message": "No."}, {}
        if method != "GET" or token != f"Bearer {TOKEN}":
            return 404, {"message": "Not Found"}, {}
        parts = urlsplit(target)
        if parts.path == f"/repos/{REPOSITORY}/hooks":
            return 200, self.hooks, {}
        if (match := _DELIVERIES.fullmatch(parts.path)) is None:
            return 404, {"message": "Not Found"}, {}
        if match[2]:
            return 200, next(a["whole"] for a in self.attempts if a["id"] == int(match[2])), {}
        params = dict(parse_qsl(parts.query))
        start = int(params.get("cursor", "v1_0").removeprefix("v1_"))
        size = min(self.page, int(params.get("per_page", "30")))
        listed = self.attempts[start : start + size]
        more = start + size < len(self.attempts)
        link = f'<{self.url}{parts.path}?per_page={size}&cursor=v1_{start + size}>; rel="next"'
        shown = [{name: value for name, value in attempt.items() if name != "whole"} for attempt in listed]
        return 200, shown, {"link": link} if more else {}


@asynccontextmanager
async def fake_github() -> AsyncIterator[FakeGitHub]:
    """A running fake with one webhook that leads here."""
    fake = FakeGitHub()
    fake.hooks = [
        {
            "type": "Repository",
            "id": 41,
            "config": {"url": "https://ci.example.com/hook", "content_type": "json"},
        },
        {
            "type": "Repository",
            "id": 42,
            "config": {"url": "https://ops.example.com/ingest/github", "content_type": "json"},
        },
    ]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        fake.asked.append((head.method, head.target))
        status, body, headers = fake.reply(head.method, head.target, head.headers.get("authorization", ""))
        await answer(writer, Reply(), Reply(status, json.dumps(body).encode(), headers=headers))

    async with serving(serve) as port:
        fake.url = f"http://127.0.0.1:{port}"
        yield fake
