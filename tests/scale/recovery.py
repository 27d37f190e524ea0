"""`python -m tests.scale.recovery`: what two workers lose, and how long they take, where something is killed under them.

The scenarios are those of https://github.com/hardbyte/postgresql-job-queue-benchmarking, shortened: events come at a steady
rate, something happens for some seconds, and then the rate of processed events is compared with the one before. The exit
status is 1 where an acknowledged event was not processed, one was processed twice, or a worker had ended by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import psycopg

from tests.scale.fleet import RATE, Fleet, a_fleet, a_template

_STEADY = 8.0  # seconds, before and after
_TROUBLE = 10.0  # seconds
_TAIL = 4000  # characters of the log of a worker that had ended by itself


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario: rates in events a second, and the seconds until the workers were level with the sender."""

    name: str
    before: float
    after: float
    seconds: float
    longest: float  # seconds from the acknowledgement of an event to the end of its processing
    accepted: int
    processed: int
    twice: int
    ended: int  # workers that had ended by themselves

    @property
    def good(self) -> bool:
        """Nothing was lost, nothing was done twice, and the workers came back by themselves."""
        return self.processed >= self.accepted and (self.twice, self.ended) == (0, 0)


async def crash(fleet: Fleet) -> None:
    """One worker of two is killed, and started again after half the time."""
    await fleet.workers[0].kill()
    await asyncio.sleep(_TROUBLE / 2)
    await fleet.workers[0].start()
    await asyncio.sleep(_TROUBLE / 2)


async def repeated_kills(fleet: Fleet) -> None:
    """One worker of two is killed and started again, five times."""
    for _ in range(5):
        await fleet.workers[0].kill()
        await fleet.workers[0].start()
        await asyncio.sleep(_TROUBLE / 5)


async def all_killed(fleet: Fleet) -> None:
    """Both workers are killed at once, and started again at once."""
    for worker in fleet.workers:
        await worker.kill()
    for worker in fleet.workers:
        await worker.start()
    await asyncio.sleep(_TROUBLE)


async def database_restart(fleet: Fleet) -> None:
    """Postgres is stopped for half the time."""
    await fleet.server.stop()
    await asyncio.sleep(_TROUBLE / 2)
    await fleet.server.start()


async def failover(fleet: Fleet) -> None:
    """Postgres is killed, and its synchronous replica promoted."""
    assert fleet.replica is not None
    await fleet.server.kill()
    await fleet.replica.promote()


async def backend_kill(fleet: Fleet) -> None:
    """Twice a second, one session of ours is ended, each in its turn."""
    async with await psycopg.AsyncConnection.connect(fleet.owner_url, autocommit=True) as conn:
        for number in range(int(_TROUBLE * 2)):
            await conn.execute(
                b"select pg_terminate_backend(pid) from (select pid, row_number() over (order by pid) - 1 as place,"
                b" count(*) over () as sessions from pg_stat_activity where application_name like 'execops%%') s"
                b" where place = %s %% sessions",
                [number],
            )
            await asyncio.sleep(0.5)


async def pool_exhaustion(fleet: Fleet) -> None:
    """Somebody else holds every free connection of Postgres."""
    async with AsyncExitStack() as stack:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                conn = await psycopg.AsyncConnection.connect(fleet.url, connect_timeout=5)
                stack.push_async_callback(conn.close)
        await asyncio.sleep(_TROUBLE)


async def pressure(fleet: Fleet) -> None:
    """Three times the events, while another transaction keeps Postgres from cleaning up."""
    async with await psycopg.AsyncConnection.connect(fleet.owner_url) as conn:
        await conn.execute(b"select txid_current()")
        fleet.rate = RATE * 3
        await asyncio.sleep(_TROUBLE)
        fleet.rate = RATE
        await conn.rollback()


SCENARIOS: list[Callable[[Fleet], Awaitable[None]]] = [
    crash, repeated_kills, all_killed, database_restart, failover, backend_kill, pool_exhaustion, pressure,
]  # fmt: skip


async def run(fleet: Fleet, scenario: Callable[[Fleet], Awaitable[None]]) -> Outcome:
    """Run one scenario; its figures. Raises TimeoutError where the workers do not catch up within a minute."""
    while await fleet.processed() == 0:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await fleet.until_level()
    since, before = await fleet.moment(), await fleet.rate_of(_STEADY)
    await scenario(fleet)
    seconds = await fleet.until_level()
    after = await fleet.rate_of(_STEADY)
    await fleet.until_done()
    ended = 0
    for worker in fleet.workers:
        if not await worker.stop():
            ended += 1
            print(worker.log.read_text()[-_TAIL:], file=sys.stderr)
    name = scenario.__name__.replace("_", " ")
    figures = fleet.accepted, await fleet.processed(), await fleet.twice(), ended
    return Outcome(name, before, after, seconds, await fleet.longest_wait(since), *figures)


def row_of(outcome: Outcome) -> str:
    """A line of the table."""
    share = 100 * outcome.after / outcome.before
    return (
        f"| {outcome.name} | {outcome.before:.1f} | {outcome.after:.1f} | {share:.0f} % | {outcome.seconds:.1f} | {outcome.longest:.1f} |"
        f" {outcome.processed:,} of {outcome.accepted:,} | {outcome.twice} | {outcome.ended} |"
    )


async def main(only: list[str] | None) -> bool:
    """Print the table; whether every scenario went well."""
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # the sender's pool, while Postgres is away
    print(
        "| scenario | before, events/s | after, events/s | recovered | level after, s | longest wait, s | processed | twice | ended |"
    )
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    good = True
    async with a_template() as template:
        for scenario in SCENARIOS:
            if only and scenario.__name__ not in only:
                continue
            async with a_fleet(template, scenario.__name__, replicated=scenario is failover) as fleet:
                outcome = await run(fleet, scenario)
            print(row_of(outcome), flush=True)
            good &= outcome.good
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.scale.recovery", description=__doc__)
    names = [scenario.__name__ for scenario in SCENARIOS]
    parser.add_argument("--only", choices=names, action="append", help="one scenario; may be given again")
    sys.exit(0 if asyncio.run(main(parser.parse_args().only)) else 1)
