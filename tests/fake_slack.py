"""A fake of Slack's Web API on loopback, built from its reference: messages, history, lists, scopes, limits, failures.

https://docs.slack.dev/reference/methods. The fake answers as the reference says, and `script` may answer first. `posted`
holds every message that it accepted, so a test counts at the receiver.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from execops.model import Json
from execops.settings import Settings, load_settings
from tests.fake_http import Reply as Reply
from tests.fake_http import answer, read_head
from tests.payloads import as_slack_shows
from tests.serving import Cut as Cut
from tests.serving import serving

TOKEN = "xoxb-secret1"
SCOPES = frozenset(
    {
        "chat:write",
        "channels:read",
        "channels:history",
        "groups:read",
        "groups:history",
        "im:write",
        "im:history",
        "users:read",
        "users:read.email",
    }
)
_CALLS = re.compile(r"<!(?:channel|here|everyone|subteam\^)[^>]*>|<@[^>]+>")  # markup that notifies people
_BARE = re.compile(
    r"(?<![<|/\w@.:&=?])(https?://[^\s<>|]+|[\w.]+@[\w.]*\w)(?![^<>]*>)"
)  # it stands in no link


@dataclass(frozen=True)
class Request:
    """One request: the method of the API, its arguments, and its time by the monotonic clock, in seconds."""

    method: str
    arguments: Json
    at: float


def refusal(code: str, status: int = 200, *, retry_after: float | None = None, **more: Any) -> Reply:
    """An error in Slack's shape."""
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    body = json.dumps({"ok": False, "error": code} | more).encode()
    return Reply(status, body, headers=headers, accepts=False)


