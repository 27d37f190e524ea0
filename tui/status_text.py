"""The status of a proposal in words: beside its row, and on its card's last line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from textual.content import Content

from execops.model import Status
from execops.text.snoozes import snoozed
from tui import approval_words, clock, keys
from tui.text import clean

if TYPE_CHECKING:
    from execops.client.proposals_part import Card
    from execops.health import Health
    from execops.model import Proposal
    from execops.proposals.decided import Decided
    from execops.proposals.listing import Summary
    from tui.key import Key

UNDER_WAY = frozenset({Status.APPROVED, Status.EXECUTING})
STUCK = frozenset({Status.FAILED, Status.UNKNOWN})
LONG = 3600  # seconds, the longest undo window; a mail that waits longer waits for a morning
EDITABLE = frozenset({Status.PENDING, Status.SNOOZED, Status.FAILED})

_ASKED = {
    "reject": "rejected…",
    "snooze": "snoozed…",
    "unsnooze": "brought back…",
    "edit": "edited…",
    "undo": "taken back…",
    "retry": "tried again…",
    "confirm": "went out…",
    "close": "given up…",
}  # beside the row at once, and corrected where the core refuses
DECIDED = {
    "retry": "is tried again",
    "confirm": "counts as done",
    "reject": "is rejected",
    "snooze": "is snoozed",
    "unsnooze": "is back",
    "close": "is given up",
}
DONE = {Status.EXECUTING: "sent", Status.UNKNOWN: "left unknown", Status.FAILED: "tried, and failed"}
NOUNS = {
    "approve": "approval",
    "reject": "rejection",
    "confirm": "confirmation",
}


def asked(decision: str, proposal: Proposal | Summary) -> str:
    """The words for a decision that the core has not answered yet."""
    return f"{approval_words.of(proposal).participle}…" if decision == "approve" else _ASKED[decision]


def seconds_left(executes_at: datetime | None) -> int:
    """The undo window that is left, in whole seconds."""
    return 0 if executes_at is None else max(0, ceil(clock.seconds_until(executes_at)))


def note(row: Summary, status: Status, executes_at: datetime | None, health: Health | None) -> str | None:
    """The words beside the row of an approved proposal; None where its status says all."""
    words = approval_words.of(row)
    if status is Status.EXECUTING:
        return words.under_way
    if status is not Status.APPROVED:
        return None
    left = seconds_left(executes_at)
    if executes_at is not None and left > LONG:
        return f"{words.participle} · leaves in {clock.left(executes_at)}"
    if left:
        return f"{words.participle} · {left} s"
    hindrance = _hindrance(health)
    return f"{words.participle} · {hindrance}" if hindrance else words.under_way


def offered(status: Status, *, under_way: bool) -> list[Key]:
    """The decisions that make sense about a proposal."""
    if status in STUCK:
        return [keys.RETRY, keys.CONFIRM, keys.CLOSE, *([keys.EDIT] if status is Status.FAILED else [])]
    if under_way or status in UNDER_WAY:
        return [keys.UNDO]
    if status is Status.SNOOZED:
        return [keys.SNOOZE, keys.APPROVE, keys.REJECT]
    return [keys.APPROVE, keys.REJECT, keys.SNOOZE, keys.EDIT] if status is Status.PENDING else []


def taken_back(decided: Decided) -> str:
    """The status of a proposal after its approval was taken back."""
    if decided.status is Status.PENDING:
        void = "; no approval of it counts any more" if decided.approvals_needed > 1 else ""
        return f"Taken back: #{decided.proposal_id} is pending again{void}."
    return f"Taken back: #{decided.proposal_id} is {decided.status}, for the facts have changed."


def half_approved(decided: Decided) -> str:
    """The words for the first of two approvals."""
    return f"#{decided.proposal_id}: {decided.waits_for} approved. Another operator must approve it too."


def ended(summary: Summary) -> tuple[str, str]:
    """The end of a proposal that left the list, and how serious it is."""
    what, why = f"#{summary.id} {summary.title}", f": {summary.outcome}" if summary.outcome else "."
    if summary.effective_status is Status.EXECUTED:
        return f"Done: {what}", "information"
    if summary.effective_status is Status.FAILED:
        return f"Failed: {what}{why}", "error"
    if summary.effective_status is Status.UNKNOWN:
        return f"Unknown whether this went out: {what}{why}", "error"
    if summary.effective_status is Status.PENDING:
        return f"Pending again: {what}{why}", "warning" if summary.outcome else "information"
    return f"{what} is {summary.effective_status}{why}", "warning"


def conflict(card: Card, decision: str) -> str | None:
    """Say who, or what, was faster than this decision; None where the trail does not tell."""
    proposal = card.proposal
    last = next(
        (
            step
            for step in reversed(card.trail)
            if step.entry.to_status == proposal.status and step.entry.version == proposal.version
        ),
        None,
    )
    if last is None:
        return None
    by = f" by {last.actor}" if last.entry.actor_type == "user" else ""
    when = clock.ago_exactly(last.entry.ts)
    mine = NOUNS.get(decision, decision)
    if proposal.status is Status.PENDING:
        return (
            f"#{proposal.id} was changed{by} {when}, into version {proposal.version}."
            f" Your {mine} changed nothing: look at it again."
        )
    why = f" ({proposal.outcome})" if proposal.outcome else ""
    return f"#{proposal.id} was {DONE.get(proposal.status, proposal.status)}{by} {when}{why}. Your {mine} changed nothing."


def verdict(
    card: Card,
    executes_at: datetime | None,
    health: Health | None,
    keymap: Mapping[str, str] | None,
) -> Content:
    """Say what approving, or acknowledging, does; later, the outcome and, unless there is no keymap, the keys that help."""
    proposal = card.proposal
    outcome = clean(proposal.outcome or "", lines=True)
    by, when = _decider(card), _decided(card)
    words = approval_words.of(proposal)
    match proposal.status:
        case Status.PENDING:
            again = (f"{outcome[:1].upper()}{outcome[1:]}. ", "$text-warning") if outcome else ""
            return Content.assemble(
                again, _approvals(card), (f"{words.gerund.capitalize()} ", "bold"), clean(card.does), "."
            )
        case Status.SNOOZED:
            until = snoozed(
                str(proposal.snoozed_for), proposal.snoozed_until or proposal.expires_at, clock.zone()
            )
            back = _press(keymap, keys.SNOOZE, "brings it back")
            return _options(Content.styled(f"Snoozed {until}", "bold"), back)
        case Status.APPROVED:
            return _approved(card, executes_at, health, keymap)
        case Status.EXECUTING:
            tried = f" {clean(card.last_failure)}" if card.last_failure else ""
            return Content.assemble(
                ("Under way", "bold $text-success"), f": {words.participle}{by}{when}.{tried}"
            )
        case Status.EXECUTED:
            done = outcome or f"{words.participle}{by}"
            return Content.assemble(("Done", "bold $text-success"), f": {done}{when}.")
        case Status.FAILED | Status.UNKNOWN:
            return _stuck(proposal.status, outcome, keymap)
        case Status.REJECTED:
            never = ", never contact again" if never_again(card) else ""
            return Content.assemble(
                (f"Rejected{by}{when}", "bold"), never, f": {outcome}" if outcome else "."
            )
        case Status.SUPERSEDED:
            return Content.assemble(("No longer needed", "bold"), f": {outcome or 'things changed'}.")
        case Status.EXPIRED:
            return Content.assemble(("Expired", "bold"), f": {outcome or 'nobody decided in time'}.")


def _approvals(card: Card) -> Content:
    """How many of two operators have approved, and who; empty where one is enough."""
    return (
        Content.styled(f"{clean(card.approvals_text)}. ", "bold $text-warning")
        if card.approvals_text
        else Content("")
    )


def _approved(
    card: Card, executes_at: datetime | None, health: Health | None, keymap: Mapping[str, str] | None
) -> Content:
    """The countdown of an approval, or the reason that it waits."""
    approved = f"{approval_words.of(card.proposal).participle.capitalize()}{_decider(card)}"
    undo = _press(keymap, keys.UNDO, "takes it back")
    if card.leaves is not None:
        return _options(Content.styled(f"{approved}; {clean(card.leaves.words)}", "bold $text-success"), undo)
    seconds = seconds_left(executes_at)
    if seconds:
        return _options(Content.styled(f"{approved}; done in {seconds} s", "bold $text-success"), undo)
    hindrance = _hindrance(health)
    if hindrance == "paused":
        waits = "; it waits until executions are resumed: execops resume"
    elif hindrance == "no worker":
        waits = "; it waits for a worker: execops work"
    else:
        waits = f"{_decided(card)}; it is about to be done"
    return _options(Content.assemble((approved, "bold $text-success"), waits), undo)


def _stuck(status: Status, outcome: str, keymap: Mapping[str, str] | None) -> Content:
    """The outcome of a failed or unknown action, and the keys that help."""
    if status is Status.FAILED:
        title, reason = "Failed", outcome or "no reason was given"
        helps = [(keys.RETRY, "tries again"), (keys.EDIT, "edits"), (keys.CONFIRM, "it went out")]
    else:
        title, reason = "It may have gone out, or not", outcome or "look there first"
        helps = [(keys.CONFIRM, "it went out"), (keys.RETRY, "tries again, never twice")]
    options = [_press(keymap, key, effect) for key, effect in (*helps, (keys.CLOSE, "gives it up"))]
    return Content.assemble((title, "bold $text-error"), f": {reason}\n", _options(*options))


def _decided(card: Card) -> str:
    decided_at = card.proposal.decided_at
    return f" {clock.ago(decided_at)}" if decided_at else ""


def _press(keymap: Mapping[str, str] | None, key: Key, effect: str) -> Content:
    if keymap is None:
        return Content("")
    return Content.assemble((keys.name(key, keymap), "bold $text-primary"), f" {effect}")


def _options(*parts: Content) -> Content:
    return Content(" · ").join([part for part in parts if part.plain])


def never_again(card: Card) -> bool:
    """Whether the rejection of this proposal also said never to contact the customer again."""
    return any(step.entry.metadata_json.get("suppress") for step in card.trail)


def _hindrance(health: Health | None) -> str:
    if health is not None and health.paused:
        return "paused"
    return "no worker" if health is not None and health.workers == 0 else ""


def _decider(card: Card) -> str:
    names = [step.actor for step in card.trail if step.entry.actor_type == "user"]
    return f" by {clean(names[-1])}" if names else ""
