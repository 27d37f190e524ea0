"""A customer who was written to lately, through the command and through HTTP."""

from __future__ import annotations

import asyncio
import os
import pty

import httpx
import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import forking, records
from tests.e2e.test_cli import Cli, cli, environment
from tests.e2e.test_http import bearer, decision, http
from tests.http_service import is_problem
from tests.stripe_events import overdue

__all__ = ["bearer", "cli", "http"]  # fixtures


@pytest.fixture
async def second(ctx: Context, client: Client) -> int:
    """A pending mail to a customer who got another one, of proposal 1, just now."""
    await records.pending_id(ctx, "in_1")
    await client.proposals.approve(1, 1)
    await processing.execute_proposal(ctx, 1, 1)
    assert (await client.proposals.get(1)).status is Status.EXECUTED
    return await records.drafted_id(ctx, overdue(), "invoice_overdue")


async def test_the_command_asks_and_takes_the_answer(cli: Cli, client: Client, second: int) -> None:
    shown = await cli("proposals", "show", str(second))
    assert "  Sent    Last written to: " in shown.out
    assert "Payment failed: Acme Inc, attempt 1 (proposal 1)\n" in shown.out
    for ref in ((f"{second}@1",), (str(second), "--latest", "--yes")):
        refused = await cli("approve", *ref)
        assert refused.code == 5
        assert "The customer was written to on " in refused.err
        assert "(proposal 1). Nothing was changed." in refused.err
        assert f"execops proposals approve {second}@1 --again" in refused.err
    assert (await client.proposals.get(second)).status is Status.PENDING
    approved = await cli("approve", f"{second}@1", "--again", "--json")
    assert (approved.code, approved.json["status"]) == (0, "approved")
    assert "proposal.approved by founder, to write again" in (await cli("proposals", "show", str(second))).out


@pytest.mark.parametrize(("key", "status"), [(b"y", Status.APPROVED), (b"n", Status.PENDING)])
async def test_the_command_asks_once_more_in_a_terminal(
    cli: Cli, client: Client, second: int, key: bytes, status: Status
) -> None:
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "approve", str(second),
        stdin=inner, stdout=inner, stderr=inner, env=environment(cli.env),
    )  # fmt: skip
    os.close(inner)
    await until_written(outer, b"Approve proposal")
    os.write(outer, b"y\ny\n")  # typed ahead: the second one was not meant for this question
    await until_written(outer, b"Write again all the same?")
    assert process.returncode is None
    os.write(outer, key + b"\n")
    assert await asyncio.wait_for(process.wait(), 30) == 0
    os.close(outer)
    assert (await client.proposals.get(second)).status is status


async def until_written(terminal: int, text: bytes) -> bytes:
    """Read what the command writes until this text stands there; returns all of it."""
    written = b""
    async with asyncio.timeout(30):
        while text not in written:
            written += await asyncio.to_thread(os.read, terminal, 65536)
    return written


async def test_http_tells_it_from_other_conflicts_and_takes_the_answer(
    client: Client, http: httpx.AsyncClient, bearer: dict[str, str], second: int
) -> None:
    detail = (await http.get(f"/api/proposals/{second}", headers=bearer)).json()
    last = detail["last_written"]
    assert (last["proposal_id"], last["status"]) == (1, "executed")
    assert last["text"].endswith(f", {last['title']} (proposal 1)")
    first = (await http.get("/api/proposals/1", headers=bearer)).json()
    assert first["last_written"] is None
    refused = await http.post("/ai/decide", json=decision(second, "approve"), headers=bearer)
    problem = is_problem(refused, 409, "recent_contact")
    assert "(proposal 1)" in problem["detail"]
    assert '"again": true' in problem["hint"]
    odd = await http.post("/ai/decide", json=decision(second, "approve", again=1), headers=bearer)
    is_problem(odd, 400, "invalid_input")
    assert (await client.proposals.get(second)).status is Status.PENDING
    taken = await http.post("/ai/decide", json=decision(second, "approve", again=True), headers=bearer)
    assert taken.json()["status"] == "approved"
