"""The pool of a process: which connection it hands out."""

from __future__ import annotations

from execops.context import Context


async def test_the_connection_that_came_back_last_is_handed_out_first(ctx: Context) -> None:
    """So one session plans the statements of a process that does one thing at a time."""

    async def session() -> int:
        async with ctx.connection() as conn:
            return conn.info.backend_pid

    async with ctx.connection() as first, ctx.connection() as second, ctx.connection() as third:
        sessions = [conn.info.backend_pid for conn in (first, second, third)]
    assert len(set(sessions)) == 3
    assert await session() == sessions[0]  # the block gave it back last
    assert {await session() for _ in range(5)} == {sessions[0]}
