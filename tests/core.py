"""What the tests of the core share: proposals, jobs and rows of one test's database, and races without sleeps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from execops.authority import operators
from execops.books import ledger
from execops.client import Client
from execops.context import Context
from execops.db.pool import Connection
from execops.ingest import events
from execops.model import Actor, Event, Json, Proposal, Role
from execops.proposals import listing
from tests.stripe_events import deliver, failed, take_in


async def pending_id(ctx: Context, id_: str = "in_1", **changes: Any) -> int:
    """The id of a pending card_update proposal about this invoice."""
    event = await take_in(ctx, failed(id_, **changes))
    proposal_id = of_play(event)[-1]["proposal"]
    assert isinstance(proposal_id, int), event.outcome
    return proposal_id


def of_play(event: Event, play: str = "card_update") -> list[Json]:
    """What came of an event through one play."""
    return [each for each in event.outcome if each["play"] == play]


async def proposal(ctx: Context, proposal_id: int) -> Proposal:
    """The proposal with its effective status."""
    async with ctx.connection() as conn:
        found = await listing.get(conn, proposal_id)
    assert found is not None
    return found


async def rows(ctx: Context, query: str, *values: Any) -> list[dict[str, Any]]:
    """What a query finds."""
    async with ctx.connection() as conn:
        return await (await conn.execute(query.encode(), values)).fetchall()


async def run(ctx: Context, statement: str, *values: Any) -> None:
    """A statement in the system's name."""
    async with ctx.transaction() as conn:
        await conn.execute(statement.encode(), values)


async def expire(ctx: Context, proposal_id: int) -> None:
    """Let a pending proposal's time run out."""
    await run(
        ctx, "update action_proposals set expires_at = now() - interval '1 s' where id = %s", proposal_id
    )


async def jobs(ctx: Context, task: str) -> list[dict[str, Any]]:
    """The jobs that wait for this task, the oldest first: `args`, and `delay` in seconds."""
    return await rows(
        ctx,
        "select args, coalesce(extract(epoch from scheduled_at - now())::float, 0) as delay"
        " from procrastinate_jobs where task_name = %s and status = 'todo' order by id",
        task,
    )


async def drop_jobs(ctx: Context) -> None:
    """Forget the jobs that wait."""
    await run(ctx, "delete from procrastinate_jobs")


async def executions(ctx: Context, proposal_id: int) -> list[dict[str, Any]]:
    """The attempts at a proposal, in order."""
    return await rows(ctx, "select * from executions where proposal_id = %s order by attempt", proposal_id)


async def transitions(ctx: Context, proposal_id: int) -> list[str]:
    """What the audit log says happened to a proposal, in order."""
    found = await rows(ctx, "select action from audit_log where proposal_id = %s order by seq", proposal_id)
    return [row["action"] for row in found]


async def checkpoint_rows(ctx: Context) -> int:
    """How many rows the checkpointer keeps, of all threads."""
    (row,) = await rows(
        ctx,
        "select (select count(*) from checkpoints) + (select count(*) from checkpoint_blobs)"
        " + (select count(*) from checkpoint_writes) as count",
    )
    return int(row["count"])


async def events_and_jobs(ctx: Context) -> tuple[int, int]:
    """How many events and jobs there are, as another connection sees them."""
    (row,) = await rows(
        ctx,
        "select (select count(*) from events) as events, (select count(*) from procrastinate_jobs) as jobs",
    )
    return row["events"], row["jobs"]


async def recorded(ctx: Context, payload: dict[str, Any]) -> Event:
    """An event that was received and is in the ledger; nothing is assessed again, and no play has run."""
    receipt = await deliver(ctx, payload)
    async with ctx.transaction() as conn:
        return await record(conn, receipt.event_id)


async def record(conn: Connection, event_id: int) -> Event:
    """Lock a received event and write it into the ledger, in the caller's transaction."""
    event, _ = await events.take(conn, event_id)
    assert event is not None
    await ledger.record(conn, event)
    return event


def mails(ctx: Context) -> list[Path]:
    """The mails in the outbox, read or unread."""
    folder = ctx.settings.outbox / "email"
    return [*folder.glob("new/*"), *folder.glob("cur/*")]


async def someone(ctx: Context, name: str, role: Role, **limits: Any) -> Client:
    """The client of a new operator with these limits."""
    token = operators.new_token()
    async with ctx.transaction() as conn:
        made = await operators.add(conn, name, role, token)
        await conn.execute(b"update operators set limits = %s where id = %s", (Jsonb(limits), made.id))
    return await Client.login(ctx, token)


def acting(client: Client) -> Actor:
    """The actor behind a client, for a transaction of the test's own."""
    return Actor.user(client.operator)


async def blocked(ctx: Context, count: int = 1) -> None:
    """Return once this many sessions of the test's database wait for a lock."""
    async with asyncio.timeout(10):
        while True:
            (row,) = await rows(
                ctx,
                "select count(distinct pid) as count from pg_locks l join pg_stat_activity a using (pid)"
                " where not l.granted and a.datname = current_database()",
            )
            if row["count"] >= count:
                return


def words(payload: Json, text: str) -> Json:
    """The payload with another text."""
    return {**payload, "text": text}
