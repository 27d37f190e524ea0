"""A card that expires, as `card_expiring` sees it: whether it is charged soon, and whether the customer is to replace it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct

from execops.books.facts import Facts
from execops.model import Declined, Json
from execops.money import Money
from execops.plays import judgement, plans, receivables, wording
from execops.plays.payments import methods

_SOON = timedelta(days=46)  # Stripe tells of an upcoming invoice 45 days ahead at most
_LATELY = timedelta(days=14)


class Card(Struct, frozen=True, kw_only=True):
    """A card that expires. `charge` is the next charge to it, None where none is known to be near."""

    id: str
    words: str
    brand: str | None
    last4: str | None
    expiry: tuple[int, int] | None  # year and month
    charge: datetime | None = None
    amount: Money | None = None
    first: bool = False  # the charge ends a trial, and nothing was paid before
    whole: bool = False  # nothing is added to the amount, or taken off it: neither tax nor credit


def read(facts: Facts) -> Card | Declined:
    """The card that the customer is asked to replace, or why there is none."""
    state = _state(facts)
    if isinstance(state, Declined):
        return state
    last4, expiry = state.get("last4"), _expiry(state.get("exp_month"), state.get("exp_year"))
    if not (last4 or expiry):
        return Declined("the event names no card")
    words, paying = methods.card(state.get("brand"), last4), _paying(facts, state["id"])
    charge, charged = min(_charges(facts, paying), key=_order, default=(None, {}))
    reason = (
        _against_state(facts, state, words, expiry, charge)
        or _against_use(facts, state, words, paying)
        or judgement.against_card(facts)
        or _against_payment(facts, charged, charge)
        or _against_doubt(facts, state, words, expiry)
    )
    if reason:
        return Declined(reason)
    return Card(
        id=state["id"],
        words=words,
        brand=state.get("brand"),
        last4=last4,
        expiry=expiry,
        charge=charge,
        amount=plans.payment(facts, charged, charge) if charge else None,
        first=charged.get("status") == "trialing" and not facts.paid,
        whole=not charged.get("tax_on_top") and plans.credit(facts) == 0,
    )


def _order(charge: tuple[datetime, Json]) -> tuple[datetime, str]:
    return charge[0], charge[1]["id"]


def _state(facts: Facts) -> Json | Declined:
    """The card of the facts, or the one that their subscription is charged to."""
    if facts.object_type == "card":
        return facts.own
    if facts.object_type != "subscription":
        return Declined("the event names no card")
    if facts.state.get("collection_method") == "send_invoice":
        return Declined("the customer pays by invoice: no card is charged")
    charged = plans.payer(facts, facts.own)
    if charged is None:
        return Declined("it is not known which payment method the subscription is charged to")
    state = next((card for card in facts.cards if card["id"] == charged), None)
    if state is None:
        return Declined(f"nothing is known of the payment method {charged}")
    if state.get("type") not in {None, "card"}:
        return Declined(f"{methods.on_file(facts, charged)} does not expire as a card does")
    return state


def _paying(facts: Facts, card: str) -> list[Json]:
    """The subscriptions that go on and are charged to the card."""
    charged = [subscription for subscription in facts.subscriptions if judgement.is_charged(subscription)]
    return [subscription for subscription in charged if plans.payer(facts, subscription) == card]


def _charges(facts: Facts, paying: list[Json]) -> list[tuple[datetime, Json]]:
    """The charges to come in the next weeks, each with its subscription."""
    ends = [(wording.ahead(facts, paid.get("current_period_end")), paid) for paid in paying]
    return [(end, paid) for end, paid in ends if end and end - facts.today <= _SOON]


def _against_state(
    facts: Facts, card: Json, words: str, expiry: tuple[int, int] | None, charge: datetime | None
) -> str | None:
    """Why the card itself needs no replacement."""
    today = wording.local(facts, facts.today)
    near = _next(today.year, today.month)
    if card.get("gone"):
        return f"the {words} was removed"
    if expiry and expiry > max(near, month_of(facts, charge) if charge else near):
        return f"the {words} is good until the end of {month_name(expiry)}"
    wallet = methods.device_wallet(card.get("wallet"))  # the customer knows another number, and another date
    return f"the {words} is in {wallet}, which renews it" if wallet else None


def _against_use(facts: Facts, card: Json, words: str, paying: list[Json]) -> str | None:
    """Why nothing is charged to the card.

    If nothing is known of the customer's default, a card is taken for the one that is charged, but a payment method is
    not: a customer may have several.
    """
    default = facts.customer.get("default_card")
    charged = [subscription for subscription in facts.subscriptions if judgement.is_charged(subscription)]
    charged_methods = {plans.payer(facts, subscription) for subscription in charged} or {default}
    unknown = charged_methods == {None} and not card["id"].startswith("pm_")
    if paying or card["id"] in charged_methods or unknown:
        return None
    return f"the customer pays with another payment method than the {words}"


def _against_payment(facts: Facts, subscription: Json, charge: datetime | None) -> str | None:
    """Why no money is about to be asked of the card, or is asked of it already."""
    failed = [invoice for invoice in receivables.of_facts(facts) if invoice.automatic and invoice.failure]
    if failed:
        return f"the payment of invoice {failed[0].number} failed: the customer is asked about that instead"
    amount = plans.payment(facts, subscription, charge) if charge else None
    if amount is not None and amount.minor == 0:
        return "nothing will be charged: the next invoice comes to nothing"
    if amount is not None and plans.credit(facts) >= amount.minor:
        return f"nothing will be charged: the customer's credit pays the next {amount}"
    return None


def _against_doubt(facts: Facts, card: Json, words: str, expiry: tuple[int, int] | None) -> str | None:
    """Why the customer, or the bank, has probably seen to it."""
    added_at = wording.moment(card.get("created"))
    if added_at and timedelta(0) <= facts.today - added_at <= _LATELY:
        day = wording.day(wording.local(facts, added_at))
        return f"the customer gave the {words} only on {day}: nobody is asked again so soon"
    newer = next((other for other in facts.cards if _replaces(facts, card, other)), None)
    if newer:
        return f"the customer has given another payment method ({methods.on_file(facts, newer['id'])}) since: make it the default at Stripe"
    charged = next((charge for charge in facts.charges if _was_paid_after(facts, charge, card, expiry)), None)
    if charged:
        return f"the {words} was charged after it had expired: its bank has renewed it"
    return None


def _replaces(facts: Facts, card: Json, other: Json) -> bool:
    """Whether a payment method was given later, is good for longer, and is not there for another subscription."""
    before, added_at = wording.moment(card.get("created")), wording.moment(other.get("created"))
    if (
        other["id"] == card["id"]
        or other.get("gone")
        or before is None
        or added_at is None
        or added_at <= before
    ):
        return False
    today = wording.local(facts, facts.today)
    expiry = _expiry(other.get("exp_month"), other.get("exp_year"))
    elsewhere = any(other["id"] == subscription.get("default_method") for subscription in facts.subscriptions)
    return not elsewhere and (expiry is None or expiry > _next(today.year, today.month))


def _was_paid_after(facts: Facts, charge: Json, card: Json, expiry: tuple[int, int] | None) -> bool:
    paid_at = wording.moment(charge.get("created"))
    if expiry is None or paid_at is None or charge.get("status") != "succeeded":
        return False
    return charge.get("method_id") == card["id"] and month_of(facts, paid_at) > expiry


def month_of(facts: Facts, moment: datetime) -> tuple[int, int]:
    """Year and month on the company's own calendar."""
    local = wording.local(facts, moment)
    return local.year, local.month


def _expiry(month: int | None, year: int | None) -> tuple[int, int] | None:
    """Year and month; None where one of them is missing or impossible."""
    if month is None or year is None or not 1 <= month <= 12 or not 2000 <= year <= 9999:
        return None
    return year, month


def _next(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def month_name(expiry: tuple[int, int]) -> str:
    """The month in words: `November 2026`."""
    return wording.month(date(*expiry, 1))
