"""A wire between a process and a Postgres, which breaks at a commit. https://www.postgresql.org/docs/current/protocol.html"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from tests.serving import serving

_COMMIT = b"COMMIT\0"  # a client's query, and the tag of the server's answer
_SUPERVISOR = b"execops worker\0"  # the session of a worker that returns the jobs of dead ones


class Broken(StrEnum):
    """The moment of a commit at which the wire goes dead; nothing goes through this connection any more."""

    ON_ITS_WAY = "the commit does not arrive"
    UNANSWERED = "the commit arrives, and its answer does not"
    HELD = "the commit arrives once `go_on` is set, and its answer does not"


@dataclass
class Wire:
    """Carries the messages of every connection to the server on this port."""

    upstream: int
    port: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    _breaks: Broken | None = None

    def break_at_commit(self, breaks: Broken) -> None:
        """Break at the next commit of a transaction; `reached` is set then."""
        self._breaks = breaks

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its start, which asks for no encryption."""
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        dead = asyncio.Event()
        try:
            start = await _message(reader, b"")
            server_writer.write(start)
            answers = asyncio.create_task(self._answers(server_reader, writer, dead))
            questions = asyncio.create_task(
                self._questions(reader, server_writer, dead, supervisor=_SUPERVISOR in start)
            )
            await asyncio.wait({answers, questions}, return_when=asyncio.FIRST_COMPLETED)
            for task in (answers, questions):
                task.cancel()
            await asyncio.gather(answers, questions, return_exceptions=True)
        finally:
            server_writer.close()

    async def _questions(
        self,
        reader: asyncio.StreamReader,
        server: asyncio.StreamWriter,
        dead: asyncio.Event,
        *,
        supervisor: bool,
    ) -> None:
        while True:
            message = await _message(reader, await reader.readexactly(1))
            if self._breaks is not None and not supervisor and _COMMIT in message:
                broken, self._breaks = self._breaks, None
                dead.set()
                if broken is not Broken.UNANSWERED:
                    self.reached.set()
                    await (self.go_on if broken is Broken.HELD else asyncio.Event()).wait()
            server.write(message)
            await server.drain()

    async def _answers(
        self, server: asyncio.StreamReader, writer: asyncio.StreamWriter, dead: asyncio.Event
    ) -> None:
        while data := await server.read(65536):
            if dead.is_set():
                if _COMMIT in data:
                    self.reached.set()
                continue
            writer.write(data)
            await writer.drain()


async def _message(reader: asyncio.StreamReader, kind: bytes) -> bytes:
    length = await reader.readexactly(4)
    return kind + length + await reader.readexactly(int.from_bytes(length) - 4)


@asynccontextmanager
async def wire(upstream: int) -> AsyncIterator[Wire]:
    """A wire on a free port to the server on the port `upstream`."""
    made = Wire(upstream)
    async with serving(made.converse) as made.port:
        yield made
