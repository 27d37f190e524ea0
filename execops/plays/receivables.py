"""An open invoice as plays see it: what is left to pay, how it is collected, and why its last payment failed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from execops.books.facts import Facts
from execops.model import Declined, Json
from execops.money import Money, money
from execops.plays import subscribed, wording
from execops.sources.stripe.declines import BANK_DEBITS, Decline

_SETTLED = {
    "paid": "is paid",
    "void": "was voided",
    "uncollectible": "was written off",
    "draft": "is a draft",
}
_LONGEST_DEBIT = timedelta(
    days=14
)  # https://docs.stripe.com/payments/bank-debits: until a bank tells the result


class Invoice(NamedTuple):
    """An open invoice of the subject. A customer may have hundreds, and a tuple is made fast.

    `failure` is the latest failed payment of it (empty where none is on record), `pending` a payment that is on its way,
    `subscription` the state of its subscription (empty where it has none, or none is on record).
    """

    id: str
    number: str
    due: Money
    state: Json
    seen: datetime  # the invoice was in this state then
    attempt: int
    retry: datetime | None  # when Stripe tries again; None where no attempt is known to be ahead
    failure: Json
    pending: Json
    subscription: Json
    confirmation: bool  # the customer has to confirm this attempt with the bank
    method: str | None  # the type of the payment method, as Stripe names it

    @property
    def sent(self) -> bool:
        """Whether the customer pays it by themselves, by its due date; else Stripe collects it."""
        return self.state.get("collection_method") == "send_invoice"

    @property
    def automatic(self) -> bool:
        """Whether Stripe collects it. An invoice of which that is not told is not taken for one."""
        return self.state.get("collection_method") == "charge_automatically"

    @property
    def ended(self) -> bool:
        """Whether its subscription has ended."""
        return self.subscription.get("status") == "canceled"

    @property
    def paid(self) -> Money | None:
        """The part that was paid already; None where nothing was."""
        part = money(self.state.get("amount_paid"), self.state.get("currency"))
        return part if part and part.minor > 0 else None

    @property
    def credited(self) -> Money | None:
        """The sum of the credit notes that lower what is to pay; None where there are none."""
        credit = money(self.state.get("credited"), self.state.get("currency"))
        return credit if credit and credit.minor > 0 else None

    @property
    def link(self) -> str | None:
        """The invoice's own page at Stripe, where the customer can pay it."""
        url: str | None = self.state.get("hosted_invoice_url")
        return url

    @property
    def decline(self) -> Decline | None:
        """The class of the decline; None where nothing tells it."""
        decline = self.failure.get("decline")
        if decline is None and self.confirmation:
            return Decline.AUTHENTICATION
        return Decline(decline) if decline else None

    @property
    def reason(self) -> str | None:
        """The reason of the decline as Stripe names it."""
        reason: str | None = self.failure.get("reason")
        return reason

    @property
    def last(self) -> bool:
        """Whether Stripe has given up collecting it. A one-off invoice is tried once, with no retries to give up."""
        return bool(self.state.get("final_attempt")) and self.state.get("billing_reason") != "manual"

    @property
    def debit(self) -> bool:
        """Whether it is collected from a bank account."""
        return self.method in BANK_DEBITS

    @property
    def after_trial(self) -> bool:
        """Whether it is the first invoice after a trial."""
        end, made = (
            wording.moment(self.subscription.get("trial_end")),
            wording.moment(self.state.get("created")),
        )
        start = wording.moment(self.subscription.get("trial_start"))
        if (
            end is None
            or start == end
            or self.state.get("billing_reason") not in {None, "subscription_cycle"}
        ):
            return False
        return abs(((made or self.seen) - end).total_seconds()) < 4 * 86_400


class _Payments(NamedTuple):
    """The payments in some states, by their places among all, the latest first: they are read once for all invoices."""

    named: dict[str, tuple[int, Json]]  # the first one of each invoice that a payment names
    others: list[tuple[int, Json, set[str | None]]]  # with their ids


def of_facts(facts: Facts) -> list[Invoice]:
    """The open invoices of the subject with something left to pay, the oldest first."""
    return list(facts.once(_open_invoices))


