"""The words about a dispute that its plays share: the facts shown, and what follows once the money is gone."""

from __future__ import annotations

from execops.model import Json
from execops.money import Money, money
from execops.plays import wording
from execops.plays.disputes.dispute_case import Case, Stage

_NO_REASON = "no specific reason"
_LISTED = 3  # subscriptions and disputes of a customer that a message names


def worded(reason: str) -> str:
    """Stripe's code in words."""
    return _NO_REASON if reason == "general" else wording.short(reason.replace("_", " "))


def titled(what: str, case: Case) -> str:
    """The title of a message: `Dispute by Acme Inc (reason: fraudulent)`. The reason is the bank's, no word about them."""
    reason, name = worded(case.reason), case.name if case.is_named else f"an {case.name}"
    return f"{what} {name} ({reason if reason == _NO_REASON else f'reason: {reason}'})"


def page(case: Case) -> str:
    """The address of the dispute in Stripe's dashboard."""
    return wording.at_stripe(case.facts, f"disputes/{case.facts.object_id}")


def evidence(case: Case) -> list[tuple[str, str]]:
    """The facts of a dispute, in pairs of label and value."""
    part = f" of a charge of {case.charged}" if case.is_of_part else ""
    pairs = [("Amount", f"{case.amount}{part}")] if case.amount else []
    if case.fee:
        pairs.append(("Stripe's fee", str(case.fee)))
    pairs += [
        ("Reason", worded(case.reason)),
        ("Customer", case.who),
    ]
    if case.until and case.stage is not Stage.LOST:
        pairs.append(("Evidence due", case.until))
    if case.charge_line:
        pairs.append(("Charge", case.charge_line))
    if case.refunded:
        pairs.append(("Refunded already", str(case.refunded)))
    if case.other_disputes:
        named = ", ".join(_dispute_line(dispute) for dispute in case.other_disputes[:_LISTED])
        pairs.append(("Other disputes of the customer", f"{len(case.other_disputes)}: {named}"))
    return pairs + wording.about_customer(case.facts)


def _dispute_line(dispute: Json) -> str:
    amount = money(dispute.get("amount"), dispute.get("currency"))
    return f"{dispute['id']} ({f'{amount}, ' if amount else ''}{worded(dispute.get('status') or 'open')})"


def after_loss(case: Case) -> str:
    """The people to ask, and the things to stop, once the money is gone."""
    if case.cancelled_before_charge is not None and not case.paid_back_twice:
        return "Ask for nothing: the subscription had ended before the charge."
    return f"{_whom_to_ask(case)} {_stop(case)}"


def _whom_to_ask(case: Case) -> str:
    ask = f"Ask {case.who}" if case.is_named else "Look up the customer at Stripe, and ask them"
    if case.paid_back_twice:
        return f"{ask} to pay back {case.refunded}: it was refunded too, so they got it twice."
    if case.bank_debit and case.reason == "insufficient_funds":
        return f"{ask} to pay again, once the account has the money or in another way."
    if case.bank_debit:
        return f"{ask} for another way to pay. Do not debit this account again without a new mandate."
    if case.reason in {"fraudulent", "unrecognized"}:
        return f"{ask} whether they ordered it, before you charge any card of theirs again."
    return f"{ask} whether they still want the service, and how they will pay for it."


def _stop(case: Case) -> str:
    running = [subscription["id"] for subscription in case.running]
    if running:
        named = ", ".join(running[:_LISTED]) + (" and more" if len(running) > _LISTED else "")
        several = "s" if len(running) > 1 else ""
        return (
            f"Consider pausing their service until then: the subscription{several} {named} may charge again."
        )
    if case.facts.subscriptions:
        return "No subscription of the customer runs any more; consider pausing any other service to them."
    return "Consider pausing their service until then; Stripe does not collect the money again by itself."


def gone(case: Case) -> str:
    """The first sentence about a dispute that was lost: what is gone."""
    lost: list[Money | str] = [case.amount] if case.amount else ["The disputed amount"]
    if case.bank_debit:
        return f"Returned: the bank took back {case.amount or 'the amount'}; a returned bank debit cannot be fought."
    if case.fee:
        lost.append(f"Stripe's fee of {case.fee}")
    return (
        f"Lost: {' and '.join(str(part) for part in lost)} {'are' if len(lost) > 1 else 'is'} gone for good."
    )
