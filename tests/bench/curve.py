"""`python -m tests.bench.curve 20 80 160 320`: what so many small failing invoices of one customer cost, one after the other.

Each event asks again about what is open of the customer. The cost should grow as the number does. The processor time of this
process and of its sessions of Postgres hangs less on other work of the machine than the seconds do.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from msgspec.structs import replace

from execops import processing
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests.bench.stage import Stage, compile_all, open_stage
from tests.stripe_events import SECRET, deliver, failed

NUMBERS = (20, 80, 160, 320)


async def measure(stage: Stage, number: int) -> tuple[float, float, float]:
    """The seconds that all these events take, and the processor time of this process and of its sessions of Postgres."""
    database = f"curve_{number}"
    url = await stage.database(database)
    settings = replace(stage.settings(url), stripe_webhook_secrets=(Secret(SECRET),), stripe_mode="live")
    async with open_context(settings) as ctx:
        ids = []
        for position in range(number):
            bill = failed(f"in_{position}", customer="cus_1", amount_due=400, amount_remaining=400)
            ids.append((await deliver(ctx, bill)).event_id)
        begun, worked, served = time.perf_counter(), time.process_time(), sessions_time(database)
        for event_id in ids:
            await processing.process_event(ctx, event_id)
        own = time.process_time() - worked
        return time.perf_counter() - begun, own, sessions_time(database) - served


def sessions_time(database: str) -> float:
    """The processor time of the sessions of Postgres in a database, in seconds, where Linux tells it; else 0."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
            if command.startswith("postgres:") and f" {database} " in command:
                ticks += sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13]))
        except OSError:  # the process has ended
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


async def main(numbers: list[int]) -> None:
    """Print a line for each number of invoices."""
    compile_all()
    async with open_stage() as stage:
        await measure(stage, 5)  # so that the first line does not pay for what is loaded once
        print("invoices  seconds  own work  of Postgres  work an event, ms")
        for number in numbers:
            seconds, own, served = await measure(stage, number)
            an_event = (own + served) / number * 1000
            print(f"{number:8}  {seconds:7.2f}  {own:8.2f}  {served:11.2f}  {an_event:17.1f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main([int(argument) for argument in sys.argv[1:]] or list(NUMBERS)))
