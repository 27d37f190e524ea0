"""A payment that a dispute, a refund or a warning is about, with what the books know of it and of its customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct

from execops.books.facts import Facts
from execops.model import Json
from execops.money import decimals
from execops.plays import wording
from execops.plays.payments import methods
from execops.plays.wording import moment

USUAL_FEE = 15  # of a dispute, in major units, in most countries: https://stripe.com/pricing
_USUAL_FEE_OF = {"JPY": 1300}  # https://stripe.com/jp/pricing
LONG = timedelta(days=90)  # a customer of so many days, with so many payments, has a history
MANY = 3
_UNKNOWN = "unknown customer"
_CARDS = frozenset({None, "card", "card_present", "interac_present"})
# Results of 3-D Secure after which the bank bears a loss by fraud: https://docs.stripe.com/payments/3d-secure/authentication-flow.
_SHIFTED = frozenset({"authenticated", "attempt_acknowledged"})
_RUNNING = frozenset({"active", "trialing", "past_due", "unpaid", "paused"})


def usual_fee(currency: str) -> int | None:
    """Stripe's usual fee of a dispute in major units of the currency of an account; None where none is known."""
    return _USUAL_FEE_OF.get(currency, USUAL_FEE if decimals(currency) == 2 else None)


class PaymentCase(Struct, frozen=True, dict=True):
    """An object about a payment. `facts` are those of the object and of the customer of its payment."""

    facts: Facts

    @cached_property
    def charge(self) -> Json:
        """The state of the charge; empty where the books do not have it."""
        about = self.facts.state
        charges = [*self.facts.charges_beside, *self.facts.linked]
        named = [charge for charge in charges if charge["id"] == about.get("charge")]
        if not about.get("charge") and about.get("intent"):  # an object that names its intent only
            named = [
                charge for charge in self.facts.charges_beside if charge.get("intent") == about["intent"]
            ]
        return named[0] if named else {}

    @cached_property
    def charge_id(self) -> str | None:
        """The id of the charge; None where neither the object nor the books name it."""
        charge: str | None = self.facts.state.get("charge") or self.charge.get("id")
        return charge

    @cached_property
    def charged_at(self) -> datetime | None:
        """The moment of the charge."""
        return moment(self.charge.get("created"))

    @cached_property
    def name(self) -> str:
        """The customer of the charge, as a title names them."""
        names = (
            self.charge.get("name"),
            self.facts.customer_name,
            self.facts.state.get("customer_name"),
            self.charge.get("email"),
            self.email,
            self.charge.get("customer"),
        )
        return wording.short(next((name for name in names if name), _UNKNOWN))

    @cached_property
    def is_named(self) -> bool:
        """Whether the books name the customer in any way."""
        return self.name != _UNKNOWN

    @cached_property
    def whom(self) -> str:
        """The customer as a sentence names them: by name, else as the customer."""
        return self.name if self.is_named else "the customer"

    @cached_property
    def email(self) -> str | None:
        """The address of the customer; None where none is known."""
        address: str | None = self.facts.state.get("customer_email")
        return self.charge.get("email") or self.facts.customer_email or address

    @cached_property
    def who(self) -> str:
        """The customer with their address, in one line."""
        return f"{self.name} ({self.email})" if self.email and self.email != self.name else self.name

    @cached_property
    def other_disputes(self) -> list[Json]:
        """The customer's disputes of other payments, open and closed."""
        return [
            dispute
            for dispute in self.facts.disputes_ever
            if dispute["id"] != self.facts.object_id and dispute.get("charge") != self.charge_id
        ]

    @cached_property
    def payments(self) -> list[Json]:
        """The customer's other charges that succeeded."""
        return [
            charge
            for charge in self.facts.charges_beside
            if charge["id"] != self.charge_id
            and charge.get("status") == "succeeded"
            and charge.get("captured") is not False
            and charge.get("created")
        ]

    @cached_property
    def earlier_payments(self) -> list[Json]:
        """The customer's payments before this one that were neither disputed nor refunded."""
        return [
            payment
            for payment in self.payments
            if self.charged_at
            and datetime.fromisoformat(payment["created"]) < self.charged_at
            and not payment.get("amount_refunded")
            and not self.is_disputed(payment)
        ]

    def is_disputed(self, payment: Json) -> bool:
        """Whether a payment was ever disputed."""
        disputed = {dispute.get("charge") for dispute in self.facts.disputes_ever}
        return bool(payment.get("disputed")) or payment["id"] in disputed

    def by_same_card(self, payments: list[Json]) -> list[Json]:
        """Those of these payments that were made with the card of this one."""
        keys = ("card_brand", "card_last4")
        return [
            payment
            for payment in payments
            if payment.get("card_last4") and all(payment.get(key) == self.charge.get(key) for key in keys)
        ]

    @cached_property
    def is_shifted(self) -> bool:
        """Whether 3-D Secure moved the liability for fraud to the bank of the card."""
        return self.charge.get("three_d_secure") in _SHIFTED

    @cached_property
    def running(self) -> list[Json]:
        """The customer's subscriptions that run now."""
        return [state for state in self.facts.subscriptions if state.get("status") in _RUNNING]

    @cached_property
    def charge_line(self) -> str | None:
        """The charge in one line: its id, its day and its card; None where nothing names it."""
        if not self.charge_id:
            return None
        created, last4 = self.charged_at, self.charge.get("card_last4")
        when = f" of {wording.day(wording.local(self.facts, created))}" if created else ""
        if not last4:
            return f"{self.charge_id}{when}{f', {self.paid_by}' if self.paid_by else ''}"
        if self.charge.get("method") not in {None, "card"}:
            return f"{self.charge_id}{when}, account ending {last4}"
        return f"{self.charge_id}{when}, {methods.card(self.charge.get('card_brand'), last4)}"

    @cached_property
    def paid_by(self) -> str | None:
        """The payment method of the charge by its name, such as `Klarna`; None for a card, and where none is known."""
        return methods.named(self.method) if self.method and self.method not in _CARDS else None

    @cached_property
    def method(self) -> str | None:
        """The type of the payment method, as Stripe names it; None where it is not known."""
        method: str | None = self.charge.get("method") or self.facts.state.get("method")
        return method

    @cached_property
    def may_be_card(self) -> bool:
        """Whether a card may have paid: there is a holder of one, and a statement."""
        return self.method in _CARDS or self.method == "link"  # Link mostly pays by a card that it keeps

    @cached_property
    def page(self) -> tuple[str, str] | None:
        """The label and the address of the payment in Stripe's dashboard; None where nothing names it."""
        intent = self.facts.state.get("intent") or self.charge.get("intent") or self.charge_id
        return ("Open at Stripe", wording.at_stripe(self.facts, f"payments/{intent}")) if intent else None
