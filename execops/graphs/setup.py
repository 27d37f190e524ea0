"""The graph of setup: a message that an operator asked for, from its proposal to its execution.

await_decision → execute → end

The proposal is drafted where it is asked for; its thread begins when a worker first performs it.
"""

from __future__ import annotations

from langgraph.graph import START, StateGraph

from execops.context import Context
from execops.graphs import deciding
from execops.graphs.state import PlayState


def build() -> StateGraph[PlayState, Context, PlayState, PlayState]:
    """The graph, not yet compiled."""
    graph = StateGraph(PlayState, context_schema=Context)
    deciding.add_to(graph)
    graph.add_edge(START, "await_decision")
    return graph
