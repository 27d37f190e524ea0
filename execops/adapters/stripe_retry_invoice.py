"""Charges an open invoice once more at Stripe: https://docs.stripe.com/api/invoices/pay."""

from __future__ import annotations

from typing import ClassVar

from execops.adapters.stripe_api import stripe_marked, stripe_payload
from execops.adapters.stripe_api.stripe_calls import Stripe
from execops.adapters.stripe_api.stripe_marked import Action
from execops.model import Json
from execops.ports import Field, Reconciliation
from execops.settings import Settings

_NOUN = "invoice"


def create(settings: Settings) -> RetryInvoiceAdapter:
    """The adapter; without a key at Stripe it refuses every payload."""
    return RetryInvoiceAdapter(settings)


class RetryInvoiceAdapter:
    """Collects one invoice, from one payment method where the payload names one, else from the customer's default."""

    action_type: ClassVar[str] = "stripe_retry_invoice"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="invoice", label="Invoice"),
        stripe_payload.AMOUNT,
        Field(name="payment_method", label="Payment method", required=False),
    )
    moves_money: ClassVar[bool] = True
    allowed_by_default: ClassVar[bool] = False

    def __init__(self, settings: Settings) -> None:
        self._stripe = Stripe(settings)

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this is an invoice, what is open of it, and a method."""
        self._stripe.require_key()
        stripe_payload.check(payload, self.fields, _NOUN)
        stripe_payload.check_id(payload, "invoice", "in", _NOUN)
        if "payment_method" in payload:
            stripe_payload.check_id(payload, "payment_method", "pm|card|src|ba", _NOUN)

    def describe(self, payload: Json) -> str:
        """Say in words what performing does."""
        method = payload.get("payment_method", "the customer's default payment method")
        amount = stripe_payload.shown(payload)
        return f"charges {amount} for the invoice {payload.get('invoice')} to {method}"

    def preview(self, payload: Json) -> str:
        """The charge as Stripe gets it."""
        method = f"\nPayment method: {payload['payment_method']}" if "payment_method" in payload else ""
        return f"Pay invoice: {payload['invoice']}\nAmount: {stripe_payload.amount_of(payload)}{method}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Charge the invoice, or return the answer of the attempt that did.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        return await stripe_marked.perform(self._stripe, _action(payload), payload, idempotency_key)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Find out whether this key charged the invoice; charge nothing."""
        return await stripe_marked.reconcile(self._stripe, _action(payload), payload, idempotency_key)


def _action(payload: Json) -> Action:
    method = {"payment_method": payload["payment_method"]} if "payment_method" in payload else {}
    return Action(
        kind="invoices",
        object_id=payload["invoice"],
        verb="pay",
        end_status="paid",
        require=lambda invoice: stripe_payload.require_open(payload, invoice),
        params=method,
        lasting=True,
    )
