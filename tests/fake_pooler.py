"""A transaction pooler on loopback, as PgBouncer is in that mode: a session of Postgres serves whoever speaks next."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from psycopg.conninfo import conninfo_to_dict

from tests.serving import serving

_REFUSES = {80877103, 80877104}  # requests for TLS and GSS encryption


@dataclass
class _Session:
    """A session of Postgres that the pooler holds, and what Postgres said at its start."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    greeting: bytes


@dataclass
class Pooler:
    """The pooler: the one idle the shortest serves first. `url` is its address."""

    socket: str
    database: str
    url: str = ""
    idle: list[_Session] = field(default_factory=list)
    opened: list[_Session] = field(default_factory=list)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it leaves."""
        while struct.unpack("!4xI", head := await reader.readexactly(8))[0] in _REFUSES:
            writer.write(b"N")
        await reader.readexactly(struct.unpack("!I4x", head)[0] - 8)
        session: _Session | None = await self._take()
        assert session is not None
        writer.write(session.greeting)
        self.idle.append(session)
        session = None
        while True:
            kind, message = await _message(reader)
            if kind == b"X":
                return
            session = session or await self._take()
            session.writer.write(message)
            if kind not in {b"Q", b"S"}:
                continue
            while True:
                kind, answer = await _message(session.reader)
                writer.write(answer)
                if kind == b"Z":
                    break
            if answer.endswith(b"I"):  # the transaction has ended, so the session is another's now
                self.idle.append(session)
                session = None

    async def _take(self) -> _Session:
        if self.idle:
            return self.idle.pop()
        reader, writer = await asyncio.open_unix_connection(self.socket)
        body = struct.pack("!I", 196608) + f"user\0postgres\0database\0{self.database}\0\0".encode()
        writer.write(struct.pack("!I", len(body) + 4) + body)
        greeting = b""
        while True:
            kind, message = await _message(reader)
            greeting += message
            if kind == b"Z":
                self.opened.append(session := _Session(reader, writer, greeting))
                return session


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!xI", head)[0] - 4)


@asynccontextmanager
async def transaction_pooler(url: str) -> AsyncIterator[Pooler]:
    """A pooler before the database of this URL, which names the folder of its socket."""
    info = conninfo_to_dict(url)
    pooler = Pooler(f"{info['host']}/.s.PGSQL.{info['port']}", str(info["dbname"]))
    async with serving(pooler.converse) as port:
        pooler.url = f"postgresql://postgres@127.0.0.1:{port}/{pooler.database}"
        try:
            yield pooler
        finally:
            for session in pooler.opened:
                session.writer.close()
