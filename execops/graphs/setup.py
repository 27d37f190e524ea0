"""The graph of setup: a message that an operator asked for, from its proposal to its execution.

find_proposal → await_decision → execute → end

The proposal is drafted where it is asked for; its thread begins when a worker first performs it.
"""

from __future__ import annotations

from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from execops.context import Context
from execops.graphs import deciding
from execops.graphs.state import PlayState
from execops.graphs.threads import thread_id
from execops.proposals import listing


async def find_proposal(state: PlayState, runtime: Runtime[Context]) -> PlayState:
    """Find the proposal of this thread."""
    async with runtime.context.connection() as conn:
        return {"proposal_id": await listing.id_of_thread(conn, thread_id(state["event_id"], state["play"]))}


def build() -> StateGraph[PlayState, Context, PlayState, PlayState]:
    """The graph, not yet compiled."""
    graph = StateGraph(PlayState, context_schema=Context)
    graph.add_node(find_proposal)
    deciding.add_to(graph)
    graph.add_edge(START, "find_proposal")
    graph.add_edge("find_proposal", "await_decision")
    return graph
