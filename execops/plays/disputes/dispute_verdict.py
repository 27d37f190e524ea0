"""The verdict on a dispute: accept it or fight it, as far as the books support one; else what speaks for both."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from execops.books.costly_facts import CHARGES_BESIDE
from execops.model import Json
from execops.money import money
from execops.plays.disputes.dispute_case import NOT_ASKED_FOR, Case, Stage, end_of
from execops.plays.payments.payment_case import LONG, MANY, usual_fee
from execops.plays.wording import day, local, moment

_CARDHOLDER = frozenset({"fraudulent", "unrecognized"})
_OF_USE = frozenset({"product_not_received", "product_unacceptable"})  # reasons that use of a service answers
_VISA_EVIDENCE = "visa_compelling_evidence_3"


class Advice(StrEnum):
    """The advice to the person who decides."""

    ACCEPT = "Accept"
    FIGHT = "Fight"
    DECIDE = "Decide"


class Verdict(Struct, frozen=True):
    """The advice, and its reason in words. `weighed` says that the reason names the grounds of each side."""

    advice: Advice
    why: str
    weighed: bool = False

    def __str__(self) -> str:
        """The words that a card and a message begin with."""
        if self.weighed:
            return f"{self.advice}. {self.why[0].upper()}{self.why[1:]}."
        return f"{self.advice}: {self.why}."


class _Grounds(Struct):
    """Facts that speak for one side, the strongest first."""

    accept: list[str] = field(default_factory=list)
    fight: list[str] = field(default_factory=list)


def verdict_on(case: Case) -> Verdict:
    """The verdict on an open dispute. A verdict of one side has a ground in the books that the other side has not."""
    if (certain := _certain(case)) is not None:
        return certain
    grounds = _Grounds()
    for look in (_look_at_twins, _look_at_subscriptions, _look_at_refund, _look_at_card, _look_at_size):
        look(case, grounds)
    if grounds.fight and not grounds.accept and case.charge:
        return Verdict(Advice.FIGHT, "; ".join(grounds.fight))
    sides = (("for fighting", grounds.fight), ("for accepting", grounds.accept))
    why = [f"{side}: {' and '.join(reasons)}" for side, reasons in sides if reasons]
    if not why:
        return Verdict(Advice.DECIDE, _silence(case))
    if not case.charge:
        why.append("the books know nothing of the charge")
    return Verdict(Advice.DECIDE, "; ".join(why), weighed=True)


def _certain(case: Case) -> Verdict | None:
    """The verdict that one fact alone gives; None where no fact does."""
    if case.bank_debit:
        return Verdict(
            Advice.ACCEPT, "the bank returned the debit, and a returned bank debit cannot be fought"
        )
    if case.past_due:
        since = f"evidence was due on {case.until}" if case.due else "the deadline for evidence has passed"
        if case.refundable:
            return Verdict(Advice.DECIDE, f"{since}, but the charge can still be refunded in full")
        if case.stage is Stage.INQUIRY:
            return Verdict(Advice.DECIDE, f"{since}, and the bank has not taken the money")
        return Verdict(Advice.ACCEPT, f"{since} and can no longer be sent")
    if case.refunded_in_full:
        return Verdict(Advice.FIGHT, f"{case.refunded} was refunded already; the refund is the evidence")
    return _charged_twice(case) or _cancelled_before(case) or _fee_above(case)


def _charged_twice(case: Case) -> Verdict | None:
    if case.reason != "duplicate" or len(case.twins) != 1:
        return None
    (twin,) = case.twins
    amount = money(twin["amount"], twin["currency"])
    if (twin.get("amount_refunded") or 0) >= twin["amount"]:
        return Verdict(
            Advice.FIGHT,
            f"the other charge of {amount}, {twin['id']} of {_day(case, twin['created'])}, was refunded already",
        )
    if twin.get("amount_refunded") or case.is_disputed(twin) or len(case.ran_when_charged) > 1:
        return None
    dates = sorted([twin["created"], case.charge["created"]], key=datetime.fromisoformat)
    first, second = (_day(case, date) for date in dates)
    when = f"twice on {first}" if first == second else f"on {first} and again on {second}"
    return Verdict(Advice.ACCEPT, f"the customer was charged {amount} {when}, and neither was refunded")


def _cancelled_before(case: Case) -> Verdict | None:
    ended = case.cancelled_before_charge
    return Verdict(Advice.ACCEPT, _cancellation(case, ended)) if ended else None


def _fee_above(case: Case) -> Verdict | None:
    fee, amount = case.fee, case.amount
    if fee is None or amount is None or fee.currency != amount.currency or fee.minor <= amount.minor:
        return None
    return Verdict(Advice.ACCEPT, f"Stripe's fee of {fee} is above the {amount} that can be won back")


def _look_at_twins(case: Case, grounds: _Grounds) -> None:
    amount = money(case.charge.get("amount"), case.charge.get("currency"))
    unreturned = [twin for twin in case.twins if not twin.get("amount_refunded")]
    if unreturned:
        times = f"{len(unreturned) + 1} charges of {amount} within a few days"
        disputed = any(case.is_disputed(twin) for twin in unreturned)
        grounds.accept.append(
            f"the books show {times}{', more than one of them disputed: accept at most one' if disputed else ''}"
        )
    elif case.reason == "duplicate" and case.charge and not case.twins:
        second = f"no second charge of {amount}" if amount else "no second charge"
        grounds.fight.append(f"the books show {second} within a few days of it")
        grounds.accept.append("the second payment may be missing from the books")


def _look_at_subscriptions(case: Case, grounds: _Grounds) -> None:
    at, ended = case.charged_at, case.last_ended_before_charge
    if at is None:
        return
    if ended is not None:
        beside = " and another one ran on" if case.ran_when_charged else ""
        grounds.accept.append(_cancellation(case, ended) + beside)
        return
    asked = [moment(subscription.get("canceled_at")) for subscription in case.ran_when_charged]
    before = [date for date in asked if date and date <= at]
    after = [date for date in asked if date and date > at]
    if before:
        on = day(local(case.facts, min(before)))
        grounds.accept.append(f"the subscription was set to end on {on}, before the charge")
    elif case.reason == "subscription_canceled" and after:
        days = _days_between(at, min(after))
        grounds.fight.append(f"the cancellation came {_days(days) if days else 'hours'} after the charge")
    elif case.reason == "subscription_canceled" and case.ran_when_charged:
        grounds.fight.append(
            "the books show a subscription that ran when it was charged, and no cancellation"
        )


def _look_at_refund(case: Case, grounds: _Grounds) -> None:
    if case.paid_back_twice:
        grounds.fight.append(f"{case.refunded} of the charge was refunded already")
        grounds.accept.append("the rest was not")
    elif case.reason == "credit_not_processed" and case.charge:
        part = "the disputed part" if case.refunded else "this charge"
        grounds.accept.append(f"the books show no refund of {part}")


def _look_at_card(case: Case, grounds: _Grounds) -> None:
    """The customer's payments: they answer a holder who says that they did not order, and nobody else."""
    if case.other_disputes:
        count = len(case.other_disputes)
        grounds.accept.append(f"the customer disputed {count} other payment{'s' if count > 1 else ''}")
    if case.reason not in _CARDHOLDER:
        return
    eligible = case.dispute.get("eligible_for") or []
    if case.is_shifted:
        grounds.fight.append(
            "3-D Secure confirmed the holder of the card, so the bank usually bears a loss by fraud"
        )
    if _VISA_EVIDENCE in eligible:
        grounds.fight.append("Stripe marks it as eligible for Visa Compelling Evidence 3.0")
    elif case.reason == "fraudulent" and (count := len(_visa_payments(case))) > 1:
        grounds.fight.append(
            f"{count} undisputed payments by the same Visa card, 120 to 364 days older, may be Visa Compelling Evidence 3.0"
        )
    cards = {
        payment["card_last4"]
        for payment in [*case.earlier_payments, case.charge]
        if payment.get("card_last4")
    }
    if case.charge.get("card_last4") and len(cards) > 1 and not case.by_same_card(case.earlier_payments):
        grounds.accept.append("the customer's earlier payments were made with another card")
    elif not case.other_disputes and (history := _history(case)):
        grounds.fight.append(history)
    elif case.charge.get("customer") and not case.earlier_payments and not case.facts.paid:
        rests = ", on which such evidence rests" if _VISA_EVIDENCE in eligible else ""
        grounds.accept.append(f"the books show no earlier payment by this customer{rests}")


