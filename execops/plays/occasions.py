"""The occasion of a trouble that may come back: a deployment fails again, an issue regresses, a customer writes again.

Its object stays the same, and after an executed action nothing is drafted about the same objects for a while. So a trouble
that ended and came back covers its new occasion too, which no earlier action covers.
"""

from __future__ import annotations

from datetime import datetime

from execops.books.facts import Facts
from execops.effects import LAST_END


def since_end(facts: Facts) -> tuple[str, ...]:
    """The objects of a draft about a trouble: itself and its last end; empty where none is known."""
    end = ended_at(facts)
    return (facts.object_id, f"{facts.object_id}:since:{end.isoformat()}") if end else ()


def ended_at(facts: Facts) -> datetime | None:
    """The moment at which the trouble ended last; None where it never did."""
    ends = [linked["at"] for linked in facts.linked if linked["type"] == LAST_END]
    return datetime.fromisoformat(max(ends)) if ends else None
