"""A backtest whose process is killed after nine events: `python -m tests.killed_backtest`."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

from execops.client import Client
from execops.ingest.backtest import Progress
from execops.settings import load_settings
from jobs.bootstrap import open_context, process_event


def show(progress: Progress) -> None:
    """Kill this process at the ninth event."""
    if progress.done == 9:
        os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    """Try a play on ninety days."""
    settings = load_settings()
    async with open_context(settings) as ctx:
        client = await Client.login(ctx, settings.token)
        since = datetime.now(UTC) - timedelta(days=90)
        await client.plays.backtest("card_update", since=since, process=process_event, on_progress=show)


if __name__ == "__main__":
    asyncio.run(main())
