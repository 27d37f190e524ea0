"""The words for an approval: a notice is acknowledged, because nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from execops.model import Proposal
    from execops.proposals.listing import Summary


class ApprovalWords(Struct, frozen=True):
    """The words for an approval at each of its steps."""

    verb: str
    gerund: str
    participle: str
    under_way: str  # beside the row while it is performed


_APPROVAL = ApprovalWords("approve", "approving", "approved", "sending…")
_ACKNOWLEDGEMENT = ApprovalWords("acknowledge", "acknowledging", "acknowledged", "ending…")


def of(*proposals: Proposal | Summary) -> ApprovalWords:
    """The words for the approval of these proposals: they are acknowledged where all of them are notices."""
    are_notices = bool(proposals) and all(proposal.is_notice for proposal in proposals)
    return _ACKNOWLEDGEMENT if are_notices else _APPROVAL
