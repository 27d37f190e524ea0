"""The peer's worker: a Celery task runs a graph of the same length as ours, with LangGraph's own checkpointer."""

from __future__ import annotations

import os
import uuid
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_ready
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from tests.bench.baseline import State

celery = Celery("peer", broker=os.environ["PEER_BROKER"])
celery.conf.task_ignore_result = True
_pool: ConnectionPool[Any] | None = None
_compiled: Any = None


def _facts(_: State) -> State:
    return {"facts": {f"fact {i}": f"value {i}" * 4 for i in range(20)}}


def _draft(_: State) -> State:
    return {"draft": {"text": "word " * 150, "to": "somebody"}}


def _pass(_: State) -> State:
    return {"waits": True}


def _wait(_: State) -> State:
    interrupt({"proposal": 1})
    return {}


def _graph() -> Any:
    graph = StateGraph(State)
    nodes: list[tuple[str, Any]] = [("a", _facts), ("b", _draft), ("c", _pass), ("d", _pass), ("wait", _wait)]
    previous = START
    for name, node in nodes:
        graph.add_node(name, node)
        graph.add_edge(previous, name)
        previous = name
    graph.add_edge(previous, END)
    return graph


@worker_process_init.connect
def _connect(**_: object) -> None:
    """Open the connections of a worker's process, as LangGraph's documentation shows, and compile its graph."""
    global _pool, _compiled
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    _pool = ConnectionPool(os.environ["DATABASE_URL"], max_size=4, kwargs=options, open=True)
    _compiled = _graph().compile(checkpointer=PostgresSaver(_pool))


@worker_ready.connect
def _ready(**_: object) -> None:
    print("peer ready", flush=True)


@celery.task
def process(event_id: int) -> None:
    """Run the graph for a stored event up to its interrupt, then store and announce the proposal."""
    assert _pool is not None
    with _pool.connection() as conn:
        event = conn.execute("select * from peer_events where id = %s", (event_id,)).fetchone()
    assert event is not None
    state = _compiled.invoke({}, {"configurable": {"thread_id": str(uuid.uuid4())}})
    with _pool.connection() as conn, conn.transaction():
        conn.execute(
            "insert into peer_proposals (event_id, draft) values (%s, %s)", (event_id, Jsonb(state["draft"]))
        )
        conn.execute("select pg_notify('peer_proposals', %s)", (str(event_id),))
