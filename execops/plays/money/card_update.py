"""Payments of a customer failed: ask the customer for one that works."""

from __future__ import annotations

from collections.abc import Sequence

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.plays import invoice_action, judgement, thresholds, wording
from execops.plays.mails import letters
from execops.plays.mails.letters import Value, Words
from execops.plays.payments import decline_words, methods
from execops.plays.play import Play
from execops.plays.receivables import Invoice, billed_for, sums
from execops.sources.stripe.declines import NEVER_RETRIED, Decline

_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth"}
_HELPLESS = {Decline.HARD, Decline.EXPIRED, Decline.RETURNED}  # the same method does not work again


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer about all invoices whose payment failed; its words follow the attempt and the decline.

    An address to which no mail can be sent is drafted all the same, so that the person who decides sees it and may correct
    it. Nothing without any address, or where `execops.plays.judgement` says why not. Then it may be an action at Stripe:
    see `execops.plays.invoice_action`.

    The urgency is high from the third attempt, on the last one, or for a top customer; else medium. It is low where Stripe
    mails the customer about failed payments.
    """
    asked = judgement.to_ask(facts, judgement.against_payment)
    if isinstance(asked, Declined):
        return invoice_action.instead_of_mail(facts) or asked
    email = facts.customer_email
    if email is None:
        return Declined(wording.unreachable(facts, f"of invoice {asked[0].number}"))

    worst = max(asked, key=lambda invoice: (invoice.last, invoice.attempt))
    personal = bool(facts.top_customer) or any(thresholds.is_large(facts, invoice.due) for invoice in asked)
    high = bool(facts.top_customer) or worst.last or worst.attempt >= 3
    by_stripe = "failed_payments" in facts.org["stripe_sends"]

    def compose(words: Words) -> tuple[str, list[str]]:
        return _note(words, facts, asked) if personal else _mail(words, facts, asked, worst)

    letter = letters.write(facts, email, compose, personal=personal)
    what = "Payment failed" if worst.method != "card" else "Card failed"
    return Draft(
        title=f"{what}: {wording.who(facts)}, attempt {worst.attempt}",
        urgency=Urgency.LOW if by_stripe else Urgency.HIGH if high else Urgency.MEDIUM,
        action_type="email",
        payload=letter.payload,
        verdict=_verdict(facts, worst, personal=personal, by_stripe=by_stripe),
        language=letter.language,
        translation=letter.translation,
        reasoning=_why(facts, worst, personal=personal, by_stripe=by_stripe),
        evidence=tuple(_evidence(facts, asked)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=thresholds.at_stake(facts, [invoice.due for invoice in asked]),
        covers=tuple(invoice.id for invoice in asked),
    )


def rests(facts: Facts, invoices: Sequence[Invoice]) -> bool:
    """Whether neither a mail nor an action is drafted about any of these invoices."""
    return all(
        judgement.against_payment(facts, invoice) and not invoice_action.may_be_for(facts, invoice)
        for invoice in invoices
    )


PLAY = Play(
    name="card_update",
    vertical="money",
    version=4,
    summary="A payment failed: mail the customer a link to pay in a way that works",
    action_type="email",
    events=frozenset({"invoice.payment_failed"}),
    assess=assess,
    needs=frozenset({"top_customer", "actions"}),
    together=True,
    rests=rests,
)


def _mail(words: Words, facts: Facts, asked: list[Invoice], worst: Invoice) -> tuple[str, list[str]]:
    alone = asked[0] if len(asked) == 1 else None
    stage = (
        "last"
        if worst.last
        else "third"
        if worst.attempt >= 3
        else "second"
        if worst.attempt == 2
        else "first"
    )
    method = "card" if methods.is_card(worst) else "other"
    subject = words("card_update-subject", stage=stage, count=len(asked), amounts=sums(asked))
    return subject, [
        _opening(words, alone) if alone else _opening_of_several(words, asked),
        letters.pages(words, facts, "card_update", asked, asked[0], method=method),
        words("card_update-stopped") if any(map(decline_words.is_stopped, asked)) else "",
        _retry(words, facts, asked, method),
        words("letter-paid-already"),
    ]


def _retry(words: Words, facts: Facts, invoices: list[Invoice], method: str) -> str:
    """The day on which Stripe tries again, the first one of several; empty where it does not."""
    ahead = [invoice.retry for invoice in invoices if invoice.retry and judgement.tries_again(invoice)]
    return words("card_update-retry", method=method, day=wording.local(facts, min(ahead))) if ahead else ""


def _opening(words: Words, invoice: Invoice) -> str:
    how = _how(invoice)
    opening = words(
        "card_update-opening",
        how=how,
        then="last" if invoice.last else "open",
        part="rest" if invoice.paid else "whole",
        amount=invoice.due,
        number=invoice.number,
        attempt=invoice.attempt,
        **methods.values(invoice),
    )
    on_file = "" if how in {"expired", "declined"} else _on_file(words, invoice)
    return words.sentences(opening, decline_words.cause(words, invoice, how), on_file)


def _on_file(words: Words, invoice: Invoice) -> str:
    """The card or the account that failed; empty where its last digits are not known."""
    values = methods.values(invoice)
    if values["ending"] == "none":
        return ""
    return words("card_update-on-file", **values) if methods.is_card(invoice) or invoice.debit else ""


def _how(invoice: Invoice) -> str:
    """How the payment failed, as the customer knows it."""
    if invoice.after_trial:
        return "trial"
    if invoice.decline is Decline.EXPIRED:
        return "expired"
    if invoice.decline is Decline.RETURNED or invoice.debit:
        return "returned"
    if invoice.last:
        return "uncollected"
    if invoice.attempt >= 3:
        return "repeated"
    if invoice.attempt == 2:
        return "second"
    return "declined" if decline_words.is_declined(invoice) else "other"


def _opening_of_several(words: Words, asked: list[Invoice]) -> str:
    lines = [words("card_update-line", amount=invoice.due, number=invoice.number) for invoice in asked]
    expired = {invoice.decline for invoice in asked} == {Decline.EXPIRED}
    opening = words(
        "card_update-several",
        expired="yes" if expired else "no",
        amounts=sums(asked),
        **methods.values(asked[0]),
    )
    same = all(methods.values(invoice) == methods.values(asked[0]) for invoice in asked)
    on_file = _on_file(words, asked[0]) if same and not expired else ""
    return "\n\n".join(part for part in (letters.with_lines(opening, *lines), on_file) if part)


def _note(words: Words, facts: Facts, asked: list[Invoice]) -> tuple[str, list[str]]:
    """A note to a large customer: it asks what stands in the way, or for a new card where that is known."""
    invoice, by = asked[0], letters.voice(facts)
    method = "card" if methods.is_card(invoice) else "other"
    expired = invoice.decline is Decline.EXPIRED
    why = "expired" if expired else "trial" if invoice.after_trial else "debit" if invoice.debit else "other"
    numbers = words.joined([invoice.number for invoice in asked])
    payments: dict[str, Value] = {"count": len(asked), "amounts": sums(asked), "numbers": numbers}
    note = words("card_update-note", why=why, **payments, **methods.values(invoice))
    page, link = letters.page(facts, invoice.link)
    see = letters.with_lines(words("card_update-note-link", page=page), link) if link else ""
    return words("card_update-note-subject", **payments), [
        words.sentences(words("letter-personal"), note) if by == "person" else note,
        "" if expired else words("card_update-note-ask", by=by, method=method),
        letters.pages(words, facts, "card_update", asked, asked[0], method=method) if expired else see,
        _retry(words, facts, asked, method),
        words("card_update-note-ignore", count=len(asked)),
    ]


def _verdict(facts: Facts, worst: Invoice, *, personal: bool, by_stripe: bool) -> str:
    if wording.address(facts) is None:
        return "Correct the address first: no mail can go to it"
    if by_stripe and not personal:
        return "Send only what Stripe does not say: it mails the customer about failed payments too"
    ordinal = "last" if worst.last else _ORDINALS.get(worst.attempt)
    attempt = f"the {ordinal} attempt" if ordinal else f"attempt {worst.attempt}"
    advice = "Send this personal note" if personal else "Send"
    return f"{advice}: {attempt} failed, {_next(facts, worst)}"


def _next(facts: Facts, worst: Invoice) -> str:
    """Say whether the payment may still go through by itself."""
    if worst.retry and judgement.tries_again(worst):
        return f"Stripe tries again on {wording.day(wording.local(facts, worst.retry))}"
    if worst.reason in NEVER_RETRIED or worst.last:
        return "Stripe will not try again"
    return "only the customer can put it right" if worst.decline in _HELPLESS else "no further one is known"


def _why(facts: Facts, worst: Invoice, *, personal: bool, by_stripe: bool) -> str:
    ordinal = _ORDINALS.get(worst.attempt)
    failure = (
        f"{ordinal.capitalize()} failed charge" if ordinal else f"Failed charge, attempt {worst.attempt}"
    )
    failure += methods.because(worst)
    if judgement.tries_again(worst) and worst.retry:
        failure += f"; Stripe tries again on {wording.day(wording.local(facts, worst.retry))}"
    elif worst.reason in NEVER_RETRIED or worst.last:
        failure += "; Stripe will not try this payment method again"
    note = " A large customer gets a personal note." if personal else ""
    return f"{failure}.{note}{' Stripe mails the customer about failed payments too.' if by_stripe else ''}"


def _evidence(facts: Facts, asked: list[Invoice]) -> list[tuple[str, str]]:
    declines = [pair for invoice in asked for pair in methods.decline(invoice)]
    invoices = [("Invoice", f"{invoice.number}, {invoice.due} open") for invoice in asked]
    invoices += [("Paid of it", str(invoice.paid)) for invoice in asked if invoice.paid]
    invoices += [("Credited", str(invoice.credited)) for invoice in asked if invoice.credited]
    billed = billed_for(asked)
    return [*dict.fromkeys(declines), *invoices, *billed, *wording.about_customer(facts)]
