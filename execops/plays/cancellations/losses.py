"""The loss of a large customer: a subscription that is set to end, one that ended, one that was cut down."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from execops.books.facts import Facts
from execops.books.mrr import Mrr, subscription_mrr
from execops.model import Declined, Json
from execops.money import Money
from execops.plays import wording
from execops.plays.cancellations import cancellation
from execops.plays.cancellations.cancellation import Cancellation
from execops.plays.play import STALE

_DAY = timedelta(days=1)
_AROUND = timedelta(days=7)  # a subscription that begins so near a cut may take over what was cut
_PAYING = frozenset({"active", "past_due", "unpaid"})
_SMALL = (
    "the customer is not large: one payment is below the high amount, and they are not among the top tenth"
)
_NOT_CUT = "the subscription goes on, and was not cut to less than half of what the customer pays"


class Kind(StrEnum):
    """The way in which the money is lost."""

    CANCELLED = "cancelled"  # set to end
    ENDED = "ended"
    REDUCED = "reduced"


class Loss(Struct, frozen=True, kw_only=True):
    """The loss of a large customer, in whole or for the most part.

    `cancellation` holds what the customer said and what is open; its `monthly` is the MRR that is lost. `before` and
    `after` are the prices a month of a subscription that was cut down, without discounts; else None.
    """

    kind: Kind
    cancellation: Cancellation
    before: Money | None = None
    after: Money | None = None

    @property
    def cause(self) -> str | None:
        """Why it ended, as Stripe names it: `cancellation_requested`, `payment_failed`, `payment_disputed`."""
        cause: str | None = self.cancellation.state.get("cancel_cause")
        return cause


def read(facts: Facts) -> Loss | Declined:
    """The loss that the facts' own subscription shows, or why there is none that the account owner must know of.

    An open dispute keeps nobody from telling them: a message to one's own team reminds no customer.
    """
    state = facts.state
    if facts.object_type != "subscription":
        return Declined("the event names no subscription")
    if facts.customer.get("deleted"):
        return Declined(wording.unreachable(facts))
    if state.get("status") == "canceled":
        return _ended(facts)
    if state.get("cancel_at_period_end") or state.get("cancel_at"):
        cancelled = cancellation.read(replace(facts, disputes_ever=[]))
        if isinstance(cancelled, Declined):
            return cancelled
        return Loss(kind=Kind.CANCELLED, cancellation=cancelled) if cancelled.large else Declined(_SMALL)
    return _reduced(facts)


def tells_of(facts: Facts, subscription: Json) -> bool:
    """Whether the account owner is told that this subscription of a customer ended for want of payment.

    One message is enough: it lists the invoices that are open.
    """
    if subscription.get("cancel_cause") != "payment_failed" or subscription.get("status") != "canceled":
        return False
    if facts.today - cancellation.ended_at(facts, subscription) > STALE:
        return False
    about = replace(
        facts, object_id=subscription["id"], object_type="subscription", state=subscription, earlier=[]
    )
    return isinstance(read(about), Loss)


# A subscription that ended


def _ended(facts: Facts) -> Loss | Declined:
    ended, others = cancellation.ended_at(facts, facts.own), cancellation.others_of(facts)
    if why_not := _against_news(facts, ended) or _against_end(facts, ended, others):
        return Declined(why_not)
    paying = facts.state | {"status": "active", "paused": False}
    stake = cancellation.stake(facts, paying)
    if not stake["large"]:
        return Declined(_SMALL)
    return Loss(kind=Kind.ENDED, cancellation=cancellation.of_facts(facts, stake, others, ends=ended))


def _against_news(facts: Facts, ended: datetime) -> str | None:
    """Why the end is no news: it was set before, and the account owner was told then; or a schedule's term is over."""
    state = facts.state
    set_at = wording.moment(state.get("canceled_at"))
    if set_at and ended - set_at >= _DAY:
        on = wording.day(wording.local(facts, set_at))
        return f"the end was set on {on}: the account owner is told when it is set"
    if set_at is None and state.get("cancel_at_period_end"):
        return "the end was set before: the account owner is told when it is set"
    return cancellation.ended_by_schedule(state)