class Refused(Exception):  # noqa: N818
    """The fake refuses a request."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class FakeSlack:
    """A workspace with channels, members and one bot."""

    def __init__(self) -> None:
        self.scopes = set(SCOPES)
        self.channels: list[Json] = [
            {"id": "C0FINANCE1", "name": "finance", "is_member": True},
            {"id": "C0SALES001", "name": "sales", "is_member": True},
            {"id": "C0PUBLIC01", "name": "public", "is_member": False},
            {"id": "G0BOARD001", "name": "board", "is_member": True, "is_private": True},
            {"id": "C0ARCHIVE1", "name": "old", "is_member": True, "is_archived": True},
        ]
        self.members: list[Json] = [
            member("U0ADA00001", "ada", "Ada L", "ada@hooli.example"),
            member("U0BOB00001", "bob", "Bob", "bob@hooli.example"),
            member("U0BOB00002", "bobby", "Bob", "bobby@hooli.example"),
            member("U0GONE0001", "gone", "Gone", "gone@hooli.example", deleted=True),
            member("U0ROBOT001", "robot", "Robot", "robot@hooli.example", is_bot=True),
        ]
        self.page = 2  # entries of a list or a history, however many are asked for
        self.pace = 0.0  # seconds between two messages to one channel
        self.shown_after = 0.0  # seconds until a message stands in the history
        self.script: Callable[[Request], Reply | None] = lambda _: None
        self.hang_up: Callable[[], bool] = lambda: False  # asked at each new connection
        self.shortcodes = {"👍": ":+1:", "🎉": ":tada:", "⚠️": ":warning:"}  # Slack keeps emoji as words
        self.requests: list[Request] = []
        self.posted: list[Json] = []
        self.url = ""

    def settings(self, **more: Any) -> Settings:
        """Settings that post to this fake."""
        ours = {
            "slack_transport": "slack",
            "slack_bot_token": TOKEN,
            "slack_api_base": self.url,
            "slack_timeout": "5",
        }
        return load_settings(ours | more, {})

    def methods(self) -> list[str]:
        """The methods of all requests, in order."""
        return [request.method for request in self.requests]

    def shows(self) -> list[str]:
        """Every posted message as its readers see it."""
        return [as_slack_shows(message) for message in self.posted]

    def add(self, channel: str, text: str, *, ago: float = 0.0, **more: Any) -> Json:
        """Put a message of somebody into the history; return it."""
        entry = {"type": "message", "text": text, "user": "U0ADA00001"} | more
        entry |= {"channel": channel, "ts": f"{time.time() - ago:.6f}", "shown_at": 0.0}
        self.posted.append(entry)
        return entry

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        if not self.hang_up():
            await self._answer(reader, writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        url = urlsplit(head.target)
        method = url.path.removeprefix("/api/")
        query = dict(parse_qsl(url.query))
        reply = self.script(Request(method, query, time.monotonic())) or Reply()
        if reply.cut is Cut.IN_REQUEST:
            reply.then()
            return
        body = await reader.readexactly(head.length)
        request = Request(method, query | (json.loads(body) if body else {}), time.monotonic())
        self.requests.append(request)
        own = self._perform(request, head.headers) if reply.accepts else Reply(body=b"{}")
        await answer(writer, reply, own, {"x-oauth-scopes": ",".join(sorted(self.scopes))})

    def _perform(self, request: Request, headers: Mapping[str, str]) -> Reply:
        handler = getattr(self, "_" + re.sub(r"\W", "_", request.method), None)
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return refusal("invalid_auth")
        if handler is None:
            return refusal("unknown_method")
        try:
            return Reply(body=json.dumps({"ok": True} | handler(request.arguments)).encode())
        except Refused as refused:
            return refused.reply

    def _need(self, scope: str) -> None:
        if scope not in self.scopes:
            provided = ",".join(sorted(self.scopes))
            raise Refused(refusal("missing_scope", needed=scope, provided=provided))

    def _auth_test(self, _: Json) -> Json:
        return {
            "url": "https://hooli.slack.com/",
            "team": "Hooli",
            "user": "execops",
            "team_id": "T0HOOLI001",
            "user_id": "U0EXECOPS1",
            "bot_id": "B0EXECOPS1",
        }

    def _chat_postMessage(self, arguments: Json) -> Json:  # noqa: N802
        self._need("chat:write")
        channel = self._channel(arguments["channel"])
        if channel.get("is_archived"):
            raise Refused(refusal("is_archived"))
        if not channel["is_member"]:
            raise Refused(refusal("not_in_channel"))
        if not arguments.get("text"):
            raise Refused(refusal("no_text"))
        sections = [block["text"]["text"] for block in arguments["blocks"]]
        if len(sections) > 50 or any(not 0 < len(section) <= 3_000 for section in sections):
            raise Refused(refusal("invalid_blocks"))
        now = time.monotonic()
        last = max(
            (entry["at"] for entry in self.posted if entry["channel"] == channel["id"] and "at" in entry),
            default=0.0,
        )
        if now - last < self.pace:
            raise Refused(refusal("ratelimited", 429, retry_after=1))
        ts = f"{max(time.time(), *[float(entry['ts']) + 1e-4 for entry in self.posted], 0.0):.6f}"
        own = {"type": "message", "bot_id": "B0EXECOPS1", "user": "U0EXECOPS1", "app_id": "A0EXECOPS1"}
        entry = {**arguments, **own, "channel": channel["id"], "ts": ts}
        self.posted.append(entry | {"at": now, "shown_at": now + self.shown_after})
        return {"channel": channel["id"], "ts": ts, "message": own | {"text": arguments["text"], "ts": ts}}

    def _chat_update(self, arguments: Json) -> Json:
        self._need("chat:write")
        channel = self._channel(arguments["channel"])
        for entry in self.posted:
            if (entry["channel"], entry["ts"]) == (channel["id"], arguments["ts"]):
                entry |= {"text": arguments["text"], "blocks": arguments["blocks"]}
                return {"channel": channel["id"], "ts": entry["ts"], "text": entry["text"]}
        raise Refused(refusal("message_not_found"))

    def _conversations_history(self, arguments: Json) -> Json:
        channel = self._channel(arguments["channel"])
        kind = (
            "im" if channel["id"].startswith("D") else "groups" if channel.get("is_private") else "channels"
        )
        self._need(f"{kind}:history")
        if not channel["is_member"]:
            raise Refused(refusal("not_in_channel"))
        oldest = float(arguments.get("oldest", 0))
        entries = [
            entry
            for entry in self.posted
            if entry["channel"] == channel["id"]
            and float(entry["ts"]) > oldest
            and entry["shown_at"] <= time.monotonic()
        ]
        entries.sort(key=lambda entry: float(entry["ts"]), reverse=True)
        page, more = self._page(entries, arguments)
        messages = [self._in_history(entry, arguments) for entry in page]
        return {"messages": messages, "has_more": bool(more), "response_metadata": {"next_cursor": more}}

    def in_history(self) -> list[Json]:
        """Every message as the history gives it."""
        return [self._in_history(entry, {}) for entry in self.posted]

    def _in_history(self, entry: Json, arguments: Json) -> Json:
        hidden = {"channel", "at", "shown_at"}
        if arguments.get("include_all_metadata") not in {"1", "true"}:
            hidden |= {"metadata"}
        text = entry["text"]
        for emoji, shortcode in self.shortcodes.items():
            text = text.replace(emoji, shortcode)
        text = _BARE.sub(
            lambda found: f"<{found[1]}>" if "//" in found[1] else f"<mailto:{found[1]}|{found[1]}>", text
        )
        return {name: value for name, value in entry.items() if name not in hidden} | {"text": text}

    def _conversations_list(self, arguments: Json) -> Json:
        kinds = arguments.get("types", "public_channel").split(",")
        if "private_channel" in kinds:
            self._need("groups:read")
        if "public_channel" in kinds:
            self._need("channels:read")
        listed = [
            channel
            for channel in self.channels
            if ("private_channel" if channel.get("is_private") else "public_channel") in kinds
            and not (arguments.get("exclude_archived") == "true" and channel.get("is_archived"))
        ]
        page, more = self._page(listed, arguments)
        return {"channels": page, "response_metadata": {"next_cursor": more}}

    def _users_list(self, arguments: Json) -> Json:
        self._need("users:read")
        page, more = self._page(self.members, arguments)
        return {"members": page, "response_metadata": {"next_cursor": more}}

    def _users_lookupByEmail(self, arguments: Json) -> Json:  # noqa: N802
        self._need("users:read.email")
        for entry in self.members:
            if entry["profile"]["email"] == arguments["email"] and not entry.get("deleted"):
                return {"user": entry}
        raise Refused(refusal("users_not_found"))

    def _conversations_open(self, arguments: Json) -> Json:
        self._need("im:write")
        if arguments["users"] not in {entry["id"] for entry in self.members}:
            raise Refused(refusal("user_not_found"))
        direct = {"id": f"D{arguments['users'][1:]}", "is_member": True}
        if direct not in self.channels:
            self.channels.append(direct)
        return {"channel": {"id": direct["id"]}}

    def _channel(self, id_: str) -> Json:
        for channel in self.channels:
            if channel["id"] == id_:
                return channel
        raise Refused(refusal("channel_not_found"))

    def _page(self, entries: list[Json], arguments: Json) -> tuple[list[Json], str]:
        start = int(arguments.get("cursor", "page:0").removeprefix("page:"))
        end = start + min(self.page, int(arguments.get("limit", 100)))
        return entries[start:end], f"page:{end}" if end < len(entries) else ""


def member(id_: str, name: str, shown: str, email: str, **more: Any) -> Json:
    """A member as `users.list` gives them."""
    return {"id": id_, "name": name, "profile": {"display_name": shown, "email": email}} | more


def called(message: Json) -> list[str]:
    """The people whom a message notifies: markup in its text or blocks, and names that Slack is asked to find."""
    texts = [message["text"], *[block["text"]["text"] for block in message["blocks"]]]
    people = [markup for text in texts for markup in _CALLS.findall(text)]
    if message.get("parse") != "none" or message.get("link_names") is not False:
        people.append("every name in the text")
    return people


@asynccontextmanager
async def fake_slack() -> AsyncIterator[FakeSlack]:
    """A fake server on a free port."""
    fake = FakeSlack()
    async with serving(fake.converse) as port:
        fake.url = f"http://127.0.0.1:{port}/api/"
        yield fake
