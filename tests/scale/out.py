"""`python -m tests.scale.out`: servers and workers on several hosts, and one host that is cut off and comes back.

A sender delivers signed events to the servers in turn, as fast as they are acknowledged: half of them about one busy customer,
which come first, half of a customer each. A subject is starved where an event of it is done fifteen seconds after one that came
later: a worker that is cut off keeps its events for ten. The exit status is 1 where an acknowledged event was not processed, one became two proposals, or a subject starved.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.own_postgres import DATABASE, Server, Template, free_port
from tests.scale.fleet import a_template
from tests.scale.hosts import OF_POSTGRES, Host, some_hosts
from tests.stripe_events import SECRET, failed, payer, sign

_SIZES = (1, 2, 4)
_EVENTS = 120  # a row; half of them of one customer
_AT_ONCE = 8  # requests
_CUT = 15.0  # seconds: longer than the lease of a worker
_PATIENCE = 90.0  # seconds

_STARVED = (
    "select count(distinct e.subject_key) from events e where exists (select from events l"
    " where l.received_at > e.received_at and l.processed_at + interval '15 seconds' < e.processed_at)"
)
_TWICE = "select count(*) - count(distinct object_id) from action_proposals"
_LEFT = "select count(*) from events where status not in ('processed', 'ignored')"
_LONGEST = "select coalesce(extract(epoch from max(processed_at - received_at)), 0)::float8 from events"
_LIVING = "select count(*) from procrastinate_workers where last_heartbeat > now() - interval '4 seconds'"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row's figures: events a second, and seconds."""

    accepted: int
    intake: float
    throughput: float
    longest: float
    left: int
    twice: int
    starved: int

    @property
    def good(self) -> bool:
        """Nothing was lost or done twice, and nobody starved."""
        return (self.left, self.twice, self.starved) == (0, 0, 0)


@dataclass
class Fleet:
    """One Postgres, and the hosts with a server each, a worker each, or both."""

    server: Server
    hosts: Sequence[Host]
    urls: list[str]
    accepted: int = 0

    async def send(self, payloads: Iterator[dict[str, object]]) -> float:
        """Deliver the events to the servers in turn; the seconds until all were acknowledged."""
        begun = time.monotonic()
        async with httpx.AsyncClient(timeout=5) as http:

            async def sending(turn: int) -> None:
                for payload in payloads:
                    body = json.dumps(payload).encode()
                    while not await self._acknowledged(http, body, turn):
                        turn += 1
                    turn += 1

            await asyncio.gather(*(sending(turn) for turn in range(_AT_ONCE)))
        return time.monotonic() - begun

    async def _acknowledged(self, http: httpx.AsyncClient, body: bytes, turn: int) -> bool:
        try:
            url = self.urls[turn % len(self.urls)]
            answer = await http.post(f"{url}/ingest/stripe", content=body, headers=sign(body))
        except httpx.TransportError:
            return False
        if answer.status_code != 200:
            return False
        self.accepted += 1
        return True

    async def outcome(self, seconds: float, begun: float) -> Outcome:
        """Wait until all is processed; the figures."""
        deadline = time.monotonic() + _PATIENCE
        while await self.server.ask(_LEFT) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        whole = time.monotonic() - begun
        longest = float(str(await self.server.ask(_LONGEST)))
        left, twice, starved = [int(str(await self.server.ask(query))) for query in (_LEFT, _TWICE, _STARVED)]
        return Outcome(
            self.accepted, self.accepted / seconds, self.accepted / whole, longest, left, twice, starved
        )


def events(number: int) -> Iterator[dict[str, object]]:
    """Failed payments, each of an invoice of its own; every second one of one customer."""
    for place in range(number):
        customer = "cus_busy" if place % 2 else f"cus_{place}"
        yield failed(f"in_{place}", **payer(customer))


