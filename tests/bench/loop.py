"""The loop: from a webhook to its proposal, from a decision to its adapter, and a backlog drained.

It is measured against a bare Procrastinate job, a bare run of a graph, and a bare job that resumes such a graph. Each
runs in a worker process of its own with the same options, and ours and theirs take turns. Each latency is measured when
nothing else runs: an approval, and the bare job and graph, wait until the event before them is processed. With its first
jobs a worker opens its connections and plans its statements; a backlog is so long that these jobs hardly count.
"""

from __future__ import annotations

import asyncio
import statistics
import time

from procrastinate import App

from execops.client import Client
from execops.context import Context
from execops.db.pool import Pool, create_pool
from jobs.bootstrap import open_context
from tests.bench import baseline, bounds
from tests.bench.load import Sender, payload, request
from tests.bench.report import Figure, p95
from tests.bench.stage import Stage, execops, module
from tests.bench.timing import arrive, drained, drained_by_us, idle, listening, timed

ROUNDS = 60
WARM_UP = 5
BACKLOG = 400
DRAINS = 3


async def measure(stage: Stage) -> list[Figure]:
    """The figures of proposing, of executing, and of draining a backlog."""
    url, bare_url = await stage.database("loop"), await stage.database("bare", migrated=False)
    await baseline.prepare(bare_url)
    pool = create_pool(bare_url, max_size=8)
    bound_url, rounds, events = await bounds.record(stage, WARM_UP + ROUNDS, BACKLOG)
    replayed = create_pool(bound_url, max_size=8, plans_once=True)
    async with open_context(stage.settings(url)) as ctx, pool, replayed:
        app = baseline.make_app(pool)
        await app.open_async(pool)
        async with (
            stage.process(url, *execops("serve")) as server,
            stage.process(url, *module("tests.bench.worker")),
            stage.process(bare_url, *module("tests.bench.baseline")),
        ):
            bound = bounds.Bound(replayed, rounds)
            figures = await _latencies(ctx, server, app, pool, bare_url, bound)
        least = await bounds.drained(replayed, events)
        return [*figures, await _backlog(stage, ctx, app, pool, bare_url, least)]


async def _latencies(
    ctx: Context, server: str, app: App, pool: Pool, bare_url: str, bound: bounds.Bound
) -> list[Figure]:
    client = await Client.login(ctx, ctx.settings.token)
    sender = await Sender.connect(server)
    proposed_by: dict[str, int] = {}
    threads: list[str] = []
    kinds = ("propose", "job", "graph", "resume", "execute", "propose at least", "execute at least")
    times: dict[str, list[float]] = {name: [] for name in kinds}
    async with (
        listening(ctx.url.reveal(), "execops_proposals") as proposed,
        listening(ctx.url.reveal(), "bench") as performed,
        listening(bare_url, "bench") as pinged,
    ):

        async def propose() -> None:
            proposed_by.update(await sender.send(delivery))
            await proposed()

        async def approve() -> None:
            await client.proposals.approve(line.id, line.version)
            await performed()

        async def job() -> None:
            await app.configure_task("ping").defer_async(number=1)
            await pinged()

        async def graph() -> None:
            threads.append(await baseline.run_graph(pool))

        async def resume() -> None:
            await baseline.decide(app, pool, threads.pop())
            await pinged()

        async def settled(event_id: int) -> None:
            while (await client.events.get(event_id)).status == "received":  # noqa: ASYNC110
                await asyncio.sleep(0.01)

        for round_ in range(WARM_UP + ROUNDS):
            delivery = request(payload(f"loop{time.time_ns()}x"))
            measured = {"propose": await timed(propose)}
            await settled(int(proposed_by["event_id"]))
            for name, work in (
                ("job", job),
                ("graph", graph),
                ("resume", resume),
                ("propose at least", bound.propose),
                ("execute at least", bound.execute),
            ):
                await idle()
                measured[name] = await timed(work)
            await bound.finish()
            [line] = await client.proposals.inbox()
            await idle()
            measured["execute"] = await timed(approve)
            while (await client.proposals.get(line.id)).status != "executed":  # noqa: ASYNC110  until all is idle
                await asyncio.sleep(0.01)
            await idle()
            proposed.forget()
            if round_ >= WARM_UP:
                for name, value in measured.items():
                    times[name].append(value)
    sender.close()
    job_p95 = p95(times["job"])
    return [
        Figure(
            name="POST → proposal visible, p95, idle",
            against="bare job round trip + bare graph run, p95 each",
            unit="ms",
            ours=p95(times["propose"]),
            theirs=job_p95 + p95(times["graph"]),
            budget=1.4,
            at_least=False,
            samples=ROUNDS,
            bound=(job_p95 + p95(times["propose at least"])) / (job_p95 + p95(times["graph"])),
        ),
        Figure(
            name="approve → adapter called, p95, no undo window",
            against="bare job that resumes a bare thread, two transactions, p95",
            unit="ms",
            ours=p95(times["execute"]),
            theirs=p95(times["resume"]),
            budget=1.3,
            at_least=False,
            samples=ROUNDS,
            bound=(job_p95 + p95(times["execute at least"])) / p95(times["resume"]),
        ),
    ]


async def _backlog(stage: Stage, ctx: Context, app: App, pool: Pool, bare_url: str, least: float) -> Figure:
    ours, theirs = [], []
    for _ in range(DRAINS):
        for _ in range(BACKLOG):
            await app.configure_task("graph").defer_async()
        async with stage.process(bare_url, *module("tests.bench.baseline")):
            theirs.append(await drained(pool, "select at from done", BACKLOG))
        async with pool.connection() as conn:
            await conn.execute(b"truncate done")
        tag = f"drain{time.time_ns()}x"
        await arrive(ctx, tag, BACKLOG)
        ours.append(await drained_by_us(stage, ctx, tag, BACKLOG))
    return Figure(
        name=f"backlog of {BACKLOG} drained, one worker",
        against="bare jobs that run a bare graph each",
        unit="/s",
        ours=statistics.median(ours),
        theirs=statistics.median(theirs),
        budget=0.8,
        at_least=True,
        samples=DRAINS,
        bound=least / statistics.median(theirs),
    )
