"""A bank account that waits for its verification: Stripe has sent small deposits, and the customer has to tell them.

The payment waits until then, or the account itself where none is due yet:
https://docs.stripe.com/payments/ach-direct-debit#verifying-bank-accounts-with-microdeposits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from execops.books.facts import Facts
from execops.model import Json
from execops.money import Money, money
from execops.plays import judgement, receivables, wording
from execops.plays.mails import letters
from execops.plays.mails.letters import Words
from execops.plays.play import STALE
from execops.plays.receivables import Invoice

ACTION = "verify_with_microdeposits"  # as Stripe names it in `next_action`


class Verification(Struct, frozen=True, kw_only=True):
    """A verification that waits. `amount` is that of its payment, None where none is due; `invoice` the one that it pays."""

    link: str | None  # Stripe's page for it
    amount: Money | None = None
    invoice: Invoice | None = None
    arrives: datetime | None = None  # the day on which the deposits arrive


def read(facts: Facts) -> Verification | None:
    """The verification that the customer is to be asked for now; None where none waits, or nobody writes to them.

    It begins anew when the customer gives another account, so the newest of the last week counts.
    """
    waiting = _waiting(facts)
    if not waiting or judgement.against_customer(facts):
        return None
    newest = max(waiting, key=lambda state: (state.get("created") or "", state["id"]))
    invoice = next((invoice for invoice in _open_invoices(facts) if _pays(facts, newest, invoice)), None)
    if invoice is not None and _is_over(invoice):
        return None
    return Verification(
        link=newest.get("verify_url") or (invoice.link if invoice else None),
        amount=invoice.due if invoice else money(newest.get("amount"), newest.get("currency")),
        invoice=invoice,
        arrives=wording.ahead(facts, newest.get("arrives")),
    )


def waits(facts: Facts) -> bool:
    """Whether an account of the customer waits for its verification."""
    return bool(_waiting(facts))


def mail(words: Words, facts: Facts, waiting: Verification) -> tuple[str, list[str]]:
    """The subject and the paragraphs of the mail that asks the customer to verify the account."""
    kind = "invoice" if waiting.invoice else "payment" if waiting.amount else "setup"
    amount, number = waiting.amount or "", waiting.invoice.number if waiting.invoice else ""
    arrives = (
        words("authenticate_payment-verify-arrives", day=wording.local(facts, waiting.arrives))
        if waiting.arrives
        else ""
    )
    opening = words("authenticate_payment-verify", what=kind, amount=amount, number=number)
    page, link = letters.page(facts, waiting.link)
    return words("authenticate_payment-verify-subject", what=kind, amount=amount), [
        words.sentences(opening, arrives),
        letters.announced(words, "authenticate_payment-verify", link, page=page),
        words("authenticate_payment-verify-ignore"),
    ]


def _waiting(facts: Facts) -> list[Json]:
    return [state for state in (*facts.payments, *facts.setups) if _waits(facts, state)]


def _waits(facts: Facts, state: Json) -> bool:
    begun = wording.moment(state.get("created"))
    recent = begun is None or facts.today - begun <= STALE
    return state.get("status") == "requires_action" and state.get("next_action") == ACTION and recent


def _open_invoices(facts: Facts) -> Iterator[Invoice]:
    return (invoice for invoice in receivables.of_facts(facts) if not invoice.pending)


def _pays(facts: Facts, payment: Json, invoice: Invoice) -> bool:
    return bool(receivables.waiting_payment(facts, invoice).get("id") == payment["id"])


def _is_over(invoice: Invoice) -> bool:
    """Whether nothing is collected for the subscription of this invoice any more, or for now."""
    subscription = invoice.subscription
    if invoice.ended or judgement.has_left(invoice):
        return True
    return bool(subscription.get("paused")) or subscription.get("status") in {"paused", "incomplete_expired"}
