"""Notifying: tell operators who switched that on of an urgent proposal, and show them later what became of it.

Each message has a row, and one job that sends it. A row that is `sending` may be posted, so it is looked for under its key
before it is posted again; where nobody can tell, it is not. A failure of the messenger harms no proposal.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from msgspec import Struct
from psycopg.types.json import Jsonb

from execops import health
from execops.authority import audit, consents, operators, permissions, policy
from execops.authority.permissions import Operation
from execops.context import Context
from execops.db import queries, watch
from execops.db.pool import Connection
from execops.errors import AdapterError, AmbiguousError, NotAcceptedError, NotAllowedError, RejectedError
from execops.model import Json, Operator, Proposal, Status
from execops.ports import Happened, send_notification_job, show_outcome_job, tell_job
from execops.proposals import departures, listing, notification_words, payloads
from execops.text.log_lines import action

logger = logging.getLogger(__name__)
SQL = queries.load("notifications")
TROUBLE = "notification failed"  # the kind of trouble


async def tell(ctx: Context, proposal_id: int, *, reminder: bool = False) -> None:
    """Add a notification for each operator who wants to be told and may decide; `reminder` adds one for the next of them.

    Nothing is added about a proposal that does not wait any more, or of a play that is switched off.
    """
    async with ctx.transaction() as conn:
        proposal = await listing.get(conn, proposal_id)
        if proposal is None or proposal.status is not Status.PENDING or not proposal.urgency.interrupts:
            return
        if not (await policy.read(conn)).play_allowed(proposal.play):
            return
        people = [
            (operator, member)
            for operator, member in await consents.consenting(conn)
            if _may_approve(ctx, operator, proposal)
        ]
        if reminder:
            already = {
                row["operator_id"] for row in await queries.many(conn, SQL["told"], proposal_id=proposal_id)
            }
            people = _next(people, already)
        jobs = []
        for operator, member in people:
            added = await queries.one(
                conn,
                SQL["add"],
                proposal_id=proposal_id,
                operator_id=operator.id,
                reminder=reminder,
                member=member,
            )
            if added is not None:
                jobs.append(send_notification_job(added["id"]))
        wait = ctx.settings.remind_after
        if jobs and not reminder and wait is not None:
            jobs.append(tell_job(proposal_id, reminder=True, delay=wait))
        await ctx.queue.defer(conn, *jobs)


def _may_approve(ctx: Context, operator: Operator, proposal: Proposal) -> bool:
    moves_money = payloads.moves_money(ctx.adapters.get(proposal.action_type))
    try:
        permissions.authorise(operator, Operation.APPROVE, ctx.settings, proposal, moves_money=moves_money)
    except NotAllowedError:
        return False
    return True


def _next(people: Sequence[tuple[Operator, str]], already: Collection[int]) -> list[tuple[Operator, str]]:
    """The person after those who were told, in the order of ids; after the last one comes the first."""
    if not already:
        return []
    later = [person for person in people if person[0].id > max(already)]
    untold = [person for person in people if person[0].id not in already]
    return (later or untold or list(people))[:1]


class _Claimed(Struct, frozen=True):
    """A notification that is about to be posted; `doubtful`: an earlier attempt may have posted it.

    `called_for`: the operator still wants it, and the proposal still waits.
    """

    id: int
    proposal_id: int
    payload: Json
    key: str
    doubtful: bool
    called_for: bool


async def send(ctx: Context, notification_id: int, *, is_last: bool) -> None:
    """Post a notification once. The caller holds its lock, so that no two jobs post it.

    Raises AdapterError for an attempt that is to be made again; after the last one the notification is given up.
    """
    claimed = await _claim(ctx, notification_id)
    if claimed is None or ctx.messenger is None:
        return
    try:
        if claimed.doubtful:
            earlier = await ctx.messenger.find(claimed.payload, key=claimed.key)
            if earlier.happened is Happened.YES:
                await _sent(ctx, claimed, earlier.result or {})
                return
            if earlier.happened is Happened.CANNOT_TELL:
                raise AmbiguousError("Nobody can tell whether an operator was told.")  # noqa: TRY301
            if not claimed.called_for:
                async with ctx.transaction() as conn:
                    await _move(conn, claimed.id, "dropped")
                return
        await watch.require_session()
        result = await ctx.messenger.post(claimed.payload, key=claimed.key)
    except NotAcceptedError as exc:
        await _record(ctx, claimed, "failed" if is_last else "waiting", exc)
        if not is_last:
            raise
    except AmbiguousError as exc:
        if not is_last:
            raise
        await _record(ctx, claimed, "unsure", exc)
    except AdapterError as exc:
        await _record(ctx, claimed, "failed", exc)
    else:
        await _sent(ctx, claimed, result)


async def _claim(ctx: Context, notification_id: int) -> _Claimed | None:
    """Mark a notification as being sent, with its words; None where it is done, or not called for any more."""
    async with ctx.transaction() as conn:
        row = await queries.one(conn, SQL["lock"], id=notification_id)
        if row is None or row["status"] not in {"waiting", "sending"}:
            return None
        doubtful = row["status"] == "sending"
        if not doubtful and not row["called_for"]:
            await _move(conn, notification_id, "dropped")
            return None
        body = row["body"]
        if not doubtful:
            proposal = await listing.get(conn, row["proposal_id"])
            assert proposal is not None  # noqa: S101  it cannot be deleted
            head = await audit.head(conn)
            body = notification_words.waiting(proposal, head, reminder=row["reminder"])
            await _move(conn, notification_id, "sending", body=body)
        payload = {"channel": row["member"], "text": body}
        return _Claimed(
            notification_id, row["proposal_id"], payload, row["idempotency_key"], doubtful, row["called_for"]
        )


async def _sent(ctx: Context, claimed: _Claimed, result: Json) -> None:
    """Record that the message lies there, and show what became of the proposal meanwhile."""
    async with ctx.transaction() as conn:
        await _move(conn, claimed.id, "sent", result=result)
    async with ctx.connection() as conn:  # a status that is committed after this finds the row as sent
        proposal = await listing.get(conn, claimed.proposal_id)
        if proposal is not None and proposal.status is not Status.PENDING:
            await ctx.queue.defer(conn, show_outcome_job(claimed.proposal_id))


async def _record(ctx: Context, claimed: _Claimed, status: str, error: AdapterError) -> None:
    """Record an attempt that failed; one that is given up counts as a trouble."""
    async with ctx.transaction() as conn:
        await _move(conn, claimed.id, status, error=error.message)
        if status != "waiting":
            await health.record_trouble(conn, TROUBLE, error.code)
    if status != "waiting":
        extra = action("notification.failed", proposal=claimed.proposal_id)
        logger.warning("An operator was not told: %s", error.message, extra=extra)


async def _move(
    conn: Connection,
    notification_id: int,
    status: str,
    *,
    body: str | None = None,
    result: Json | None = None,
    error: str | None = None,
) -> None:
    await queries.run(
        conn,
        SQL["move"],
        id=notification_id,
        status=status,
        body=body,
        result_json=None if result is None else Jsonb(result),
        error=error,
    )


async def follow(ctx: Context, conn: Connection, *, proposal_id: int = 0, thread_id: str = "") -> None:
    """Have the messages about a proposal say what became of it, where operators were told of it."""
    row = (
        await queries.one(conn, SQL["of_thread"], thread_id=thread_id)
        if thread_id
        else await queries.one(conn, SQL["of_proposal"], proposal_id=proposal_id)
    )
    if row is not None:
        await ctx.queue.defer(conn, show_outcome_job(row["proposal_id"]))


async def show_outcome(ctx: Context, proposal_id: int, *, is_last: bool) -> None:
    """Write into every message about a proposal what became of it.

    Raises AdapterError for an attempt that is to be made again; the last one counts as a trouble.
    """
    if ctx.messenger is None:
        return
    async with ctx.connection() as conn:
        rows = await queries.many(conn, SQL["sent"], proposal_id=proposal_id)
    failure: AdapterError | None = None
    for row in rows:
        try:
            await _show(ctx, proposal_id, row)
        except AdapterError as exc:
            failure = exc
    if failure is None:
        return
    if not is_last and not isinstance(failure, RejectedError):
        raise failure
    async with ctx.connection() as conn:
        await health.record_trouble(conn, TROUBLE, failure.code)
    logger.warning("A message kept its old words: %s", failure.message, extra=action("notification.stale"))


async def _show(ctx: Context, proposal_id: int, row: Json) -> None:
    """Change one message until it shows the status that the proposal has after the change."""
    assert ctx.messenger is not None  # noqa: S101  `show_outcome` looked
    shown = row["shown"]
    while True:
        async with ctx.connection() as conn:
            proposal = await listing.get(conn, proposal_id)
            assert proposal is not None  # noqa: S101  it cannot be deleted
            if proposal.status == shown:
                return
            names = {operator.id: operator.name for operator in await operators.everyone(conn)}
            leaves = await departures.of(ctx, conn, proposal)
            head = await audit.head(conn)
        by = names.get(proposal.decided_by or 0)
        text = notification_words.outcome(proposal, head, by=by, leaves=leaves, now=ctx.clock.now())
        payload = {"channel": row["member"], "text": text}
        await ctx.messenger.change(row["result_json"], payload, key=row["idempotency_key"])
        shown = proposal.status
        async with ctx.transaction() as conn:
            await queries.run(conn, SQL["show"], id=row["id"], shown=shown)
