"""A customer disputed a charge: tell finance whether to fight it, with what, until when; and what to do once it is lost."""

from __future__ import annotations

from datetime import timedelta

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.money import money
from execops.plays import methods, wording
from execops.plays.dispute_case import Case, Stage, stage_of
from execops.plays.dispute_evidence import checklist
from execops.plays.dispute_verdict import Advice, Verdict, gone, verdict_on
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play

_NEWS = timedelta(days=14)  # a loss that is older needs nobody any more
_LISTED = 3  # subscriptions and disputes of a customer that a message names


def assess(facts: Facts) -> Draft | Declined:
    """A message for each stage of a dispute: an inquiry, a chargeback, a loss. It begins with a verdict.

    Nothing once the evidence is sent, or the dispute ended well. An open dispute is critical, and its proposal expires
    when the evidence is due.
    """
    if facts.object_type != "dispute":
        return Declined("the event names no dispute")
    stage = stage_of(facts.state)
    if isinstance(stage, Declined):
        return stage
    seen = wording.moment(facts.as_of)
    if stage is Stage.LOST and seen and facts.today - seen > _NEWS:
        return Declined(f"the dispute was lost more than {_NEWS.days} days ago")
    case = Case(facts, stage)
    title = _title(case)
    if stage is Stage.LOST:
        verdict, ask = gone(case), f"{gone(case)}\n{_after_loss(case)}"
    else:
        advice = verdict_on(case)
        verdict, ask = str(advice), f"{advice}\n{_how(case, advice)}"
    evidence = _evidence(case)
    label = "Open at Stripe" if stage is Stage.LOST else "Answer at Stripe"
    link = (label, wording.at_stripe(facts, f"disputes/{facts.object_id}"))
    action_type, payload = to_team(facts, TeamRole.FINANCE, title, evidence, ask, link)
    ahead = case.due if stage is not Stage.LOST and not case.past_due else None
    return Draft(
        title=f"{title}, due in {_left(case.due - facts.today)}" if ahead and case.due else title,
        urgency=Urgency.HIGH if stage is Stage.LOST else Urgency.CRITICAL,
        action_type=action_type,
        payload=payload,
        verdict=verdict.removesuffix("."),
        reasoning=_why(case),
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=case.amount,
        expires_at=ahead,
        stage=stage,
    )


PLAY = Play(
    name="dispute_response",
    vertical="money",
    version=2,
    summary="A charge was disputed: tell finance whether to fight it, with what, and until when",
    action_type="notice",
    events=frozenset(
        {
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed",
        }
    ),
    assess=assess,
    lasting=True,
)


def _title(case: Case) -> str:
    if case.stage is Stage.LOST:
        head = "Debit returned" if case.bank_debit else "Dispute lost"
    else:
        head = "Inquiry" if case.stage is Stage.INQUIRY else "Dispute"
    return f"{head}: {_customer(case)}, {_worded(case.reason)}"


def _left(time: timedelta) -> str:
    """The time that is left, as `6 d`, or `5 h` on the last day."""
    if time.days:
        return f"{time.days} d"
    return f"{time.seconds // 3600} h" if time >= timedelta(hours=1) else "less than 1 h"


def _customer(case: Case) -> str:
    names = (
        case.charge.get("name"),
        case.facts.customer_name,
        case.dispute.get("customer_name"),
        case.charge.get("email"),
        _email(case),
        case.charge.get("customer"),
    )
    return wording.short(next((name for name in names if name), "unknown customer"))


def _email(case: Case) -> str | None:
    return case.charge.get("email") or case.facts.customer_email or case.dispute.get("customer_email")


def _evidence(case: Case) -> list[tuple[str, str]]:
    customer, email = _customer(case), _email(case)
    pairs = [("Amount", str(case.amount))] if case.amount else []
    if case.fee:
        pairs.append(("Stripe's fee", str(case.fee)))
    pairs += [
        ("Reason", _worded(case.reason)),
        ("Customer", f"{customer} ({email})" if email and email != customer else customer),
    ]
    if case.until and case.stage is not Stage.LOST:
        pairs.append(("Evidence due", case.until))
    if case.dispute.get("charge"):
        pairs.append(("Charge", _charge_line(case, case.dispute["charge"])))
    if case.refunded:
        pairs.append(("Refunded already", str(case.refunded)))
    if case.other_disputes:
        named = ", ".join(_dispute_line(dispute) for dispute in case.other_disputes[:_LISTED])
        pairs.append(("Other disputes of the customer", f"{len(case.other_disputes)}: {named}"))
    return pairs + wording.about_customer(case.facts)


