"""A server process of its own, as `execops serve` runs it, for tests that attack it or stop it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from execops.context import Context
from tests import forking
from tests.stripe_events import SECRET

ROOT = Path(__file__).parents[1]


@dataclass
class ServerProcess:
    """A process that serves, the lines of its log so far, and what it uses."""

    process: forking.Running
    url: str
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    @property
    def memory(self) -> int:
        """The bytes that it holds in memory."""
        statm = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(statm[1]) * os.sysconf("SC_PAGE_SIZE")

    @property
    def sockets(self) -> int:
        """The sockets that it holds open."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        return sum("socket:" in str(path.readlink()) for path in folder.iterdir() if path.is_symlink())

    async def until_line(self, text: str, seconds: float = 30.0) -> str:
        """Wait for a line of the log that holds this text; returns it."""
        async with asyncio.timeout(seconds):
            while True:
                for line in self.lines:
                    if text in line:
                        return line
                await asyncio.sleep(0.02)


@asynccontextmanager
async def process_of(ctx: Context, command: str = "serve", **environ: str) -> AsyncIterator[ServerProcess]:
    """Run `execops serve`, or `up`, on the database of this Context, or on the one that `environ` names."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    settings = {
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": ctx.url.reveal(),
        "EXECOPS_HOME": str(ctx.settings.home),
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }
    process = await forking.run(
        "cli.main", command, "--port", "0", "--log", "json",
        env={name: value for name, value in (kept | settings | environ).items() if value},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    server = ServerProcess(process, "")
    reading = asyncio.create_task(_read(process, server.lines))
    try:
        async with asyncio.timeout(60):
            while not server.url.startswith("http"):
                line = (await process.line()).decode().strip()
                assert line or process.returncode is None, "\n".join(server.lines)
                server.url = line
                if not line:
                    await process.wait()
        yield server
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                await process.end()
        await reading


async def _read(process: forking.Running, lines: list[str]) -> None:
    while line := await process.error_line():
        lines.append(line.decode().rstrip("\n"))
