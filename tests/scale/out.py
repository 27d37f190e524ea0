"""`python -m tests.scale.out`: servers and workers on several hosts, and one host that is cut off and comes back.

A sender delivers signed events to the servers in turn, as fast as they are acknowledged, half of them about one busy customer. A subject is starved where an
event of it is done half a minute after one that came later. The exit status is 1 where an acknowledged event was not processed, one
became two proposals, or a subject starved.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.own_postgres import Server, Template, children, free_port
from tests.scale.fleet import a_template
from tests.scale.hosts import Host, a_postgres, seconds_of, some_hosts
from tests.stripe_events import SECRET, failed, payer, sign

_SIZES = (1, 2, 4)
_EVENTS = 160  # a row
_AT_ONCE = 8  # requests
_CUT = 15.0  # seconds: longer than the lease of a worker
_AROUND = 5.0  # seconds of sending before the cut, and after it
_RATE = 8.0  # events a second, while a host is cut off
_BURST = 60  # events at once, at the moment of the cut
_PATIENCE = 60.0  # seconds
_WHOLE = 300.0  # seconds; a run that takes longer is broken off

_LEFT = "select count(*) from events where status = 'received'"
_LIVING = "select count(*) from procrastinate_workers where last_heartbeat > now() - interval '4 seconds'"
_FIGURES = """select json_build_array(
    count(*) filter (where status = 'processed'),
    (select count(*) - count(distinct covered) from action_proposals,
     unnest(case covers when '{}' then array[object_id] else covers end) covered where status <> 'superseded'),
    (select count(distinct e.subject_key) from events e where exists (select from events l
     where l.received_at > e.received_at and l.processed_at + interval '30 seconds' < e.processed_at)),
    coalesce(extract(epoch from max(processed_at - received_at) filter (where not busy)), 0),
    coalesce(extract(epoch from max(processed_at - received_at) filter (where busy)), 0))
from (select *, starts_with(subject_key, 'cus_busy') as busy from events) e where object_id like '%s'"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row's figures: events a second, milliseconds of processors an event, and the longest waits in seconds."""

    accepted: int
    intake: float
    throughput: float
    work: float
    processed: int
    twice: int
    starved: int
    others: float
    busy: float

    @property
    def good(self) -> bool:
        """Nothing was lost or done twice, and nobody starved."""
        return self.processed >= self.accepted and (self.twice, self.starved) == (0, 0)


@dataclass
class Fleet:
    """One Postgres, and hosts whose servers and workers take part."""

    server: Server
    urls: list[str]
    hosts: Sequence[Host]
    accepted: int = 0

    async def send(self, payloads: Iterator[dict[str, object]], servers: int) -> None:
        """Deliver the events to the first servers in turn; one that is not acknowledged goes to the next."""
        async with httpx.AsyncClient(timeout=5) as http:

            async def sending(turn: int) -> None:
                for payload in payloads:
                    body = json.dumps(payload).encode()
                    while not await self._acknowledged(http, body, turn % servers):
                        turn += 1
                    turn += 1

            await asyncio.gather(*(sending(turn) for turn in range(_AT_ONCE)))

    async def send_steadily(self, payloads: Iterator[dict[str, object]], seconds: float) -> None:
        """Deliver events to the servers in turn, at a rate."""
        async with httpx.AsyncClient(timeout=5) as http, asyncio.TaskGroup() as group:

            async def deliver(body: bytes, turn: int) -> None:
                while not await self._acknowledged(http, body, turn % len(self.urls)):
                    turn += 1

            for turn in range(int(seconds * _RATE)):
                group.create_task(deliver(json.dumps(next(payloads)).encode(), turn))
                await asyncio.sleep(1 / _RATE)

    async def _acknowledged(self, http: httpx.AsyncClient, body: bytes, place: int) -> bool:
        try:
            answer = await http.post(f"{self.urls[place]}/ingest/stripe", content=body, headers=sign(body))
        except httpx.TransportError:
            return False
        self.accepted += answer.status_code == 200
        return answer.status_code == 200

    @contextmanager
    def _processors(self) -> Iterator[list[float]]:
        """The seconds of processors that the servers, the workers and Postgres take while the block runs."""
        spent: list[float] = []
        postgres = self.server.process
        before = [*(host.seconds() for host in self.hosts), *map(seconds_of, children(postgres))]
        yield spent
        after = [*(host.seconds() for host in self.hosts), *map(seconds_of, children(postgres))]
        spent.append(sum(after) - sum(before))

    async def row(self, name: str, sending: asyncio.Task[None]) -> Outcome:
        """Wait until the events `name` are sent and processed; the figures."""
        self.accepted, begun = 0, time.monotonic()
        with self._processors() as spent:
            await sending
            sent = time.monotonic() - begun
            deadline = time.monotonic() + _PATIENCE
            while await self.server.ask(_LEFT) and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            whole = time.monotonic() - begun
        figures = await self.server.ask(_FIGURES % f"in_{name}_%")
        assert isinstance(figures, list)
        rates = self.accepted / sent, self.accepted / whole, 1000 * spent[0] / self.accepted
        return Outcome(self.accepted, *rates, *figures)