def _open_invoices(facts: Facts) -> list[Invoice]:
    states = [facts.own, *facts.invoices] if facts.object_type == "invoice" else facts.invoices
    read = [read_invoice(facts, state) for state in states]
    invoices = [invoice for invoice in read if isinstance(invoice, Invoice)]
    return sorted(invoices, key=lambda invoice: (invoice.state.get("created") or "", invoice.id))


def own(facts: Facts) -> Invoice | Declined | None:
    """The invoice that the facts are about, or why nothing of it is open; None where they are about the customer."""
    if facts.object_type == "invoice":
        return read_invoice(facts, facts.own)
    return None if facts.object_id == facts.subject_key else Declined("the event names no invoice")


def settled(facts: Facts) -> str:
    """Why nothing of the customer is open: the invoice that was settled last."""
    latest = max(facts.invoices, key=lambda state: (state["as_of"], state["id"]), default=None)
    answer = read_invoice(facts, latest) if latest else None
    return answer.reason if isinstance(answer, Declined) else "no invoice of the customer is open"


def read_invoice(facts: Facts, state: Json) -> Invoice | Declined:
    """The invoice of this state, or why nothing is open: it is paid, voided, written off."""
    number = wording.short(state.get("number") or state["id"])
    settled = _SETTLED.get(state.get("status") or "")
    if settled:
        return Declined(f"invoice {number} {settled}")
    remaining = state.get("amount_remaining")
    due = money(state.get("amount_due") if remaining is None else remaining, state.get("currency"))
    if due is None or due.minor <= 0:
        return Declined(f"invoice {number} has nothing left to pay")
    attempt = max(int(state.get("attempt_count") or 0), 1)
    failure = _payment(facts.once(_failed), state, due)
    pending = _payment(facts.once(_pending), state, due)
    subscription = _subscription(facts, state)
    return Invoice(
        id=state["id"],
        number=number,
        due=due,
        state=state,
        seen=wording.moment(state.get("as_of")) or facts.today,
        attempt=attempt,
        retry=wording.ahead(facts, state.get("next_payment_attempt")),
        failure=failure,
        pending=pending,
        subscription=subscription,
        confirmation=_is_to_confirm(facts, state, attempt),
        method=failure.get("method") or pending.get("method") or _method(facts, state, subscription),
    )


def waiting_payment(facts: Facts, invoice: Invoice) -> Json:
    """The latest payment of the invoice that waits for an action of the customer; empty where none does."""
    return _payment(facts.once(_waiting), invoice.state, invoice.due)


def _failed(facts: Facts) -> _Payments:
    return _payments(facts, {"failed", "requires_payment_method"})


def _pending(facts: Facts) -> _Payments:
    return _payments(facts, {"pending", "processing"})


def _waiting(facts: Facts) -> _Payments:
    return _payments(facts, {"requires_action"})


def _payments(facts: Facts, statuses: Collection[str]) -> _Payments:
    payments = _Payments({}, [])
    for place, payment in enumerate((*facts.charges, *facts.payments)):
        if payment.get("status") not in statuses:
            continue
        if payment.get("invoice"):
            payments.named.setdefault(payment["invoice"], (place, payment))
        else:
            ids = {payment["id"], payment.get("intent"), payment.get("charge")}
            payments.others.append((place, payment, ids))
    return payments


def _payment(payments: _Payments, state: Json, due: Money) -> Json:
    """The latest of these payments that is of the invoice; empty where none is.

    Since 2025 a charge does not name its invoice, and an invoice may not list its payments. Then the amount decides, among
    the payments made since the invoice was. A payment and its charge are one; the charge tells more.
    """
    first, own = payments.named.get(state["id"], (None, {}))
    listed = state.get("payments")
    for place, payment, ids in payments.others:
        if first is not None and place > first:
            break
        if (
            not ids.isdisjoint(listed)
            if listed
            else _same_amount(payment, due, state) and _is_later(payment, state)
        ):
            return payment
    return own


