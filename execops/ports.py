"""The ports of the core as Protocols: the queue, the adapters, the model, the readers of sources, the clock."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from msgspec import Struct

from execops.db.pool import Connection
from execops.model import Draft, Event, Json

if TYPE_CHECKING:
    from execops.effects import Effects


class Job(Struct, frozen=True):
    """One deferred call of a task: its name, its arguments, and its delay in seconds.

    A worker takes the jobs with the highest priority first, and of those the oldest.
    """

    task: str
    args: Mapping[str, Any]
    delay: float = 0.0
    priority: int = 0


_TOGETHER = 64  # events; a killed worker returns a job whole, so a job stays short


def process_events_jobs(subject_of: Mapping[int, str | None]) -> list[Job]:
    """The jobs that process stored events, each with its subject: one for all that arrived together, more if they are very many.

    A lane is a number of the subject, so a job holds nobody's name; two subjects with one number take turns.
    """
    ids = list(subject_of)
    return [
        Job(
            "process_events", {"event_ids": some, "lanes": [_lane(subject_of[event_id]) for event_id in some]}
        )
        for some in (ids[start : start + _TOGETHER] for start in range(0, len(ids), _TOGETHER))
    ]


def _lane(subject: str | None) -> int | None:
    return None if subject is None else zlib.crc32(subject.encode())


def process_event_job(event_id: int) -> Job:
    """The job that processes one event that failed among others: it tries again and again, then gives up."""
    return Job("process_event", {"event_id": event_id})


def process_again_job(event_id: int, delay: float) -> Job:
    """The job that processes an event once more, when a play that declined it wants to be asked again."""
    return Job("process_again", {"event_id": event_id}, delay)


def execute_job(proposal_id: int, approval_no: int, delay: float) -> Job:
    """The job that performs one approval of a proposal; a later approval has a job of its own.

    Its priority lets an approval pass a backlog of events.
    """
    args = {"proposal_id": proposal_id, "approval_no": approval_no}
    return Job("execute_proposal", args, delay, priority=1)


def close_thread_job(thread_id: str, delay: float = 0.0) -> Job:
    """The job that deletes a finished thread's checkpoints, after the window in which its end can be taken back."""
    return Job("close_thread", {"thread_id": thread_id}, delay)


def tell_job(proposal_id: int, *, reminder: bool = False, delay: float = 0.0) -> Job:
    """The job that tells operators of a proposal that waits; with `reminder`, one of them once more."""
    return Job("tell", {"proposal_id": proposal_id, "reminder": reminder}, delay, priority=1)


def send_notification_job(notification_id: int) -> Job:
    """The job that sends one notification to one operator."""
    return Job("send_notification", {"notification_id": notification_id}, priority=1)


def show_outcome_job(proposal_id: int) -> Job:
    """The job that writes into the messages about a proposal what became of it."""
    return Job("show_outcome", {"proposal_id": proposal_id})


class JobQueue(Protocol):
    """Defers jobs inside the caller's own transaction: the jobs exist if, and only if, the transaction commits."""

    async def defer(self, connection: Connection, *jobs: Job) -> None:
        """Defer jobs on this connection."""


class ProcessEvent(Protocol):
    """Processes one stored event; `context` is a Context, which this module does not know."""

    def __call__(self, context: Any, event_id: int, /) -> Awaitable[None]:  # noqa: ANN401
        """Process the event in this Context; an event that was processed before changes nothing."""


class Happened(StrEnum):
    """Whether an earlier attempt happened, as `reconcile` reports it."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


class Reconciliation(Struct, frozen=True):
    """The outcome of an earlier attempt, with its result if it did happen."""

    happened: Happened
    result: Json | None = None


class Field(Struct, frozen=True, kw_only=True):
    """A field of a payload, for people who read and change it."""

    name: str
    label: str
    words: bool = False  # every operator who decides may change it; any other field only a founder
    rewordable: bool = False  # a model may reword it
    lines: bool = False  # it holds several lines of text
    required: bool = True


class Adapter(Protocol):
    """Performs one action type in the outside world, and explains the fields of its payload."""

    action_type: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]  # in the order in which a person reads them
    moves_money: ClassVar[bool]  # performing moves money, which no further message puts right
    allowed_by_default: ClassVar[
        bool
    ]  # False: a founder must allow it first, as for every action that moves money

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this payload can be performed as it is."""

    def describe(self, payload: Json) -> str:
        """Describe in words the effect of performing: `sends this mail from … to …`."""

    def preview(self, payload: Json) -> str:
        """The message as its receiver will see it: a line for each header, an empty line, the text.

        The payload is one that `validate` accepts.
        """

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Perform the action and return the answer of the receiving service.

        A message that lies under this key already counts as this payload's only where its content is: see
        `adapters/_digest.py`. Raises NotAcceptedError, RejectedError or AmbiguousError.
        """

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Find out whether an attempt with this key happened; never perform anything.

        YES only where the message under this key has this payload's content: see `adapters/_digest.py`. Another content,
        or one that nobody can compare, is CANNOT_TELL.
        """


