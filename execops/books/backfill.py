"""Backfills: read a source's history page by page into the ledger and the snapshots.

One transaction stores a page and the cursor after it. So a killed backfill continues at its page, and no page counts
twice. A backfill makes no event and wakes no play: history interrupts nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from execops.books import ledger
from execops.context import Context
from execops.db import queries
from execops.db.locks import Lock
from execops.errors import ConflictError
from execops.model import Actor
from execops.ports import History, Page
from execops.sources.pages import unless_stopped

SQL = queries.load("backfills")
SESSION = queries.load("session")
BACKFILL = Actor.system("backfill")


class Progress(Struct, frozen=True, kw_only=True):
    """The progress of one resource.

    `pages` and `objects` count all runs of this backfill. `new_snapshots`, `new_movements` and `new_balances` count the
    rows that this run wrote.
    """

    resource: str
    pages: int = 0
    objects: int = 0
    new_snapshots: int = 0
    new_movements: int = 0
    new_balances: int = 0
    oldest: datetime | None = None
    done: bool = False


class Backfilled(Struct, frozen=True, kw_only=True):
    """The result of a run. `finished` is False if the run was stopped; the next run continues there."""

    source: str
    since: datetime
    finished: bool
    resumed: bool
    resources: list[Progress]


async def run(
    ctx: Context,
    source: str,
    history: History,
    *,
    since: datetime,
    restart: bool = False,
    stop: asyncio.Event | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Backfilled:
    """Read a source's history since a moment. Continues an unfinished run, with that run's `since`.

    Raises ConflictError while another backfill of the source runs, NotConfiguredError, UnavailableError.
    """
    stop = stop or asyncio.Event()
    async with _hold_backfill_lock(ctx, source):
        unfinished = await _load_unfinished(ctx, source, history.resources, since, restart=restart)
        resumed = bool(unfinished)
        since = min([since, *(row["since"] for row in unfinished.values())])
        resources: list[Progress] = []
        for resource in history.resources:
            row = unfinished.get(resource, {})
            progress = Progress(
                resource=resource,
                pages=row.get("pages", 0),
                objects=row.get("rows", 0),
                done=row.get("done", False),
            )
            cursor = row.get("cursor")
            on_progress(progress)
            while not progress.done and not stop.is_set():
                page = await unless_stopped(stop, history.page(resource, since, cursor))
                if page is None:
                    break
                applied = await _store_page(ctx, source, resource, since, page)
                cursor = page.cursor
                progress = _add_page(progress, page, applied)
                on_progress(progress)
            resources.append(progress)
            if not progress.done:
                break
        finished = len(resources) == len(history.resources) and all(progress.done for progress in resources)
        return Backfilled(source=source, since=since, finished=finished, resumed=resumed, resources=resources)


@asynccontextmanager
async def _hold_backfill_lock(ctx: Context, source: str) -> AsyncIterator[None]:
    """Hold the lock of a source's backfill. Postgres releases the lock when this process dies."""
    name = f"{queries.ORG} {source}"
    async with ctx.session() as conn:
        row = await queries.the_one(conn, SESSION["try_lock"], space=Lock.BACKFILL, name=name)
        if not row["locked"]:
            raise ConflictError(f"Another backfill of {source} runs; nothing was changed.")
        try:
            yield
        finally:
            if not conn.broken:
                await queries.run(conn, SESSION["unlock"], space=Lock.BACKFILL, name=name)


async def _load_unfinished(
    ctx: Context, source: str, resources: Sequence[str], since: datetime, *, restart: bool
) -> dict[str, dict[str, Any]]:
    """Read the progress of an unfinished run, by resource.

    Deletes the progress of a finished run, and of a run that began at a later `since` than this one.
    """
    async with ctx.transaction(BACKFILL) as conn:
        rows = await queries.many(conn, SQL["of_source"], source=source)
        finished = {row["resource"] for row in rows if row["done"]} >= set(resources)
        if restart or finished or any(row["since"] > since for row in rows):
            await queries.run(conn, SQL["forget"], source=source)
            return {}
    return {row["resource"]: row for row in rows}


async def _store_page(
    ctx: Context, source: str, resource: str, since: datetime, page: Page
) -> ledger.Applied:
    """Store a page's objects and the cursor after it, in one transaction."""
    async with ctx.transaction(BACKFILL) as conn:
        applied = await ledger.apply(conn, source, page.effects)
        await queries.run(
            conn,
            SQL["advance"],
            source=source,
            resource=resource,
            since=since,
            cursor=page.cursor,
            done=page.cursor is None,
            rows=page.objects,
        )
    return applied


def _add_page(progress: Progress, page: Page, applied: ledger.Applied) -> Progress:
    return replace(
        progress,
        pages=progress.pages + 1,
        objects=progress.objects + page.objects,
        new_snapshots=progress.new_snapshots + applied.snapshots,
        new_movements=progress.new_movements + applied.movements,
        new_balances=progress.new_balances + applied.balances,
        oldest=page.oldest,
        done=page.cursor is None,
    )
