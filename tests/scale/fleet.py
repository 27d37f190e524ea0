"""Two workers on one Postgres, and events that come at a steady rate, as a webhook's sender sends them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from execops.db import app_role
from execops.errors import UnavailableError
from execops.settings import load_settings
from jobs.bootstrap import open_context
from tests.own_postgres import Server, Template, make_template
from tests.stripe_events import SECRET, deliver, failed

ROOT = Path(__file__).parents[2]
RATE = 5.0  # events a second
_LOOK = 0.05  # seconds between two looks at what is still to do
_PATIENCE = 60.0  # seconds


@dataclass
class Worker:
    """A process of `execops work` that can be killed, and started again."""

    environ: dict[str, str]
    log: Path
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it takes jobs once it has registered."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cli.main", "work",
                env=self.environ, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip

    async def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> bool:
        """End it as an init system does; False where it had ended by itself."""
        assert self._process is not None
        if self._process.returncode is not None:
            return False
        self._process.terminate()
        await asyncio.wait_for(self._process.wait(), _PATIENCE)
        return True


@dataclass
class Fleet:
    """The server, its two workers, and the sender; `accepted` counts the events that were acknowledged."""

    server: Server
    replica: Server | None
    workers: list[Worker]
    home: Path
    accepted: int = 0
    rate: float = RATE
    _sending: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def owner_url(self) -> str:
        """The database's address as a superuser, for what a scenario does to it."""
        return self.url.replace(f"//{app_role.NAME}@", "//postgres@")

    @property
    def url(self) -> str:
        """The database's address as a deployment has it."""
        return self.server.url(*([self.replica] if self.replica else []))

    async def send(self) -> None:
        """Send events at the rate, each of a customer of its own; one that was not acknowledged is sent again."""
        settings = load_settings(
            {
                "home": self.home,
                "database_url": self.url,
                "stripe_webhook_secrets": SECRET,
                "stripe_mode": "live",
            },
            {},
        )
        async with open_context(settings, pool_size=4) as ctx:
            number, due = 0, time.monotonic()
            while True:
                number += 1
                payload = failed(f"in_{number}", customer=f"cus_{number}")
                while True:
                    try:
                        await deliver(ctx, payload)
                        break
                    except UnavailableError:
                        await asyncio.sleep(0.1)
                self.accepted += 1
                due = max(due + 1 / self.rate, time.monotonic() - 1)
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def processed(self) -> int:
        """The events that are processed."""
        return int(str(await self._ask("select count(*) from events where status = 'processed'")))

    async def rate_of(self, seconds: float) -> float:
        """The events processed a second, over the coming seconds."""
        before, start = await self.processed(), time.monotonic()
        await asyncio.sleep(seconds)
        return (await self.processed() - before) / (time.monotonic() - start)

    async def until_level(self) -> float:
        """Wait until the sender is acknowledged and the workers have caught up with it; the seconds that it took.

        Level is at most half a second of the sender's events. Raises TimeoutError.
        """
        start, before = time.monotonic(), self.accepted
        async with asyncio.timeout(_PATIENCE):
            while self.accepted == before or self.accepted - await self.processed() > max(2, self.rate / 2):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK)
        return time.monotonic() - start

    async def until_done(self) -> None:
        """Stop the sender, and wait until every acknowledged event is processed. Raises TimeoutError."""
        assert self._sending is not None
        self._sending.cancel()
        await asyncio.wait([self._sending])
        async with asyncio.timeout(_PATIENCE):
            while await self.processed() < self.accepted:  # noqa: ASYNC110
                await asyncio.sleep(_LOOK)

    async def twice(self) -> int:
        """The proposals beyond one for each event."""
        return int(str(await self._ask("select count(*) - count(distinct object_id) from action_proposals")))

    async def moment(self) -> str:
        """Now, by the clock of Postgres."""
        return str(await self._ask("select now()"))

    async def longest_wait(self, since: str) -> float:
        """The longest time, in seconds, from an event's acknowledgement, after this moment, to the end of its processing."""
        waited = "extract(epoch from max(processed_at - received_at))"
        return float(str(await self._ask(f"select {waited} from events where received_at >= '{since}'")))

    async def _ask(self, query: str) -> object:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.owner_url, connect_timeout=5) as conn:
                    row = await (await conn.execute(query.encode())).fetchone()
            except psycopg.OperationalError:
                await asyncio.sleep(_LOOK)
            else:
                assert row is not None
                return row[0]


@asynccontextmanager
async def a_template() -> AsyncIterator[Template]:
    """The folder of a migrated database, which each fleet copies."""
    with tempfile.TemporaryDirectory(prefix="execops-scale-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield await make_template(folder / "template")


@asynccontextmanager
async def _servers(
    template: Template, folder: Path, *, replicated: bool
) -> AsyncIterator[tuple[Server, Server | None]]:
    """A Postgres of its own, with a synchronous replica where one is asked for."""
    if replicated:
        async with template.pair(folder) as pair:
            yield pair.primary, pair.replica
    else:
        async with template.one(folder) as server:
            yield server, None


@asynccontextmanager
async def a_fleet(template: Template, name: str, *, replicated: bool = False) -> AsyncIterator[Fleet]:
    """A fleet of a database of its own, whose workers take jobs and whose sender sends."""
    folder = template.folder.parent / name
    async with _servers(template, folder, replicated=replicated) as (server, replica):
        home = folder / "home"
        inherited = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
        }
        environ = inherited | {
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": server.url(*([replica] if replica else [])),
            "EXECOPS_HOME": str(home),
            "STRIPE_WEBHOOK_SECRET": SECRET,
        }
        workers = [Worker(environ, folder / f"worker_{number}.log") for number in range(2)]
        fleet = Fleet(server, replica, workers, home)
        try:
            for worker in workers:
                await worker.start()
            await server.until("select count(*) = 2 from procrastinate_workers")
            fleet._sending = asyncio.create_task(fleet.send())
            yield fleet
        finally:
            if fleet._sending is not None:
                fleet._sending.cancel()
                await asyncio.wait([fleet._sending])
            for worker in workers:
                with contextlib.suppress(ProcessLookupError):
                    await worker.stop()