class Messenger(Protocol):
    """Writes messages to operators who switched that on; `channel` of a payload is the member, as the operator wrote it."""

    async def post(self, payload: Json, *, key: str) -> Json:
        """Post the message once for this key; returns where it lies.

        Raises NotAcceptedError, RejectedError or AmbiguousError.
        """

    async def find(self, payload: Json, *, key: str) -> Reconciliation:
        """Find out whether this message was posted with this key, without posting anything."""

    async def change(self, place: Json, payload: Json, *, key: str) -> None:
        """Give the message that lies at `place` the words of this payload. Doing it again changes nothing.

        Raises as `post` does.
        """


class Wording(Struct, frozen=True):
    """The words of a draft after a model was asked: the model's words, or the rules' words if the model gave no valid ones.

    `provenance` goes into `drafted_by`. It holds the model, the `result` (`used`, or `kept: ` and the reason), the digest
    of its instructions, and its tokens. `author` is `model` if its words are used. `milder` is the reason of a model that reads a
    customer's words more mildly than the rules: see `execops.proposals.lowering`.
    """

    payload: Json
    reasoning: str
    provenance: Json
    milder: str | None = None


class Reasoner(Protocol):
    """Rewords drafts. It never changes recipient, amount or action, and never raises."""

    async def reword(self, draft: Draft, facts: Json) -> Wording:
        """Reword a draft; the result may be the rules' own words. `provenance` says whose words they are, and why.

        Of a draft that `softens`, it also tells whether the customer's words are milder than the rules read them.
        """


class Pick(Struct, frozen=True):
    """A metric of the catalogue that a model chose for a question, with its parameters as the model wrote them."""

    metric: str
    params: Mapping[str, str]
    by: str  # the model


class Picker(Protocol):
    """Picks a metric of the catalogue if the rules did not. It sees the question but no data, and never raises."""

    async def pick(self, question: str, as_of: date, candidates: Sequence[str]) -> Pick | None:
        """The metric that answers this question, not yet checked.

        None if the model picks no metric, or if its answer cannot be read. `candidates` are the nearest metrics by the
        rules.
        """


class Want(Struct, frozen=True):
    """An outside object whose state plays may need.

    With `of_subject`, it stands for all objects of the type that belong to the subject `object_id`.
    """

    object_type: str
    object_id: str
    of_subject: bool = False


class Reading(Struct, frozen=True):
    """The answer of a source: the effects of the objects that it has, and a message for each failed read."""

    effects: tuple[Effects, ...] = ()
    failed: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads objects from a source that no webhook has delivered yet.

    It only reads, in bounded time. An error of the source does not raise.
    """

    def wants(self, event: Event) -> Sequence[Want]:
        """The objects that plays may need for this event besides those that it carries."""

    def unresolved(self, event: Event) -> Mapping[Want, Sequence[str]]:
        """The objects that this event tells only in part.

        Each has the ids of the snapshots which, if all of them are on record, tell the rest.
        """

    async def read(self, wants: Sequence[Want]) -> Reading:
        """Read these objects from the source."""


class Page(Struct, frozen=True):
    """One page of a history; `cursor` names the next page, None after the last page."""

    effects: Effects
    objects: int
    cursor: str | None
    oldest: datetime | None = None


class History(Protocol):
    """A source's past: its resources, each read page by page, the newest object first."""

    @property
    def resources(self) -> Sequence[str]:
        """The names of the resources, in the order in which a backfill reads them."""

    async def page(self, resource: str, since: datetime, cursor: str | None) -> Page:
        """The page after the cursor; the first page if the cursor's object is gone.

        Raises NotConfiguredError, UnavailableError.
        """


class EventList(Protocol):
    """A source's own list of its events, the newest first."""

    async def events(self, since: datetime, cursor: str | None) -> tuple[Sequence[Json], str | None]:
        """The payloads of the page after the cursor, and the next cursor; None after the last page.

        Raises NotConfiguredError, UnavailableError.
        """


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
