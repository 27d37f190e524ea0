"""The bank asks the customer to confirm payments: mail the customer the link to the page for it."""

from __future__ import annotations

from collections.abc import Sequence

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Urgency
from execops.plays import judgement, thresholds, wording
from execops.plays.mails import letters
from execops.plays.mails.letters import Words
from execops.plays.payments import methods, verification
from execops.plays.payments.verification import Verification
from execops.plays.play import Play, about_event
from execops.plays.receivables import Invoice, billed_for, sums
from execops.settings import Settings

_OF_INVOICES = frozenset({"invoice.payment_action_required", "invoice.payment_failed"})
_OF_ACCOUNTS = frozenset({"payment_intent.requires_action", "setup_intent.requires_action"})


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer, of high urgency: nobody else can complete the payment.

    It is low where Stripe mails the customer about confirmations. A bank account that waits for its verification is asked
    for where no other payment waits for a confirmation: see `execops.plays.payments.verification`. Nothing where no mail can be sent, or where
    `execops.plays.judgement` says why not.
    """
    account, asked = _account(facts), judgement.to_ask(facts, judgement.against_confirmation)
    if account is not None and (isinstance(asked, Declined) or account.invoice in asked):
        asked = [account.invoice] if account.invoice else []
    else:
        account = None
    if isinstance(asked, Declined):
        return asked
    email = wording.address(facts)
    if email is None:
        return Declined(wording.unreachable(facts, f"of invoice {asked[0].number}" if asked else ""))
    by_stripe = "confirmations" in facts.org["stripe_sends"]

    def compose(words: Words) -> tuple[str, list[str]]:
        return verification.mail(words, facts, account) if account else _mail(words, facts, asked)

    letter = letters.write(facts, email, compose)
    why = (
        "The customer's bank account is not verified; until then nothing can be collected from it."
        if account
        else "The customer's bank wants the payment confirmed; until then it cannot be collected."
    )
    billed = billed_for(asked)
    evidence = [("Invoice", f"{invoice.number}, {invoice.due} open") for invoice in asked]
    declines = methods.decline(asked[0]) if asked else []
    return Draft(
        title=f"{'Account to verify' if account else 'Bank confirmation needed'}: {wording.who(facts)}",
        urgency=Urgency.LOW if by_stripe else Urgency.HIGH,
        action_type="email",
        payload=letter.payload,
        verdict=_verdict(account=bool(account), by_stripe=by_stripe),
        language=letter.language,
        translation=letter.translation,
        reasoning=f"{why}{' Stripe mails the customer about it too.' if by_stripe else ''}",
        evidence=(*declines, *evidence, *billed, *wording.about_customer(facts)),
        object_id=facts.subject_key,
        subject_key=facts.subject_key,
        amount=account.amount if account else thresholds.at_stake(facts, [invoice.due for invoice in asked]),
        covers=tuple(invoice.id for invoice in asked),
    )


def about(event: Event, settings: Settings) -> About | None:
    """The invoice of the event; the customer as a whole, where a payment or an account waits for its verification.

    A payment that waits for another action is confirmed in the checkout.
    """
    if event.type not in _OF_ACCOUNTS:
        return about_event(event, settings)
    action = (event.payload_json.get("data") or {}).get("object", {}).get("next_action") or {}
    if action.get("type") != verification.ACTION or event.subject_key is None:
        return None
    return About(event.subject_key, event.subject_key)


def rests(facts: Facts, invoices: Sequence[Invoice]) -> bool:
    """Whether no payment of these invoices is to be confirmed, and no account of the customer waits to be verified."""
    return not verification.waits(facts) and all(
        judgement.against_confirmation(facts, invoice) for invoice in invoices
    )


PLAY = Play(
    name="authenticate_payment",
    vertical="money",
    version=2,
    summary="The bank wants a payment confirmed, or an account verified: mail the customer the link",
    action_type="email",
    events=_OF_INVOICES | _OF_ACCOUNTS,
    assess=assess,
    about=about,
    together=True,
    rests=rests,
)


def _account(facts: Facts) -> Verification | None:
    """The account to verify; for the facts about an invoice, only the account that is to pay it."""
    account = verification.read(facts)
    if account is None or facts.object_type != "invoice":
        return account
    return account if account.invoice is not None and account.invoice.id == facts.object_id else None


def _verdict(*, account: bool, by_stripe: bool) -> str:
    if by_stripe:
        return "Send only what Stripe does not say: it mails the customer about confirmations too"
    if account:
        return "Send: the bank account is not verified, and only the customer can do it"
    return "Send: the bank waits for a confirmation, and only the customer can give it"


def _mail(words: Words, facts: Facts, asked: list[Invoice]) -> tuple[str, list[str]]:
    due, again = sums(asked), "yes" if any(invoice.attempt > 1 for invoice in asked) else "no"
    count = len(asked)
    subject = words("authenticate_payment-subject", again=again, count=count, amount=due)
    ignore = words("authenticate_payment-ignore", count=count)
    ask = letters.pages(words, facts, "authenticate_payment", asked, asked[0], count=count)
    if len(asked) == 1:
        opening = words("authenticate_payment-opening", again=again, amount=due, number=asked[0].number)
        return subject, [opening, ask, ignore]
    lines = [
        words("authenticate_payment-line", amount=invoice.due, number=invoice.number) for invoice in asked
    ]
    return subject, [
        letters.with_lines(
            words("authenticate_payment-several", again=again, count=count, amount=due), *lines
        ),
        words("authenticate_payment-several-why", again=again),
        ask,
        ignore,
    ]
