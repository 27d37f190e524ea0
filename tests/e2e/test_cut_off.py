"""A host that vanishes from the network in the midst of its work: the locks of its sessions come free by themselves."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.own_postgres import Template
from tests.scale.hosts import ROOT, a_postgres, some_hosts

_HOLD = """
import asyncio, sys
from execops.db.pool import create_pool

async def main():
    async with create_pool(sys.argv[1]) as pool, pool.connection() as conn, conn.transaction():
        await conn.execute("select pg_advisory_xact_lock(7308, 1)")
        print("held", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_a_session_of_a_host_that_vanished_lets_go_of_its_locks(
    postgres_template: Template, tmp_path: Path
) -> None:
    """It is no worker's, so no peer ends it; Postgres itself notices, long before the transaction has been idle for a minute."""
    with some_hosts(1) as [host]:
        if host.namespace is None:
            pytest.skip("This machine permits no network namespaces, or another run has them.")
        folder = postgres_template.folder.parent / uuid4().hex[:8]
        async with a_postgres(postgres_template, folder, [host]) as (server, url):
            holder = await asyncio.create_subprocess_exec(
                *host.inside(), sys.executable, "-c", _HOLD, url,
                cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            try:
                assert holder.stdout is not None
                assert await holder.stdout.readline() == b"held\n"
                assert await server.ask("select pg_try_advisory_lock(7308, 1)") is False
                host.cut_off()
                begun = time.monotonic()
                await server.until("select pg_try_advisory_lock(7308, 1)")
                assert time.monotonic() - begun < 20
            finally:
                holder.kill()
                await holder.wait()
