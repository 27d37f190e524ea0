"""The customer's card is about to expire: ask for a new one before a charge fails."""

from __future__ import annotations

from datetime import timedelta

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Urgency
from execops.plays import cards, wording
from execops.plays.play import Play, about_event
from execops.settings import Settings
from execops.sources.stripe.fields import obj, ref

_ONCE_IN = timedelta(days=180)  # a card is written about once, however many invoices it pays meanwhile


def about(event: Event, settings: Settings) -> About | None:
    """The card; for an upcoming invoice, which does not exist yet, the subscription whose card it will charge."""
    if event.type != "invoice.upcoming":
        return about_event(event, settings)
    invoice = obj(event.payload_json, "data", "object")
    subscription = ref(invoice, "subscription") or ref(
        obj(invoice, "parent", "subscription_details"), "subscription"
    )
    return About(subscription, event.subject_key) if subscription and event.subject_key else None


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer about their card, whichever event tells that it expires.

    Nothing where the card was removed, is good beyond next month and the next charge, is renewed by its wallet or its bank,
    or is not the card that the customer pays with, and nothing to a customer who will not be charged. Stripe's card updater
    renews many cards before they are charged, and tells so only afterwards (`payment_method.automatically_updated`): until
    then the card counts as one that expires, and after it the mail is moot. An expired card that was charged since is
    renewed by its bank without any event.

    The urgency is low; medium where the card is known to expire before the next charge.
    """
    card = cards.read(facts)
    if isinstance(card, Declined):
        return card
    email = wording.address(facts)
    if email is None:
        return Declined(wording.unreachable(facts))
    words, expiry = card.words, card.expiry
    today = wording.local(facts, facts.today)
    expired = bool(expiry and expiry < (today.year, today.month))
    when = f"at the end of {cards.month_name(expiry)}" if expiry else "soon"
    happens = "expired" if expired else "expires"
    sends = "expiring_cards" in facts.org["stripe_sends"]
    by_stripe = " Stripe mails the customer about expiring cards too." if sends else ""
    subject = f"Your {words} {'has expired' if expired else f'expires {when}'}"
    certain = card.charge is not None and expiry is not None and expiry < cards.month_of(facts, card.charge)
    return Draft(
        title=f"Card {happens}: {wording.who(facts)}, {words}",
        urgency=Urgency.MEDIUM if certain and not sends else Urgency.LOW,
        action_type="email",
        payload=wording.mail(
            facts, email, subject, _text(facts, f"Your {words} {happens} {when}.", card.next)
        ),
        reasoning=f"The customer's {words} {happens} {when}; a new card now saves a failed charge later.{by_stripe}",
        evidence=(
            ("Card", words),
            *([("Expires" if not expired else "Expired", cards.month_name(expiry))] if expiry else []),
            *([("Next charge", card.next)] if card.next else []),
            *wording.about_customer(facts),
        ),
        object_id=card.id,
        subject_key=facts.subject_key,
        amount=card.amount,
    )


PLAY = Play(
    name="card_expiring",
    vertical="money",
    version=3,
    summary="A card is about to expire: mail the customer to replace it",
    action_type="email",
    events=frozenset(
        {
            "customer.source.expiring",
            "invoice.upcoming",
            "payment_method.attached",
            "payment_method.automatically_updated",
            "payment_method.card_automatically_updated",
            "payment_method.updated",
        }
    ),
    assess=assess,
    about=about,
    lasting=True,
    once_in=_ONCE_IN,
)


def _text(facts: Facts, opening: str, next_charge: str | None) -> str:
    link = wording.portal(facts)
    due = f" Your next payment is due on {next_charge}." if next_charge else ""
    return wording.letter(
        facts,
        f"{opening}{due} So that your payments go on without interruption, please give us a new one when you have it.",
        f"You can give us the new one here, it takes a minute:\n{link}"
        if link
        else "Just reply to this mail and we will send you a secure link to update your card. Please do not send card details by mail.",
        "If you have updated it already, please ignore this mail.",
    )
