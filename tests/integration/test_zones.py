"""The sums move to another time zone while others write, and not in turn for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from execops.canvas import run as canvas_run
from execops.canvas.run import open_canvas
from execops.client import Client
from execops.context import Context
from execops.db import queries
from execops.errors import DeadlockError, UnavailableError
from execops.settings import Settings
from tests import records
from tests.integration.test_bank_import import HEAD, process, take
from tests.stripe_events import deliver, event, fixture, paid, take_in

TODAY = date(2026, 10, 20)
EAST = "Pacific/Auckland"
MOVEMENT = (
    "insert into transactions (occurred_at, kind, amount_minor, currency, source, external_id)"
    " values (%s, 'charge', 100, 'USD', 'test', gen_random_uuid()::text)"
)
NOON = "2026-10-01 20:00Z"  # already the second of October in the east
LEVEL = (
    "insert into mrr_levels (subscription, customer, at, currency, tiebreak, level_minor)"
    " values ('sub_1', 'cus_1', %s, 'USD', '', 100)"
)
CHANGE = (
    "insert into mrr_changes (subscription, customer, at, delta_minor, currency, kind)"
    " values ('sub_1', 'cus_1', %s, 100, 'USD', 'new')"
)
PROCESSED = "update events set status = 'processed' where id = %s and status = 'received'"
WRITES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "movement": (MOVEMENT, (NOON,)),
    "event": (PROCESSED, ()),
    "level": (LEVEL, (NOON,)),
    "change": (CHANGE, (NOON,)),
}


async def sums(ctx: Context) -> list[dict[str, Any]]:
    """The days of all sums, over all slots."""
    return await records.rows(
        ctx,
        "select kind, start, sum(moves_in) as count from rollup_kinds where grain = 'day' group by 1, 2"
        " union all select kind, start, sum(changes) from rollup_mrr where grain = 'day' group by 1, 2"
        " union all select type, day, sum(events) from rollup_events group by 1, 2 order by 1, 2",
    )


@pytest.mark.parametrize("first", WRITES)
@pytest.mark.parametrize("second", WRITES)
async def test_a_rebuild_waits_for_a_writer_and_no_deadlock_comes_of_it(
    ctx: Context, first: str, second: str
) -> None:
    rebuild = "select rollup_rebuild('default', %s)"
    ids = [(await deliver(ctx, paid(f"in_{number}"))).event_id for number in range(2)]
    async with ctx.transaction() as conn:
        for number, name in enumerate((first, second)):
            statement, values = WRITES[name]
            if number == 1:
                rebuilding = asyncio.create_task(records.run(ctx, rebuild, EAST))
                await records.until_blocked(ctx)
            if first == second and name == "level":
                statement = statement.replace("sub_1", f"sub_{number}")
            await conn.execute(statement.encode(), values or (ids[number],))
    await rebuilding
    kept = await sums(ctx)
    assert {row["start"].isoformat() for row in kept if row["kind"] in {"charge", "level", "new"}} <= {
        "2026-10-02"
    }
    await records.run(ctx, rebuild, EAST)
    assert await sums(ctx) == kept


async def test_a_question_from_another_zone_waits_for_a_writer(
    ctx: Context, make_settings: Callable[..., Settings]
) -> None:
    east = replace(ctx, settings=make_settings(time_zone=EAST))
    receipt = await deliver(ctx, paid("in_1"))
    async with open_canvas(east) as canvas:
        async with ctx.transaction() as conn:
            await conn.execute(MOVEMENT.encode(), (NOON,))
            asking = asyncio.create_task(canvas.answer("net_revenue", {}, TODAY))
            await records.until_blocked(ctx)
            await conn.execute(PROCESSED.encode(), (receipt.event_id,))
        await asking


async def test_a_writer_that_waits_for_a_rebuild_uses_the_new_zone(ctx: Context) -> None:
    async with ctx.transaction() as conn:
        await conn.execute(b"select rollup_rebuild('default', %s)", (EAST,))
        writing = [
            asyncio.create_task(records.run(ctx, MOVEMENT, NOON)),
            asyncio.create_task(take_in(ctx, event("charge.succeeded", fixture("charge", id="ch_1")))),
        ]
        await records.until_blocked(ctx, 2)
    await asyncio.gather(*writing)
    kept = await sums(ctx)
    assert ("charge", "2026-10-02") in [(row["kind"], row["start"].isoformat()) for row in kept]
    await records.run(ctx, "select rollup_rebuild('default', %s)", EAST)
    assert await sums(ctx) == kept


async def test_a_rebuild_that_postgres_ended_is_tried_again(
    ctx: Context, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    east = replace(ctx, settings=make_settings(time_zone=EAST))
    rebuild, ended = canvas_run.SQL["rebuild"], 0

    async def run(conn: Any, query: Any, **values: Any) -> int:
        nonlocal ended
        if query is rebuild and ended < 2:
            ended += 1
            await conn.execute(b"do $$ begin raise 'deadlock' using errcode = '40P01'; end $$")
        changed: int = await original(conn, query, **values)
        return changed

    original = queries.run
    monkeypatch.setattr(queries, "run", run)
    async with open_canvas(east) as canvas:
        await canvas.answer("net_revenue", {}, TODAY)
    assert ended == 2


async def test_a_deadlock_is_no_defect(ctx: Context) -> None:
    with pytest.raises(DeadlockError, match="nothing was changed"):
        await records.run(ctx, "do $$ begin raise 'deadlock' using errcode = '40P01'; end $$")


async def test_two_zones_do_not_move_the_sums_in_turn_for_ever(
    ctx: Context, make_settings: Callable[..., Settings]
) -> None:
    await records.run(ctx, MOVEMENT, NOON)
    refused: list[str] = []
    east = replace(ctx, settings=make_settings(time_zone=EAST))
    async with open_canvas(ctx) as here, open_canvas(east) as there:
        for canvas in (here, there) * 8:
            try:
                await canvas.answer("net_revenue", {}, TODAY)
            except UnavailableError as exc:
                refused.append(f"{exc.message} {exc.hint}")
    assert len(refused) > 4
    assert all("EXECOPS_TIME_ZONE" in text and EAST in text for text in refused)
    (row,) = await records.rows(ctx, "select cardinality(moved_at) as moves from rollup_zone")
    assert row["moves"] == 4
    await records.run(ctx, "update rollup_zone set moved_at = '{}'")  # a day later
    async with open_canvas(east) as there:
        await there.answer("net_revenue", {}, TODAY)


async def test_the_days_of_a_bank_stay_in_another_time_zone(ctx: Context, client: Client) -> None:
    """A founder imports, then sets the zone of New York: a line of the first of November must not become one of October."""
    zones = ("UTC", "Asia/Tokyo", "America/New_York", "Europe/London", "UTC")
    faces = [replace(ctx, settings=replace(ctx.settings, time_zone=zone)) for zone in zones]
    for face, account, line in (
        (faces[0], "first", "2026-06-01,AWS,-10.00,990.00\n2026-11-01,Gusto,-20.00,970.00\n"),
        (faces[1], "second", "2026-11-01,Slack,-7.00,500.00\n"),  # before any question is asked there
    ):
        await take(face, client, HEAD + line, account=account)
        await process(face)
    for face in faces[1:]:
        console = Client(face, client.operator)
        spent = (await console.canvas.ask("spend by month since 1 May 2026", date(2026, 11, 22))).answer
        assert spent is not None
        paid_in = {row[0]: row[2] for row in spent.rows if row[2]}
        assert paid_in == {date(2026, 6, 1): 1000, date(2026, 11, 1): 2700}, face.settings.time_zone
        for day, held in ((date(2026, 10, 31), {99000, 50700}), (date(2026, 11, 1), {97000, 50000})):
            cash = (await console.canvas.ask("cash", day)).answer
            assert cash is not None
            assert {row[2] for row in cash.rows} == held, (face.settings.time_zone, day)
    for number in (1, 2):
        await Client(faces[0], client.operator).books.undo_import(number)
    assert await records.rows(ctx, "select 1 from transactions union all select 1 from balances") == []
