"""The Money graph: one play for one event, from the facts to the execution.

check_runway → analyze_spend → reason → draft_proposal → await_decision → execute → end

A killed run repeats its nodes, so every node may run twice.
"""

from __future__ import annotations

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from msgspec.structs import asdict

from execops.authority import policy
from execops.books import facts
from execops.context import Context
from execops.graphs import deciding
from execops.graphs.state import PlayState, draft_from_json, draft_to_json
from execops.graphs.threads import thread_id
from execops.ingest import events
from execops.model import Declined
from execops.plays.registry import all_plays
from execops.ports import Wording
from execops.proposals import drafting, listing
from execops.proposals.needs_words import needs_words


async def check_runway(state: PlayState, runtime: Runtime[Context]) -> PlayState:
    """Read the facts: the object, its customer, subscriptions and history. The starter of a run may pass them.

    In place of a proposal that expired they are about its object, which may be the customer, not one invoice.
    """
    if state["facts"] is not None:
        return {}
    ctx, play = runtime.context, all_plays()[state["play"]]
    async with ctx.connection() as conn:
        expired = state.get("expired")
        before = await listing.get(conn, expired) if expired else None
        if before is not None:
            about = facts.About(before.object_id, before.subject_key)
        else:
            event = await events.get(conn, state["event_id"])
            # Without an object the empty one stands in; `draft_proposal` then records that there is none.
            about = play.about(event, ctx.settings) or facts.About("", "")
        read = await facts.gather(conn, ctx.settings, ctx.clock.now(), about, play.needs)
    return {"facts": read.to_json()}


async def analyze_spend(state: PlayState) -> PlayState:
    """Apply the play's rules."""
    answer = all_plays()[state["play"]].answer(_facts(state))
    if isinstance(answer, Declined):
        return {"draft": None}
    return {"draft": draft_to_json(answer)}


async def reason(state: PlayState, runtime: Runtime[Context]) -> PlayState:
    """Let the model, where one is configured, find better words for the rules' draft."""
    draft, ctx = state["draft"], runtime.context
    if draft is None or ctx.reasoner is None:
        return {"wording": None}
    answer = draft_from_json(draft)
    async with ctx.connection() as conn:
        rules = await policy.read(conn, draft["subject_key"])
        if rules.suppressed(draft["subject_key"]) or not rules.play_allowed(state["play"]):
            return {"wording": None}  # nothing will be drafted, so the model never hears of this customer
        if not await needs_words(ctx, conn, all_plays()[state["play"]], answer):
            return {"wording": None}  # so a thousand alerts about one trouble are one question
    wording = await ctx.reasoner.reword(answer, _facts(state).to_json())
    return {"wording": asdict(wording)}


async def draft_proposal(state: PlayState, runtime: Runtime[Context]) -> PlayState:
    """Store the draft as a pending proposal. The play judges once more, under the subject's lock."""
    wording, draft = state["wording"], state["draft"]
    drafted = await drafting.draft(
        runtime.context,
        all_plays()[state["play"]],
        state["event_id"],
        _facts(state).about,
        thread_id(state["event_id"], state["play"], state.get("expired")),
        Wording(**wording) if wording else None,
        draft_from_json(draft) if draft else None,
    )
    done: PlayState = {"proposal_id": drafted.proposal_id, "outcome": drafted.outcome, "waits": drafted.waits}
    return done | {"facts": None, "draft": None, "wording": None}  # a thread that waits needs none of them


def _facts(state: PlayState) -> facts.Facts:
    read = state["facts"]
    assert read is not None  # noqa: S101  only a thread that has drafted drops its facts
    return facts.Facts.from_json(read)


async def _entry(state: PlayState) -> str:
    """The first node. A thread that starts with the draft of a judgement has nothing left to find out."""
    return "check_runway" if state["draft"] is None else "draft_proposal"


async def _after_draft(state: PlayState) -> str:
    return "await_decision" if state["waits"] else str(END)


def build() -> StateGraph[PlayState, Context, PlayState, PlayState]:
    """The graph, not yet compiled."""
    graph = StateGraph(PlayState, context_schema=Context)
    graph.add_node(check_runway)
    graph.add_node(analyze_spend)
    graph.add_node(reason)
    graph.add_node(draft_proposal)
    deciding.add_to(graph)
    graph.add_conditional_edges(START, _entry, ["check_runway", "draft_proposal"])
    graph.add_edge("check_runway", "analyze_spend")
    graph.add_edge("analyze_spend", "reason")
    graph.add_edge("reason", "draft_proposal")
    graph.add_conditional_edges("draft_proposal", _after_draft, ["await_decision", END])
    return graph
