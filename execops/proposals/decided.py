"""The result of a decision, which the faces show; `execops.proposals.decisions` takes it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from execops.model import Status, approvals_text

if TYPE_CHECKING:
    from execops.authority.second_approval import Approvals
    from execops.model import Proposal


class Decided(Struct, frozen=True, kw_only=True):
    """The result of a decision. An approved action is performed at `executes_at`; until then it can be undone.

    Where two operators approve, the first approval leaves the status as it was: `approvals` of `approvals_needed`.
    A rejection can be undone until `undo_until`; a snoozed proposal is back at `snoozed_until`, at the latest. `leaves` says when a mail to a customer leaves, where EXECOPS_SEND_HOURS have a say: `leaves at 08:00 Europe/Berlin`.
    """

    proposal_id: int
    version: int
    status: Status
    executes_at: datetime | None = None
    approvals: int = 0
    approvals_needed: int = 1
    leaves: str | None = None
    undo_until: datetime | None = None
    snoozed_until: datetime | None = None

    @property
    def waits_for(self) -> str:
        """`1 of 2` where another operator must approve too; else empty."""
        return approvals_text(self.approvals, self.approvals_needed)


def standing(proposal: Proposal, approvals: Approvals | None = None) -> Decided:
    """The result for a proposal as it stands, with its approvals where two operators approve."""
    approved, needed = (approvals.given, approvals.needed) if approvals else (0, 1)
    return Decided(
        proposal_id=proposal.id,
        version=proposal.version,
        status=proposal.status,
        approvals=approved,
        approvals_needed=needed,
    )
