"""Voids an open invoice at Stripe: nobody can pay it any more. https://docs.stripe.com/api/invoices/void."""

from __future__ import annotations

from typing import ClassVar

from execops.adapters.stripe_api import stripe_marked, stripe_payload
from execops.adapters.stripe_api.stripe_calls import Stripe
from execops.adapters.stripe_api.stripe_marked import Action
from execops.model import Json
from execops.ports import Field, Reconciliation
from execops.settings import Settings

_NOUN = "invoice"


def create(settings: Settings) -> VoidInvoiceAdapter:
    """The adapter; without a key at Stripe it refuses every payload."""
    return VoidInvoiceAdapter(settings)


class VoidInvoiceAdapter:
    """Voids one invoice. No money moves, but what is open is given up."""

    action_type: ClassVar[str] = "stripe_void_invoice"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="invoice", label="Invoice"),
        stripe_payload.AMOUNT,
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = False

    def __init__(self, settings: Settings) -> None:
        self._stripe = Stripe(settings)

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this is an invoice and what is open of it."""
        self._stripe.require_key()
        stripe_payload.check(payload, self.fields, _NOUN)
        stripe_payload.check_id(payload, "invoice", "in", _NOUN)

    def describe(self, payload: Json) -> str:
        """Say in words what performing does."""
        amount = stripe_payload.shown(payload)
        return f"voids the invoice {payload.get('invoice')}: nobody can pay its {amount} any more"

    def preview(self, payload: Json) -> str:
        """The request as Stripe gets it."""
        return f"Void invoice: {payload['invoice']}\nAmount: {stripe_payload.amount_of(payload)}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Void the invoice, or return the answer of the attempt that did.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        return await stripe_marked.perform(self._stripe, _action(payload), payload, idempotency_key)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Find out whether this key voided the invoice; void nothing."""
        return await stripe_marked.reconcile(self._stripe, _action(payload), payload, idempotency_key)


def _action(payload: Json) -> Action:
    return Action(
        kind="invoices",
        object_id=payload["invoice"],
        verb="void",
        end_status="void",
        require=lambda invoice: stripe_payload.require_open(payload, invoice),
    )
