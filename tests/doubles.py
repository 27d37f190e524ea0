"""Adapters that stand in for those of the core."""

from __future__ import annotations

from typing import ClassVar

from execops.adapters.email import EmailAdapter
from execops.model import Json
from execops.ports import Field


class MailDouble:
    """Everything of a mail adapter but sending: it accepts every payload."""

    action_type: ClassVar[str] = EmailAdapter.action_type
    fields: ClassVar[tuple[Field, ...]] = EmailAdapter.fields
    moves_money: ClassVar[bool] = EmailAdapter.moves_money
    allowed_by_default: ClassVar[bool] = EmailAdapter.allowed_by_default

    def validate(self, payload: Json) -> None:
        """Accept it."""

    def describe(self, payload: Json) -> str:
        """Say that this is a test."""
        return "does what the test says"

    def preview(self, payload: Json) -> str:
        """The text alone."""
        return str(payload.get("text"))
