"""A proposal, and the attempts to perform it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar

from execops.model.basics import NOTICE, ExecutionStatus, Json, Record, Status, Urgency
from execops.money import Money

_OWN = ("po_", "acct_", "spend:", "runway:", "vendor:")  # objects of the company's own money


class Proposal(Record, frozen=True, kw_only=True):
    """An ActionProposal: an action ready to be performed, waiting for a person."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {"status": Status, "urgency": Urgency}

    id: int
    status: Status
    urgency: Urgency
    vertical: str
    play: str
    action_type: str
    title: str
    object_id: str
    subject_key: str
    covers: list[str]
    payload: Json
    payload_sha256: str
    version: int
    approval_no: int
    verdict: str
    reasoning: str
    evidence: list[list[str]]  # pairs of label and value
    language: str
    translation: Json
    drafted_by: Json
    edited: bool
    newer_draft: Json | None
    amount_minor: int | None
    currency: str | None
    dedupe_key: str
    thread_id: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    expires_at: datetime
    outcome: str | None
    approvals: int = 0  # of this version, where two operators approve
    approvals_needed: int = 1
    due_at: datetime | None = None  # until when its approval or rejection can be taken back
    snoozed_for: str | None = None  # see SnoozedFor
    snoozed_until: datetime | None = None  # it is back then, at the latest

    @property
    def amount(self) -> Money | None:
        """The money at stake; None if the proposal is not about money."""
        if self.amount_minor is None or self.currency is None:
            return None
        return Money(self.amount_minor, self.currency)

    @property
    def is_notice(self) -> bool:
        """Whether it is a message to the person who decides: approving it is acknowledging it."""
        return self.action_type == NOTICE

    @property
    def is_about_customer(self) -> bool:
        """Whether its subject is a customer. A payout, which belongs to none, is its own subject."""
        return is_about_customer(self.subject_key, self.object_id)

    @property
    def reads_as_drafted(self) -> bool:
        """Whether its words are those of the rules: neither a person nor a model changed them."""
        return not self.edited and self.drafted_by.get("author") in {None, "rules"}

    @property
    def ref(self) -> str:
        """The proposal as a decision names it: `ID@VERSION`."""
        return f"{self.id}@{self.version}"


class Execution(Record, frozen=True, kw_only=True):
    """One attempt to perform an approved action."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {"status": ExecutionStatus}

    id: int
    proposal_id: int
    attempt: int
    status: ExecutionStatus
    started_at: datetime
    finished_at: datetime | None
    result_json: Json | None
    error: str | None
    idempotency_key: str
    links: Json  # newer links to pay that were sent, by the link that was approved
    settles: bool  # the other side was asked during this attempt, and no earlier attempt had gone out


def is_about_customer(subject_key: str, object_id: str) -> bool:
    """Whether a subject is a customer: that of its object, or the object itself.

    The subject of a payout is the bank account that it goes to, and no customer.
    """
    return not is_own_money(object_id) and (subject_key != object_id or subject_key.startswith("cus_"))


def is_own_money(object_id: str) -> bool:
    """Whether an object is the company's own, such as a payout, its account, a vendor's month or the runway."""
    return object_id.startswith(_OWN)
