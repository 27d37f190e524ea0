"""A large payment, or a top customer's payment, failed: tell the account owner, who may call the customer."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.money import Money, decimals
from execops.plays import wording
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play


def assess(facts: Facts) -> Draft | Declined:
    """A message to the account owner, always of high urgency.

    Nothing where the invoice is settled, or where it is small and not a top customer's. A payment of `high_amount`
    major units or more is large. The tenth of the customers that paid most are the top customers.
    """
    due = wording.open_amount(facts)
    if isinstance(due, Declined):
        return due
    number, customer = wording.number(facts), wording.who(facts)
    large = due.major >= facts.org["high_amount"]
    if not large and not facts.top_customer:
        return Declined(
            f"invoice {number} is under {_large(facts, due)} and its customer is not among the top tenth"
        )

    attempt, charge = wording.attempt(facts), wording.failed_charge(facts, due)
    link = facts.state.get("hosted_invoice_url")
    action_type, payload = to_team(
        facts,
        TeamRole.ACCOUNT_OWNER,
        f"A payment of {due} by {customer} failed",
        [*wording.who_to_reach(facts), *_evidence(facts, number, due, attempt, charge)],
        f"Please get in touch with {customer} and find out what keeps the payment from going through.",
        ("The customer's page to pay", link) if link else None,
    )
    return Draft(
        title=f"{'Large payment' if large else 'Payment of a top customer'} failed: {customer}, attempt {attempt}",
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        reasoning=_why(facts, due, charge, large=large),
        evidence=tuple(_evidence(facts, number, due, attempt, charge)),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=due,
    )


PLAY = Play(
    name="owner_alert",
    vertical="money",
    version=1,
    summary="A large payment, or a top customer's, failed: tell the account owner",
    action_type="slack",
    events=frozenset({"invoice.payment_failed"}),
    assess=assess,
    needs=frozenset({"top_customer"}),
)


def _large(facts: Facts, due: Money) -> Money:
    return Money(facts.org["high_amount"] * 10 ** decimals(due.currency), due.currency)


def _why(facts: Facts, due: Money, charge: Json, *, large: bool) -> str:
    code = charge.get("failure_code")
    failed = f"A payment of {due} failed{f' ({code})' if code else ''}"
    top = "the customer is among the tenth that paid most in the last twelve months"
    if not large:
        return f"{failed}, and {top}."
    bound = f"from {_large(facts, due)} on the account owner should know"
    return f"{failed}: {bound}{f', and {top}' if facts.top_customer else ''}."


def _evidence(facts: Facts, number: str, due: Money, attempt: int, charge: Json) -> list[tuple[str, str]]:
    next_try = wording.ahead(facts, facts.state.get("next_payment_attempt"))
    if next_try:
        tried = f"{attempt}, the next on {wording.day(wording.local(facts, next_try))}"
    else:
        tried = f"{attempt}, the last" if facts.state.get("final_attempt") else str(attempt)
    evidence = [("Invoice", f"{number}, {due} open"), ("Attempt", tried)]
    reason = charge.get("failure_message") or charge.get("failure_code")
    if reason:
        evidence.append(("Reason", reason))
    if charge.get("card_last4"):
        evidence.append(("Card", wording.card(charge.get("card_brand"), charge["card_last4"])))
    return evidence + wording.about_customer(facts)
