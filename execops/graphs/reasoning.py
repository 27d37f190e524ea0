"""The model's place: it may rewrite words, and only words. Without one, the rules' words stand."""

from __future__ import annotations

from execops.model import Draft, Json
from execops.ports import Wording


class RulesOnly:
    """The Reasoner where no model is configured: every draft stands as the rules wrote it."""

    async def reword(self, draft: Draft, facts: Json) -> Wording | None:  # noqa: ARG002
        """Nothing to change."""
        return None
