"""Accepts a dispute at Stripe: the money stays with the customer, for good. https://docs.stripe.com/api/disputes/close."""

from __future__ import annotations

from typing import ClassVar

from execops.adapters.stripe_api import stripe_marked, stripe_payload
from execops.adapters.stripe_api.stripe_calls import Stripe
from execops.adapters.stripe_api.stripe_errors import NOTHING
from execops.adapters.stripe_api.stripe_marked import Action
from execops.errors import RejectedError
from execops.model import Json
from execops.ports import Field, Reconciliation
from execops.settings import Settings

_NOUN = "dispute"


def create(settings: Settings) -> AcceptDisputeAdapter:
    """The adapter; without a key at Stripe it refuses every payload."""
    return AcceptDisputeAdapter(settings)


class AcceptDisputeAdapter:
    """Closes one dispute, which is lost then."""

    action_type: ClassVar[str] = "stripe_accept_dispute"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="dispute", label="Dispute"),
        stripe_payload.AMOUNT,
    )
    moves_money: ClassVar[bool] = True
    allowed_by_default: ClassVar[bool] = False

    def __init__(self, settings: Settings) -> None:
        self._stripe = Stripe(settings)

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this is a dispute and its amount."""
        self._stripe.require_key()
        stripe_payload.check(payload, self.fields, _NOUN)
        stripe_payload.check_id(payload, "dispute", stripe_payload.DISPUTES, _NOUN)

    def describe(self, payload: Json) -> str:
        """Say in words what performing does."""
        amount = stripe_payload.shown(payload)
        return f"accepts the dispute {payload.get('dispute')}: {amount} stays with the customer, for good"

    def preview(self, payload: Json) -> str:
        """The acceptance as Stripe gets it."""
        return f"Accept dispute: {payload['dispute']}\nAmount: {stripe_payload.amount_of(payload)}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Close the dispute, or return the answer of the attempt that did.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        return await stripe_marked.perform(self._stripe, _action(payload), payload, idempotency_key)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Find out whether this key closed the dispute; close nothing."""
        return await stripe_marked.reconcile(self._stripe, _action(payload), payload, idempotency_key)


def _action(payload: Json) -> Action:
    def require(dispute: Json) -> None:
        status = dispute.get("status")
        if status != "needs_response":
            raise RejectedError(f"The dispute is {status}, so it cannot be accepted. {NOTHING}")
        stripe_payload.require_amount(
            payload, dispute.get("amount"), dispute.get("currency"), "The dispute is about"
        )

    return Action(
        kind="disputes",
        object_id=payload["dispute"],
        verb="close",
        end_status="lost",
        require=require,
        with_mark={"submit": False},  # evidence that somebody saved stays unsent
    )
