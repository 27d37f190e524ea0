"""A dispute with what the books know about its charge and its customer: the ground of a verdict."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from execops.model import Declined, Json
from execops.money import Money, money
from execops.plays.disputes.dispute_evidence import points
from execops.plays.payments.payment_case import PaymentCase
from execops.plays.wording import day, local, moment
from execops.sources.stripe.declines import BANK_DEBITS

EVENTS = frozenset(
    {
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    }
)
_CLOSED = {
    "won": "is won",
    "warning_closed": "is closed without a chargeback",
    "charge_refunded": "is closed: the charge was refunded",
    "prevented": "was prevented",
}
_UNDER_REVIEW = {"under_review", "warning_under_review"}
NOT_ASKED_FOR = frozenset({"payment_failed", "payment_disputed"})  # why a subscription ended
_SAME_PURCHASE = timedelta(days=5)  # two charges of one amount, no further apart, may be one purchase


class Stage(StrEnum):
    """A stage of a dispute; each asks something else of the company."""

    INQUIRY = "inquiry"
    CHARGEBACK = "chargeback"
    LOST = "lost"


def stage_of(dispute: Json) -> Stage | Declined:
    """The stage that a dispute is in, or why nobody has to do anything."""
    status = dispute.get("status") or ""
    if status == "lost":
        return Stage.LOST
    if status in _CLOSED or not dispute.get("open"):
        return Declined(f"the dispute {_CLOSED.get(status, 'is closed')}")
    if status in _UNDER_REVIEW:
        return Declined("the evidence was sent already: the bank decides now")
    return Stage.INQUIRY if status.startswith("warning") else Stage.CHARGEBACK


class Case(PaymentCase, frozen=True):
    """A dispute in its stage. `facts` are those of the dispute and of the customer of its charge."""

    stage: Stage

    @cached_property
    def dispute(self) -> Json:
        """The state of the dispute."""
        return self.facts.state

    @cached_property
    def amount(self) -> Money | None:
        """The disputed amount, which may be less than that of the charge."""
        return money(self.dispute.get("amount"), self.dispute.get("currency"))

    @cached_property
    def charged(self) -> Money | None:
        """The amount of the charge; None where it is not known."""
        return money(self.charge.get("amount"), self.charge.get("currency"))

    @cached_property
    def is_of_part(self) -> bool:
        """Whether less is disputed than was charged."""
        if self.amount is None or self.charged is None or self.amount.currency != self.charged.currency:
            return False
        return self.amount.minor < self.charged.minor

    @cached_property
    def fee(self) -> Money | None:
        """Stripe's fee, as far as Stripe has taken one; None where it is not known."""
        fee = money(self.dispute.get("fee"), self.dispute.get("fee_currency"))
        return fee if fee and fee.minor > 0 else None

    @cached_property
    def reason(self) -> str:
        """Stripe's code of the reason."""
        return self.dispute.get("reason") or "general"

    @cached_property
    def due(self) -> datetime | None:
        """The moment until which Stripe takes evidence."""
        return moment(self.dispute.get("due_by"))

    @cached_property
    def past_due(self) -> bool:
        """Whether Stripe takes no more evidence."""
        return bool(self.dispute.get("past_due")) or bool(self.due and self.due <= self.facts.today)

    @cached_property
    def until(self) -> str | None:
        """The deadline in the company's time zone: `28 November 2026, 23:59 CET`."""
        if self.due is None:
            return None
        here = local(self.facts, self.due)
        zone = here.tzname() or ""
        return f"{day(here)}, {here:%H:%M} {zone if zone[:1].isalpha() else f'UTC{zone}'}"

    @cached_property
    def bank_debit(self) -> bool:
        """Whether the payment was a debit of a bank account, which its bank has returned."""
        return self.method in BANK_DEBITS

    @cached_property
    def evidence_points(self) -> tuple[str, ...]:
        """The evidence that counts in this dispute."""
        return points(
            self.reason, refunded=self.refunded_in_full, service=self.of_service, card=self.may_be_card
        )

    @cached_property
    def refundable(self) -> bool:
        """Whether the charge can still be refunded: as Stripe says, else only while the bank inquires.

        Stripe refuses a refund once a bank has charged the payment back, and says so in `is_charge_refundable`:
        https://docs.stripe.com/api/disputes/object. A refund of money that is taken already would pay it twice.
        """
        if self.refunded_in_full or self.bank_debit or self.taken:
            return False
        refundable = self.dispute.get("refundable")
        return self.stage is Stage.INQUIRY if refundable is None else bool(refundable)

    @cached_property
    def taken(self) -> bool:
        """Whether Stripe has taken the money for a chargeback, as far as its lines are known."""
        return self.stage is not Stage.INQUIRY and self.dispute.get("fee") is not None

    @cached_property
    def refunded(self) -> Money | None:
        """The part of the charge that was refunded."""
        refunded = money(self.charge.get("amount_refunded"), self.charge.get("currency"))
        return refunded if refunded and refunded.minor > 0 else None

    @cached_property
    def refunded_in_full(self) -> bool:
        """Whether as much as is disputed was refunded."""
        return bool(
            self.amount
            and self.refunded
            and self.refunded.currency == self.amount.currency
            and self.refunded.minor >= self.amount.minor
        )

    @cached_property
    def paid_back_twice(self) -> bool:
        """Whether refund and dispute together come to more than the charge."""
        if self.refunded is None or self.amount is None or self.charged is None:
            return False
        return self.amount.currency == self.charged.currency and (
            self.refunded.minor + self.amount.minor > self.charged.minor
        )

    @cached_property
    def twins(self) -> list[Json]:
        """The customer's payments of the same amount, so near that they may be for the same purchase."""
        return [
            payment
            for payment in self.payments
            if self.charged_at
            and self.charged
            and money(payment.get("amount"), payment.get("currency")) == self.charged
            and abs(datetime.fromisoformat(payment["created"]) - self.charged_at) <= _SAME_PURCHASE
        ]

    @cached_property
    def ran_when_charged(self) -> list[Json]:
        """The customer's subscriptions that ran at the moment of the charge, as far as the books can tell."""
        at = self.charged_at
        return [
            subscription
            for subscription in self.facts.subscriptions
            if at and not _ended_by(subscription, at) and not _begins_after(subscription, at)
        ]

    @cached_property
    def of_service(self) -> bool:
        """Whether the charge is for a subscription, as far as the books can tell: one ran then, at the price of the charge."""
        return any(self.is_price_of(subscription) for subscription in self.ran_when_charged)

    @cached_property
    def last_ended_before_charge(self) -> Json | None:
        """The customer's last subscription that had ended when they were charged."""
        at = self.charged_at
        ended = [
            subscription for subscription in self.facts.subscriptions if at and _ended_by(subscription, at)
        ]
        return max(ended, key=lambda subscription: str(end_of(subscription)), default=None)

    @cached_property
    def ended_before_charge(self) -> Json | None:
        """The same, but None where another subscription ran then, which the charge may be for."""
        return None if self.ran_when_charged else self.last_ended_before_charge

    @cached_property
    def cancelled_before_charge(self) -> Json | None:
        """The subscription whose renewal was charged although its customer had cancelled it; None where none was.

        It ended a day or more before the charge, no other one ran then, and either the customer says so to the bank or
        the charge has its price.
        """
        ended, at = self.ended_before_charge, self.charged_at
        end = end_of(ended) if ended else None
        if ended is None or end is None or at is None or at - end < timedelta(days=1):
            return None
        if ended.get("cancel_cause") in NOT_ASKED_FOR:
            return None
        claimed = self.reason == "subscription_canceled"
        return ended if claimed or self.is_price_of(ended) else None

    def is_price_of(self, subscription: Json) -> bool:
        """Whether the charge has the price of a subscription."""
        total = Decimal(0)
        for item in subscription.get("items") or []:
            if item.get("unit_amount") is None or item.get("currency") != self.charge.get("currency"):
                return False
            total += Decimal(str(item["unit_amount"])) * (item.get("quantity") or 0)
        return total == self.charge.get("amount")


def end_of(subscription: Json) -> datetime | None:
    """The moment at which a subscription ended."""
    if subscription.get("status") != "canceled":
        return None
    return moment(subscription.get("ended_at") or subscription.get("canceled_at"))


def _ended_by(subscription: Json, at: datetime) -> bool:
    ended = end_of(subscription)
    return ended is not None and ended <= at


def _begins_after(subscription: Json, at: datetime) -> bool:
    start = moment(subscription.get("start") or subscription.get("created"))
    return start is not None and start > at + timedelta(
        hours=1
    )  # Stripe charges a little before it says active
