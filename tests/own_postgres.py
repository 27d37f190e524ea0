"""Servers of Postgres of a test's own, on TCP ports of loopback: a primary, and a synchronous replica that streams from it.

A template is migrated once, and each test copies it: a copy of a stopped server's folder is a server's folder, and with
`standby.signal` it is a replica's. https://www.postgresql.org/docs/current/backup-file.html
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import random
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg

from execops.db import app_role
from execops.db.binaries import find_install, server_account, usable_install
from execops.db.embedded import embedded_postgres
from execops.settings import Secret, load_settings
from jobs.bootstrap import migrate, open_context
from tests import run_folder

DATABASE = "execops"
_READY = 30.0  # seconds
# A server that is killed loses nothing of what the kernel holds, so these servers need no fsync.
_SETTINGS = {"fsync": "off", "listen_addresses": "127.0.0.1", "max_connections": "200"}


def free_port() -> int:
    """A port of loopback that nothing listens on, below those that systems give to outgoing connections.

    So it stays free while the server that has it is away, whatever connects meanwhile.
    """
    for port in random.SystemRandom().sample(range(16_384, 32_768), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("none of a hundred ports is free")


@dataclass
class Server:
    """One server: its folder, its port, and its settings beside those of every server here."""

    data: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it takes connections."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._process = self._spawn()
        await self.answers()

    def _spawn(self) -> subprocess.Popen[bytes]:
        install, account = _install(self.data), server_account(self.data)
        settings = _SETTINGS | {"port": str(self.port), "unix_socket_directories": ""} | self.settings
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._beside("log").open("ab") as log, self._beside("lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # every process of the server inherits it
            return subprocess.Popen(
                [install / "bin" / "postgres", "-D", self.data, *options],
                cwd="/",
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )

    def _beside(self, ending: str) -> Path:
        return self.data.with_name(f"{self.data.name}.{ending}")

    async def answers(self) -> None:
        """Wait until it takes connections. It tells nobody, so this polls."""
        async with asyncio.timeout(_READY):
            while True:
                with contextlib.suppress(psycopg.OperationalError):
                    await self.ask("select 1")
                    return
                await asyncio.sleep(0.02)

    async def ask(self, query: str) -> object:
        """The first value that a query of the owner returns."""
        async with await psycopg.AsyncConnection.connect(
            self._address("postgres", self), autocommit=True, connect_timeout=5
        ) as conn:
            cursor = await conn.execute(query.encode())
            row = await cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    async def until(self, query: str) -> None:
        """Wait until a query returns true. Postgres tells nobody, so this polls."""
        async with asyncio.timeout(_READY):
            while not await self.ask(query):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    @property
    def process(self) -> int:
        """The id of the process that has started all others of it."""
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """`kill -9` of every process of it at once, as when its machine is lost."""
        await self._end(signal.SIGKILL)

    async def restart_immediately(self) -> None:
        """`pg_ctl restart -m immediate`: it ends without a shutdown, and recovers from its log."""
        await self._end(signal.SIGQUIT)
        await self.start()

    async def stop(self) -> None:
        """Shut it down, if it runs."""
        if self._process is not None and self._process.poll() is None:
            await self._end(signal.SIGINT)

    async def promote(self) -> None:
        """Make a replica the primary, and wait until it is one."""
        assert await self.ask("select pg_promote(true, 30)")

    def url(self, *others: Server) -> str:
        """The URL of the database on this server, or on whichever of several takes writes, as a deployment has it."""
        return self._address(app_role.NAME, self, *others)

    @property
    def owner_url(self) -> str:
        """The URL of the database as a superuser, for what a test does to it."""
        return self._address("postgres", self)

    def _address(self, role: str, *servers: Server) -> str:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        writable = "?target_session_attrs=read-write" if len(servers) > 1 else ""
        return f"postgresql://{role}@{hosts}/{DATABASE}{writable}"

    async def _end(self, how: signal.Signals) -> None:
        process = self._process
        assert process is not None
        if how is signal.SIGKILL:
            for pid in [process.pid, *children(process.pid)]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
        else:
            process.send_signal(how)
        await asyncio.to_thread(process.wait, _READY)
        async with asyncio.timeout(_READY):
            with self._beside("lock").open("ab") as lock:
                while not _is_free(lock):  # noqa: ASYNC110  its children have other parents by now
                    await asyncio.sleep(0.01)


@dataclass
class Pair:
    """A primary, and a replica that has every transaction before its commit is acknowledged."""

    primary: Server
    replica: Server

    @property
    def url(self) -> str:
        """The URL that names both."""
        return self.primary.url(self.replica)

    async def part(self) -> None:
        """Cut the stream: the replica gets nothing more, so nothing more is committed for anybody who waits for it."""
        await self.replica.ask("alter system set primary_conninfo = ''")
        await self.replica.ask("select pg_reload_conf()")
        await self.primary.until("select not exists (select from pg_stat_replication)")

    async def fail_over(self) -> None:
        """The primary's machine is lost, and the replica becomes the primary."""
        await self.primary.kill()
        await self.replica.promote()


