"""How much a draft weighs: the urgency of its play is the start, and amount and time move it.

The rule, in this order; H is the setting `high_amount`, and a time presses where the deadline is at most a week ahead, an
invoice is 15 days late, or Stripe has given up collecting it.

1. An amount from H on is one step more urgent, up to high.
2. 30 days late is at least high.
3. An amount from ten times H on whose time presses is critical.
4. Only what is a tenth of H, or what presses, stays critical; else it is high.
5. An amount below a fiftieth of H is medium at most.

A signal of survival is about the whole company, so its amount lowers nothing. An amount of each month weighs ten times as
much. An amount that cannot be compared, for want of a rate, lowers nothing either.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from execops.books.facts import Facts
from execops.model import Draft, Urgency
from execops.money import Money
from execops.plays import receivables, thresholds, wording
from execops.plays.receivables import Invoice

_VERY_LARGE = 10  # times the high amount
_FAIR, _SMALL = Fraction(1, 10), Fraction(1, 50)  # of the high amount
_A_MONTH = 10  # a month's amount weighs so many times as much as a payment
_NEAR = timedelta(days=7)
_LATE, _VERY_LATE = 15, 30  # days


class Stake(Struct, frozen=True):
    """The amount and the time of a draft, as far as they are known.

    `share` is the amount as a share of the high amount; `large` says whether it is one, which without a rate goes by the
    customer's own MRR. `late` are the days since an invoice was due, `presses` says that time is short.
    """

    share: Fraction | None
    large: bool
    late: int
    presses: bool


def weighed(facts: Facts, draft: Draft, *, survival: bool = False, monthly: bool = False) -> Urgency:
    """The urgency of a draft whose own is the start. It follows from the facts alone, in whatever order they came."""
    stake = _stake(facts, draft, monthly=monthly)
    urgency = draft.urgency
    if stake.large:
        urgency = _at_least(Urgency.HIGH if urgency is not Urgency.LOW else Urgency.MEDIUM, urgency)
    if stake.late >= _VERY_LATE:
        urgency = _at_least(Urgency.HIGH, urgency)
    if stake.presses and stake.share is not None and stake.share >= _VERY_LARGE:
        urgency = Urgency.CRITICAL
    if survival or stake.share is None:
        return urgency
    if stake.share < _FAIR and not stake.presses:
        urgency = _at_most(Urgency.HIGH, urgency)
    if stake.share < _SMALL:
        urgency = _at_most(Urgency.MEDIUM, urgency)
    return urgency


def _stake(facts: Facts, draft: Draft, *, monthly: bool) -> Stake:
    invoices = _invoices(facts, draft)
    times = _A_MONTH if monthly else 1
    amounts = [draft.amount, *(invoice.due for invoice in invoices)] if draft.amount else []
    shares = [_share(facts, amount, times) for amount in amounts if amount]
    late = max((_days_late(facts, invoice) for invoice in invoices), default=0)
    near = draft.expires_at is not None and draft.expires_at - facts.today <= _NEAR
    return Stake(
        share=max((share for share in shares if share is not None), default=None),
        large=any(thresholds.is_large(facts, amount, Fraction(1, times)) for amount in amounts if amount),
        late=late,
        presses=near or late >= _LATE or any(invoice.last for invoice in invoices),
    )


def _invoices(facts: Facts, draft: Draft) -> list[Invoice]:
    return [invoice for invoice in receivables.of_facts(facts) if invoice.id in draft.covers]


def _share(facts: Facts, amount: Money, times: int) -> Fraction | None:
    worth: Decimal | None = thresholds.in_books(facts, amount)
    return None if worth is None else Fraction(worth) * times / Fraction(facts.org["high_amount"])


def _days_late(facts: Facts, invoice: Invoice) -> int:
    """Days since an invoice was due, on the company's calendar. Stripe collects an invoice on the day it makes it."""
    due_on = receivables.due_on(invoice)
    if due_on is None and invoice.automatic:
        due_on = wording.moment(invoice.state.get("created"))
    return 0 if due_on is None else wording.days_since(facts, due_on)


def _at_least(least: Urgency, urgency: Urgency) -> Urgency:
    return min(least, urgency, key=lambda value: value.rank)


def _at_most(most: Urgency, urgency: Urgency) -> Urgency:
    return max(most, urgency, key=lambda value: value.rank)
