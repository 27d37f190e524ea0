"""The customer's card is about to expire: ask for a new one before a charge fails."""

from __future__ import annotations

from datetime import UTC, datetime

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.plays import judgement, letters, methods, wording
from execops.plays.letters import Value, Words
from execops.plays.play import Play

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def assess(facts: Facts) -> Draft | Declined:
    """A mail to the customer, always of low urgency.

    Nothing where the card was removed, is good beyond next month, or is not the card that the customer pays with, and
    nothing to a customer who will not be charged.
    """
    state = facts.state
    last4 = state.get("last4")
    expiry = _expiry(state.get("exp_month"), state.get("exp_year"))
    if facts.object_type != "card" or not (last4 or expiry):
        return Declined("the event names no card")
    card = methods.card(state.get("brand"), last4)
    today = wording.local(facts, facts.today)
    if state.get("gone"):
        return Declined(f"the {card} was removed")
    if expiry and expiry > _next(today.year, today.month):
        return Declined(f"the {card} is good until the end of {_month(expiry)}")
    if not _is_used(facts):
        return Declined(f"the customer pays with another card than the {card}")
    if reason := judgement.against_card(facts):
        return Declined(reason)
    email = wording.address(facts)
    if email is None:
        return Declined(wording.unreachable(facts))

    expired = bool(expiry and expiry < (today.year, today.month))
    when = f"at the end of {_month(expiry)}" if expiry else "soon"
    happens = "expired" if expired else "expires"
    sends = "expiring_cards" in facts.org["stripe_sends"]
    by_stripe = " Stripe mails the customer about expiring cards too." if sends else ""

    def compose(words: Words) -> tuple[str, list[str]]:
        return _mail(words, facts, expiry, expired=expired)

    letter = letters.write(facts, email, compose)
    return Draft(
        title=f"Card {happens}: {wording.who(facts)}, {card}",
        urgency=Urgency.LOW,
        action_type="email",
        payload=letter.payload,
        verdict=_verdict(happens, when, by_stripe=sends),
        language=letter.language,
        translation=letter.translation,
        reasoning=f"The customer's {card} {happens} {when}; a new card now saves a failed charge later.{by_stripe}",
        evidence=(
            ("Card", card),
            *([("Expires" if not expired else "Expired", _month(expiry))] if expiry else []),
            *wording.about_customer(facts),
        ),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
    )


PLAY = Play(
    name="card_expiring",
    vertical="money",
    version=2,
    summary="A card is about to expire: mail the customer to replace it",
    action_type="email",
    events=frozenset({"customer.source.expiring"}),
    assess=assess,
    lasting=True,
)


def _verdict(happens: str, when: str, *, by_stripe: bool) -> str:
    if by_stripe:
        return "Send only what Stripe does not say: it mails the customer about expiring cards too"
    if happens == "expired":
        return "Send: the card has expired, so the next charge would fail"
    return f"Send: the card expires {when}, and a new one saves a failed charge"


def _is_used(facts: Facts) -> bool:
    """Whether a subscription is charged to this card: its own payment method, else the customer's default.

    Where nothing is known of either, the card is taken for the one that is charged.
    """
    default = facts.customer.get("default_card")
    charged = [subscription for subscription in facts.subscriptions if judgement.is_charged(subscription)]
    used = {subscription.get("default_method") or default for subscription in charged} or {default}
    return facts.object_id in used or used == {None}


def _mail(
    words: Words, facts: Facts, expiry: tuple[int, int] | None, *, expired: bool
) -> tuple[str, list[str]]:
    values: dict[str, Value] = {
        "when": "expired" if expired else "known" if expiry else "soon",
        "month": words.month(datetime(*expiry, 1, tzinfo=UTC)) if expiry else "",
        **methods.card_values(facts.state.get("brand"), facts.state.get("last4")),
    }
    link = wording.portal(facts)
    return words("card_expiring-subject", **values), [
        words("card_expiring-opening", **values),
        letters.with_link(words("card_expiring-link"), link) if link else words("card_expiring-no-link"),
        words("card_expiring-ignore"),
    ]


def _expiry(month: int | None, year: int | None) -> tuple[int, int] | None:
    """Year and month; None where one of them is missing or impossible."""
    if month is None or year is None or not 1 <= month <= 12 or not 2000 <= year <= 9999:
        return None
    return year, month


def _next(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def _month(expiry: tuple[int, int]) -> str:
    return f"{_MONTHS[expiry[1] - 1]} {expiry[0]}"
