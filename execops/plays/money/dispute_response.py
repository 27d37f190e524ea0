"""A customer disputed a charge: tell finance what evidence to send to Stripe, and until when."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.money import Money, money
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.wording import day, moment
from execops.text import clean_line

# The evidence that counts, by the reason of the dispute: https://docs.stripe.com/disputes/categories.
_PURCHASE = "Receipt or invoice, and the customer's name, email and billing address"
_CHECKLISTS: dict[str, tuple[str, ...]] = {
    "fraudulent": (
        "Proof that the cardholder ordered: AVS, CVC or 3D Secure result, purchase IP address",
        "Earlier undisputed payments from the same card, account or device",
        "Usage or login records after the purchase, with times and IP addresses",
        "Messages in which the customer speaks of the purchase",
        _PURCHASE,
    ),
    "unrecognized": (
        "What was sold, and how it is named on the card statement",
        "Usage or login records that tie the customer to the purchase",
        "Messages in which the customer speaks of the purchase",
        _PURCHASE,
    ),
    "product_not_received": (
        "Proof of delivery: carrier, tracking number, date and address, or a signature",
        "For software and services: login or usage records after the purchase, and the date of service",
        "Messages in which the customer confirms having it",
        _PURCHASE,
    ),
    "product_unacceptable": (
        "The description of the product as the customer saw it before buying",
        "Proof that what was delivered matches it",
        "Messages about the complaint: what was offered, replaced or repaired",
        "The refund policy, and where the customer accepted it",
    ),
    "subscription_canceled": (
        "The cancellation policy, and where the customer accepted it",
        "Proof that no cancellation came before the charge, or when it came and what it applied to",
        "Usage after the date on which the customer says to have cancelled",
        "Notice of the renewal sent to the customer",
    ),
    "duplicate": (
        "Receipts of both charges, with what each one was for",
        "Proof that they are separate purchases, or that one of them was refunded already",
        "Both charge ids, with their dates and amounts",
    ),
    "credit_not_processed": (
        "The refund policy, and where the customer accepted it",
        "Why no refund is owed; or, if one was made, its id, date and amount",
        "Messages about the refund or the return",
    ),
}
_GENERAL = (
    "What was sold, when and how it was delivered",
    "Usage records or proof of delivery",
    "Messages with the customer about the purchase",
    "Terms and refund policy, and where the customer accepted them",
    _PURCHASE,
)
_LONGEST_NAME = 80  # characters, in a title
_CLOSED = {
    "won": "is won",
    "lost": "is lost",
    "warning_closed": "is closed without a chargeback",
    "charge_refunded": "is closed: the charge was refunded",
    "prevented": "was prevented",
}


def assess(facts: Facts) -> Draft | Declined:
    """A message with amount, reason, due date and a checklist, always critical.

    Nothing once the dispute is closed. The proposal expires when the evidence is due.
    """
    dispute = facts.state
    if facts.object_type != "dispute":
        return Declined("the event names no dispute")
    status = dispute.get("status") or ""
    if status in _CLOSED or not dispute.get("open"):
        return Declined(f"the dispute {_CLOSED.get(status, 'is closed')}")

    amount = money(dispute.get("amount"), dispute.get("currency"))
    reason = dispute.get("reason") or "general"
    who = _customer(facts)
    inquiry = status.startswith("warning")
    due = moment(dispute.get("due_by"))
    ahead = due if due and due > facts.today else None
    until = _until(dispute)
    what = "Inquiry" if inquiry else "Dispute"
    title = f"{what}: {who}, {_worded(reason)}"
    evidence = _evidence(facts, amount, reason, until, who)
    checklist = "\n".join(f"• {point}" for point in _CHECKLISTS.get(reason, _GENERAL))
    ask = f"{_ask(inquiry, until, ahead is not None)} Collect:\n{checklist}"
    link = ("Answer at Stripe", f"https://dashboard.stripe.com/disputes/{facts.object_id}")
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask, link)
    return Draft(
        title=f"{title}, due in {(due - facts.today).days} d" if due and ahead else title,
        urgency=Urgency.CRITICAL,
        action_type=action_type,
        payload=payload,
        reasoning=_why(amount, reason, until, inquiry),
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=amount,
        expires_at=ahead,
    )


PLAY = Play(
    name="dispute_response",
    vertical="money",
    version=1,
    summary="A charge was disputed: tell finance what evidence to send, and until when",
    action_type="slack",
    events=frozenset({"charge.dispute.created"}),
    assess=assess,
)


def _charge(facts: Facts) -> Json:
    return next((linked for linked in facts.linked if linked.get("type") == "charge"), {})


def _customer(facts: Facts) -> str:
    charge, dispute = _charge(facts), facts.state
    names = (
        charge.get("name"),
        dispute.get("customer_name"),
        charge.get("email"),
        dispute.get("customer_email"),
        charge.get("customer"),
    )
    return clean_line(next((name for name in names if name), "unknown customer"), limit=_LONGEST_NAME)


def _evidence(
    facts: Facts, amount: Money | None, reason: str, until: str | None, who: str
) -> list[tuple[str, str]]:
    charge = _charge(facts)
    email = charge.get("email") or facts.state.get("customer_email")
    evidence = [("Amount", str(amount))] if amount else []
    evidence += [
        ("Reason", _worded(reason)),
        ("Customer", f"{who} ({email})" if email and email != who else who),
    ]
    if until:
        evidence.append(("Evidence due", until))
    if facts.state.get("charge"):
        evidence.append(("Charge", _charge_line(facts.state["charge"], charge)))
    if charge.get("amount_refunded"):
        refunded = money(charge["amount_refunded"], charge.get("currency"))
        evidence.append(("Refunded already", str(refunded)))
    return evidence


def _charge_line(charge_id: str, charge: Json) -> str:
    made = moment(charge.get("created"))
    card = (
        f", {charge.get('card_brand') or 'card'} ending {charge['card_last4']}"
        if charge.get("card_last4")
        else ""
    )
    return f"{charge_id}{f' of {day(made)}' if made else ''}{card}"


def _until(dispute: Json) -> str | None:
    due = moment(dispute.get("due_by"))
    return f"{day(due)}, {due:%H:%M} UTC" if due else None


def _ask(inquiry: bool, until: str | None, ahead: bool) -> str:
    lost = "an unanswered inquiry becomes a chargeback" if inquiry else "an unanswered dispute is lost"
    if until and ahead:
        return f"Answer at Stripe before {until}, or accept it: {lost}, and evidence can be sent only once."
    if until:
        return f"Evidence was due on {until}; see at Stripe whether it can still be sent."
    return f"Answer at Stripe, or accept it: {lost}, and evidence can be sent only once."


def _why(amount: Money | None, reason: str, until: str | None, inquiry: bool) -> str:
    what = f"{amount} " if amount else "A charge "
    how = "is inquired about" if inquiry else "is disputed"
    return f"{what}{how} ({_worded(reason)})" + (f"; evidence is due on {until}." if until else ".")


def _worded(reason: str) -> str:
    return clean_line(reason.replace("_", " "), limit=_LONGEST_NAME)
