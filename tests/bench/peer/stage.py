"""The peer's processes: Redis, the server and the worker, with a virtual environment of their own."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import sysconfig
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row

from tests.bench.stage import ROOT, SECRET, Stage

VENV = ROOT / ".venv-peer"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
CONSTRAINTS = ROOT / "constraints.txt"
SCHEMA = Path(__file__).with_name("schema.sql")
CONCURRENCY = "4"  # processes of the worker, as EXECOPS_WORKER_CONCURRENCY


class LeftOutError(Exception):
    """The peer cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The peer's database, and how to start its server and its worker."""

    url: str
    python: str
    broker: str

    async def empty(self) -> None:
        """Forget the tasks that wait in Redis."""
        address = urlsplit(self.broker)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(b"FLUSHALL\r\n")
        assert await reader.readline() == b"+OK\r\n"
        writer.close()
        await writer.wait_closed()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Run the server; gives its URL."""
        port = _free_port()
        command = [self.python, "-m", "uvicorn", "tests.bench.peer.app:app", "--port", str(port)]
        async with _child([*command, "--no-access-log"], "Uvicorn running on", self._environment):
            yield f"http://127.0.0.1:{port}"

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run the worker."""
        options = ["worker", "--concurrency", CONCURRENCY, "--loglevel", "WARNING"]
        command = [self.python, "-m", "celery", "-A", "tests.bench.peer.worker", *options]
        async with _child(command, "peer ready", self._environment):
            yield

    @property
    def _environment(self) -> Mapping[str, str]:
        shared = {"DATABASE_URL": self.url, "PEER_BROKER": self.broker, "STRIPE_WEBHOOK_SECRET": SECRET}
        return os.environ | shared | {"PYTHONPATH": str(ROOT)}


@asynccontextmanager
async def open_peer(stage: Stage) -> AsyncIterator[Peer]:
    """Install the peer's packages, start Redis and make the peer's tables.

    Raises LeftOutError where Redis or the packages are missing.
    """
    redis = shutil.which("redis-server")
    if redis is None:
        raise LeftOutError("redis-server is not installed")
    python = await _install()
    url = await stage.database("peer", migrated=False)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as conn:
        await conn.execute(SCHEMA.read_bytes())
        await AsyncPostgresSaver(conn).setup()
    port = str(_free_port())
    options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(stage.home)]
    async with _child([redis, "--port", port, *options], "Ready to accept connections", os.environ):
        yield Peer(url, python, f"redis://127.0.0.1:{port}/0")


async def _install() -> str:
    """The Python of the peer's environment, which sees our packages and has its own beside them."""
    python, stamp = VENV / "bin" / "python", VENV / ".installed"
    if not stamp.exists() or stamp.stat().st_mtime < REQUIREMENTS.stat().st_mtime:
        await _run(sys.executable, "-m", "venv", "--clear", str(VENV))
        await _run(
            str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS), "-c", str(CONSTRAINTS)
        )
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        ours = Path(sysconfig.get_path("purelib"))
        (VENV / "lib" / version / "site-packages" / "ours.pth").write_text(f"{ours}\n")
        await _run(str(python), "-m", "compileall", "-q", str(VENV / "lib"))
        stamp.touch()
    return str(python)


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise LeftOutError(f"{' '.join(command[1:4])} failed: {out.decode().strip()[-200:]}")


@asynccontextmanager
async def _child(command: list[str], ready: str, environment: Mapping[str, str]) -> AsyncIterator[None]:
    """Run a process; the block begins when it has printed `ready`, and ends the process.

    Raises LeftOutError where it does not start.
    """
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    reading: asyncio.Task[bytes] | None = None
    try:
        printed = b""
        try:
            async with asyncio.timeout(60):
                while ready.encode() not in printed:
                    line = await process.stdout.readline()
                    printed += line
                    if not line:
                        raise LeftOutError(f"{' '.join(command[:4])} ended: {printed.decode()[-300:]}")
        except TimeoutError as exc:
            raise LeftOutError(f"{' '.join(command[:4])} does not start: {printed.decode()[-300:]}") from exc
        reading = asyncio.create_task(process.stdout.read())  # so that it never waits for a reader
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()
        if reading is not None:
            await reading


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
