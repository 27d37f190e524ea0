"""The stage of a measurement: a Postgres of its own, with its usual durability, and processes that use it."""

from __future__ import annotations

import asyncio
import compileall
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from execops.db.embedded import embedded_postgres
from execops.settings import Secret, Settings, load_settings
from jobs.bootstrap import migrate, open_context

ROOT = Path(__file__).parents[2]
SECRET = "whsec_bench"


@dataclass(frozen=True, slots=True)
class Stage:
    """A migrated database to copy, in a home that is removed at the end."""

    home: Path
    url: str
    founder: Secret

    async def database(self, name: str, *, copy_of: str = "migrated", migrated: bool = True) -> str:
        """The URL of a new database: a copy of one that nobody uses now, or an empty one."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as conn:
            template = f" template {copy_of}" if migrated else ""
            await conn.execute(f"create database {name}{template}".encode())
        return _with_database(self.url, name)

    def settings(self, url: str) -> Settings:
        """The settings for this database: no undo window."""
        return load_settings(
            {
                "home": self.home,
                "database_url": url,
                "token": self.founder.reveal(),
                "stripe_webhook_secrets": SECRET,
                "undo_window": "0",
            },
            {},
        )

    def environment(self, url: str) -> dict[str, str]:
        """The same settings as environment variables, for a process."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("EXECOPS_", "STRIPE_"))
        }
        return kept | {
            "PYTHONPATH": str(ROOT),
            "EXECOPS_HOME": str(self.home),
            "DATABASE_URL": url,
            "EXECOPS_TOKEN": self.founder.reveal(),
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "EXECOPS_UNDO_WINDOW": "0",
            "EXECOPS_PORT": "0",
        }

    @asynccontextmanager
    async def process(self, url: str, *command: str) -> AsyncIterator[str]:
        """Start a process and wait for the line that it prints once it is ready; gives the line.

        The process is ended at the end of the block.
        """
        started = await asyncio.create_subprocess_exec(
            *command, env=self.environment(url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert started.stdout is not None
        try:
            line = await asyncio.wait_for(started.stdout.readline(), 30)
            assert line, f"{command} ended"
            yield line.decode().strip()
        finally:
            if started.returncode is None:
                started.terminate()
            await asyncio.wait_for(started.wait(), 30)


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """Start a server with a migrated template database."""
    home = Path(tempfile.mkdtemp(prefix="execops-bench-", dir="/tmp"))
    home.chmod(0o711)  # Postgres runs as another account where this runs as root
    try:
        async with embedded_postgres(home, database="bench") as url:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
                await conn.execute(b"create database migrated")
            settings = load_settings({"home": home, "database_url": _with_database(url, "migrated")}, {})
            async with open_context(settings) as ctx:
                token = (await migrate(ctx)).founder_token
            assert token is not None
            yield Stage(home, url, token)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def execops(*arguments: str) -> list[str]:
    """The command line of `execops` as it is installed."""
    return [str(Path(sys.executable).with_name("execops")), *arguments]


def module(*arguments: str) -> list[str]:
    """The command line that runs a Python module as a process."""
    return [sys.executable, "-m", *arguments]


def compile_all() -> None:
    """Compile the measured packages to bytecode, as an installation does."""
    for package in ("execops", "cli", "tui", "server", "jobs", "migrations", "tests/bench"):
        compileall.compile_dir(ROOT / package, quiet=2)


def _with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))