def events(name: str, number: int) -> Iterator[dict[str, object]]:
    """Failed payments, each of an invoice of its own: every second one of one customer."""
    for place in range(number):
        customer = f"cus_busy_{name}" if place % 2 else f"cus_{name}_{place}"
        yield failed(f"in_{name}_{place}", **payer(customer))


@asynccontextmanager
async def a_fleet(template: Template, hosts: Sequence[Host]) -> AsyncIterator[Fleet]:
    """A server on each host, and no worker yet."""
    folder = template.folder.parent / f"out_{free_port()}"
    async with a_postgres(template, folder, hosts) as (server, url):
        port = free_port()
        urls = [f"http://{host.address}:{port}" for host in hosts]
        try:
            for host in hosts:
                host.environ = _environ(url, folder / f"home_{host.address}")
                host.logs = folder
                await host.run("serve", "--host", host.address, "--port", str(port))
            await _until_ready(urls)
            yield Fleet(server, urls, hosts)
        finally:
            await asyncio.gather(*(host.stop() for host in hosts))


async def work(fleet: Fleet, hosts: Sequence[Host]) -> None:
    """Start a worker on each of these hosts, and let it load all that it needs."""
    before = int(str(await fleet.server.ask(_LIVING)))
    for host in hosts:
        await host.run("work")
    await fleet.server.until(f"select ({_LIVING}) = {before + len(hosts)}")
    await fleet.row(f"warm{before}", asyncio.create_task(fleet.send(events(f"warm{before}", 48), 1)))


def _environ(url: str, home: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return inherited | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "DATABASE_URL": url,
        "EXECOPS_HOME": str(home),
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }


async def _until_ready(urls: Sequence[str]) -> None:
    async with asyncio.timeout(_PATIENCE), httpx.AsyncClient(timeout=1) as http:
        for url in urls:
            while True:
                try:
                    if (await http.get(f"{url}/health/ready")).status_code < 500:
                        break
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)


async def sizes(template: Template, hosts: Sequence[Host]) -> bool:
    """A line for each number of servers and of workers; whether all went well."""
    good, started = True, 0
    async with a_fleet(template, hosts) as fleet:
        for workers in _SIZES:
            await work(fleet, hosts[started:workers])
            started = workers
            for servers in _SIZES:
                name = f"{servers}x{workers}"
                sending = asyncio.create_task(fleet.send(events(name, _EVENTS), servers))
                outcome = await fleet.row(name, sending)
                print(f"| {servers} | {workers} | {_cells(outcome)} |", flush=True)
                good &= outcome.good
    return good


async def cut_off(template: Template, hosts: Sequence[Host]) -> bool:
    """Two hosts with a server and a worker each: one is cut off under a steady load, and comes back. Whether all went well."""
    async with a_fleet(template, hosts[:2]) as fleet:
        await work(fleet, hosts[:2])
        steady = fleet.send_steadily(events("cut", 10_000), _AROUND * 2 + _CUT)
        row = asyncio.create_task(fleet.row("cut", asyncio.create_task(steady)))
        await asyncio.sleep(_AROUND)
        burst = asyncio.create_task(fleet.send(events("cut_burst", _BURST), 1))
        await fleet.server.until(
            "select count(*) > 2 from procrastinate_jobs where status = 'doing' and worker_id = 2"
        )
        hosts[1].cut_off()  # in the midst of its work
        try:
            await asyncio.sleep(_CUT)
            await burst
        finally:
            hosts[1].put_back()
        back = time.monotonic()
        await _until_ready(fleet.urls[1:])
        served = time.monotonic() - back
        async with asyncio.timeout(_PATIENCE):
            while await fleet.server.ask(_LIVING) != 2:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        worked = time.monotonic() - back
        outcome = await row
    print(f"| 2, one cut off | 2, one cut off | {_cells(outcome)} |")
    print(
        f"\nOf the host that was cut off for {_CUT:.0f} s, in the midst of {_BURST} events, the server was ready {served:.1f} s after its"
        f" cable was back, and the worker took jobs after {worked:.1f} s."
    )
    return outcome.good


async def main() -> bool:
    """Print the table; whether every row went well."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with some_hosts(max(_SIZES)) as hosts:
        kind = "a network namespace" if hosts[0].namespace else "an address of loopback"
        load = os.getloadavg()[0]
        print(
            f"Each host is {kind}. All of them, Postgres and the sender share {os.cpu_count()} cores; load {load:.1f}.\n"
        )
        print(
            "| servers | workers | acknowledged/s | processed/s | processors, ms an event | longest wait, s"
            " | of the busy customer, s | processed | twice | starved |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
        async with a_template() as template:
            good = await sizes(template, hosts)
            return await cut_off(template, hosts) and good


def _cells(row: Outcome) -> str:
    return (
        f"{row.intake:.0f} | {row.throughput:.1f} | {row.work:.0f} | {row.others:.1f} | {row.busy:.1f} |"
        f" {row.processed:,} of {row.accepted:,} | {row.twice} | {row.starved}"
    )


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(asyncio.wait_for(main(), _WHOLE)) else 1)
