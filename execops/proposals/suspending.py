"""Suspensions: a play, or an action type, whose drafts people reject too often is switched off until a person says otherwise.

Each rejection of a draft judges its play and its action type, in the same transaction; nothing else does. Something that is
suspended leaves an audit row, and a proposal to enable it again: the two are written together, or neither is. The proposal
is urgent, and waits for ten years, so no signal falls silent without a person hearing of it. Approving it is the one way by
which the system enables anything; the migration of suspensions has the guards. `EXECOPS_SUSPEND_BELOW` switches all
of this on.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from psycopg.types.json import Jsonb

from execops.authority import policy
from execops.context import WORKER, Context
from execops.db import queries
from execops.db.pool import Connection, act_as
from execops.model import ENABLE, SETUP, Draft, EventStatus, Json, Proposal, Status, Urgency
from execops.plays import precision
from execops.plays.precision import Rate
from execops.plays.registry import all_plays
from execops.ports import tell_job
from execops.proposals import drafting
from execops.sources.execops import SUSPENDED

SQL = queries.load("proposals_write")
EVENTS = queries.load("events")
PRECISION = queries.load("precision")
NAME = "suspension"  # in the place of a play's name
_VERSION = 1  # of the words
_WAITS = timedelta(days=3650)  # longer than anybody is away
_MOOT = "enabled meanwhile"


async def judge(ctx: Context, conn: Connection, rejected: Proposal) -> None:
    """Suspend the play of a rejected draft, or its action type, where people approve too little of it.

    The caller's transaction holds the lock of the proposal, and has recorded the rejection. From here on it is the worker's.
    """
    threshold = ctx.settings.suspend_below
    if threshold is None or rejected.vertical == SETUP:
        return
    await act_as(conn, WORKER)
    # The play comes first: once it is suspended, its drafts no longer count against the action type.
    for kind, name in (("play", rejected.play), ("action", rejected.action_type)):
        await queries.run(conn, PRECISION["lock_switch"], kind=kind, name=name)
        rules = await policy.read(conn)
        allowed = rules.play_allowed(name) if kind == "play" else rules.action_allowed(name, ctx.adapters)
        rate = await precision.since_switched(conn, kind, name)
        if allowed and precision.is_surely_below(rate, threshold):
            await _suspend(ctx, conn, kind, name, rate, threshold)


async def lock_waiting(conn: Connection, kind: str, name: str) -> Proposal | None:
    """Lock the proposal to enable this again, where one waits; None where none does."""
    row = await queries.one(conn, SQL["lock_live"], dedupe_key=_key(kind, name))
    return Proposal.from_row(row) if row else None


async def make_moot(ctx: Context, conn: Connection, waiting: Proposal) -> None:
    """End the proposal to enable something that an operator has just enabled otherwise. One that is performed stays.

    From here on the transaction is the worker's.
    """
    if waiting.status in {Status.PENDING, Status.APPROVED, Status.FAILED}:
        await act_as(conn, WORKER)
        await drafting.end(ctx, conn, waiting, Status.SUPERSEDED, _MOOT)


async def enable_again(conn: Connection, proposal: Proposal) -> None:
    """Enable what an approved proposal names. The caller's transaction records the execution, which still runs.

    Raises NotAllowedError where the operator who approved it may not enable that any more.
    """
    kind, name = proposal.payload["kind"], proposal.payload["name"]
    why = f"proposal {proposal.id} was approved"
    await policy.enable_again(conn, kind, name, proposal.decided_by, why)


async def _suspend(
    ctx: Context, conn: Connection, kind: str, name: str, rate: Rate, threshold: float
) -> None:
    draft = _draft(ctx, kind, name, rate, threshold)
    event = {
        "source": "execops",
        "type": SUSPENDED,
        "occurred_at": ctx.clock.now().isoformat(),
        "payload_json": draft.payload | {"precision": rate.to_json(), "threshold": threshold},
        "dedupe_key": secrets.token_hex(16),
        "object_id": draft.object_id,
        "subject_key": draft.subject_key,
        "livemode": ctx.settings.stripe_mode == "live",
        "api_version": None,
    }
    [stored] = await queries.many(conn, EVENTS["insert"], deliveries=Jsonb([event]))
    row = await queries.one(
        conn, SQL["insert"], **drafting.new_columns(ctx, draft, _drafted_by()) | _source(draft, stored["id"])
    )
    if row is None:  # one still waits: the play was allowed by hand in the database, and the proposal stayed
        outcome: Json = {"play": NAME, "proposal": None, "result": "no proposal", "why": "one waits already"}
    else:
        outcome = {"play": NAME, "proposal": row["id"], "result": "drafted"}
        if row["tells"]:
            await ctx.queue.defer(conn, tell_job(row["id"]))
    finish = {"status": EventStatus.PROCESSED, "outcome": Jsonb([outcome]), "error": None}
    await queries.run(conn, EVENTS["finish"], id=stored["id"], **finish)
    await policy.suspend(conn, kind, name, draft.reasoning)


def _draft(ctx: Context, kind: str, name: str, rate: Rate, threshold: float) -> Draft:
    """The proposal to enable it again. It is critical where a play is silent that tells whether the company goes on."""
    plays = all_plays().values()
    silent = [play for play in plays if name == (play.name if kind == "play" else play.action_type)]
    noun, effect = _words(kind, name)
    counted = f"{rate.approved} of its last {rate.decisions} drafts {'was' if rate.approved == 1 else 'were'} approved"
    return Draft(
        title=f"Suspended: {noun} {name}, {counted}",
        urgency=Urgency.CRITICAL if any(play.survival for play in silent) else Urgency.HIGH,
        action_type=ENABLE,
        payload={"kind": kind, "name": name},
        verdict="Enable it again, or reject this and it stays off",
        reasoning=f"{counted[0].upper()}{counted[1:]}, which is surely under {threshold:.0%}. {effect}",
        evidence=(
            ("Approved", f"{rate.approved} of {rate.decisions}"),
            ("Suspended below", f"{threshold:.0%}"),
            ("Enabled again", "the count begins anew"),
        ),
        object_id=f"{kind}:{name}",
        subject_key=f"{kind}:{name}",
        expires_at=ctx.clock.now() + _WAITS,
    )


def _words(kind: str, name: str) -> tuple[str, str]:
    if kind == "play":
        return "the play", f"{name} drafts nothing now. Its proposals that wait can still be decided."
    return (
        "the action type",
        f"No further {name} is approved now. Actions that were approved before are performed.",
    )


def _drafted_by() -> Json:
    return {"author": "rules", "play": NAME, "rules": _VERSION}


def _source(draft: Draft, event_id: int) -> Json:
    return {
        "vertical": SETUP,
        "play": NAME,
        "event_id": event_id,
        "thread_id": f"event:{event_id}:{NAME}",
        "dedupe_key": f"{NAME}:{draft.subject_key}",
        "hours": 0,  # it may be suspended again at any time
        "stage": None,
    }


def _key(kind: str, name: str) -> str:
    return f"{NAME}:{kind}:{name}"
