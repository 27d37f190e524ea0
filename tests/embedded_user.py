"""A user of the embedded server, in a process of its own: it prints the URL, and leaves at the end of its input.

`python -m tests.embedded_user HOME UID`; an empty UID keeps the account.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # noqa: F401  the account that this process becomes may not reach the interpreter
import encodings.idna  # noqa: F401
import os
import sys
from pathlib import Path

import psycopg

from execops.db.embedded import embedded_postgres


async def main(home: str, uid: str) -> None:
    """Become the account, and use the server."""
    if uid:
        os.setgroups([])
        os.setgid(int(uid))
        os.setuid(int(uid))
    async with embedded_postgres(Path(home), server_settings={"fsync": "off"}) as url:
        async with await psycopg.AsyncConnection.connect(url) as conn:
            await conn.execute("select 1")
        print(url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
