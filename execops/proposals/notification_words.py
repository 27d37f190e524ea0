"""The words of a message to an operator, in Slack's mrkdwn: a proposal that waits, and later what became of it.

All text from outside is one line and escaped. Nothing in the message decides: deciding is the inbox's. Each message names
the last entry of the audit log at that moment, so that somebody else than the database knows it.
"""

from __future__ import annotations

from datetime import datetime

from execops.adapters.slack import escape
from execops.authority.audit import Head
from execops.model import Proposal, Status
from execops.proposals.listing import Departure
from execops.text import clean_line

_SHORT = 16  # digits of a hash; nobody makes a second entry with the same ones
_LONGEST = 300  # characters of one line from outside
_DONE = {
    Status.EXECUTED: "Done",
    Status.FAILED: "Failed",
    Status.UNKNOWN: "It may have gone out, or not",
    Status.REJECTED: "Rejected",
    Status.SUPERSEDED: "No longer needed",
    Status.EXPIRED: "Expired",
    Status.APPROVED: "Approved",
    Status.EXECUTING: "Approved, and under way",
    Status.SNOOZED: "Snoozed",
    Status.PENDING: "Waits again for a decision",
}
_TO_LOOK_AT = frozenset({Status.FAILED, Status.UNKNOWN, Status.PENDING})


def waiting(proposal: Proposal, head: Head, *, reminder: bool) -> str:
    """The message about a proposal that waits for a decision."""
    first = f"{'Still waits: ' if reminder else ''}{_title(proposal)}"
    return "\n".join([first, *_verdict(proposal), _how_to_open(proposal), _anchor(head)])


def outcome(
    proposal: Proposal, head: Head, *, by: str | None, leaves: Departure | None, now: datetime
) -> str:
    """The message once the proposal got another status: what became of it, by whom and when."""
    status = proposal.status
    said = f"*{_DONE[status]}*"
    if by is not None and status not in {Status.PENDING, Status.SUPERSEDED, Status.EXPIRED}:
        said += f" · by {_line(by)}"
    decided_just_now = status in {Status.APPROVED, Status.REJECTED}
    moment = (proposal.decided_at if decided_just_now else None) or now
    said += f" · {moment:%Y-%m-%d %H:%M} UTC"
    if leaves is not None and status is Status.APPROVED:
        said += f" · {leaves.words}"
    why = [_line(proposal.outcome)] if proposal.outcome else []
    look = [_how_to_open(proposal)] if status in _TO_LOOK_AT else []
    return "\n".join([said, _title(proposal), *why, *look, _anchor(head)])


def _title(proposal: Proposal) -> str:
    amount = f" · {escape(str(proposal.amount))}" if proposal.amount else ""
    return f"{proposal.urgency.capitalize()}{amount} · {_line(proposal.title)}"


def _verdict(proposal: Proposal) -> list[str]:
    return [_line(proposal.verdict)] if proposal.verdict else []


def _how_to_open(proposal: Proposal) -> str:
    return (
        f"Proposal {proposal.id}: decide in `execops inbox`, or look: `execops proposals show {proposal.id}`"
    )


def _anchor(head: Head) -> str:
    return f"Audit log: entry {head.seq}, {head.hash[:_SHORT]}"


def _line(text: str) -> str:
    return escape(clean_line(text, limit=_LONGEST))
