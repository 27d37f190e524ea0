"""The words and the records that every part of ExecOps shares: states, roles, operators, actors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, ClassVar, Self

from msgspec import Struct

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


class Record(Struct, frozen=True, kw_only=True):
    """A row of a table."""

    ENUMS: ClassVar[Mapping[str, type[Enum]]] = {}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Make the record from a row that has at least its columns; those with a default may be missing."""
        values = {name: row[name] for name in cls.__struct_fields__ if name in row}
        for name, enum in cls.ENUMS.items():
            values[name] = enum(values[name])
        return cls(**values)


class Operator(Record, frozen=True, kw_only=True):
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


def approvals_text(approved: int, needed: int) -> str:
    """How far the approvals of a proposal are, such as `1 of 2`; empty where none or all are given."""
    return f"{approved} of {needed}" if 0 < approved < needed else ""


class SignedIn(Operator, frozen=True, kw_only=True):
    """An operator whose token this process was given. Its digest proves to the database who acts, in each transaction."""

    digest: Secret


class Actor(Struct, frozen=True):
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