@dataclass(frozen=True)
class Template:
    """The folder of a stopped server with a migrated database, and the founder's token."""

    folder: Path
    founder: Secret

    def home(self, name: str) -> Path:
        """A home with an embedded Postgres that does not run, and the migrated database in it."""
        copied(self.folder, self.folder.parents[1] / name / "postgres")
        return self.folder.parents[1] / name

    @asynccontextmanager
    async def one(self, folder: Path, **settings: str) -> AsyncIterator[Server]:
        """A server of its own, which runs until the block ends."""
        server = Server(copied(self.folder, folder / "primary"), settings=settings)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()

    @asynccontextmanager
    async def pair(self, folder: Path) -> AsyncIterator[Pair]:
        """A primary with a synchronous replica; both run until the block ends."""
        replica = Server(copied(self.folder, folder / "replica"))
        synchronous = {"synchronous_standby_names": "replica", "synchronous_commit": "on"}
        async with self.one(folder, **synchronous) as primary:
            upstream = f"host=127.0.0.1 port={primary.port} user=postgres application_name=replica"
            with (replica.data / "postgresql.auto.conf").open("a") as settings_file:
                settings_file.write(f"primary_conninfo = '{upstream}'\n")
            (replica.data / "standby.signal").touch()
            try:
                await replica.start()
                await primary.until(
                    "select exists (select from pg_stat_replication where sync_state = 'sync')"
                )
                yield Pair(primary, replica)
            finally:
                await replica.stop()


def template_of_run() -> Template:
    """The template that the run's processes share. Copy it to start it."""
    folder = run_folder.path("template")
    token = folder / "founder"
    with run_folder.alone("template"):
        if not token.exists():
            template = asyncio.run(make_template(folder))
            token.write_text(template.founder.reveal())
    return Template(folder / "postgres", Secret(token.read_text()))


async def make_template(folder: Path) -> Template:
    """Make a database, migrate it, and stop its server."""
    quick = {"fsync": "off", "autovacuum": "off"}
    async with embedded_postgres(folder, server_settings=quick) as url:
        settings = load_settings({"home": folder, "database_url": url}, {})
        async with open_context(settings) as ctx:
            token = (await migrate(ctx, app_role.NAME)).founder_token
    assert token is not None
    return Template(folder / "postgres", token)


def copied(data: Path, copy: Path) -> Path:
    """A copy of the server's folder, whose files keep their owner."""
    copy.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", data, copy], check=True)
    return copy


def _install(data: Path) -> Path:
    """The folder of the binaries, which the server's account can reach; the template's start has copied them there."""
    account = server_account(data)
    template = next(parent for parent in data.parents if (parent / "postgres.log").exists())
    return usable_install(find_install(data), template, account)


def children(process: int) -> list[int]:
    """The processes that this one has started, and that run."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = (line.split() for line in listing.stdout.splitlines())
    return [int(pid) for pid, parent in pairs if int(parent) == process]


def _is_free(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