def _against_end(facts: Facts, ended: datetime, others: list[Json]) -> str | None:
    """Why it is no loss: nothing was ever paid, or the customer goes on with another subscription."""
    state = facts.state
    began, trial_end = wording.moment(state.get("start")), wording.moment(state.get("trial_end"))
    if trial_end and ended <= trial_end + timedelta(hours=1):
        return "the subscription ended in its trial"
    paid = any(row["amount_minor"] > 0 for row in facts.paid)
    if state.get("never_began") or (began and ended - began <= _DAY and not paid):
        return "the subscription never began: its first payment was not made"
    return cancellation.replaced(facts, others)


# A subscription that was cut down


def _reduced(facts: Facts) -> Loss | Declined:
    """A cut of more than half of what the customer paid a month, discounts aside, within the last days.

    A subscription of about that time counts as a part that goes on elsewhere. A pause is no cut, nor is a discount.
    """
    uncut = _held_before(facts)
    if facts.state.get("status") not in _PAYING or uncut is None:
        return Declined(_NOT_CUT)
    then, now = _prices(facts, uncut), _prices(facts, facts.state)
    if then.unknown or now.unknown:
        return Declined("what the subscription brought, or brings now, is not wholly known")
    before = max(then.money(), key=lambda amount: amount.minor, default=None)
    if before is None or before.minor == 0 or set(now.amounts) - {before.currency}:
        return Declined(_NOT_CUT)
    after, others = _in(now, before.currency), cancellation.others_of(facts)
    recent = [other for other in others if _began_lately(facts, other)]
    moved = sum(_in(_prices(facts, other), before.currency).minor for other in recent)
    remaining = sum(
        _in(_prices(facts, other), before.currency).minor for other in others if other not in recent
    )
    lost = Money(before.minor - after.minor - moved, before.currency)
    if 2 * lost.minor <= before.minor + remaining:
        return Declined(_NOT_CUT)
    stake = cancellation.stake(replace(facts, state=facts.state | uncut), uncut | {"status": "active"})
    if not stake["large"]:
        return Declined(_SMALL)
    reduced = cancellation.of_facts(facts, stake | {"monthly": lost, "partial": False}, others, ends=None)
    return Loss(kind=Kind.REDUCED, cancellation=reduced, before=before, after=after)


def _held_before(facts: Facts) -> Json | None:
    """The state of the subscription before the last days, while it was paid for; None where none is known.

    If the books begin later, the event that changed the items tells the ones before it.
    """
    first = next(iter(facts.earlier[-1:]), None)
    as_of, items_before = wording.moment(facts.as_of), facts.state.get("items_before")
    if first is not None and first.get("items") != facts.state.get("items"):
        return first if first.get("status") in _PAYING else None
    if items_before and len(facts.earlier) <= 1 and as_of and facts.today - as_of <= _AROUND:
        return {**facts.state, "items": items_before}
    return None


def _prices(facts: Facts, subscription: Json) -> Mrr:
    """The price of a subscription's items a month, without discounts, whatever its state is."""
    items = [item | {"discounts": []} for item in subscription.get("items") or []]
    bare = {"status": "active", "paused": False, "discounts": [], "customer_discounts": [], "items": items}
    unresolved = [
        part for part in subscription.get("unresolved") or [] if not str(part).startswith("discount:")
    ]
    return subscription_mrr(subscription | bare | {"unresolved": unresolved}, facts.today)


def _in(prices: Mrr, currency: str) -> Money:
    return Money(round(prices.amounts.get(currency, 0)), currency)


def _began_lately(facts: Facts, subscription: Json) -> bool:
    began = wording.moment(subscription.get("start"))
    return began is not None and facts.today - began <= _AROUND
