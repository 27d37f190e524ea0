"""A server that speaks OpenAI's chat completions on loopback; a test scripts one reply for each request.

It checks structured output as OpenAI does: it answers 400 to a `response_format` that is not strict enough.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from tests.serving import serving

MODEL = "gpt-4.1-mini"


class Reply(Struct, frozen=True):
    """One answer: a status and a body, after `delay` seconds. Without a body the server hangs up."""

    status: int = 200
    body: bytes | None = b""
    delay: float = 0.0


Script = Reply | Callable[[dict[str, Any]], Reply]


def say(
    content: str | dict[str, Any] | None, *, ending: str = "stop", delay: float = 0.0, **more: Any
) -> Reply:
    """A reply with this message of the model, and with a token count as OpenAI adds it."""
    text = json.dumps(content) if isinstance(content, dict) else content
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None} | more,
                "finish_reason": ending,
            }
        ],
        "usage": {"prompt_tokens": 300, "completion_tokens": 40, "total_tokens": 340},
    }
    return Reply(body=json.dumps(completion).encode(), delay=delay)


def fail(status: int, message: str = "No.") -> Reply:
    """A reply with an error in OpenAI's shape."""
    return Reply(status, json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode())


def asked(request: dict[str, Any]) -> dict[str, Any]:
    """The draft in a request, as the model reads it."""
    content = request["messages"][-1]["content"]
    draft: dict[str, Any] = json.loads(content.removeprefix("<draft>\n").removesuffix("\n</draft>"))
    return draft


class FakeOpenAI:
    """The server: `script` holds its replies in order, `requests` the bodies it got, `keys` their API keys."""

    def __init__(self, *script: Script) -> None:
        self.script = list(script)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.url = ""

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close the connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        request = json.loads(await reader.readexactly(int(headers["content-length"])))
        reply = self._reply(head[0], headers, request)
        await asyncio.sleep(reply.delay)
        if reply.body is not None:
            writer.write(
                b"HTTP/1.1 %d .\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
                b"connection: close\r\n\r\n%s" % (reply.status, len(reply.body), reply.body)
            )
            await writer.drain()

    def _reply(self, line: str, headers: dict[str, str], request: dict[str, Any]) -> Reply:
        self.requests.append(request)
        self.keys.append(headers["authorization"].removeprefix("Bearer "))
        if not line.startswith("POST /v1/chat/completions "):
            return fail(404)
        if request.get("response_format", {}).get("type") != "json_schema":
            return fail(400, "This server gives structured output only.")
        schema = request["response_format"]["json_schema"]["schema"]
        if schema.get("additionalProperties") is not False or {*schema["required"]} != {
            *schema["properties"]
        }:
            return fail(400, "Invalid schema for response_format.")
        if not self.script:
            return fail(500, "The script has ended.")
        reply = self.script.pop(0)
        return reply(request) if callable(reply) else reply


@asynccontextmanager
async def fake_openai(*script: Script) -> AsyncIterator[FakeOpenAI]:
    """Run a server with this script until the end of the block."""
    fake = FakeOpenAI(*script)
    async with serving(fake.converse) as port:
        fake.url = f"http://127.0.0.1:{port}/v1"
        yield fake
