"""Ends a suspension: a person approves that a play drafts again, or that an action type may be approved again.

Nothing goes out. The transaction that records the execution switches it on: see `execops.proposals.suspending`.
"""

from __future__ import annotations

from typing import ClassVar

from execops.adapters import _checks
from execops.errors import InvalidPayloadError
from execops.model import ENABLE, Json
from execops.ports import Field, Happened, Reconciliation
from execops.settings import Settings

_KINDS = {"play": "play", "action": "action type"}
_MAX_NAME = 200  # characters


def create(settings: Settings) -> EnableAdapter:  # noqa: ARG001
    """The adapter; it needs no settings."""
    return EnableAdapter()


class EnableAdapter:
    """Enables what was suspended. Its whole effect is a row in the database, so the adapter itself touches nothing."""

    action_type: ClassVar[str] = ENABLE
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="kind", label="Kind"),
        Field(name="name", label="Name"),
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = True

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this names a play or an action type."""
        _checks.check_fields(payload, self.fields, "switch")
        if payload["kind"] not in _KINDS:
            raise InvalidPayloadError("The switch's kind must be play or action.", field="kind")
        if not _checks.is_line(payload["name"]) or not 0 < len(payload["name"]) <= _MAX_NAME:
            raise InvalidPayloadError("The switch's name must be one line.", field="name")

    def describe(self, payload: Json) -> str:
        """Say in words what enabling does."""
        return f"enables the {_KINDS[payload['kind']]} {payload['name']} again; nothing is sent"

    def preview(self, payload: Json) -> str:
        """The change in one line."""
        return f"Enable the {_KINDS[payload['kind']]} {payload['name']} again"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:  # noqa: ARG002
        """Do nothing outside, and say what is enabled."""
        return {"enabled": payload["name"]}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:  # noqa: ARG002
        """Nothing goes out, so an attempt that broke off is made again without harm."""
        return Reconciliation(Happened.NO)