def _same_amount(payment: Json, due: Money, state: Json) -> bool:
    amount = money(payment.get("amount"), payment.get("currency"))
    return amount == due or (amount is not None and amount == money(state.get("amount_due"), due.currency))


def _is_later(payment: Json, state: Json) -> bool:
    """Whether a payment is not of an earlier invoice. A bank takes days to send a debit back, and events are late."""
    paid_at, made_at = wording.moment(payment.get("created")), wording.moment(state.get("created"))
    seen = wording.moment(state.get("as_of"))
    if paid_at is None or made_at is None or paid_at >= made_at:
        return True
    return payment.get("method") in BANK_DEBITS and seen is not None and seen - paid_at <= _LONGEST_DEBIT


def _subscription(facts: Facts, state: Json) -> Json:
    name = state.get("subscription")
    return next((subscription for subscription in facts.subscriptions if subscription["id"] == name), {})


def _is_to_confirm(facts: Facts, state: Json, attempt: int) -> bool:
    return facts.once(_attempts_to_confirm).get(state["id"], 0) >= attempt


def _attempts_to_confirm(facts: Facts) -> dict[str, int]:
    """The latest attempt of each invoice that the customer was asked to confirm."""
    attempts: dict[str, int] = {}
    for confirmation in facts.confirmations:
        attempt = max(int(confirmation.get("attempt_count") or 0), 1)
        attempts[confirmation.get("invoice") or ""] = max(
            attempt, attempts.get(confirmation.get("invoice") or "", 0)
        )
    return attempts


def method_id(facts: Facts, state: Json, subscription: Json) -> str | None:
    """The payment method that Stripe charges now: the invoice's own, else the subscription's, else the customer's."""
    named = (
        state.get("default_method"),
        subscription.get("default_method"),
        facts.customer.get("default_card"),
    )
    return next((name for name in named if name), None)


def _method(facts: Facts, state: Json, subscription: Json) -> str | None:
    """The type of the payment method on file, where it is on record."""
    used = method_id(facts, state, subscription)
    return next((card.get("type") for card in facts.cards if card["id"] == used), None)


def billed_for(unpaid: list[Invoice]) -> list[tuple[str, str]]:
    """The things that these invoices bill, and why: see `execops.plays.subscribed.billed_for`."""
    after_trial = any(invoice.after_trial for invoice in unpaid)
    return subscribed.billed_for(*(invoice.state for invoice in unpaid), after_trial=after_trial)


def sums(unpaid: list[Invoice]) -> list[Money]:
    """The sums of what is left to pay, one for each currency, in the order of the invoices."""
    minor: dict[str, int] = {}
    for invoice in unpaid:
        minor[invoice.due.currency] = minor.get(invoice.due.currency, 0) + invoice.due.minor
    return [Money(total_minor, currency) for currency, total_minor in minor.items()]


def sums_text(unpaid: list[Invoice]) -> str:
    """The sums of what is left to pay in words: `$50.00 and €700,000.00`."""
    *others, last = map(str, sums(unpaid))
    return f"{', '.join(others)} and {last}" if others else last


def is_or_are(unpaid: list[Invoice]) -> str:
    """The verb after `sums_text`."""
    return "is" if len(sums(unpaid)) == 1 else "are"


def due_on(invoice: Invoice) -> datetime | None:
    """The moment at which the invoice was due; None where Stripe set none."""
    return wording.moment(invoice.state.get("due_date"))


def is_overdue(facts: Facts, invoice: Invoice) -> bool:
    """Whether the customer pays the invoice by themselves, and its due date is past. An event may be ahead of this clock."""
    due = due_on(invoice)
    return invoice.sent and due is not None and due <= max(facts.today, invoice.seen)


def since_due(facts: Facts, invoice: Invoice) -> str:
    """`since 19 November 2026`: the date stays true while a draft waits, as a number of days would not."""
    return f"since {wording.day(wording.local(facts, due_on(invoice) or invoice.seen))}"


def oldest_due(unpaid: list[Invoice]) -> Invoice:
    """The invoice that was due first, of these."""
    return min(unpaid, key=lambda invoice: (due_on(invoice) or invoice.seen, invoice.id))
