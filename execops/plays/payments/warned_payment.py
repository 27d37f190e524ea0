"""A payment that the bank of its card warns of, and the verdict: refund it, ask the customer first, or keep it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cached_property

from execops.model import Json
from execops.money import Money, money
from execops.plays import thresholds
from execops.plays.payments import methods
from execops.plays.payments.payment_case import LONG, MANY, USUAL_FEE, PaymentCase

_BACK = frozenset({"failed", "canceled"})  # states of a refund that pays nothing
_FRAUD = {
    "card_never_received": "the card never reached its holder",
    "fraudulent_card_application": "somebody applied for the card in a false name",
    "made_with_counterfeit_card": "the card is counterfeit",
    "made_with_lost_card": "the card was lost",
    "made_with_stolen_card": "the card was stolen",
    "unauthorized_use_of_card": "the holder of the card did not make the payment",
}


class Advice(StrEnum):
    """The advice to the person who decides."""

    REFUND = "Refund"
    ASK = "Ask first"
    KEEP = "Keep"
    DECIDE = "Decide"


class WarnedPayment(PaymentCase, frozen=True):
    """A payment with an early fraud warning: https://docs.stripe.com/disputes/measuring#early-fraud-warnings."""

    @cached_property
    def amount(self) -> Money | None:
        """The amount of the payment; None where the books do not have it."""
        return money(self.charge.get("amount"), self.charge.get("currency"))

    @cached_property
    def refunded(self) -> Money | None:
        """The part that was refunded, or is on its way back."""
        if self.amount is None:
            return None
        listed = sum(
            int(refund.get("amount") or 0)
            for refund in self._of_payment("refund")
            if refund.get("status") not in _BACK and refund.get("currency") == self.amount.currency
        )
        minor = max(int(self.charge.get("amount_refunded") or 0), listed)
        return Money(minor, self.amount.currency) if minor > 0 else None

    @cached_property
    def rest(self) -> Money | None:
        """The part that is left to refund."""
        if self.amount is None:
            return None
        back = self.refunded.minor if self.refunded else 0
        return Money(max(0, self.amount.minor - back), self.amount.currency)

    @cached_property
    def settled(self) -> str | None:
        """Why nothing is left to decide; None where something is."""
        if self.charge.get("disputed") or self._of_payment("dispute"):
            return "the payment is disputed already"
        if self.rest and self.rest.minor == 0:
            return "the payment was refunded in full"
        if self.charge.get("status") == "failed":
            return "the payment failed: no money was taken"
        if self.charge.get("captured") is False:
            return "the payment was not captured: no money was taken"
        if self.facts.state.get("actionable") is False:
            return "Stripe leaves nothing to do: the payment is disputed, or was refunded in full"
        if self._is_repeated:
            return "an earlier warning is about the same payment"
        return None

    @cached_property
    def fraud(self) -> str:
        """The words of the bank's warning."""
        return _FRAUD.get(self.facts.state.get("fraud_type") or "", "the payment may be fraud")

    @cached_property
    def wallet(self) -> str | None:
        """The wallet that the customer unlocked to pay, by its name."""
        return methods.device_wallet(self.charge.get("wallet"))

    @cached_property
    def history(self) -> list[Json]:
        """The customer's earlier payments by this card, where they are many, over a long time, and nothing was disputed."""
        payments = self.by_same_card(self.earlier_payments)
        dates = [datetime.fromisoformat(payment["created"]) for payment in payments]
        if len(payments) < MANY or self.charged_at is None or self.other_disputes:
            return []
        return payments if self.charged_at - min(dates) >= LONG else []

    @cached_property
    def verdict(self) -> tuple[Advice, str]:
        """The advice, and why."""
        if self.rest is None:
            return Advice.DECIDE, f"the bank says that {self.fraud}, but the books do not have the payment"
        if thresholds.below(self.facts, self.rest, USUAL_FEE):
            return Advice.REFUND, f"{self.rest} is less than the fee that Stripe usually takes for a dispute"
        if self.history:
            history = (
                f"the customer made {len(self.history)} earlier payments by this card, none of them disputed"
            )
            confirmed = self._confirmed
            return Advice.ASK, f"{history}{f', and {confirmed}' if confirmed else ''}"
        if self.is_shifted:
            return (
                Advice.KEEP,
                "3-D Secure confirmed the payment, so the bank of the card usually bears the loss if it was fraud",
            )
        return (
            Advice.REFUND,
            f"the bank says that {self.fraud}, and most payments with such a warning are disputed",
        )

    @cached_property
    def _confirmed(self) -> str | None:
        if self.is_shifted:
            return "3-D Secure confirmed this one"
        return f"they unlocked {self.wallet} for this one" if self.wallet else None

    @cached_property
    def _is_repeated(self) -> bool:
        own = (self.facts.state.get("created") or "", self.facts.object_id)
        others = self._of_payment("early_fraud_warning")
        return any(((other.get("created") or ""), other["id"]) < own for other in others)

    def _of_payment(self, object_type: str) -> list[Json]:
        return [state for state in self.facts.same_payment if state["type"] == object_type]
