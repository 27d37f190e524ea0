"""Backfills: the history that a source can still tell, taken into ledger and snapshots page by page.

Each page is one transaction that writes what it tells and the cursor after it, so that a killed backfill goes on
at its page and no page counts twice. No event is made and no play is woken: history interrupts nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from execops.books import ledger
from execops.context import Context
from execops.db import queries
from execops.db.locks import Lock
from execops.errors import ConflictError
from execops.model import Actor
from execops.ports import History, Page

SQL = queries.load("backfills")
SESSION = queries.load("session")
BACKFILL = Actor.system("backfill")
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a resource has come, over all runs of this backfill; `new` counts what this run changed."""

    resource: str
    pages: int = 0
    objects: int = 0
    new_snapshots: int = 0
    new_movements: int = 0
    new_balances: int = 0
    oldest: datetime | None = None
    done: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Backfilled:
    """What a run did; `finished` is False where it was stopped, and the next one goes on there."""

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
    """Take in a source's history since then; goes on where an unfinished run stopped, with that run's `since`.

    Raises ConflictError while another one runs, NotConfiguredError, UnavailableError.
    """
    stop = stop or asyncio.Event()
    async with _alone(ctx, source):
        known = await _start(ctx, source, history.resources, since, restart=restart)
        resumed = bool(known)
        since = min([since, *(row["since"] for row in known.values())])
        told: list[Progress] = []
        for resource in history.resources:
            row = known.get(resource, {})
            progress = Progress(
                resource=resource,
                pages=row.get("pages", 0),
                objects=row.get("rows", 0),
                done=row.get("done", False),
            )
            cursor = row.get("cursor")
            on_progress(progress)
            while not progress.done and not stop.is_set():
                page = await _unless(stop, history.page(resource, since, cursor))
                if page is None:
                    break
                applied = await _take_in(ctx, source, resource, since, page)
                cursor = page.cursor
                progress = _after(progress, page, applied)
                on_progress(progress)
            told.append(progress)
            if not progress.done:
                break
        finished = len(told) == len(history.resources) and all(each.done for each in told)
        return Backfilled(source=source, since=since, finished=finished, resumed=resumed, resources=told)


@asynccontextmanager
async def _alone(ctx: Context, source: str) -> AsyncIterator[None]:
    """Hold the lock of a source's backfill; the database lets go of it when this process dies."""
    name = f"{queries.ORG} {source}"
    async with ctx.connection() as conn:
        row = await queries.the_one(conn, SESSION["try_lock"], space=Lock.BACKFILL, name=name)
        if not row["locked"]:
            raise ConflictError(f"Another backfill of {source} runs; nothing was changed.")
        try:
            yield
        finally:
            if not conn.broken:
                await queries.run(conn, SESSION["unlock"], space=Lock.BACKFILL, name=name)


async def _start(
    ctx: Context, source: str, resources: Sequence[str], since: datetime, *, restart: bool
) -> dict[str, dict[str, Any]]:
    """What an unfinished run left; forgotten where that was finished, or began later than this one asks for."""
    async with ctx.transaction(BACKFILL) as conn:
        rows = await queries.many(conn, SQL["of_source"], source=source)
        finished = {row["resource"] for row in rows if row["done"]} >= set(resources)
        if restart or finished or any(row["since"] > since for row in rows):
            await queries.run(conn, SQL["forget"], source=source)
            return {}
    return {row["resource"]: row for row in rows}


async def _take_in(ctx: Context, source: str, resource: str, since: datetime, page: Page) -> ledger.Applied:
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


def _after(progress: Progress, page: Page, applied: ledger.Applied) -> Progress:
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


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, _T]) -> _T | None:
    """The work's result; None, and the work is called off, where `stop` comes first."""
    task, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for each in (task, stopped):
            each.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)