@asynccontextmanager
async def a_fleet(
    template: Template, hosts: Sequence[Host], servers: int, workers: int
) -> AsyncIterator[Fleet]:
    """Servers and workers on the hosts, the first of each on the first one, ready to work."""
    folder = template.folder.parent / f"out_{servers}_{workers}_{free_port()}"
    listen = f"127.0.0.1,{OF_POSTGRES}" if hosts[0].namespace else "127.0.0.1"
    async with template.one(folder, listen_addresses=listen) as server:
        url = server.url()
        if hosts[0].namespace:
            url = url.replace("127.0.0.1", OF_POSTGRES)
            with (server.data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host {DATABASE} all samenet trust\n")
            await server.ask("select pg_reload_conf()")
        port, urls = free_port(), [f"http://{host.address}" for host in hosts[:servers]]
        urls = [f"{url}:{port}" for url in urls]
        try:
            for place, host in enumerate(hosts):
                environ = _environ(url, folder / f"home_{place}")
                if place < servers:
                    await _program(
                        host, environ, folder, "serve", "--host", host.address, "--port", str(port)
                    )
                if place < workers:
                    await _program(host, environ, folder, "work")
            await server.until(f"select count(*) = {workers} from procrastinate_workers")
            await _until_ready(urls)
            yield Fleet(server, hosts, urls)
        finally:
            await asyncio.gather(*(host.stop() for host in hosts))


def _environ(url: str, home: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return inherited | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "DATABASE_URL": url,
        "EXECOPS_HOME": str(home),
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }


async def _program(host: Host, environ: dict[str, str], folder: Path, *words: str) -> None:
    log = folder / f"{host.address}_{words[0]}.log"
    await host.run([sys.executable, "-m", "cli.main", *words], environ, log)


async def _until_ready(urls: Sequence[str]) -> None:
    async with asyncio.timeout(_PATIENCE), httpx.AsyncClient() as http:
        for url in urls:
            while True:
                try:
                    if (await http.get(f"{url}/health")).status_code < 500:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)


async def row(template: Template, hosts: Sequence[Host], servers: int, workers: int) -> Outcome:
    """Send the events through so many servers to so many workers."""
    async with a_fleet(template, hosts, servers, workers) as fleet:
        begun = time.monotonic()
        return await fleet.outcome(await fleet.send(events(_EVENTS)), begun)


async def cut_off(template: Template, hosts: Sequence[Host]) -> tuple[Outcome, float]:
    """Two hosts with a server and a worker each; one is cut off under load, and comes back. Also the seconds until it works again."""
    async with a_fleet(template, hosts[:2], 2, 2) as fleet:
        begun = time.monotonic()
        sending = asyncio.create_task(fleet.send(_slowly(fleet, _CUT * 2)))
        await asyncio.sleep(_CUT / 4)
        hosts[1].cut_off()
        try:
            await asyncio.sleep(_CUT)
        finally:
            hosts[1].put_back()
        back = time.monotonic()
        async with asyncio.timeout(_PATIENCE):
            while await fleet.server.ask(_LIVING) != 2:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        seconds = time.monotonic() - back
        sent = await sending
        return await fleet.outcome(sent, begun), seconds


def _slowly(fleet: Fleet, seconds: float) -> Iterator[dict[str, object]]:
    """Events for as long as the time lasts; the requests of the cut host hold the sender up by themselves."""
    end = time.monotonic() + seconds
    for payload in events(100_000):
        if time.monotonic() > end or fleet.accepted > 1500:
            return
        yield payload


async def main() -> bool:
    """Print the tables; whether every row went well."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    good = True
    with some_hosts(max(_SIZES)) as hosts:
        kind = "a network namespace" if hosts[0].namespace else "an address of loopback"
        print(
            f"Each host is {kind}; {os.cpu_count()} cores for all of them, for Postgres and for the sender.\n"
        )
        print(
            "| servers | workers | acknowledged/s | processed/s | longest wait, s | processed | twice | starved |"
        )
        print("|---|---|---|---|---|---|---|---|", flush=True)
        async with a_template() as template:
            for servers in _SIZES:
                for workers in _SIZES:
                    figures = await row(template, hosts, servers, workers)
                    print(f"| {servers} | {workers} | {_cells(figures)} |", flush=True)
                    good = good and figures.good
            figures, seconds = await cut_off(template, hosts)
            print(f"| 2, one cut off for {_CUT:.0f} s | 2 | {_cells(figures)} |")
            print(f"\nThe host that was cut off worked again {seconds:.1f} s after its cable was back.")
            return good and figures.good


def _cells(figures: Outcome) -> str:
    done = figures.accepted - figures.left
    return (
        f"{figures.intake:.0f} | {figures.throughput:.1f} | {figures.longest:.1f} |"
        f" {done:,} of {figures.accepted:,} | {figures.twice} | {figures.starved}"
    )


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
