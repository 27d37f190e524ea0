"""A thread's lock whose session ends in mid-perform: the attempt stops, and its takeover asks before it sends."""

from __future__ import annotations

import asyncio
import socket

import psycopg
import pytest
from msgspec.structs import replace

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.db import watch
from execops.errors import BusyError, ConflictError, DatabaseUnavailableError
from execops.model import Json, Status
from execops.proposals import execution
from tests import records
from tests.performing import NO, YES, Scripted, attempts, go, status


class Slow(Scripted):
    """An adapter whose first message leaves only when the test says so."""

    def __init__(self, *, stubborn: bool = False) -> None:
        super().__init__()
        self.stubborn = stubborn  # what it began cannot be stopped any more
        self.begun, self.leave = asyncio.Event(), asyncio.Event()
        self.sent: list[str] = []

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Begin, wait, send."""
        sending = asyncio.create_task(self._send(idempotency_key))
        return await (asyncio.shield(sending) if self.stubborn else sending)

    async def _send(self, key: str) -> Json:
        if not self.begun.is_set():
            self.begun.set()
            await self.leave.wait()
        self.sent.append(key)
        return {"message_id": key}


END_THE_LOCK = (
    "select pg_terminate_backend(l.pid, 10000) as ended from pg_locks l join pg_stat_activity a using (pid)"
    " where l.locktype = 'advisory' and l.classid = 7306 and a.datname = current_database()"
)


async def _end_the_lock(ctx: Context) -> None:
    """Postgres ends the session that holds the thread, as in a restart or a failover."""
    (row,) = await records.rows(ctx, END_THE_LOCK)
    assert row["ended"]


def _stop_until_the_lock_is_lost(ctx: Context) -> None:
    """Let nothing of this process run, as SIGSTOP does, while Postgres ends the session that holds the thread."""
    with psycopg.connect(ctx.url.reveal(), autocommit=True) as conn:
        assert conn.execute(END_THE_LOCK.encode()).fetchall() == [(True,)]


async def test_the_attempt_stops_and_is_reconciled(ctx: Context, client: Client) -> None:
    adapter = Slow()
    here = replace(ctx, adapters={**ctx.adapters, "email": adapter})
    proposal_id = await records.pending_id(here)
    await client.proposals.approve(proposal_id, 1)
    running = asyncio.create_task(processing.execute_proposal(here, proposal_id, 1))
    await adapter.begun.wait()
    with pytest.raises(BusyError):
        await processing.execute_proposal(here, proposal_id, 1)
    await _end_the_lock(here)
    with pytest.raises(DatabaseUnavailableError):
        await running
    adapter.leave.set()
    assert adapter.sent == []
    assert await attempts(here, proposal_id) == [("running", None)]
    adapter.reconciles = [NO]
    assert await go(here, proposal_id) is Status.EXECUTING
    assert await go(here, proposal_id) is Status.EXECUTED
    assert len(adapter.sent) == 1


async def test_an_attempt_that_cannot_be_stopped_is_found_by_its_key(ctx: Context, client: Client) -> None:
    adapter = Slow(stubborn=True)
    here = replace(ctx, adapters={**ctx.adapters, "email": adapter})
    proposal_id = await records.pending_id(here)
    await client.proposals.approve(proposal_id, 1)
    running = asyncio.create_task(processing.execute_proposal(here, proposal_id, 1))
    await adapter.begun.wait()
    await _end_the_lock(here)
    with pytest.raises(DatabaseUnavailableError):
        await running
    adapter.leave.set()
    await asyncio.sleep(0)
    adapter.reconciles = [YES]
    assert await go(here, proposal_id) is Status.EXECUTED
    assert adapter.sent == [await records.key(here, proposal_id)]


async def test_a_result_that_comes_after_the_takeover_changes_nothing(
    here: Context, adapter: Scripted, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state of the row is the last fence: an attempt that a takeover has closed takes no result."""

    async def take_over(ctx: Context, *arguments: object, **options: object) -> object:
        monkeypatch.undo()
        adapter.reconciles = [NO]
        assert await execution.execute(ctx, approved, 1) is Status.EXECUTING
        return await execution._finish(ctx, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(execution, "_finish", take_over)
    with pytest.raises(ConflictError, match="is final"):
        await execution.execute(here, approved, 1)
    assert await status(here, approved) is Status.EXECUTING
    assert (await attempts(here, approved))[0][0] == "failed"


async def test_a_stopped_process_that_goes_on_does_not_begin_to_send(
    here: Context, adapter: Scripted, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def begin_and_stop(*arguments: object) -> object:
        begun = await begin(*arguments)  # type: ignore[arg-type]
        _stop_until_the_lock_is_lost(here)
        return begun

    begin = execution._begin
    monkeypatch.setattr(execution, "_begin", begin_and_stop)
    with pytest.raises(DatabaseUnavailableError):
        await go(here, approved)
    monkeypatch.undo()
    assert adapter.asked == []
    assert await attempts(here, approved) == [("running", None)]
    adapter.reconciles = [NO]
    assert await go(here, approved) is Status.EXECUTING
    assert await go(here, approved) is Status.EXECUTED


async def test_a_stopped_process_that_goes_on_does_not_send_the_rest(here: Context, approved: int) -> None:
    """The answer of the other side waits beside the end of the session; the dialogue takes no further step."""
    ours, theirs = socket.socketpair()

    class Dialogue(Scripted):
        """Is greeted, says hello, and sends the message after the answer."""

        async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
            reader, writer = await asyncio.open_connection(sock=ours)
            try:
                await reader.readline()
                asyncio.get_running_loop().call_soon(self._stop)
                await reader.readline()
                writer.write(b"the message\n")
                await writer.drain()
            finally:
                writer.close()
            return {"message_id": idempotency_key}

        def _stop(self) -> None:
            theirs.sendall(b"go on\n")
            _stop_until_the_lock_is_lost(here)

    with theirs:
        theirs.settimeout(10)
        theirs.sendall(b"welcome\n")
        with pytest.raises(DatabaseUnavailableError):
            await go(replace(here, adapters={**here.adapters, "email": Dialogue()}), approved)
        assert theirs.recv(100) == b""
    assert await attempts(here, approved) == [("running", None)]


async def test_after_a_while_only_an_answer_of_postgres_counts(
    here: Context, client: Client, adapter: Scripted, approved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_FRESH", -1.0)
    assert await go(here, approved) is Status.EXECUTED
    assert adapter.asked == ["perform"]
    other = await records.pending_id(here, "in_2")
    monkeypatch.setattr(watch, "_PATIENCE", 0.0)  # the network drops the question, or its answer
    await client.proposals.approve(other, 1)
    with pytest.raises(DatabaseUnavailableError):
        await go(here, other)
    assert adapter.asked == ["perform"]
    monkeypatch.undo()
    adapter.reconciles = [NO]
    async with asyncio.timeout(10):  # until Postgres has seen the session end
        while await records.rows(
            here, "select 1 from pg_locks where classid = 7306 and locktype = 'advisory'"
        ):
            pass
    assert await go(here, other) is Status.EXECUTING
    assert await go(here, other) is Status.EXECUTED