def _charge_line(case: Case, charge_id: str) -> str:
    charge, made = case.charge, case.charged_at
    when = f" of {wording.day(wording.local(case.facts, made))}" if made else ""
    last4 = charge.get("card_last4")
    if not last4:
        return f"{charge_id}{when}"
    if charge.get("method") not in {None, "card"}:
        return f"{charge_id}{when}, account ending {last4}"
    return f"{charge_id}{when}, {methods.card(charge.get('card_brand'), last4)}"


def _dispute_line(dispute: Json) -> str:
    amount = money(dispute.get("amount"), dispute.get("currency"))
    return f"{dispute['id']} ({f'{amount}, ' if amount else ''}{_worded(dispute.get('status') or 'open')})"


def _how(case: Case, verdict: Verdict) -> str:
    """The steps that follow from a verdict; the evidence only where it can be sent."""
    if verdict.advice is Advice.ACCEPT or case.past_due:
        return _how_to_accept(case)
    lines = []
    until = f" before {case.until}" if case.until else ""
    if case.stage is Stage.INQUIRY:
        lines.append(f"Answer at Stripe{until}: an inquiry without an answer often becomes a chargeback.")
    else:
        accept = "" if verdict.advice is Advice.FIGHT else ", or accept it"
        lines.append(f"Answer at Stripe{until}{accept}: an unanswered dispute is lost.")
    if case.refundable:
        lines.append(_refund(case))
    lines.append(f"{_sent_before(case)}Evidence can be sent only once. Collect:")
    return f"{' '.join(lines)}\n{checklist(case.reason, refunded=case.refunded_in_full)}"


def _sent_before(case: Case) -> str:
    if case.dispute.get("submissions"):
        return "Evidence was sent before, yet Stripe asks for a response: see there what it has. "
    if case.dispute.get("has_evidence"):
        return "Evidence is saved at Stripe, but not sent: check it before you send it. "
    return ""


def _refund(case: Case) -> str:
    if case.stage is Stage.INQUIRY:
        return "No money was taken yet: a refund in full at Stripe ends it without a fee."
    return "A refund in full is still possible at Stripe."


def _how_to_accept(case: Case) -> str:
    amount = case.amount or "the amount"
    if case.refundable:
        return _refund(case)
    if case.bank_debit:
        return _after_loss(case)
    if case.stage is Stage.INQUIRY and case.past_due:
        return (
            "See at Stripe what can still be done: an inquiry without an answer often becomes a chargeback."
        )
    return f"Accept it at Stripe: {amount} then stays with the customer. Do not refund it too, for they would get it twice."


def _after_loss(case: Case) -> str:
    """Who must be asked, and what to stop, once the money is gone."""
    if case.cancelled_before_charge is not None and not case.paid_back_twice:
        return "Ask for nothing: the subscription had ended before the charge."
    return f"{_whom_to_ask(case)} {_stop(case)}"


def _whom_to_ask(case: Case) -> str:
    customer, email = _customer(case), _email(case)
    who = f"{customer} ({email})" if email and email != customer else customer
    if case.paid_back_twice:
        return f"Ask {who} to pay back {case.refunded}: it was refunded too, so they got it twice."
    if case.bank_debit and case.reason == "insufficient_funds":
        return f"Ask {who} to pay again, once the account has the money or in another way."
    if case.bank_debit:
        return f"Ask {who} for another way to pay. Do not debit this account again without a new mandate."
    if case.reason in {"fraudulent", "unrecognized"}:
        return f"Ask {who} whether they ordered it, before you charge any card of theirs again."
    return f"Ask {who} whether they still want the service, and how they will pay for it."


def _stop(case: Case) -> str:
    running = [subscription["id"] for subscription in case.running]
    if running:
        named = ", ".join(running[:_LISTED]) + (" and more" if len(running) > _LISTED else "")
        return f"Stop the service until then: {named} runs on and may charge again."
    if case.facts.subscriptions:
        return "No subscription of the customer runs any more; stop any other service to them."
    return "Stop the service to them until then; Stripe does not collect the money again by itself."


def _why(case: Case) -> str:
    head = f"{case.amount} " if case.amount else "A charge "
    if case.stage is Stage.LOST:
        verb = (
            "was returned by the bank"
            if case.bank_debit
            else "was disputed, and the bank decided for the customer"
        )
    else:
        verb = "is inquired about" if case.stage is Stage.INQUIRY else "is disputed"
    due = f"; evidence is due on {case.until}" if case.until and case.stage is not Stage.LOST else ""
    due = f"; evidence was due on {case.until}" if due and case.past_due else due
    return f"{head}{verb} ({_worded(case.reason)}){due}."


def _worded(reason: str) -> str:
    return wording.short(reason.replace("_", " "))
