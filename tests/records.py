"""The records of a test's database: its proposals, jobs, executions and rows, and a wait for blocked sessions."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from msgspec.structs import replace
from psycopg.types.json import Jsonb

from execops.authority import operators
from execops.books import ledger
from execops.client import Client
from execops.context import WORKER, Context
from execops.db import app_role
from execops.db.pool import Connection, Pool, create_pool
from execops.ingest import events
from execops.model import Actor, Event, Json, Proposal, Role
from execops.proposals import listing
from execops.settings import Secret
from tests.stripe_events import deliver, failed, payer, take_in


async def pending_id(ctx: Context, id_: str = "in_1", **changes: Any) -> int:
    """Process a failed charge of this invoice; returns the id of its pending card_update proposal.

    The customer of `in_2` is `cus_2` unless the changes name another. Each has an address of their own: a customer has
    one proposal, and one message a day.
    """
    customer = changes.get("customer") or id_.replace("in_", "cus_", 1)
    return await drafted_id(ctx, failed(id_, **(payer(customer) | changes)), "card_update")


async def drafted_id(ctx: Context, payload: Json, play: str) -> int:
    """Process an event; returns the id of the pending proposal that this play makes of it."""
    event = await take_in(ctx, payload)
    proposal_id = results_of_play(event, play)[-1]["proposal"]
    assert isinstance(proposal_id, int), event.outcome
    return proposal_id


def results_of_play(event: Event, play: str = "card_update") -> list[Json]:
    """The results of one play in an event's outcome."""
    return [result for result in event.outcome if result["play"] == play]


def why_declined(event: Event, play: str) -> str:
    """The last reason for which a play drafted nothing of an event."""
    why: str = results_of_play(event, play)[-1]["why"]
    return why


async def proposals_of_play(ctx: Context, play: str) -> list[Proposal]:
    """Every proposal of a play with its effective status, the oldest first."""
    listed = await rows(ctx, "select id from action_proposals where play = %s order by id", play)
    return [await proposal(ctx, row["id"]) for row in listed]


async def proposal(ctx: Context, proposal_id: int) -> Proposal:
    """Read the proposal with its effective status."""
    async with ctx.connection() as conn:
        row = await listing.get(conn, proposal_id)
    assert row is not None
    return row


async def rows(ctx: Context, query: str, *values: Any) -> list[dict[str, Any]]:
    """The rows that a query returns."""
    async with ctx.connection() as conn:
        return await (await conn.execute(query.encode(), values)).fetchall()


async def run(ctx: Context, statement: str, *values: Any, actor: Actor = WORKER) -> None:
    """Run a statement as the owner of the tables, for what no process may do: by default in the system's name."""
    owner = await _kept_owner(ctx)
    async with owner.transaction(actor) as conn:
        await conn.execute(statement.encode(), values)


_pools: WeakKeyDictionary[AsyncExitStack, dict[str, Pool]] = WeakKeyDictionary()


async def _kept_owner(ctx: Context) -> Context:
    """This Context as the owner of the tables, on one connection that ends with the Context: a new one costs 10 ms."""
    pools, url = _pools.setdefault(ctx.closing, {}), owner_url(ctx.url.reveal())
    if url not in pools:
        pools[url] = await ctx.closing.enter_async_context(create_pool(url, max_size=1))
    return replace(ctx, url=Secret(url), pool=pools[url], pooler_url=None, sessions=None)


def as_owner(ctx: Context) -> AbstractAsyncContextManager[Context]:
    """This Context as the owner of the tables of the test's database."""
    return replace(ctx, owner_url=Secret(owner_url(ctx.url.reveal()))).as_owner()


def owner_url(url: str) -> str:
    """The URL of the same database for the owner of its tables."""
    return url.replace(f"//{app_role.NAME}@", "//postgres@", 1)


async def stored_counts(ctx: Context) -> tuple[int, int]:
    """The number of events, and of events that jobs will process, as another connection sees them."""
    (row,) = await rows(
        ctx,
        "select (select count(*) from events) as events,"
        " (select count(*) from procrastinate_jobs, jsonb_array_elements(args -> 'event_ids')) as enqueued",
    )
    return row["events"], row["enqueued"]


async def record_event(ctx: Context, payload: Json) -> Event:
    """Receive an event and record its facts; no proposal is re-assessed, and no play runs yet."""
    receipt = await deliver(ctx, payload)
    async with ctx.transaction() as conn:
        return await record(conn, receipt.event_id)


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


async def key(ctx: Context, proposal_id: int, version: int = 1, approval: int = 1) -> str:
    """The idempotency key of a first attempt of this approval, as its deployment makes it today."""
    (row,) = await rows(ctx, "select deployment_id from deployments")
    return f"execops-{row['deployment_id']}-{proposal_id}-{version}-{approval}"


async def transitions(ctx: Context, proposal_id: int) -> list[str]:
    """The actions of the audit log about a proposal, in order."""
    entries = await rows(ctx, "select action from audit_log where proposal_id = %s order by seq", proposal_id)
    return [row["action"] for row in entries]


async def checkpoint_rows(ctx: Context) -> int:
    """The number of rows that the checkpointer keeps, for all threads together."""
    (row,) = await rows(
        ctx,
        "select (select count(*) from checkpoints) + (select count(*) from checkpoint_blobs)"
        " + (select count(*) from checkpoint_writes) as count",
    )
    return int(row["count"])


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


async def new_client(ctx: Context, name: str, role: Role, **limits: Any) -> Client:
    """Add an operator with this role and these limits, in the founder's name; returns the operator's client."""
    token = operators.new_token()
    async with ctx.transaction(await founder_of(ctx)) as conn:
        operator = await operators.add(conn, name, role, token)
        await conn.execute(b"update operators set limits = %s where id = %s", (Jsonb(limits), operator.id))
    return await Client.login(ctx, token)


async def founder_of(ctx: Context) -> Actor:
    """The actor of the founder, by the token in the settings."""
    assert ctx.settings.token is not None
    async with ctx.connection() as conn:
        return Actor.user(await operators.authenticate(conn, ctx.settings.token))


def actor_of(client: Client) -> Actor:
    """The actor of a client, for a transaction that the test opens itself."""
    return Actor.user(client.operator)


async def until_blocked(ctx: Context, count: int = 1) -> None:
    """Wait until this many sessions of the test's database wait for a lock."""
    async with asyncio.timeout(10):
        while True:
            (row,) = await rows(
                ctx,
                "select count(distinct pid) as count from pg_locks l join pg_stat_activity a using (pid)"
                " where not l.granted and a.datname = current_database()",
            )
            if row["count"] >= count:
                return


def with_text(payload: Json, text: str) -> Json:
    """The payload with another text."""
    return {**payload, "text": text}
