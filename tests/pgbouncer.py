"""PgBouncer in transaction mode, before a server of a test's own; the test is skipped where it is not installed."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from execops.db import app_role
from tests.own_postgres import DATABASE, Server, free_port

_NOBODY = 65534


@asynccontextmanager
async def pgbouncer(server: Server, folder: Path) -> AsyncIterator[str]:
    """Run PgBouncer before this server; the value is the database's URL through it, as the role of the processes."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("PgBouncer is not installed: apt install pgbouncer")
    port, config = free_port(), folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n{DATABASE} = host=127.0.0.1 port={server.port} dbname={DATABASE} user={app_role.NAME}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 2\n"
    )
    folder.chmod(0o711)
    config.chmod(0o644)
    account = _NOBODY if os.getuid() == 0 else None
    with (folder / "pgbouncer.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            program, config, cwd="/", stdout=log, stderr=log, user=account, group=account,
            extra_groups=None if account is None else [],
        )  # fmt: skip
    url = f"postgresql://{app_role.NAME}@127.0.0.1:{port}/{DATABASE}"
    try:
        async with asyncio.timeout(20):
            while True:
                assert process.returncode is None, (folder / "pgbouncer.log").read_text()
                try:
                    async with await psycopg.AsyncConnection.connect(url, connect_timeout=5):
                        break
                except psycopg.OperationalError:
                    await asyncio.sleep(0.02)
        yield url
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)
