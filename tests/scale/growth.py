"""`python -m tests.scale.growth`: what each operation, route and metric takes as the history grows a hundredfold.

At 1x there are 10,000 events, as many movements, 1,000 proposals and 100 of them pending. Every command, screen and route reaches
the core through the operations of the Client, so those are timed, and the routes of the server with them; the metrics of the canvas too.
The sizes are asked in turns, so that they share the load of the machine. A row is the median in milliseconds. The last
column says how many rows of tables one call reads in sequence, without an index, at the largest size. The exit status is 1 where a row
whose answer has a fixed size takes more than three times as long, or reads ten thousand rows in sequence.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import httpx

from execops import processing
from execops.canvas import catalogue
from execops.canvas.run import open_canvas
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError
from execops.model import EventStatus, Status
from execops.settings import load_settings
from jobs.bootstrap import open_context
from tests.bench.stage import Stage, open_stage
from tests.facts import SENDERS
from tests.http_service import bearing, serving
from tests.scale.filling import fill
from tests.stripe_events import SECRET, deliver, failed

_ROUNDS = 7
_FEW = 1  # rounds of what reads a whole history
_WARM = 2
_FLAT = 3.0  # times as long at the largest size as at the smallest
_SEQUENCE = 10_000  # rows
_READ = "select coalesce(sum(seq_tup_read), 0)::bigint as rows from pg_stat_user_tables"
_LEAST = 2.0  # milliseconds that a row may take longer, whatever its ratio


Call: TypeAlias = "Callable[[Place], Awaitable[object]]"


@dataclass
class Place:
    """A database of one size, with its Client and its server."""

    ctx: Context
    client: Client
    http: httpx.AsyncClient
    proposal: int
    turn: int = 0

    async def in_sequence(self, call: Call) -> int:
        """The rows that a call reads in sequence. Its sessions are its own: one that ends reports what it read."""
        before = await self._read()
        async with open_context(self.ctx.settings) as ctx, open_canvas(ctx) as canvas:
            client = await Client.login(ctx, self.ctx.settings.token, canvas)
            await call(Place(ctx, client, self.http, self.proposal, 1_000_000))
        return await self._read() - before

    async def _read(self) -> int:
        async with self.ctx.connection() as conn:
            row = await (await conn.execute(_READ.encode())).fetchone()
        assert row is not None
        return int(row["rows"])


async def _exported(place: Place) -> None:
    async for _ in place.client.audit.since(datetime.now(UTC) - timedelta(seconds=1)):
        pass


async def _stale(place: Place, name: str) -> None:
    """A decision about a version that is not there any more: all the questions before a decision, and none."""
    try:
        await getattr(place.client.proposals, name)(place.proposal, 99)
    except ConflictError:
        return
    raise AssertionError(name)


async def _event(place: Place) -> None:
    place.turn += 1
    receipt = await deliver(place.ctx, failed(f"in_new_{place.turn}", customer=f"cus_new_{place.turn}"))
    await processing.process_event(place.ctx, receipt.event_id)


async def _event_of_a_payer(place: Place) -> None:
    place.turn += 1
    receipt = await deliver(place.ctx, failed(f"in_new_{place.turn}", customer=f"cus_{place.turn % 500}"))
    await processing.process_event(place.ctx, receipt.event_id)


def _metric(name: str) -> Call:
    return lambda place: place.client.canvas.answer(name, {})


def _get(path: str, **params: str) -> Call:
    async def get(place: Place) -> None:
        answer = await place.http.get(path.format(proposal_id=place.proposal), params=params)
        assert answer.status_code == 200, answer.text

    return get


# These read a fixed size: a page, a card, a count that is kept.
FLAT: dict[str, Call] = {
    "inbox, its first page (`proposals list`)": lambda p: p.client.proposals.inbox(),
    "inbox, header (counts)": lambda p: p.client.proposals.counts(),
    "inbox, words where nothing waits": lambda p: p.client.proposals.quiet(),
    "`proposals list --status rejected`": lambda p: p.client.proposals.history(status=Status.REJECTED),
    "`proposals list --all`": lambda p: p.client.proposals.history(),
    "decided, a page": lambda p: p.client.proposals.decided(),
    "decided, a page of one state": lambda p: p.client.proposals.decided(status=Status.EXPIRED),
    "`proposals show`": lambda p: p.client.proposals.card(p.proposal),
    "`approve`, stale": lambda p: _stale(p, "approve"),
    "`reject`, stale": lambda p: _stale(p, "reject"),
    "an event, to its proposal": _event,
    "an event of one who paid this year": _event_of_a_payer,
    "`events list`": lambda p: p.client.events.list(),
    "`events list --status failed`": lambda p: p.client.events.list(status=EventStatus.FAILED),
    "`events list --status ignored`": lambda p: p.client.events.list(status=EventStatus.IGNORED),
    "`events list --type`, a common one": lambda p: p.client.events.list(type_="invoice.paid"),
    "`events list --type`, a rare one": lambda p: p.client.events.list(type_="radar.*"),
    "`events list --type`, none": lambda p: p.client.events.list(type_="nothing.*"),
    "`events show`": lambda p: p.client.events.get(1_000),
    "`erase customer`, the look before": lambda p: p.client.customers.held("cus_7"),
    "`audit show`": lambda p: p.client.audit.latest(50),
    "`audit export --since` a second": _exported,
    "`status`": lambda p: p.client.deployment.overview(),
    "health": lambda p: p.client.deployment.health(),
    "`plays list`": lambda p: p.client.plays.list(),
    "`actions list`": lambda p: p.client.plays.actions(),
    "flagged plays": lambda p: p.client.plays.flagged(),
    "`operators list`": lambda p: p.client.operators.list(),
    "`policies show`": lambda p: p.client.policies.rule(),
    "`vendors list`": lambda p: p.client.vendors.list(),
    "`import list`": lambda p: p.client.books.imports(),
    "`synonyms list`": lambda p: p.client.canvas.synonyms(),
    "`canvas --refused`": lambda p: p.client.canvas.refused(),
    "`notifications show`": lambda p: p.client.notifications.show(),
    "GET /api/inbox": _get("/api/inbox"),
    "GET /api/inbox?status=rejected": _get("/api/inbox", status="rejected"),
    "GET /api/proposals/{proposal_id}": _get("/api/proposals/{proposal_id}"),
    "GET /api/canvas": _get("/api/canvas", q="net revenue this month"),
    "GET /api/events": _get("/api/events"),
    "GET /api/audit": _get("/api/audit"),
    "GET /metrics": _get("/metrics"),
    "GET /health/ready": _get("/health/ready"),
    "GET /api/notifications": _get("/api/notifications"),
}
# These read what grows with the history: a whole chain, all that is suppressed, all decisions of a play.
GROWING: dict[str, Call] = {
    "`audit verify`": lambda p: p.client.audit.verify(),
    "`events prune`, the look before": lambda p: p.client.events.prunable(
        datetime.now(UTC) - timedelta(days=900)
    ),
    "`suppressions list`": lambda p: p.client.suppressions.list(),
    "`precision`": lambda p: p.client.plays.precision(),
    "`precision --operators`": lambda p: p.client.proposals.attention(),
}


async def place_of(stack: AsyncExitStack, stage: Stage, times: int) -> Place:
    """A database of a size, filled."""
    url = await stage.database(f"growth_{times}")
    flags = {"home": stage.home, "database_url": url, "token": stage.founder.reveal(), "stripe_mode": "live"}
    settings = load_settings({**flags, "stripe_webhook_secrets": SECRET, **SENDERS}, {})
    ctx = await stack.enter_async_context(open_context(settings, pool_size=8))
    client = await Client.login(ctx, stage.founder)
    begun = time.monotonic()
    await fill(ctx, client, url, times)
    print(f"{times:>3}x filled in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    canvas = await stack.enter_async_context(open_canvas(ctx))
    client = await Client.login(ctx, stage.founder, canvas)
    http = await stack.enter_async_context(serving(ctx))
    http.headers.update(bearing(stage.founder))
    return Place(ctx, client, http, (await client.proposals.inbox())[0].id)


async def medians(places: Mapping[int, Place], call: Call, rounds: int) -> list[float]:
    """The median milliseconds of a call at each size, asked in turns."""
    took: dict[int, list[float]] = {times: [] for times in places}
    for turn in range(rounds + _WARM):
        for times, place in places.items():
            begun = time.perf_counter()
            await call(place)
            if turn >= _WARM:
                took[times].append((time.perf_counter() - begun) * 1000)
    return [statistics.median(seconds) for seconds in took.values()]


async def show(places: Mapping[int, Place], calls: Mapping[str, Call], *, flat: bool) -> list[str]:
    """Print the rows; the names of those that grow more than they should."""
    steep = []
    largest = places[max(places)]
    for name, call in calls.items():
        times = await medians(places, call, _ROUNDS if flat else _FEW)
        ratios = [value / times[0] for value in times[1:]]
        read = 0 if "GET" in name else await largest.in_sequence(call)
        if flat and ((ratios[-1] > _FLAT and times[-1] - times[0] > _LEAST) or read >= _SEQUENCE):
            steep.append(name)
        cells = " | ".join(
            [*(f"{value:.1f}" for value in times), *(f"{ratio:.2f}" for ratio in ratios), f"{read:,}"]
        )
        print(f"| {name} | {cells} |", flush=True)
    return steep


async def main(sizes: list[int]) -> bool:
    """Print the tables; whether nothing grows that should not."""
    async with open_stage() as stage, AsyncExitStack() as stack:
        places = {times: await place_of(stack, stage, times) for times in sizes}
        ratios = [f"{times}x to {sizes[0]}x" for times in sizes[1:]]
        head = ["", *(f"{times}x, ms" for times in sizes), *ratios, "rows in sequence"]
        print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
        steep = await show(places, FLAT, flat=True)
        await show(places, GROWING, flat=False)
        metrics = {f"canvas: {name}": _metric(name) for name in catalogue.load()}
        steep += await show(places, metrics, flat=True)
    for name in steep:
        print(f"grows more than its answer does: {name}", file=sys.stderr)
    return not steep


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.scale.growth", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1, 10, 100], help="times the smallest history")
    sys.exit(0 if asyncio.run(main(parser.parse_args().sizes)) else 1)
