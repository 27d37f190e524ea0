"""The state of a thread: ids and JSON types only. The proposal's row is the truth."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from msgspec.structs import asdict

from execops.books.facts import Facts
from execops.model import Draft, Json, Urgency
from execops.money import Money


class PlayState(TypedDict, total=False):
    """The state of one thread: one play for one event."""

    event_id: int
    play: str
    expired: int | None
    facts: dict[str, Any] | None
    draft: dict[str, Any] | None
    wording: dict[str, Any] | None
    proposal_id: int | None
    outcome: dict[str, Any]
    waits: bool
    approval_no: int
    status: str


def new_state(
    event_id: int,
    play: str,
    expired: int | None = None,
    current: Facts | None = None,
    draft: Draft | None = None,
    proposal_id: int | None = None,
) -> PlayState:
    """The state that a run begins with: a judgement's facts and draft, where the starter has them.

    `expired` is the id of the expired proposal in whose place the run drafts, `proposal_id` that of the proposal that the
    thread has already. The state names every field that a run reads, so that a thread which begins anew keeps nothing of
    an earlier run.
    """
    return {
        "event_id": event_id,
        "play": play,
        "expired": expired,
        "facts": current.to_json() if current else None,
        "draft": draft_to_json(draft) if draft else None,
        "wording": None,
        "proposal_id": proposal_id,
    }


def draft_to_json(draft: Draft) -> Json:
    """The draft as JSON types."""
    return asdict(draft) | {
        "urgency": draft.urgency.value,
        "evidence": [list(pair) for pair in draft.evidence],
        "amount": [draft.amount.minor, draft.amount.currency] if draft.amount else None,
        "expires_at": draft.expires_at.isoformat() if draft.expires_at else None,
        "again_at": draft.again_at.isoformat() if draft.again_at else None,
    }


def draft_from_json(data: Json) -> Draft:
    """The draft from the result of `draft_to_json`."""
    return Draft(
        **data
        | {
            "urgency": Urgency(data["urgency"]),
            "evidence": tuple((label, value) for label, value in data["evidence"]),
            "amount": Money(*data["amount"]) if data["amount"] else None,
            "expires_at": datetime.fromisoformat(data["expires_at"]) if data["expires_at"] else None,
            "again_at": datetime.fromisoformat(data["again_at"]) if data.get("again_at") else None,
        }
    )
