"""The libraries below ExecOps, alone: a Procrastinate job, and a LangGraph graph as long as ours, run and resumed.

As a process, `python -m tests.bench.baseline` is a job worker with our worker's options. It prints a line when it runs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import uuid
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt
from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager

from execops.db.pool import Pool, create_pool
from jobs.worker import POLLING

CONCURRENCY = 4  # as EXECOPS_WORKER_CONCURRENCY


class State(TypedDict, total=False):
    """The state of a thread: about as large as ours."""

    facts: dict[str, Any]
    draft: dict[str, Any]
    waits: bool


@dataclass(frozen=True, slots=True)
class Resources:
    """What the nodes need from outside."""

    pool: Pool


async def _facts(_: State) -> State:
    return {"facts": {f"fact {i}": f"value {i}" * 4 for i in range(20)}}


async def _draft(_: State) -> State:
    return {"draft": {"text": "word " * 150, "to": "somebody"}}


async def _pass(_: State) -> State:
    return {"waits": True}


async def _wait(_: State) -> State:
    interrupt({"proposal": 1})
    return {}


async def _act(_: State, runtime: Runtime[Resources]) -> State:
    """Record that the action begins, then call the adapter: it notifies."""
    async with runtime.context.pool.connection() as conn:
        async with conn.transaction():
            await conn.execute(b"insert into begun default values")
        await conn.execute(b"select pg_notify('bench', 'acted')")
    return {}


def _graph(act: Any = _act) -> Any:
    graph = StateGraph(State, context_schema=Resources)
    nodes: list[tuple[str, Any]] = [("a", _facts), ("b", _draft), ("c", _pass), ("d", _pass)]
    nodes += [("wait", _wait), ("act", act)]
    for name, node in nodes:
        graph.add_node(name, node)
    names = [START, *(name for name, _ in nodes), END]
    for source, target in pairwise(names):
        graph.add_edge(source, target)
    return graph.compile()


GRAPH = _graph()
ALONE = _graph(_pass)  # it sends nothing to a database


async def run_alone(given: Any, saver: InMemorySaver, thread: str) -> None:
    """Run or resume the graph with its checkpoints in memory: what LangGraph takes by itself."""
    graph = ALONE.copy(update={"checkpointer": saver})
    await graph.ainvoke(given, {"configurable": {"thread_id": thread}}, durability="exit")


async def run_graph(pool: Pool) -> str:
    """Run the graph once up to its interrupt, with a saver of its own and one checkpoint at its exit.

    Returns the thread.
    """
    thread = str(uuid.uuid4())
    await _invoke(pool, thread, {})
    return thread


async def resume_graph(pool: Pool, thread: str) -> None:
    """Resume a thread that waits, and call the adapter."""
    await _invoke(pool, thread, Command(resume=True))


async def decide(app: App, pool: Pool, thread: str) -> None:
    """Record a decision and defer the job that resumes the thread, in one transaction."""
    async with pool.connection() as conn, conn.transaction():
        await conn.execute(b"insert into decided (thread) values (%s)", (thread,))
        await app.configure_task("resume", connection=conn).defer_async(thread=thread)


async def _invoke(pool: Pool, thread: str, given: Any) -> None:
    graph = GRAPH.copy(update={"checkpointer": AsyncPostgresSaver(pool)})
    await graph.ainvoke(
        given, {"configurable": {"thread_id": thread}}, context=Resources(pool), durability="exit"
    )


async def prepare(url: str) -> None:
    """Create the tables of both libraries, and the tables that record runs, decisions and actions."""
    pool = create_pool(url, max_size=1)
    async with pool, pool.connection() as conn:
        async with conn.transaction():
            await conn.execute(SchemaManager.get_schema().encode())
        await AsyncPostgresSaver(conn).setup()
        await conn.execute(b"create table done (at timestamptz not null default clock_timestamp())")
        await conn.execute(b"create table decided (thread text primary key)")
        await conn.execute(b"create table begun (at timestamptz not null default clock_timestamp())")


def make_app(pool: Pool) -> App:
    """An app with three tasks: `ping` notifies that it ran, `graph` runs a graph, `resume` goes on with its thread."""
    app = App(connector=PsycopgConnector())

    @app.task(name="ping")
    async def ping(number: int) -> None:
        async with pool.connection() as conn:
            await conn.execute("select pg_notify('bench', %s)", (str(number),))

    @app.task(name="graph")
    async def graph() -> None:
        await run_graph(pool)
        async with pool.connection() as conn:
            await conn.execute(b"insert into done default values")

    @app.task(name="resume")
    async def resume(thread: str) -> None:
        await resume_graph(pool, thread)

    return app


async def _work(url: str) -> None:
    pool = create_pool(url, max_size=22, plans_once=True)
    async with pool:
        await run_graph(pool)
        app = make_app(pool)
        await app.open_async(pool)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=POLLING,
                delete_jobs="successful",
                install_signal_handlers=False,
                shutdown_graceful_timeout=5,
            )
        )
        print("ready", flush=True)
        await stop.wait()
        worker.cancel()
        await asyncio.wait({worker})


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(_work(os.environ["DATABASE_URL"]))
