"""The records of ExecOps: frozen, keyword-only, read from rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, ClassVar, Self

from execops.money import Money
from execops.text.secret import Secret

Json = dict[str, Any]  # a JSON object
DRAFTED_ANEW = "drafted anew: "  # begins the outcome of a proposal whose play goes another way now
SETUP = "setup"  # the vertical of messages that an operator asked for, to try the way out
ENABLE = "enable"  # the action type that ends a suspension: nothing is sent
NOTICE = "notice"  # the action type of a message to the person who decides: nothing is sent
WROTE = "They wrote"  # labels the evidence that is a stranger's own text: no model reads it with a draft
# The types of outside objects that are about a payment, and name it in place of its customer.
ABOUT_PAYMENT = frozenset({"dispute", "early_fraud_warning", "refund"})


class Status(StrEnum):
    """The status of an ActionProposal, as readers see it. A row never says `snoozed`: it is pending, and out of sight."""

    PENDING = "pending"
    SNOOZED = "snoozed"
    APPROVED = "approved"
    EXECUTING = "executing"
    EXECUTED = "executed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


LIVE = frozenset(
    {
        Status.PENDING,
        Status.SNOOZED,
        Status.APPROVED,
        Status.EXECUTING,
        Status.FAILED,
        Status.UNKNOWN,
    }
)
ENDED = frozenset(Status) - LIVE


class SnoozedFor(StrEnum):
    """The happening that brings a snoozed proposal back."""

    EVENT = "event"  # the next event about it
    ATTEMPT = "attempt"  # the next attempt to charge the customer
    DATE = "date"


class Urgency(StrEnum):
    """How soon a person should look, most urgent first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for critical to 3 for low."""
        return list(Urgency).index(self)

    @property
    def interrupts(self) -> bool:
        """Whether a person is told at once, if they wish so."""
        return self in {Urgency.CRITICAL, Urgency.HIGH}


class EventStatus(StrEnum):
    """The status of a stored event."""

    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"


class ExecutionStatus(StrEnum):
    """The status of one attempt to perform an action."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ReturnOutcome(StrEnum):
    """What became of a mail that was sent, as a mail server told the sender."""

    FAILED = "failed"  # it came back
    DELAYED = "delayed"  # the server still tries
    DELIVERED = "delivered"


class Role(StrEnum):
    """The role of an operator: founder and ops decide, viewer and service never do."""

    FOUNDER = "founder"
    OPS = "ops"
    VIEWER = "viewer"
    SERVICE = "service"

    @property
    def decides(self) -> bool:
        """Whether this role may decide at all."""
        return self in {Role.FOUNDER, Role.OPS}


class Record:
    """A row of a table as a frozen dataclass."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Make the record from a row that has at least its columns; those with a default may be missing."""
        values = {
            field.name: row[field.name]
            for field in fields(cls)  # type: ignore[arg-type]
            if field.name in row or field.default is MISSING
        }
        for name, enum in cls.ENUMS.items():
            values[name] = enum(values[name])
        return cls(**values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event(Record):
    """A stored webhook delivery."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {"status": EventStatus}

    id: int
    source: str
    type: str
    occurred_at: datetime
    received_at: datetime
    payload_json: Json
    dedupe_key: str
    object_id: str | None
    subject_key: str | None
    livemode: bool
    api_version: str | None
    status: EventStatus
    outcome: list[Json]
    error: str | None
    processed_at: datetime | None
    payload_gone: str | None = None  # why the payload was taken away: pruned, erased
    payload_sha256: str | None = None  # of the payload that is gone


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal(Record):
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
        return self.subject_key != self.object_id or self.subject_key.startswith("cus_")

    @property
    def reads_as_drafted(self) -> bool:
        """Whether its words are those of the rules: neither a person nor a model changed them."""
        return not self.edited and self.drafted_by.get("author") in {None, "rules"}

    @property
    def ref(self) -> str:
        """The proposal as a decision names it: `ID@VERSION`."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Execution(Record):
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


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry(Record):
    """One row of the audit chain."""

    id: int
    seq: int
    actor_type: str
    actor_id: str
    action: str
    proposal_id: int | None
    from_status: str | None
    to_status: str | None
    version: int | None
    payload_sha256: str | None
    ts: datetime
    metadata_json: Json
    prev_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator(Record):
    """A person or a script that has a token."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {"role": Role}

    id: int
    name: str
    role: Role
    limits: Json  # as `execops.authority.limits` reads them
    created_at: datetime
    disabled_at: datetime | None
    expires_at: datetime | None = None  # the token works until then
    last_used_at: datetime | None = None  # to the minute; only where it was asked for


def approvals_text(given: int, needed: int) -> str:
    """How far the approvals of a proposal are, such as `1 of 2`; empty where none or all are given."""
    return f"{given} of {needed}" if 0 < given < needed else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn(Operator):
    """An operator whose token this process was given. Its digest proves to the database who acts, in each transaction."""

    digest: Secret


@dataclass(frozen=True, slots=True)
class Actor:
    """The cause of a change: an operator (by id), who proves it by `proof`, or a part of the system (by name)."""

    type: str
    id: str
    name: str
    proof: Secret | None = None

    @classmethod
    def system(cls, part: str) -> Actor:
        """The actor for a part of ExecOps: `worker`, `migrate`."""
        return cls("system", part, part)

    @classmethod
    def user(cls, operator: SignedIn) -> Actor:
        """The actor for an operator."""
        return cls("user", str(operator.id), operator.name, operator.digest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The proposal of a play: the action ready to perform, with its reasons.

    `verdict` is one short line: the advice, and why, such as `Send: the third attempt failed, Stripe will not try again`. It
    is the rules' own, and no model rewords it. `language` is that of the words to the customer. If it is not the
    founder's own, `translation` holds the same words in theirs: `language`, `subject`, `text`. It is shown beside the
    payload, and never sent.

    `stage` names the stage of an object's life that the draft is for, where each stage is a proposal of its own: an
    inquiry, then a chargeback. `covers` names the objects of the subject that one draft is about together, such as a
    customer's failing invoices: then its object is the subject itself. `links` holds the link to pay of each invoice, by
    the invoice's id, as the payload writes it. `softens` says that a model may lower the urgency by one step: it rests on the
    tone of words, and no decisive sign stands beside them. `again_at` is the time at which the play drafts otherwise though no
    fact has changed, such as an SLA's deadline: it is asked again then.
    """

    title: str
    urgency: Urgency
    action_type: str
    payload: Json
    verdict: str = ""
    reasoning: str
    evidence: tuple[tuple[str, str], ...]
    object_id: str
    subject_key: str
    amount: Money | None = None
    expires_at: datetime | None = None
    stage: str | None = None
    covers: tuple[str, ...] = ()
    links: Json = field(default_factory=dict)
    language: str = "en"
    translation: Json = field(default_factory=dict)
    softens: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check of the deployment: `state` is ok, off or bad; `hint` names the next step."""

    name: str
    state: str
    detail: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """The answer of a play that drafts nothing, with its reason. `again_at` is the time to ask it again, if one is known."""

    reason: str
    again_at: datetime | None = None
