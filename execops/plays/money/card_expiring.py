"""The customer's card is about to expire: ask for a new one before a charge fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from execops.books.facts import About, Facts
from execops.model import Declined, Draft, Event, Urgency
from execops.plays import wording
from execops.plays.mails import letters
from execops.plays.mails.letters import Value, Words
from execops.plays.payments import cards, methods
from execops.plays.play import Play, about_event
from execops.settings import Settings
from execops.sources.stripe.fields import obj
from execops.sources.stripe.invoices import subscription_of

_ONCE_IN = timedelta(days=180)  # a card is written about once, however many invoices it pays meanwhile


def about(event: Event, settings: Settings) -> About | None:
    """The card; for an upcoming invoice, which does not exist yet, the subscription whose card it will charge."""
    if event.type != "invoice.upcoming":
        return about_event(event, settings)
    invoice = obj(event.payload_json, "data", "object")
    subscription = subscription_of(invoice)
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
    expiry = card.expiry
    today = wording.local(facts, facts.today)
    expired = bool(expiry and expiry < (today.year, today.month))
    when = f"at the end of {cards.month_name(expiry)}" if expiry else "soon"
    happens = "expired" if expired else "expires"
    sends = "expiring_cards" in facts.org["stripe_sends"]
    by_stripe = " Stripe mails the customer about expiring cards too." if sends else ""
    certain = card.charge is not None and expiry is not None and expiry < cards.month_of(facts, card.charge)

    def compose(words: Words) -> tuple[str, list[str]]:
        return _mail(words, facts, card, expired=expired)

    letter = letters.write(facts, email, compose)
    return Draft(
        title=f"Card {happens}: {wording.who(facts)}, {card.words}",
        urgency=Urgency.MEDIUM if certain and not sends else Urgency.LOW,
        action_type="email",
        payload=letter.payload,
        verdict=_verdict(happens, when, by_stripe=sends),
        language=letter.language,
        translation=letter.translation,
        reasoning=f"The customer's {card.words} {happens} {when}; a new card now saves a failed charge later.{by_stripe}",
        evidence=(
            ("Card", card.words),
            *([("Expires" if not expired else "Expired", cards.month_name(expiry))] if expiry else []),
            *([("Next charge", wording.day(wording.local(facts, card.charge)))] if card.charge else []),
            *wording.about_customer(facts),
        ),
        object_id=card.id,
        subject_key=facts.subject_key,
        amount=card.amount,
    )


PLAY = Play(
    name="card_expiring",
    vertical="money",
    version=4,
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


def _verdict(happens: str, when: str, *, by_stripe: bool) -> str:
    if by_stripe:
        return "Send only what Stripe does not say: it mails the customer about expiring cards too"
    if happens == "expired":
        return "Send: the card has expired, so the next charge would fail"
    return f"Send: the card expires {when}, and a new one saves a failed charge"


def _mail(words: Words, facts: Facts, card: cards.Card, *, expired: bool) -> tuple[str, list[str]]:
    values: dict[str, Value] = {
        "when": "expired" if expired else "known" if card.expiry else "soon",
        "month": words.month(datetime(*card.expiry, 1, tzinfo=UTC)) if card.expiry else "",
        **methods.card_values(card.brand, card.last4),
    }
    return words("card_expiring-subject", **values), [
        words.sentences(words("card_expiring-opening", **values), _next(words, facts, card)),
        letters.announced(words, "card_expiring", wording.portal(facts)),
        words("card_expiring-ignore"),
    ]


def _next(words: Words, facts: Facts, card: cards.Card) -> str:
    """The next charge to the card, with its amount where that is sure; empty where no charge is known to be near."""
    if card.charge is None:
        return ""
    amount = card.amount if card.whole else None
    day = wording.local(facts, card.charge)
    due = "first" if card.first and amount else "known" if amount else "unknown"
    return words("card_expiring-next", next=due, amount=amount or "", day=day)
