"""The one step by which a model may lower the urgency of a draft about a conversation. The card says so, and why.

A model only names a reason of this list: no word of it, or of a stranger whom it read, comes onto the card. It never silences
a draft, and never raises one. The rules say where it may: see `execops.plays.support.support_signs`.
"""

from __future__ import annotations

from msgspec.structs import replace

from execops.model import Draft, Json, Proposal, Urgency

REASONS = {
    "joke": "the words are a joke, or friendly mockery",
    "mild": "the words are milder than the rules read them",
    "small": "the trouble is small, and the customer's work goes on",
    "settled": "the customer writes that it works again",
}
_LABEL = "Urgency"


def note(answer: Draft, reason: str | None) -> Json:
    """The part of `drafted_by` that keeps a model's step: its reason, and the urgency by the rules. Empty where it has none."""
    if reason not in REASONS or not answer.softens or answer.urgency is Urgency.LOW:
        return {}
    return {"milder": {"reason": reason, "rules": answer.urgency.value}}


def of_new(answer: Draft, drafted_by: Json) -> Draft:
    """The draft of a new proposal: one step less urgent than the rules say, where `drafted_by` has a model's step."""
    return _lowered(answer, drafted_by.get("milder"))


def of_redraft(proposal: Proposal, answer: Draft, drafted_by: Json, *, same: bool) -> Draft:
    """The newer draft of a pending proposal, whose urgency never falls.

    While the rules draft the `same`, the step of the proposal stays; a newer one counts only for newer words, and only where
    the proposal is that low already.
    """
    step = (
        proposal.drafted_by.get("milder") if same else None if proposal.edited else drafted_by.get("milder")
    )
    lowered = _lowered(answer, step)
    if lowered.urgency.rank <= proposal.urgency.rank:
        return lowered
    return replace(answer, urgency=min(answer.urgency, proposal.urgency, key=lambda urgency: urgency.rank))


def _lowered(answer: Draft, step: Json | None) -> Draft:
    if not step or not answer.softens or step["rules"] != answer.urgency or answer.urgency is Urgency.LOW:
        return answer
    urgency = list(Urgency)[answer.urgency.rank + 1]
    line = f"{urgency}; the rules say {answer.urgency}. A model lowered it by one step: {REASONS[step['reason']]}"
    return replace(answer, urgency=urgency, evidence=(*answer.evidence, (_LABEL, line)))
