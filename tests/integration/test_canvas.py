"""The canvas reads only, within its limits; the sums it reads are kept by whoever writes, together and in any order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from execops.canvas import catalogue
from execops.canvas import run as canvas_run
from execops.canvas.ask import ask
from execops.canvas.catalogue import Metric
from execops.canvas.params import MAX_ROWS
from execops.canvas.run import Canvas, open_canvas
from execops.context import Context
from execops.db.locks import Lock
from execops.errors import InvalidInputError, NotFoundError, UnavailableError
from execops.settings import Secret
from tests.conftest import MakeSettings
from tests.records import as_owner, rows, run
from tests.stripe_events import failed, take_in
from tests.walking import walk

TODAY = date(2026, 11, 22)
SUMS = {
    "rollup_kinds": "org_id, grain, kind, start, currency|money_in, money_out, moves_in, moves_out",
    "rollup_parties": "org_id, role, grain, kind, start, currency, party|money_in, money_out, moves_in, moves_out",
    "rollup_mrr": "org_id, grain, kind, start, currency|delta, changes",
    "rollup_events": "org_id, day, source, type|events",
}
HOSTILE = [
    "'; delete from events; --",
    "' union select token_proof, 1, 1, 1, null from operators --",
    "x'; update operators set role = 'founder' --",
    "$$; drop table transactions; $$",
    "%(org_id)s",
    "%s",
    "month'); select pg_sleep(60); --",
    "(select token_proof from operators limit 1)",
    "operators",
    "\\'; commit; insert into suppressions values ('default', 'x') --",
    "NULL",
    "2026-01-01'; delete from events; --",
    "1; drop table events",
    "0x7fffffff",
]


@pytest.fixture
async def canvas(ctx: Context) -> AsyncIterator[Canvas]:
    await take_in(ctx, failed())
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, counterparty, customer,"
        " source) select n::text, timestamptz '2026-10-01 12:00Z' + n * interval '5 hours',"
        " (array['charge', 'refund', 'issuing', 'bank'])[1 + n %% 4], n * 10, 'USD', 'AWS', 'cus_1', 'test'"
        " from generate_series(1, %s) n",
        200,
    )
    async with open_canvas(ctx) as opened:
        yield opened


async def everything(ctx: Context) -> dict[str, Any]:
    """A digest of every table."""
    async with as_owner(ctx) as owner:
        return await _digests(owner)


async def _digests(ctx: Context) -> dict[str, Any]:
    tables = await rows(
        ctx, "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    digests = {}
    for table in tables:
        name = table["relname"]
        (row,) = await rows(
            ctx, f"select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as sum from {name} t"
        )
        digests[name] = row["sum"]
    return digests


@walk("hostile", HOSTILE)
async def test_no_parameter_writes_or_reads_another_table(canvas: Canvas, ctx: Context, hostile: str) -> None:
    before = await everything(ctx)
    async with as_owner(ctx) as owner:
        secrets = {row["token_proof"] for row in await rows(owner, "select token_proof from operators")}
    answered = 0
    for metric in catalogue.load().values():
        for name in metric.params:
            try:
                answer = await canvas.answer(metric.name, {name: hostile}, TODAY)
            except InvalidInputError:
                continue
            answered += 1
            assert name in {"vendor", "customer", "category"}, (metric.name, name)
            assert not [row for row in answer.rows if any(cell for cell in row if isinstance(cell, int))]
            assert not secrets & {cell for row in answer.rows for cell in row}
    assert answered >= 6
    assert await everything(ctx) == before


@walk(
    "statement",
    [
        "insert into suppressions (subject_key, created_by, last_actor) values ('x', 'x', '{}')",
        "update events set status = 'failed'",
        "delete from transactions",
        "truncate transactions",
        "create table mine (a int)",
        "select * from events for update",
        "select nextval(pg_get_serial_sequence('events', 'id'))",
        "set transaction read write",
        "with gone as (delete from transactions returning 1) select * from gone",
    ],
)
async def test_its_connections_cannot_write(canvas: Canvas, statement: str) -> None:
    async with canvas._pool.connection() as conn, conn.transaction(force_rollback=True):
        await conn.execute(b"select 1")
        refusals = (
            psycopg.errors.ReadOnlySqlTransaction,
            psycopg.errors.ActiveSqlTransaction,
            psycopg.errors.InsufficientPrivilege,
        )
        with pytest.raises(refusals):
            await conn.execute(statement.encode())


def metric(sql: str, chart: str = "line") -> Metric:
    """A metric that no file would be allowed to hold."""
    return replace(catalogue.load()["events"], sql=sql.encode(), chart=chart)


@pytest.mark.parametrize(
    "sql",
    [
        "delete from transactions returning 1",
        "with gone as (delete from transactions returning 1) select * from gone",
        "select 1; select 2",
        "select 1) x; delete from transactions; select * from (select 1",
    ],
)
async def test_a_statement_is_a_subquery_or_nothing(ctx: Context, canvas: Canvas, sql: str) -> None:
    with pytest.raises((psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.InternalError)):
        await canvas_run.answer(ctx, canvas._pool, metric(sql), {}, TODAY)
    assert (await rows(ctx, "select count(*) as n from transactions"))[0]["n"] >= 200


async def test_an_answer_takes_so_long_and_no_longer(ctx: Context, make_settings: MakeSettings) -> None:
    slow = "select pg_sleep(30)::text as bucket, 1 as events, 0 as failed, null as unknown"
    hasty = replace(ctx, settings=make_settings(canvas_timeout=0.2))
    async with open_canvas(hasty) as canvas:
        with pytest.raises(UnavailableError, match=r"longer than 0\.2 s"):
            await canvas_run.answer(hasty, canvas._pool, metric(slow), {}, TODAY)
        assert (await canvas.answer("refunds", {}, TODAY)).metric == "refunds"  # its connection goes on


async def test_an_answer_is_so_long_and_no_longer(ctx: Context, canvas: Canvas) -> None:
    many = (
        "select n::text as bucket, n as events, 0 as failed, null as unknown from generate_series(1, 5000) n"
    )
    answer = await canvas_run.answer(ctx, canvas._pool, metric(many), {"group_by": "type"}, TODAY)
    assert (len(answer.rows), answer.receipt.truncated) == (MAX_ROWS, True)


async def test_a_replica_answers(ctx: Context, make_settings: MakeSettings) -> None:
    there = replace(ctx, url=Secret("postgresql://127.0.0.1:1/none"))
    there = replace(there, settings=make_settings(canvas_database_url=ctx.url))
    async with open_canvas(there) as canvas:
        assert (await canvas.answer("refunds", {}, TODAY)).unknown
    away = replace(ctx, settings=make_settings(canvas_database_url=Secret("postgresql://127.0.0.1:1/none")))
    async with open_canvas(away) as canvas:
        with pytest.raises(UnavailableError):
            await canvas.answer("refunds", {}, TODAY)


async def test_an_unknown_metric(canvas: Canvas) -> None:
    with pytest.raises(NotFoundError):
        await canvas.answer("operators", {}, TODAY)


async def test_names_are_those_of_the_ledger(canvas: Canvas, ctx: Context) -> None:
    """An open invoice names a customer who has no name of their own."""
    await run(
        ctx,
        "insert into snapshots (object_id, object_type, state, as_of)"
        " values ('cus_9', 'customer', '{\"name\": \"Initech\"}', now() + %s * interval '1 s')",
        0,
    )
    names = await canvas.names()
    assert names.vendors == ("AWS",)
    assert dict(names.customers or {}) == {"Acme Inc": "cus_1", "Initech": "cus_9"}
    assert names.currencies == ("USD",)
    understood = await canvas.understand("what does acme owe us")
    assert (understood.metric, understood.params) == ("receivables", {"customer": "cus_1"})
    await run(
        ctx,
        "insert into snapshots (object_id, object_type, state, as_of)"
        " values ('cus_1', 'customer', '{\"name\": \"Acme Corporation\"}', now() + %s * interval '1 s')",
        0,
    )
    assert dict((await canvas.names()).customers or {}) == {"Acme Corporation": "cus_1", "Initech": "cus_9"}


async def test_two_customers_of_one_name_are_never_taken_for_each_other(canvas: Canvas, ctx: Context) -> None:
    for customer in ("cus_8", "cus_9"):
        await run(
            ctx,
            "insert into snapshots (object_id, object_type, subject_key, state, as_of)"
            " values (%s, 'customer', %s, '{\"name\": \"Initech\"}', now())",
            customer,
            customer,
        )
    understood = await canvas.understand("refunds for Initech")
    assert understood.kind == "refuse"
    assert "cus_8" in str(understood.why)
    assert "cus_9" in str(understood.why)


async def test_a_customer_is_meant_by_id_or_name_and_an_unknown_one_is_no_zero(
    canvas: Canvas, ctx: Context
) -> None:
    for customer, name in (("cus_7", "Acme"), ("cus_8", "Initech"), ("cus_9", "Initech")):
        await run(
            ctx,
            "insert into snapshots (object_id, object_type, subject_key, state, as_of)"
            " values (%s, 'customer', %s, jsonb_build_object('name', %s::text), now())",
            customer,
            customer,
            name,
        )
    for spelling in ("cus_7", "Acme", "ACME"):
        answer = await canvas.answer("net_revenue", {"customer": spelling}, TODAY)
        assert answer.receipt.params["customer"] == "cus_7"
    of_invoice = await canvas.answer(
        "receivables", {"customer": "acme inc"}, TODAY
    )  # an open invoice alone has the name
    assert of_invoice.receipt.params["customer"] == "cus_1"
    unknown = await canvas.answer("net_revenue", {"customer": "cus_77"}, TODAY)
    assert (unknown.rows, unknown.unknown) == ((), "the books know no customer cus_77")
    several = await canvas.answer("net_revenue", {"customer": "Initech"}, TODAY)
    assert (several.rows, several.unknown) == ((), "several customers are called Initech: cus_8, cus_9")


async def test_a_category_is_meant_in_any_case_and_a_misspelt_one_is_no_zero(canvas: Canvas) -> None:
    for spelling in ("Software", "software", "uncategorised"):
        answer = await canvas.answer("spend_by_category", {"category": spelling}, TODAY)
        assert answer.receipt.params["category"] == spelling.lower()
    unknown = await canvas.answer("spend_by_category", {"category": "sofware"}, TODAY)
    assert (unknown.rows, unknown.unknown) == ((), "the books know no category sofware")


@pytest.mark.parametrize("question", ["", "  ", "a" * 501, "delete from events", "what should I cook"])
def test_what_is_no_question_is_refused(question: str) -> None:
    understood = ask(question, TODAY)
    assert (understood.kind, understood.metric) == ("refuse", None)
    assert understood.refusal().exit_status == 7


# The sums


async def summed(ctx: Context) -> dict[str, list[Any]]:
    """The sums, whatever their slots."""
    digests = {}
    for table, columns in SUMS.items():
        keys, values = columns.split("|")
        sums = ", ".join(f"sum({value}) as {value}" for value in values.split(", "))
        digests[table] = await rows(
            ctx,
            f"select {keys}, {sums} from {table} group by {keys}"
            f" having {' or '.join(f'sum({value}) <> 0' for value in values.split(', '))} order by {keys}",
        )
    return digests


async def rebuilt(ctx: Context, zone: str = "UTC") -> dict[str, list[Any]]:
    """The sums after they were built from the tables."""
    await run(ctx, "select rollup_rebuild('default', %s)", zone)
    return await summed(ctx)


async def test_the_sums_are_those_of_the_tables(canvas: Canvas, ctx: Context) -> None:
    kept = await summed(ctx)
    assert all(kept[table] for table in ("rollup_kinds", "rollup_parties", "rollup_events"))
    assert await rebuilt(ctx) == kept


async def test_writers_neither_wait_for_each_other_nor_lose_a_movement(ctx: Context) -> None:
    """Each books onto the same days and customers, in another order, and holds its transaction open."""
    everybody_wrote = asyncio.Barrier(6)

    async def write(seed: int) -> None:
        order = random.Random(seed)
        booked = [(kind, day) for kind in ("charge", "refund", "bank") for day in range(1, 8)]
        order.shuffle(booked)
        async with ctx.transaction() as conn:
            for kind, day in booked:
                await conn.execute(
                    b"insert into transactions (external_id, occurred_at, kind, amount_minor, currency, counterparty,"
                    b" customer, source) values (%s, make_timestamptz(2026, 3, %s, 12, 0, 0, 'UTC'), %s, 5, 'USD',"
                    b" 'AWS', 'cus_1', 'test')",
                    (f"{seed}{kind}{day}", day, kind),
                )
            async with asyncio.timeout(20):
                await everybody_wrote.wait()  # all have written everything, and nobody has committed

    await asyncio.gather(*(write(seed) for seed in range(6)))
    kept = await summed(ctx)
    assert {row["moves_in"] for row in kept["rollup_kinds"] if row["grain"] == "day"} == {6}
    assert await rebuilt(ctx) == kept


async def test_more_writers_than_slots(ctx: Context) -> None:
    async with await psycopg.AsyncConnection.connect(ctx.url.reveal()) as holder:
        taken = "select pg_advisory_xact_lock(%s, slot) from generate_series(0, 15) slot"
        await holder.execute(taken, (Lock.ROLLUP_SLOT,))
        await run(
            ctx,
            "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, source)"
            " values ('a', '2026-03-01 12:00Z', 'charge', %s, 'USD', 'test')",
            5,
        )
    async with open_canvas(ctx) as canvas:
        answer = await canvas.answer("net_revenue", {"from": "2026-03-01", "to": "2026-03-02"}, TODAY)
    assert [row[2] for row in answer.rows] == [5]


async def test_what_is_rolled_back_is_not_counted(ctx: Context) -> None:
    async with ctx.transaction() as conn:
        for external_id in ("a", "b"):
            async with conn.transaction(force_rollback=external_id == "b"):
                await conn.execute(
                    b"insert into transactions (external_id, occurred_at, kind, amount_minor, currency, source)"
                    b" values (%s, '2026-03-01 12:00Z', 'charge', 5, 'USD', 'test')",
                    (external_id,),
                )
    kept = await summed(ctx)
    assert {row["moves_in"] for row in kept["rollup_kinds"]} == {1}


async def test_the_largest_amounts_add_up(ctx: Context) -> None:
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, source)"
        " select n::text, '2026-03-01 12:00Z', 'charge', %s, 'USD', 'test' from generate_series(1, 3) n",
        2**63 - 1,
    )
    async with open_canvas(ctx) as canvas:
        answer = await canvas.answer("net_revenue", {"group_by": "currency"}, TODAY)
    assert [row[1] for row in answer.rows] == [3 * (2**63 - 1)]


async def test_replaying_an_event_counts_it_once(ctx: Context) -> None:
    event = await take_in(ctx, failed())
    for status in ("received", "processed", "failed", "received", "ignored"):
        await run(ctx, "update events set status = %s where id = %s", status, event.id)
    kept = await summed(ctx)
    assert [row["events"] for row in kept["rollup_events"]] == [1]
    assert await rebuilt(ctx) == kept


async def test_levels_and_changes_taken_back_leave_nothing(ctx: Context) -> None:
    await run(
        ctx,
        "insert into mrr_levels (subscription, customer, at, currency, tiebreak, level_minor)"
        " values ('sub_1', 'cus_1', '2026-03-01 12:00Z', 'USD', 'a', %s)",
        100,
    )
    await run(
        ctx,
        "insert into mrr_changes (subscription, customer, at, currency, delta_minor, kind)"
        " values ('sub_1', 'cus_1', '2026-03-01 12:00Z', 'USD', %s, 'new')",
        100,
    )
    kept = (await summed(ctx))["rollup_mrr"]
    assert {(row["grain"], row["kind"], row["delta"]) for row in kept} == {
        ("day", "level", 0), ("month", "level", 0), ("day", "new", 100), ("month", "new", 100),
    }  # fmt: skip
    await run(ctx, "update mrr_levels set at = at + make_interval(days => %s)", 40)
    moved = await summed(ctx)
    assert await rebuilt(ctx) == moved
    await run(ctx, "delete from mrr_levels where level_minor = %s", 100)
    await run(ctx, "delete from mrr_changes where delta_minor = %s", 100)
    assert (await summed(ctx))["rollup_mrr"] == []


async def test_another_time_zone_builds_them_anew_once(
    canvas: Canvas, ctx: Context, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = replace(ctx, settings=make_settings(time_zone="Pacific/Auckland"))
    async with open_canvas(east) as there:
        answers = await asyncio.gather(*(there.answer("net_revenue", {}, TODAY) for _ in range(4)))
        assert len({answer.rows for answer in answers}) == 1
        assert await rebuilt(ctx, "Pacific/Auckland") == await summed(ctx)
        builds = 0
        align = canvas_run._align

        async def counted(*args: Any) -> None:
            nonlocal builds
            builds += 1
            await align(*args)

        monkeypatch.setattr(canvas_run, "_align", counted)
        await there.answer("net_revenue", {}, TODAY)
        assert builds == 0
        await canvas.answer("net_revenue", {}, TODAY)  # back in UTC
        assert builds == 1
    assert await rebuilt(ctx) == await summed(ctx)


async def test_any_period_in_any_steps_is_the_sum_of_its_movements(canvas: Canvas, ctx: Context) -> None:
    """Months read as months and the rest as days: the same as adding up what was booked."""
    chosen = random.Random(7)
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, customer, source)"
        " select 'p' || n, timestamptz '2024-11-01 12:00Z' + n * interval '29 hours', 'charge', n, 'EUR', 'c' || n %% 3,"
        " 'test' from generate_series(1, %s) n",
        600,
    )
    for _ in range(25):
        first = date.fromordinal(date(2024, 10, 1).toordinal() + chosen.randrange(700))
        past = date.fromordinal(first.toordinal() + 1 + chosen.randrange(500))
        period = {"from": str(first), "to": str(past), "currency": "EUR"}
        (row,) = await rows(
            ctx,
            "select coalesce(sum(amount_minor), 0) as sum from transactions where kind = 'charge' and currency = 'EUR'"
            " and occurred_at >= %s::date and occurred_at < %s::date",
            first,
            past,
        )
        for group in ("day", "week", "month", "quarter", "currency", "customer"):
            if group == "day" and (past - first).days > 300:
                continue
            answer = await canvas.answer("net_revenue", {**period, "group_by": group}, TODAY)
            net = [column.name for column in answer.columns].index("net")
            assert sum(row_of[net] for row_of in answer.rows) == row["sum"], (first, past, group)
        top = await canvas.answer("top_customers", {**period, "limit": 10}, TODAY)
        assert sum(customer[3] for customer in top.rows) == row["sum"], (first, past)
