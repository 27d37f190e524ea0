"""A first message, to oneself: an operator asks for it, and approving its proposal proves the transport.

No play drafts it, so no play's precision is measured by it. Its event is the request. Its proposal is one like any other:
nothing is sent before a person approves it, and every guard holds.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from execops.adapters import slack
from execops.authority import policy
from execops.books import facts
from execops.context import WORKER, Context
from execops.db import queries
from execops.db.pool import Connection, act_as
from execops.errors import ConflictError, NotAllowedError, NotConfiguredError
from execops.model import SETUP, Actor, Draft, EventStatus, Json, Proposal, SignedIn, Status, Urgency
from execops.ports import Wording
from execops.proposals import drafting
from execops.sources.execops import MESSAGE_REQUESTED

SQL = queries.load("proposals_write")
EVENTS = queries.load("events")
RECEIVER: Mapping[str, str] = {"email": "to", "slack": "channel"}  # the field that names it, by action type
NAME = "first_message"  # in the place of a play's name
_SOURCE = "execops"
_VERSION = 1  # of the words
_MOOT = "asked for again, and the message reads otherwise now"
_NOUNS = {"email": "mail", "slack": "Slack message"}


class Requested(Struct, frozen=True, kw_only=True):
    """The proposal of a first message. `new` is False for one that was there before, and is not ended yet.

    `model` says how a model did that was asked for words: `used`, or `kept: ` and why the rules' words stayed.
    """

    proposal_id: int
    version: int
    status: Status
    new: bool
    model: str | None = None


async def reword(ctx: Context, operator: SignedIn, action_type: str, receiver: str) -> Wording:
    """Ask the configured model for the words of a first message; in no transaction, because it may take seconds.

    Raises NotConfiguredError without a model or a sender, InvalidPayloadError for a receiver that is none.
    """
    if ctx.reasoner is None:
        raise NotConfiguredError(
            "No model is configured; nothing was stored.", hint="Run: execops connect model PROVIDER:MODEL"
        )
    payload = _payload(ctx, operator, action_type, receiver)
    _validate(ctx, action_type, payload)
    return await ctx.reasoner.reword(_draft(operator, action_type, payload), {"name": operator.name})


async def request(
    ctx: Context,
    conn: Connection,
    operator: SignedIn,
    action_type: str,
    receiver: str,
    wording: Wording | None = None,
) -> Requested:
    """Draft a first message to a receiver, or return the live proposal of one to them that reads the same.

    A pending one that reads otherwise, and that nobody edited, is superseded. The caller's transaction is the operator's.
    Raises ConflictError where the earlier one goes out meanwhile, InvalidPayloadError for a receiver that is none, NotConfiguredError without a sender or without an adapter,
    and NotAllowedError where the receiver is never to be contacted.
    """
    payload = wording.payload if wording else _payload(ctx, operator, action_type, receiver)
    _validate(ctx, action_type, payload)
    subject = _subject(action_type, payload)
    await facts.lock_subject(conn, subject)
    if (await policy.read(conn, subject)).suppressed(subject):
        raise NotAllowedError(
            f"{subject} is never to be contacted; nothing was stored.",
            hint=f"Lift that with: execops suppressions lift {subject}",
        )
    live = await _live(ctx, conn, operator, subject, payload)
    if live is not None:
        return Requested(proposal_id=live.id, version=live.version, status=live.status, new=False)
    event_id = await _store_event(ctx, conn, operator, subject, payload)
    row = await queries.one(
        conn, SQL["insert"], **_columns(ctx, _draft(operator, action_type, payload), wording, event_id)
    )
    if row is None:  # the earlier one went out while this one waited for its lock
        raise ConflictError(
            "The earlier first message has just gone out; nothing was stored.", hint="Ask again."
        )
    outcome = {"play": NAME, "proposal": row["id"], "result": "drafted"}
    await queries.run(
        conn,
        EVENTS["finish"],
        id=event_id,
        status=EventStatus.PROCESSED,
        outcome=Jsonb([outcome]),
        error=None,
    )
    result = wording.provenance["result"] if wording else None
    return Requested(proposal_id=row["id"], version=1, status=Status.PENDING, new=True, model=result)


async def _live(
    ctx: Context, conn: Connection, operator: SignedIn, subject: str, payload: Json
) -> Proposal | None:
    """The live proposal of a first message to this receiver; it ends one whose time ran out, or that is out of date."""
    row = await queries.one(conn, SQL["lock_live"], dedupe_key=f"{NAME}:{subject}")
    if row is None:
        return None
    live = Proposal.from_row(row)
    stale = live.status is Status.PENDING and not live.edited and live.payload != payload
    if not (row["lapsed"] or stale):
        return live
    await act_as(conn, WORKER)
    ended = (Status.EXPIRED, drafting.LAPSED) if row["lapsed"] else (Status.SUPERSEDED, _MOOT)
    await drafting.end(ctx, conn, live, *ended)
    await act_as(conn, Actor.user(operator))
    return None


async def _store_event(
    ctx: Context, conn: Connection, operator: SignedIn, subject: str, payload: Json
) -> int:
    """Store the request as an event; returns its id."""
    event = {
        "source": _SOURCE,
        "type": MESSAGE_REQUESTED,
        "occurred_at": ctx.clock.now().isoformat(),
        "payload_json": {"requested_by": operator.name, "message": payload},
        "dedupe_key": secrets.token_hex(16),
        "object_id": subject,
        "subject_key": subject,
        "livemode": ctx.settings.stripe_mode == "live",
        "api_version": None,
    }
    [row] = await queries.many(conn, EVENTS["insert"], deliveries=Jsonb([event]))
    return int(row["id"])


def _validate(ctx: Context, action_type: str, payload: Json) -> None:
    adapter = ctx.adapters.get(action_type)
    if adapter is None:
        raise NotConfiguredError(
            f"Nothing here performs {action_type}; nothing was stored.", hint="Run: execops actions list"
        )
    adapter.validate(payload)


def _columns(ctx: Context, draft: Draft, wording: Wording | None, event_id: int) -> Json:
    drafted_by = {"author": "rules", "play": NAME, "rules": _VERSION}
    if wording is not None:
        draft = replace(draft, reasoning=wording.reasoning)
        drafted_by |= wording.provenance
    return drafting.new_columns(ctx, draft, drafted_by) | {
        "vertical": SETUP,
        "play": NAME,
        "event_id": event_id,
        "thread_id": f"event:{event_id}:{NAME}",
        "dedupe_key": f"{NAME}:{draft.subject_key}",
        "hours": 0,  # a further one may follow at once
        "stage": None,
    }


def _draft(operator: SignedIn, action_type: str, payload: Json) -> Draft:
    """The message as a play would draft it."""
    noun, receiver = _NOUNS[action_type], payload[RECEIVER[action_type]]
    return Draft(
        title=f"First {noun} to {receiver}",
        urgency=Urgency.LOW,
        action_type=action_type,
        payload=payload,
        verdict=f"Approve it, and look whether the {noun} arrives",
        reasoning=f"{operator.name} asked for it with execops trigger {action_type}.",
        evidence=(("Asked for by", operator.name),),
        object_id=_subject(action_type, payload),
        subject_key=_subject(action_type, payload),
    )


def _subject(action_type: str, payload: Json) -> str:
    return f"{action_type}:{payload[RECEIVER[action_type]]}"


def _payload(ctx: Context, operator: SignedIn, action_type: str, receiver: str) -> Json:
    """The message. Raises NotConfiguredError where a mail would have no sender."""
    settings, noun = ctx.settings, _NOUNS[action_type]
    company = f" at {settings.company_name}" if settings.company_name else ""
    text = (
        f"This is the first {noun} from ExecOps{company}.\n\n"
        f"The operator “{operator.name}” asked for it with “execops trigger {action_type}”. It was approved like any"
        f" other, and shows that a {noun} from ExecOps arrives here.\n\nThere is nothing to do.\n"
    )
    if action_type == "slack":
        return {"channel": receiver, "text": slack.escape(text)}
    if settings.email_from is None:
        raise NotConfiguredError(
            "No sender is set, so the mail would come from nobody; nothing was stored.",
            hint="Set EXECOPS_EMAIL_FROM, such as: Billing at Example <billing@example.com>",
        )
    payload = {
        "to": receiver,
        "from": settings.email_from,
        "subject": "First mail from ExecOps",
        "text": text,
    }
    return payload | ({"reply_to": settings.email_reply_to} if settings.email_reply_to else {})
