"""The plain stack of this field beside ours: deliveries a second, the time to a proposal, and a backlog drained.

Where Redis or the peer's packages are missing, the peer is left out, and the part says so.
"""

from __future__ import annotations

import statistics
import sys
import time

from execops.context import Context
from execops.db.pool import Pool, create_pool
from jobs.bootstrap import open_context
from tests.bench.ingest import CONNECTIONS, webhooks
from tests.bench.load import Sender, payload, request, send_all
from tests.bench.peer.stage import LeftOutError, Peer, open_peer
from tests.bench.report import Figure, p95
from tests.bench.stage import Stage, execops, module
from tests.bench.timing import drained, drained_by_us, idle, listening, timed

SECONDS = 4
ROUNDS = 3
PROPOSALS, WARM_UP = 30, 5
BACKLOG = 400
_PEER = "FastAPI, Celery, Redis, LangGraph's checkpointer"


async def measure(stage: Stage) -> list[Figure]:
    """The three figures; none where the peer cannot run."""
    try:
        async with open_peer(stage) as peer:
            url = await stage.database("plain")
            pool = create_pool(peer.url, max_size=4)
            async with open_context(stage.settings(url)) as ctx, pool:
                return [
                    await _deliveries(stage, peer, url),
                    await _proposals(stage, peer, ctx, pool),
                    await _backlog(stage, peer, ctx, pool),
                ]
    except LeftOutError as exc:
        print(f"left out: the plain stack ({exc})", file=sys.stderr)
        return []


async def _deliveries(stage: Stage, peer: Peer, url: str) -> Figure:
    ours: list[float] = []
    theirs: list[float] = []
    async with stage.process(url, *execops("serve")) as server, peer.serving() as their_server:
        for round_ in range(ROUNDS + 1):
            for address, rates in ((their_server, theirs), (server, ours)):
                answered = await webhooks(stage, url, address, seconds=SECONDS)
                if round_:
                    rates.append(answered)
    return Figure(
        name="signed webhooks stored + enqueued, 32 connections",
        against=_PEER,
        unit="/s",
        ours=statistics.median(ours),
        theirs=statistics.median(theirs),
        budget=8,
        at_least=True,
        samples=ROUNDS,
    )


async def _proposals(stage: Stage, peer: Peer, ctx: Context, pool: Pool) -> Figure:
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    await _empty(peer, ctx, pool)
    async with (
        stage.process(ctx.url.reveal(), *execops("serve")) as server,
        stage.process(ctx.url.reveal(), *module("tests.bench.worker")),
        peer.serving() as their_server,
        peer.working(),
        listening(ctx.url.reveal(), "execops_proposals") as proposed,
        listening(peer.url, "peer_proposals") as peer_proposed,
    ):
        sides = {"ours": (server, proposed), "theirs": (their_server, peer_proposed)}
        senders = {name: await Sender.connect(address) for name, (address, _) in sides.items()}
        for round_ in range(WARM_UP + PROPOSALS):
            for name, (_, visible) in sides.items():
                delivery = request(payload(f"plain{time.time_ns()}x"))

                async def propose(name: str = name, delivery: bytes = delivery) -> None:
                    await senders[name].answer(delivery)
                    await sides[name][1]()

                await idle()
                took = await timed(propose)
                await idle()
                visible.forget()
                if round_ >= WARM_UP:
                    times[name].append(took)
        for sender in senders.values():
            sender.close()
    return Figure(
        name="POST → proposal visible, p95, idle",
        against=_PEER,
        unit="ms",
        ours=p95(times["ours"]),
        theirs=p95(times["theirs"]),
        budget=0.5,
        at_least=False,
        samples=PROPOSALS,
    )


async def _backlog(stage: Stage, peer: Peer, ctx: Context, pool: Pool) -> Figure:
    """Both backlogs arrive over HTTP, with as many connections; then one worker drains them."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        await _empty(peer, ctx, pool)
        tag = f"plain{time.time_ns()}x"
        async with peer.serving() as server:
            await send_all(server, CONNECTIONS, [request(payload(tag)) for _ in range(BACKLOG)])
        async with peer.working():
            theirs.append(await drained(pool, "select at from peer_proposals", BACKLOG))
        tag = f"plain{time.time_ns()}x"
        async with stage.process(ctx.url.reveal(), *execops("serve")) as server:
            await send_all(server, CONNECTIONS, [request(payload(tag)) for _ in range(BACKLOG)])
        ours.append(await drained_by_us(stage, ctx, tag, BACKLOG))
    return Figure(
        name=f"backlog of {BACKLOG} drained, one worker",
        against=_PEER,
        unit="/s",
        ours=statistics.median(ours),
        theirs=statistics.median(theirs),
        budget=4,
        at_least=True,
        samples=ROUNDS,
    )


async def _empty(peer: Peer, ctx: Context, pool: Pool) -> None:
    """Forget what waits on both sides, so that a measurement begins with nothing to do."""
    await peer.empty()
    async with ctx.connection() as conn:
        await conn.execute(b"delete from procrastinate_jobs")
    async with pool.connection() as conn:
        await conn.execute(b"truncate peer_proposals")
