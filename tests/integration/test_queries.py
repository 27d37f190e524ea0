"""The functions that run named queries: rows, counts, the org, and a row that must be there."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from execops.context import Context
from execops.db import queries

NUMBERS = b"select n from generate_series(1, %(last)s::int) n order by n"


async def test_one_gives_the_first_row_or_none(ctx: Context) -> None:
    async with ctx.connection() as conn:
        assert await queries.one(conn, NUMBERS, last=3) == {"n": 1}
        assert await queries.one(conn, NUMBERS, last=0) is None
        assert await queries.one(conn, b"select 1 as without_values") == {"without_values": 1}


async def test_a_row_that_must_be_there(ctx: Context) -> None:
    async with ctx.connection() as conn:
        assert await queries.the_one(conn, NUMBERS, last=3) == {"n": 1}
        with pytest.raises(RuntimeError, match="always has a row had none:\nselect n from"):
            await queries.the_one(conn, NUMBERS, last=0)


async def test_many_and_stream_give_all_rows(ctx: Context) -> None:
    async with ctx.transaction() as conn:
        rows = await queries.many(conn, NUMBERS, last=3)
        assert rows == [{"n": 1}, {"n": 2}, {"n": 3}]
        async with aclosing(queries.stream(conn, NUMBERS, last=3)) as stream:
            assert [row async for row in stream] == rows


async def test_run_counts_the_rows(ctx: Context) -> None:
    statement = b"insert into payers (org_id, payment, customer) values (%(org_id)s, %(key)s, 'cus_1') on conflict do nothing"
    async with ctx.transaction() as conn:
        assert await queries.run(conn, statement, key="cus_1") == 1
        assert await queries.run(conn, statement, key="cus_1") == 0


async def test_no_caller_speaks_for_another_org(ctx: Context) -> None:
    async with ctx.connection() as conn:
        row = await queries.the_one(conn, b"select %(org_id)s::text as org", org_id="another")
    assert row == {"org": queries.ORG}


async def test_a_query_and_its_connection_may_be_named_as_values(ctx: Context) -> None:
    async with ctx.connection() as conn:
        row = await queries.the_one(conn, b"select %(conn)s::int + %(query)s::int as sum", conn=1, query=2)
    assert row == {"sum": 3}
