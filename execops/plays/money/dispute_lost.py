"""A dispute is lost, or a bank sent a debit back: tell finance what is gone, whom to ask, and what to stop."""

from __future__ import annotations

from datetime import timedelta

from execops.books.facts import Facts
from execops.model import Declined, Draft, Urgency
from execops.plays import wording
from execops.plays.disputes import dispute_words as words
from execops.plays.disputes.dispute_case import EVENTS, Case, Stage, stage_of
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play

_NEWS = timedelta(days=14)  # a loss that is older needs nobody any more


def assess(facts: Facts) -> Draft | Declined:
    """A message about the loss, always of high urgency: nothing can be won any more, but the customer may go on.

    Nothing about a dispute that a person accepted here.
    """
    if facts.object_type != "dispute":
        return Declined("the event names no dispute")
    stage = stage_of(facts.state)
    if isinstance(stage, Declined):
        return stage
    if stage is not Stage.LOST:
        return Declined("the dispute is open")
    if any(
        (action["action_type"], action["object_id"]) == ("stripe_accept_dispute", facts.object_id)
        for action in facts.written
    ):
        return Declined("the company accepted the dispute itself")
    closed_at = wording.moment(facts.as_of)
    if closed_at and facts.today - closed_at > _NEWS:
        return Declined(f"the dispute was lost more than {_NEWS.days} days ago")
    case = Case(facts, stage)
    title = words.titled("Debit returned:" if case.bank_debit else "Dispute lost:", case)
    evidence, lost = words.evidence(case), words.gone(case)
    action_type, payload = to_team(
        facts,
        TeamRole.FINANCE,
        title,
        evidence,
        f"{lost}\n{words.after_loss(case)}",
        ("Open at Stripe", words.page(case)),
    )
    return Draft(
        title=title,
        urgency=Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=lost.removesuffix("."),
        reasoning=_why(case),
        evidence=tuple(evidence),
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        amount=case.amount,
        stage=stage,
    )


PLAY = Play(
    name="dispute_lost",
    vertical="money",
    version=1,
    summary="A dispute is lost: tell finance what is gone, whom to ask, and what to stop",
    action_type="notice",
    events=EVENTS,
    assess=assess,
    needs=frozenset({"written"}),
    lasting=True,
)


def _why(case: Case) -> str:
    head = f"{case.amount} " if case.amount else "A charge "
    verb = (
        "was returned by the bank"
        if case.bank_debit
        else "was disputed, and the bank decided for the customer"
    )
    return f"{head}{verb} ({words.worded(case.reason)})."
