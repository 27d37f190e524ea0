"""A pooled connection keeps the cursor of each query. No run of a query sees the rows, the values or the error of another."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection, Pooled

ECHO = b"select %(value)s as value, %(number)s::int as number"
ROWS = b"select number from generate_series(1, %(count)s) number"


async def test_a_query_that_runs_again_takes_the_cursor_that_it_had(ctx: Context) -> None:
    """And psycopg keeps what it has looked up for the query, which is what spares time."""
    used = []
    async with ctx.connection() as conn:
        assert isinstance(conn, Pooled)
        for number in range(10):
            assert await queries.one(conn, ECHO, value="a", number=number) == {"value": "a", "number": number}
            assert len(await queries.many(conn, ROWS, count=number)) == number
            assert await queries.run(conn, ROWS, count=number) == number
            async with conn.pipeline():
                sent = await queries.send(conn, ECHO, value="b", number=-number)
            assert await sent.the_one() == {"value": "b", "number": -number}
            used.append([(conn.cursors[query], conn.cursors[query]._tx) for query in (ECHO, ROWS)])
    assert all(run == used[0] for run in used)


async def test_the_values_of_a_query_may_change_their_types(ctx: Context) -> None:
    values: list[Any] = ["text", "", None, "ü", 2**40, 7, None, ["a"], [1, 2], [], True, 1.5, b"\0"]
    async with ctx.connection() as conn:
        for number, value in enumerate(values * 2):
            alone = await conn.execute(ECHO, {"value": value, "number": number})
            assert await queries.one(conn, ECHO, value=value, number=number) == await alone.fetchone()


async def test_tasks_that_share_a_connection_read_their_own_rows(ctx: Context) -> None:
    async with ctx.connection() as conn:

        async def read(number: int) -> None:
            assert (await queries.the_one(conn, ECHO, value="x", number=number))["number"] == number
            assert len(await queries.many(conn, ROWS, count=number)) == number

        await asyncio.gather(*map(read, range(50)))


async def test_a_query_may_stand_in_a_pipeline_twice(ctx: Context) -> None:
    async with ctx.connection() as conn:
        await queries.one(conn, ECHO, value="before", number=0)
        async with conn.pipeline():
            first = await queries.send(conn, ECHO, value="first", number=1)
            await queries.run(conn, ECHO, value="run", number=2)
            second = await queries.send(conn, ECHO, value="second", number=3)
        assert (await second.the_one())["value"] == "second"
        assert (await first.the_one())["value"] == "first"
        async with conn.pipeline():
            await queries.run(conn, ECHO, value="run", number=4)
            third = await queries.send(conn, ECHO, value="third", number=5)
            assert (await third.the_one())["value"] == "third"
        assert (await queries.the_one(conn, ECHO, value="after", number=6))["value"] == "after"


async def in_pipeline(conn: Connection) -> None:
    async with conn.pipeline():
        await queries.send(conn, ROWS, count="no number")


async def test_an_error_is_no_later_runs_error(ctx: Context) -> None:
    async with ctx.connection() as conn:
        for _ in range(3):
            assert len(await queries.many(conn, ROWS, count=2)) == 2
            with pytest.raises(psycopg.DataError):
                await queries.many(conn, ROWS, count="no number")
            with pytest.raises(psycopg.DataError):
                await in_pipeline(conn)


async def test_a_connection_holds_no_result(ctx: Context) -> None:
    """A delivery may have 22 megabytes, and a page hundreds of rows."""
    large = b"select repeat('x', %(size)s) as text"
    async with ctx.connection() as conn:
        assert isinstance(conn, Pooled)
        before = resident()
        for query in [large + b" -- %d" % number for number in range(20)]:
            row = await queries.the_one(conn, query, size=5_000_000)
            async with conn.pipeline():
                sent = await queries.send(conn, query, size=5_000_000)
            assert row == await sent.the_one()
            assert conn.cursors[query].pgresult is None
        assert resident() - before < 60_000_000


def resident() -> int:
    """The bytes that this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
