"""The libraries below ExecOps, alone: a Procrastinate job, and a run of a LangGraph graph as long as ours.

As a process, `python -m tests.bench.baseline` is a job worker with our worker's options. It prints a line when it runs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import uuid
from typing import Any, TypedDict

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
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


async def _facts(_: State) -> State:
    return {"facts": {f"fact {i}": f"value {i}" * 4 for i in range(20)}}


async def _draft(_: State) -> State:
    return {"draft": {"text": "word " * 150, "to": "somebody"}}


async def _pass(_: State) -> State:
    return {"waits": True}


async def _wait(_: State) -> State:
    interrupt({"proposal": 1})
    return {}


def _graph() -> Any:
    graph = StateGraph(State)
    nodes: list[tuple[str, Any]] = [("a", _facts), ("b", _draft), ("c", _pass), ("d", _pass), ("wait", _wait)]
    for name, node in nodes:
        graph.add_node(name, node)
    for source, target in ((START, "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "wait"), ("wait", END)):
        graph.add_edge(source, target)
    return graph.compile()


GRAPH = _graph()


async def run_graph(pool: Pool) -> None:
    """Run the graph once up to its interrupt, with a saver of its own and one checkpoint at its exit."""
    graph = GRAPH.copy(update={"checkpointer": AsyncPostgresSaver(pool)})
    await graph.ainvoke({}, {"configurable": {"thread_id": str(uuid.uuid4())}}, durability="exit")


async def prepare(url: str) -> None:
    """Create the tables of both libraries, and the table that counts the graphs that ran."""
    pool = create_pool(url, max_size=1)
    async with pool, pool.connection() as conn:
        async with conn.transaction():
            await conn.execute(SchemaManager.get_schema().encode())
        await AsyncPostgresSaver(conn).setup()
        await conn.execute(b"create table done (at timestamptz not null default clock_timestamp())")


def make_app(pool: Pool) -> App:
    """An app with two tasks: `ping` notifies that it ran, `graph` runs a graph."""
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

    return app


async def _work(url: str) -> None:
    pool = create_pool(url, max_size=22)
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
