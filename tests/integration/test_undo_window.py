"""The undo window ends by the clock of the database, whatever the clocks of the processes say."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.errors import ConflictError
from execops.model import Status
from tests import records
from tests.conftest import MakeSettings
from tests.job_worker import until_status, working

WINDOW = 2.0  # seconds


@pytest.fixture
async def ctx(make_settings: MakeSettings) -> object:
    """A Context with an undo window."""
    from jobs.bootstrap import open_context

    async with open_context(make_settings(undo_window=WINDOW), pool_size=12) as context:
        yield context


class _Skewed(datetime):
    """A machine's clock that goes wrong by `skew`."""

    skew = timedelta()

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + cls.skew


@pytest.mark.parametrize("skew", [-120, 0, 120])
async def test_no_clock_but_the_databases_ends_it(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch, skew: int, record_property: object
) -> None:
    monkeypatch.setattr(_Skewed, "skew", timedelta(seconds=skew))
    for module in ("procrastinate.utils", "procrastinate.tasks", "jobs.worker", "jobs.tasks"):
        if module == "procrastinate.utils":
            monkeypatch.setattr(f"{module}.utcnow", lambda: datetime.now(UTC) + _Skewed.skew)
        elif module.startswith("jobs"):
            monkeypatch.setattr(f"{module}.datetime", _Skewed)
    proposal_id = await records.pending_id(ctx)
    async with working(ctx):
        begun = time.monotonic()
        decided = await client.proposals.approve(proposal_id, 1)
        (row,) = await records.rows(
            ctx, "select due_at, decided_at from action_proposals where id = %s", proposal_id
        )
        assert decided.executes_at == row["due_at"] == row["decided_at"] + timedelta(seconds=WINDOW)
        await until_status(client, proposal_id, Status.EXECUTED)
        seconds = time.monotonic() - begun
    assert WINDOW - 0.1 <= seconds < WINDOW + 8
    record_property(
        "recovery", f"a clock {skew:+} s off, an undo window of {WINDOW:g} s | {seconds:.1f} | sent"
    )  # type: ignore[operator]


async def test_a_job_that_comes_too_early_waits(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    await records.drop_jobs(ctx)
    await processing.execute_proposal(ctx, proposal_id, 1)
    assert await records.executions(ctx, proposal_id) == []
    (job,) = await records.jobs(ctx, "execute_proposal")
    assert 0 < job["delay"] <= WINDOW
    assert (await client.proposals.undo(proposal_id, 1)).status is Status.PENDING
    await processing.execute_proposal(ctx, proposal_id, 1)
    assert await records.executions(ctx, proposal_id) == []
    assert records.mails(ctx) == []


async def test_the_database_refuses_an_attempt_within_the_window(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    await client.proposals.approve(proposal_id, 1)
    insert = (
        "insert into executions (org_id, proposal_id, attempt, idempotency_key, last_actor)"
        " values ('default', %s, 1, 'key', '{}')"
    )
    with pytest.raises((ConflictError, psycopg.DatabaseError), match="it can be undone until"):
        await records.run(ctx, insert, proposal_id)
    await asyncio.sleep(WINDOW)
    await records.run(ctx, insert, proposal_id)
    assert len(await records.executions(ctx, proposal_id)) == 1
