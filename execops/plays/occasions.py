"""The occasion of a trouble that may come back: a deployment fails again, an issue regresses, a customer writes again.

Its object stays the same, and after an executed action nothing is drafted about the same objects for a while. So a trouble
that ended and came back covers its new occasion too, which no earlier action covers.
"""

from __future__ import annotations

from datetime import datetime

from execops.books.facts import Facts
from execops.effects import LAST_END
from execops.plays import support


def since_end(facts: Facts) -> tuple[str, ...]:
    """The objects of a draft about a trouble: itself and its last end; empty where none is known."""
    end = ended_at(facts)
    return (facts.object_id, f"{facts.object_id}:since:{end.isoformat()}") if end else ()


def ended_at(facts: Facts) -> datetime | None:
    """The moment at which the trouble ended last; None where it never did."""
    ends = [linked["at"] for linked in facts.linked if linked["type"] == LAST_END]
    return datetime.fromisoformat(max(ends)) if ends else None


def since_answer(facts: Facts) -> tuple[str, ...]:
    """The objects of a draft about a conversation: itself and the contact's first message since the team answered.

    A low rating is an occasion of its own. Empty where the team has not written yet.
    """
    messages = facts.conversation.get("messages", ())
    if support.bad_rating(facts) is not None:
        return (facts.object_id, f"{facts.object_id}:rated:{facts.state['rated_at']}")
    answered = [number for number, message in enumerate(messages) if message["by"] == "team"]
    if not answered:
        return ()
    own = [message["id"] for message in messages[answered[-1] + 1 :] if message["by"] == "contact"]
    return (facts.object_id, f"{facts.object_id}:{own[0]}") if own else ()
