"""`python -m tests.bench.curve 20 80 160 320`: what so many small failing invoices of one customer cost, one after the other.

Each event asks again about all that is open of the customer. The seconds should grow as the number does.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace

from execops import processing
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests.bench.stage import Stage, compile_all, open_stage
from tests.stripe_events import SECRET, deliver, failed

NUMBERS = (20, 80, 160, 320)


async def measure(stage: Stage, number: int) -> tuple[float, float]:
    """The seconds that all these events take, and the seconds of this process's own work among them."""
    url = await stage.database(f"curve_{number}")
    settings = replace(stage.settings(url), stripe_webhook_secrets=(Secret(SECRET),), stripe_mode="live")
    async with open_context(settings) as ctx:
        ids = []
        for position in range(number):
            bill = failed(f"in_{position}", customer="cus_1", amount_due=400, amount_remaining=400)
            ids.append((await deliver(ctx, bill)).event_id)
        begun, worked = time.perf_counter(), time.process_time()
        for event_id in ids:
            await processing.process_event(ctx, event_id)
        return time.perf_counter() - begun, time.process_time() - worked


async def main(numbers: list[int]) -> None:
    """Print a line for each number of invoices."""
    compile_all()
    async with open_stage() as stage:
        await measure(stage, 5)  # so that the first line does not pay for what is loaded once
        print("invoices  seconds  own work  ms an event")
        for number in numbers:
            seconds, own = await measure(stage, number)
            print(f"{number:8}  {seconds:7.2f}  {own:8.2f}  {seconds / number * 1000:11.1f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main([int(argument) for argument in sys.argv[1:]] or list(NUMBERS)))
