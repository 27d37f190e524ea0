"""Refunds a payment at Stripe, whole or a part: https://docs.stripe.com/api/refunds/create.

The refund carries our key in its metadata, so it can be found at any time. A refund of the same key is never made twice:
Stripe repeats its answer for a day, and the refunds of the payment are always looked through first.
"""

from __future__ import annotations

from typing import ClassVar

from execops.adapters.stripe_api import stripe_mark, stripe_payload
from execops.adapters.stripe_api.stripe_calls import Calls, Stripe
from execops.adapters.stripe_api.stripe_errors import NOTHING
from execops.errors import AmbiguousError, InvalidPayloadError, RejectedError
from execops.model import Json
from execops.money import decimals, money
from execops.ports import Field, Happened, Reconciliation
from execops.settings import Settings

_NOUN = "refund"
_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
_PAGES = 20  # of a hundred refunds
_THREE_DECIMALS = 3  # the last one must be 0: https://docs.stripe.com/currencies#three-decimal
_PAYS_NOTHING = frozenset({"failed", "canceled"})


def create(settings: Settings) -> RefundAdapter:
    """The adapter; without a key at Stripe it refuses every payload."""
    return RefundAdapter(settings)


class RefundAdapter:
    """Makes one refund of one payment."""

    action_type: ClassVar[str] = "stripe_refund"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="charge", label="Charge"),
        stripe_payload.AMOUNT,
        Field(name="reason", label="Reason", required=False),
    )
    moves_money: ClassVar[bool] = True
    allowed_by_default: ClassVar[bool] = False

    def __init__(self, settings: Settings) -> None:
        self._stripe = Stripe(settings)

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this is a payment, an amount and a reason that Stripe knows."""
        self._stripe.require_key()
        stripe_payload.check(payload, self.fields, _NOUN)
        stripe_payload.check_id(payload, "charge", "ch|py", _NOUN)
        if payload.get("reason", "duplicate") not in _REASONS:
            raise InvalidPayloadError(
                f"The refund's reason is none of {', '.join(sorted(_REASONS))}.", field="reason"
            )
        amount = stripe_payload.amount_of(payload)
        if decimals(amount.currency) == _THREE_DECIMALS and amount.minor % 10:
            raise InvalidPayloadError(
                f"Stripe moves {amount.currency} in steps of 0.010, and {amount} is between two.",
                field="amount",
            )

    def describe(self, payload: Json) -> str:
        """Say in words what performing does."""
        return f"refunds {stripe_payload.shown(payload)} of the payment {payload.get('charge')}"

    def preview(self, payload: Json) -> str:
        """The refund as Stripe makes it."""
        reason = f"\nReason: {payload['reason']}" if "reason" in payload else ""
        return f"Refund: {stripe_payload.amount_of(payload)}\nCharge: {payload['charge']}{reason}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Make the refund, or return the one that was made under this key.

        Raises NotAcceptedError, RejectedError, AmbiguousError.
        """
        async with self._stripe.calls() as calls:
            charge = await calls.read(
                "charges", payload["charge"]
            )  # before its refunds: one may still be on its way
            refund, whole = await _find(calls, payload, idempotency_key)
            if refund is None:
                if not whole:
                    raise RejectedError(f"The payment has too many refunds to look through. {NOTHING}")
                _require_refundable(charge, payload)
                amount = stripe_payload.amount_of(payload)
                reason = {"reason": payload["reason"]} if "reason" in payload else {}
                answer = await calls.act(
                    "/v1/refunds",
                    idempotency_key,
                    charge=payload["charge"],
                    amount=amount.minor,
                    metadata=stripe_mark.entry(idempotency_key, payload),
                    **reason,
                )
                refund = answer.body
        mark = stripe_mark.find(refund, idempotency_key)
        if mark is None or not mark.is_of(payload):
            raise AmbiguousError("Stripe has a refund of another content under this key.")
        if refund.get("status") in _PAYS_NOTHING:
            raise RejectedError(
                f"Stripe made the refund {refund.get('id')}, and it failed: the money is with you."
                " Pay the customer another way."
            )
        return self._result(payload, refund)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Look for the refund of this key among all refunds of the payment; make none."""

        async def search(calls: Calls) -> Reconciliation:
            refund, whole = await _find(calls, payload, idempotency_key)
            if refund is None:
                return Reconciliation(Happened.NO if whole else Happened.CANNOT_TELL)
            mark = stripe_mark.find(refund, idempotency_key)
            if mark is None or not mark.is_of(payload) or refund.get("status") in _PAYS_NOTHING:
                return Reconciliation(Happened.CANNOT_TELL)
            return Reconciliation(Happened.YES, self._result(payload, refund))

        return await self._stripe.look(idempotency_key, search)

    def _result(self, payload: Json, refund: Json) -> Json:
        page = f"payments/{refund.get('payment_intent') or payload['charge']}"
        return self._stripe.result(refund, page)


async def _find(calls: Calls, payload: Json, key: str) -> tuple[Json | None, bool]:
    """The refund of this key, and whether all refunds of the payment were looked through."""
    refunds, whole = await calls.listed("refunds", _PAGES, charge=payload["charge"])
    return next((refund for refund in refunds if stripe_mark.find(refund, key)), None), whole


def _require_refundable(charge: Json, payload: Json) -> None:
    """Raise RejectedError unless so much of the payment is left to refund."""
    amount = stripe_payload.amount_of(payload)
    taken = charge.get("amount_captured")
    taken = charge.get("amount") if taken is None else taken
    left = money(int(taken or 0) - int(charge.get("amount_refunded") or 0), charge.get("currency"))
    if left is None or left.currency != amount.currency or left.minor < amount.minor:
        raise RejectedError(f"Only {left or 'nothing'} of the payment is left to refund. {NOTHING}")
