"""The provenance of a draft: who wrote it, and the digests that show later what changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from execops.model import Draft, Json, Proposal
from execops.plays.play import Play
from execops.proposals import pay_links


def of_rules(play: Play, answer: Draft) -> Json:
    """The provenance of a draft of the rules.

    Digests show later what changed: `draft` that of payload and reasoning, `terms` those of what a person approves.
    """
    author = {"author": "rules", "play": play.name, "rules": play.version}
    digests = {"draft": _digest([answer.payload, answer.reasoning]), "terms": terms(answer)}
    return author | digests | {"links": answer.links}


def terms(answer: Draft) -> Json:
    """The digests of what a person approves with a draft: its amount, its deadline, each field that is sent."""
    amount = [answer.amount.minor, answer.amount.currency] if answer.amount else None
    deadline = answer.expires_at.isoformat() if answer.expires_at else None
    fields = {name: pay_links.without(value, answer.links) for name, value in answer.payload.items()}
    return {name: _digest(value) for name, value in fields.items()} | {
        "the amount": _digest(amount),
        "the deadline": _digest(deadline),
    }


def _digest(value: Any) -> str:  # noqa: ANN401
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def changed_terms(proposal: Proposal, answer: Draft) -> str:
    """The names of the terms that a play drafts otherwise now than in this proposal, in words; empty where none changed.

    A draft is compared with a draft, so that the words of a model or a person do not count as changes.
    """
    before = (proposal.newer_draft or proposal.drafted_by).get("terms")
    if before is None:
        return ""
    now = terms(answer)
    names = [name for name in before | now if before.get(name) != now.get(name)]
    return ", ".join(names)
