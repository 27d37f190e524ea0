"""What the core asks of the outside, as Protocols: the queue, the adapters, the model, the readers, the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from execops.db.pool import Connection
from execops.effects import Effects
from execops.model import Draft, Event, Json


@dataclass(frozen=True, slots=True)
class Job:
    """One deferred call of a task: its name, its arguments, and how long it waits (seconds)."""

    task: str
    args: Mapping[str, Any]
    delay: float = 0.0


def process_event_job(event_id: int) -> Job:
    """The job that processes a stored event."""
    return Job("process_event", {"event_id": event_id})


def execute_job(proposal_id: int, approval_no: int, delay: float) -> Job:
    """The job that performs one approval of a proposal; a later approval has a job of its own."""
    return Job("execute_proposal", {"proposal_id": proposal_id, "approval_no": approval_no}, delay)


def close_thread_job(thread_id: str) -> Job:
    """The job that deletes a finished thread's checkpoints."""
    return Job("close_thread", {"thread_id": thread_id})


class JobQueue(Protocol):
    """Defers jobs inside the caller's own transaction: they exist if, and only if, it commits."""

    async def defer(self, connection: Connection, *jobs: Job) -> None:
        """Defer jobs on this connection."""


class Happened(StrEnum):
    """What `reconcile` found out about an earlier attempt."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The outcome of an earlier attempt, with the result where it did happen."""

    happened: Happened
    result: Json | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of a payload, for people who read and change it."""

    name: str
    label: str
    words: bool = False  # every operator who decides may change it; any other field only a founder
    rewordable: bool = False  # a model may reword it
    lines: bool = False  # it holds several lines of text
    required: bool = True


class Adapter(Protocol):
    """Performs one action type in the outside world, and says what the fields of its payload mean."""

    action_type: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]  # in the order in which a person reads them
    moves_money: ClassVar[bool]  # money moves, which no further message puts right
    allowed_by_default: ClassVar[bool]  # False: a founder allows it first. What moves money always needs that

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this payload can be performed as it is."""

    def describe(self, payload: Json) -> str:
        """Say in words what performing does: `sends this mail from … to …`."""

    def preview(self, payload: Json) -> str:
        """The message as its receiver will see it: a line for each header, an empty line, the text.

        The payload is one that `validate` accepts.
        """

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Perform the action and return what the other side said.

        Raises NotAcceptedError, RejectedError or AmbiguousError.
        """

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Find out whether an attempt with this key happened; never perform anything."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What became of a draft in a model's hands: other words, or the rules' own where it gave none that stand.

    `provenance` goes into `drafted_by`: the model, what came of it (`result`: `used`, or `kept: ` and why), the
    digest of its instructions, its tokens; `author` is `model` where its words are used.
    """

    payload: Json
    reasoning: str
    provenance: Json


class Reasoner(Protocol):
    """Rewrites a draft's wording: never recipient, amount or action, and it never raises."""

    async def reword(self, draft: Draft, facts: Json) -> Wording:
        """The draft in other words, or in the rules' own; `provenance` says which, and why."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A metric of the catalogue that a model chose for a question, with its parameters as the model wrote them."""

    metric: str
    params: Mapping[str, str]
    by: str  # the model


class Picker(Protocol):
    """Chooses among the catalogue where the rules did not; it sees the question and no data, and never raises."""

    async def pick(self, question: str, as_of: date, candidates: Sequence[str]) -> Pick | None:
        """The metric that answers this question, nothing checked yet; None where the model says that none does, or
        says nothing that can be read. `candidates` are the metrics that the rules found nearest."""


@dataclass(frozen=True, slots=True)
class Want:
    """An outside object whose state plays may need; with `of_subject`, all of this type that belong to it."""

    object_type: str
    object_id: str
    of_subject: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source said when asked, and in words what could not be had."""

    effects: tuple[Effects, ...] = ()
    failed: tuple[str, ...] = ()


class Reader(Protocol):
    """Asks a source for what no webhook has told yet: reads only, in bounded time, and it never raises for the
    source."""

    def wants(self, event: Event) -> Sequence[Want]:
        """What plays may want to know about this event besides what it carries."""

    async def read(self, wants: Sequence[Want]) -> Reading:
        """What the source says of these."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page tells; `cursor` names the page after it, None after the last."""

    effects: Effects
    objects: int
    cursor: str | None
    oldest: datetime | None = None


class History(Protocol):
    """A source's past: its resources in the order to take them in, each read newest first."""

    @property
    def resources(self) -> Sequence[str]:
        """Their names."""

    async def page(self, resource: str, since: datetime, cursor: str | None) -> Page:
        """The page after the cursor; the first where the cursor's object is gone.

        Raises NotConfiguredError, UnavailableError.
        """


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
