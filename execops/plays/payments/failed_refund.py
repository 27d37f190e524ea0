"""A refund that failed: why, how much the customer still waits for, and whether somebody has mended it."""

from __future__ import annotations

from functools import cached_property

from execops.model import Json
from execops.money import Money, money
from execops.plays import wording
from execops.plays.payments.payment_case import PaymentCase

_NOT_FAILED = {
    "succeeded": "the refund has reached the customer's bank",
    "pending": "Stripe still works on the refund",
    "requires_action": "the refund waits for the customer, whom Stripe has asked",
    "canceled": "the refund was cancelled before it was paid",
}
# https://docs.stripe.com/refunds#failed-refunds
_REASONS = {
    "declined": "the bank declined it",
    "expired_or_canceled_card": "the card has expired or was cancelled",
    "insufficient_funds": "your balance at Stripe did not cover it",
    "lost_or_stolen_card": "the card was lost or stolen",
}
_PAYS_NOTHING = frozenset({"failed", "canceled"})
_BY_BANK = "the customer disputes the payment, so their bank gives the money back"


class FailedRefund(PaymentCase, frozen=True):
    """A refund of a payment, with the other refunds and the disputes of the same payment."""

    @cached_property
    def amount(self) -> Money | None:
        """The amount of the refund."""
        return money(self.facts.state.get("amount"), self.facts.state.get("currency"))

    @cached_property
    def reason(self) -> str | None:
        """Stripe's code of the failure."""
        code: str | None = self.facts.state.get("failure_reason")
        return code

    @cached_property
    def why(self) -> str:
        """Why it failed, in words."""
        return _REASONS.get(self.reason or "", "the bank could not take it")

    @cached_property
    def returned(self) -> bool:
        """Whether Stripe says that the money is back in the balance."""
        return bool(self.facts.state.get("returned"))

    @cached_property
    def made_on(self) -> str | None:
        """The day on which the refund was made, in words."""
        created = wording.moment(self.facts.state.get("created"))
        return wording.day(wording.local(self.facts, created)) if created else None

    @cached_property
    def settled(self) -> str | None:
        """Why the customer waits for nothing; None where they do."""
        state = self.facts.state
        if state.get("status") != "failed":
            return _NOT_FAILED.get(state.get("status") or "", "the refund has not failed")
        if self.reason == "merchant_request":
            return "your team asked Stripe to take the refund back"
        if self.reason == "charge_for_pending_refund_disputed" or self._is_disputed:
            return _BY_BANK
        if state.get("reason") == "expired_uncaptured_charge" or self.charge.get("captured") is False:
            return "the payment was not captured: the customer waits for no money"
        if self._later_paid and (self.owed is None or self.owed.minor == 0):
            return f"refund {self._later_paid[-1]['id']} was made in its place"
        again = self._failed_again
        return f"refund {again['id']} was made in its place, and failed too" if again else None

    @cached_property
    def owed(self) -> Money | None:
        """The part that no later refund of the payment has paid."""
        if self.amount is None:
            return None
        paid = sum(int(refund.get("amount") or 0) for refund in self._later_paid)
        return Money(max(0, self.amount.minor - paid), self.amount.currency)

    @cached_property
    def _is_disputed(self) -> bool:
        disputes = [state for state in self.facts.same_payment if state["type"] == "dispute"]
        if disputes:  # of a dispute that was won the money came back
            return any(dispute.get("open") or dispute.get("status") == "lost" for dispute in disputes)
        return bool(self.charge.get("disputed"))

    @cached_property
    def _later(self) -> list[Json]:
        """The other refunds of the payment that were made after this one, the oldest first."""
        own = self._key({**self.facts.state, "id": self.facts.object_id})
        others = [state for state in self.facts.same_payment if state["type"] == "refund"]
        return sorted((refund for refund in others if self._key(refund) > own), key=self._key)

    @cached_property
    def _later_paid(self) -> list[Json]:
        return [refund for refund in self._later if refund.get("status") not in _PAYS_NOTHING]

    @cached_property
    def _failed_again(self) -> Json | None:
        """The later refund that was to replace this one, and failed: both together would be more than the payment."""
        charged, own = self.charge.get("amount"), self.facts.state.get("amount")
        if charged is None or own is None:
            return None
        failed = [refund for refund in self._later if refund.get("status") == "failed"]
        return next((refund for refund in failed if own + int(refund.get("amount") or 0) > charged), None)

    @staticmethod
    def _key(refund: Json) -> tuple[str, str]:
        return refund.get("created") or "", refund["id"]