def _look_at_size(case: Case, grounds: _Grounds) -> None:
    amount = case.amount
    if case.stage is Stage.INQUIRY or amount is None or case.fee is not None:
        return
    bound = usual_fee(amount.currency) if amount.currency == case.facts.org["currency"] else None
    if bound and amount.major < bound:
        grounds.accept.append(f"Stripe's fee, usually {bound:,} or more, may be above the amount")
    if "visa_compliance" in (case.dispute.get("eligible_for") or []) or case.reason == "noncompliant":
        grounds.accept.append("Visa asks a fee of 500 USD for fighting, and returns it only to the winner")


def _history(case: Case) -> str | None:
    """The customer's long history of payments in words; None where it is short, or not known."""
    at = case.charged_at
    begin = moment(case.facts.customer.get("created"))
    dates = [datetime.fromisoformat(payment["created"]) for payment in case.earlier_payments]
    since = min([*dates, *([begin] if begin else [])], default=None)
    if at is None or since is None or at - since < LONG:
        return None
    invoices = sum(paid["payments"] for paid in case.facts.paid if paid.get("by") != "charges")
    if len(case.earlier_payments) >= max(MANY, invoices - 1):
        more = "at least " if len(case.facts.charges_beside) >= CHARGES_BESIDE else ""
        return f"the customer made {more}{len(case.earlier_payments)} earlier payments, none of them disputed"
    if invoices > MANY:  # the disputed charge may have paid one of them
        return f"the customer paid {invoices} invoices and made no other dispute"
    return None


