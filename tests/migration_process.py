"""A migration in a process of its own: `python -m tests.migration_process URL HOME KILL_AT EMBEDDED`

It prints `ready`, starts at the end of its input, and prints its result. It can kill itself at the first call of a function, or run
as the embedded default does.
"""

from __future__ import annotations

import asyncio
import json
import os
import pkgutil
import signal
import sys

from msgspec.structs import replace

from execops.settings import load_settings
from jobs.bootstrap import migrate, open_context


def kill_at(path: str) -> None:
    """Let this process kill itself where it calls a function first."""
    module, name = path.rsplit(".", 1)
    owner = pkgutil.resolve_name(module)
    getattr(owner, name)
    setattr(owner, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))


async def main(url: str, home: str, kill_path: str, embedded: str) -> None:
    """Migrate."""
    if kill_path:
        kill_at(kill_path)
    async with open_context(load_settings({"home": home, "database_url": url}, {})) as ctx:
        if embedded:
            ctx = replace(ctx, settings=replace(ctx.settings, database_url=None))
        print("ready", flush=True)
        sys.stdin.read()
        report = await migrate(ctx)
    print(json.dumps([report.applied, report.founder_token is not None]), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
