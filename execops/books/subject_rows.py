"""The rows of the ledger about one subject, in the form in which facts hold them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from execops.books import strangers
from execops.model import Json


class SubjectRows:
    """The rows of a subject and of the objects `wanted` beside it, the newest first. `made` gets what is harmless already."""

    def __init__(
        self, key: str, rows: list[dict[str, Any]], wanted: Collection[str], made: strangers.Made
    ) -> None:
        self.key = key
        self.wanted = frozenset(wanted)
        self.by_id = {row["object_id"]: row for row in rows if row["object_id"] is not None}
        self.paid = [json.loads(row["state"]) for row in rows if row["object_id"] is None]
        self._made = made
        self._by_type: dict[str, list[Json]] = {}
        for row in self.by_id.values():
            if row["subject_key"] == key:
                self._by_type.setdefault(row["object_type"], []).append(self._state(row))

    def states(self, object_type: str, own: dict[str, Any]) -> list[Json]:
        """The states of the subject's objects of a type, and `own` where it is one of another subject."""
        states = self._by_type.get(object_type, [])
        if (
            own
            and own["object_type"] == object_type
            and all(state["id"] != own["object_id"] for state in states)
        ):
            return [self._state(own), *states]
        return states

    def _state(self, row: dict[str, Any]) -> Json:
        text, as_of = row["state"], row["as_of"].isoformat()
        state, hidden = strangers.harmless_state(text, row["object_id"], as_of)
        self._made[id(state)] = (state, state, hidden)
        return state