def _visa_payments(case: Case) -> list[Json]:
    """The payments that Visa's compelling evidence 3.0 may rest on: https://docs.stripe.com/disputes/api/visa-ce3."""
    if (case.charge.get("card_brand") or "").lower() != "visa":
        return []
    payments = case.by_same_card(case.earlier_payments)
    return [
        payment
        for payment in payments
        if 120 <= _days_between(moment(payment["created"]), case.charged_at) <= 364
    ]


def _cancellation(case: Case, ended: Json) -> str:
    """The end of a subscription before the charge, in words."""
    end, asked = end_of(ended), moment(ended.get("canceled_at"))
    days = _days_between(end, case.charged_at)
    before = f"{_days(days)} before the charge" if days else "just before the charge"
    cause = ended.get("cancel_cause")
    if cause in NOT_ASKED_FOR:
        return f"the subscription had ended {before}, after a failed or disputed payment"
    who = "the customer cancelled" if cause == "cancellation_requested" else "the subscription was cancelled"
    if asked and end and end - asked >= timedelta(days=1):
        return f"{who} on {day(local(case.facts, asked))}, and the subscription ended {before}"
    return f"{who} {before}"


def _silence(case: Case) -> str:
    if not case.charge:
        return "the books do not have the charge, so they speak for neither side"
    if case.of_service and case.reason in _OF_USE:
        return "the subscription ran when it was charged, so your records of use after that day decide"
    return "the books do not settle it; check your own records of the sale"


def _day(case: Case, date: str) -> str:
    return day(local(case.facts, datetime.fromisoformat(date)))


def _days_between(first: datetime | None, second: datetime | None) -> int:
    """The whole days from one moment to the other; 0 where one is not known."""
    return (second - first).days if first and second else 0


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
