"""Acknowledges a notice: a message that the company has for the person who decides, so nothing is sent."""

from __future__ import annotations

from typing import ClassVar

from execops.adapters import _checks
from execops.errors import InvalidPayloadError
from execops.model import NOTICE, Json
from execops.ports import Field, Happened, Reconciliation
from execops.settings import Settings

_MAX_SUBJECT = 200  # characters
_MAX_TEXT = 100_000


def create(settings: Settings) -> NoticeAdapter:  # noqa: ARG001
    """The adapter; it needs no settings."""
    return NoticeAdapter()


class NoticeAdapter:
    """Ends a notice that a person has read. The record of that is the approval and the execution of the proposal."""

    action_type: ClassVar[str] = NOTICE
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="subject", label="Subject", words=True),
        Field(name="text", label="Text", words=True, lines=True),
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = True

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this is a subject of one line and a text."""
        _checks.check_fields(payload, self.fields, "notice")
        if not _checks.is_line(payload["subject"]):
            raise InvalidPayloadError(
                "The notice's subject must be one line, without control characters.", field="subject"
            )
        if not _checks.is_text(payload["text"]):
            raise InvalidPayloadError("The notice's text has control characters.", field="text")
        for name, limit in (("subject", _MAX_SUBJECT), ("text", _MAX_TEXT)):
            if len(payload[name]) > limit:
                raise InvalidPayloadError(f"The notice's {name} is over {limit} characters.", field=name)

    def describe(self, payload: Json) -> str:  # noqa: ARG002
        """Say in words what acknowledging does."""
        return "marks this notice as read and done; nothing is sent"

    def preview(self, payload: Json) -> str:
        """The notice as the inbox shows it: the subject, an empty line, the text."""
        return f"Subject: {payload['subject']}\n\n{payload['text'].rstrip()}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:  # noqa: ARG002
        """Do nothing outside, and say so."""
        return {"acknowledged": True}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:  # noqa: ARG002
        """Nothing goes out, so an attempt that broke off is made again without harm."""
        return Reconciliation(Happened.NO)
