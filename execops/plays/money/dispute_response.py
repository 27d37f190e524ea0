"""A customer disputed a charge: tell finance whether to fight it, with what, and until when."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.plays.disputes import dispute_words as words
from execops.plays.disputes.dispute_action import carrying_out
from execops.plays.disputes.dispute_case import EVENTS, Case, Stage, stage_of
from execops.plays.disputes.dispute_evidence import checklist
from execops.plays.disputes.dispute_verdict import Advice, Verdict, verdict_on
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play


def assess(facts: Facts) -> Draft | Declined:
    """A message for each stage of an open dispute: an inquiry, a chargeback. It begins with a verdict.

    Where the books settle it and a founder allowed the action, it is the action itself: see `execops.plays.disputes.dispute_action`.

    Nothing once the evidence is sent, or the dispute is closed. It is critical, and its proposal expires when the evidence
    is due. `dispute_lost` tells of a loss.
    """
    if facts.object_type != "dispute":
        return Declined("the event names no dispute")
    stage = stage_of(facts.state)
    if isinstance(stage, Declined):
        return stage
    if stage is Stage.LOST:
        return Declined("the dispute is lost")
    case = Case(facts, stage)
    title = words.titled("Inquiry by" if stage is Stage.INQUIRY else "Dispute by", case)
    advice = verdict_on(case)
    evidence = words.evidence(case)
    action = carrying_out(case, advice)
    if action is not None:
        action_type, payload = action.action_type, action.payload
    else:
        action_type, payload = to_team(
            facts,
            TeamRole.FINANCE,
            title,
            evidence,
            f"{advice}\n{_how(case, advice)}",
            ("Answer at Stripe", words.page(case)),
        )
    ahead = None if case.past_due else case.due
    return Draft(
        # The moment, not the time that is left: the title stands in the inbox for days.
        title=f"{title}, due {case.until}" if ahead else title,
        urgency=Urgency.CRITICAL,
        action_type=action_type,
        payload=payload,
        verdict=str(advice).removesuffix("."),
        reasoning=f"{_why(case)} {action.besides}" if action else _why(case),
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
    version=5,
    summary="A charge was disputed: tell finance whether to fight it, with what, and until when",
    action_type="notice",
    events=EVENTS,
    assess=assess,
    needs=frozenset({"actions"}),
    lasting=True,
)


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
    return f"{' '.join(lines)}\n{checklist(case.evidence_points)}"


def _sent_before(case: Case) -> str:
    if case.dispute.get("submissions"):
        return "Evidence was sent before, yet Stripe asks for a response: see there what it has. "
    if case.dispute.get("has_evidence"):
        return "Evidence is saved at Stripe, but not sent: check it before you send it. "
    return ""


def _how_to_accept(case: Case) -> str:
    amount = case.amount or "the amount"
    if case.refundable and case.stage is Stage.INQUIRY:
        return _refund(case)
    if case.refundable:
        return "Refund it in full at Stripe: no further money is then taken for this dispute."
    if case.bank_debit:
        return words.after_loss(case)
    if case.stage is Stage.INQUIRY and case.past_due:
        return (
            "See at Stripe what can still be done: an inquiry without an answer often becomes a chargeback."
        )
    return f"Accept it at Stripe: {amount} then stays with the customer. Do not refund it too, for they would get it twice."


def _why(case: Case) -> str:
    head = f"{case.amount} " if case.amount else "A charge "
    verb = "is inquired about" if case.stage is Stage.INQUIRY else "is disputed"
    due = f"; evidence {'was' if case.past_due else 'is'} due on {case.until}" if case.until else ""
    return f"{head}{verb} ({words.worded(case.reason)}){due}."


def _refund(case: Case) -> str:
    if case.stage is Stage.INQUIRY:
        return "No money has been taken yet: a refund in full at Stripe ends it without a fee."
    return "Stripe still allows a refund in full: no further money is then taken for this dispute."
