"""The end of every graph: wait for a person's decision, then perform the approved action.

The node with the interrupt has no effect before it, because a killed run repeats its nodes.
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from execops.context import Context
from execops.graphs.state import PlayState
from execops.model import ENDED, Status
from execops.proposals import execution


async def await_decision(state: PlayState) -> PlayState:
    """Wait for a person's decision. The thread is resumed with the number of the approval to perform."""
    decision: dict[str, Any] = interrupt({"proposal_id": state["proposal_id"]})
    return {"approval_no": decision["approval_no"]}


async def execute(state: PlayState, runtime: Runtime[Context]) -> PlayState:
    """Perform the approved action."""
    proposal_id = state["proposal_id"]
    assert proposal_id is not None  # noqa: S101  only a thread with a proposal waits
    status = await execution.execute(runtime.context, proposal_id, state["approval_no"])
    return {"status": status.value}


def add_to(graph: StateGraph[PlayState, Context, PlayState, PlayState]) -> None:
    """Add `await_decision` and `execute`, which goes back to waiting while the proposal is not ended."""
    graph.add_node(await_decision)
    graph.add_node(execute)
    graph.add_edge("await_decision", "execute")
    graph.add_conditional_edges("execute", _after_execute, ["await_decision", END])


async def _after_execute(state: PlayState) -> str:
    return str(END) if Status(state["status"]) in ENDED else "await_decision"
