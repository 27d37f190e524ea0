"""Second approval and the tokens of operators, by command, over HTTP and in the inbox."""

from __future__ import annotations

import httpx

from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.settings import Secret
from tests import records
from tests.e2e.test_cli import Cli, cli
from tests.e2e.test_http import bearer, http
from tests.http_service import bearing, is_problem
from tests.tui.inbox import opened

__all__ = ["bearer", "cli", "http"]  # fixtures


async def test_the_commands_show_one_of_two(cli: Cli, ctx: Context, client: Client) -> None:
    await records.pending_id(ctx)
    refused = await cli("policies", "set", "--second-approval-from", "40USD")
    assert (refused.code, "and 1 may" in refused.err) == (5, True)
    wrong = await cli("operators", "add", "Olga", "--limit", "vertical=moneybags")
    assert (wrong.code, "One of: customer_fire, engineering, money, setup" in wrong.err) == (2, True)
    limits = ("--limit", "vertical=money", "--limit", "amount=50USD", "--expires", "90d")
    added = await cli("operators", "add", "Olga", *limits)
    assert "Added Olga (ops, vertical money, up to $50.00). It works until" in added.err
    olga = {"EXECOPS_TOKEN": added.out.strip()}
    done = await cli("policies", "set", "--second-approval-from", "40USD", "--why", "the auditor asks")
    assert (done.code, "From $40.00 on, two operators approve." in done.err) == (0, True)
    assert "from $40.00 on" in (await cli("policies", "show")).out
    assert (await cli("policies", "show", "--json")).json["second_approval"]["why"] == "the auditor asks"

    first = await cli("proposals", "approve", "1@1", **olga)
    assert "Proposal 1@1 is pending: 1 of 2 approved. Another operator must approve it too" in first.err
    assert "pending 1 of 2" in (await cli("proposals", "list")).out
    [row] = (await cli("proposals", "list", "--json")).json
    assert (row["approvals"], row["approvals_needed"]) == (1, 2)
    shown = (await cli("proposals", "show", "1")).out
    assert "Needs   two approvals: 1 of 2 approved, by Olga" in shown
    assert "approved, 1 of 2 by Olga" in shown
    again = await cli("proposals", "approve", "1@1", **olga)
    assert (again.code, "has approved proposal 1@1 already (1 of 2)" in again.err) == (5, True)
    second = await cli("proposals", "approve", "1@1", "--json")
    assert (second.json["status"], second.json["approvals"]) == ("approved", 2)
    undone = await cli("proposals", "undo", "1@1", **olga)
    assert "No approval of it counts any more; 2 operators must approve it anew." in undone.err

    table = (await cli("operators", "list")).out
    assert "vertical money, up to $50.00" in table
    assert "enabled until" in table
    renewed = await cli("operators", "rotate", "Olga", **olga)
    assert (renewed.code, renewed.out.startswith("execops_")) == (0, True)
    assert (await cli("proposals", "list", **olga)).code == 4
    paused = await cli("pause", EXECOPS_TOKEN=renewed.out.strip())
    assert (paused.code, "Olga has limits (vertical money, up to $50.00)" in paused.err) == (4, True)
    assert (await cli("pause", "--why", "the bank is down")).code == 0
    assert "founder  policy.forbidden" in (trail := (await cli("audit", "show")).out)
    assert "paused all executions: the bank is down" in trail


async def test_http_answers_one_of_two(
    ctx: Context, client: Client, http: httpx.AsyncClient, bearer: dict[str, str], cli: Cli
) -> None:
    await records.pending_id(ctx)
    token = Secret((await cli("operators", "add", "Olga")).out.strip())
    await cli("policies", "set", "--second-approval-from", "40USD")
    body = {"proposal_id": 1, "version": 1, "decision": "approve"}
    first = await http.post("/ai/decide", json=body, headers=bearing(token))
    assert first.json() | {"executes_at": None} == {
        "proposal_id": 1, "version": 1, "status": "pending", "executes_at": None,
        "approvals": 1, "approvals_needed": 2, "leaves": None,
    }  # fmt: skip
    is_problem(await http.post("/ai/decide", json=body, headers=bearing(token)), 409, "already_approved")
    [line] = (await http.get("/api/inbox", headers=bearer)).json()["items"]
    assert (line["approvals"], line["approvals_needed"]) == (1, 2)
    detail = (await http.get("/api/proposals/1", headers=bearer)).json()
    assert [row["operator"] for row in detail["approvers"]] == ["Olga"]
    second = await http.post("/ai/decide", json=body, headers=bearer)
    assert (second.json()["status"], second.json()["approvals"]) == ("approved", 2)


async def test_the_inbox_shows_one_of_two(ctx: Context, client: Client, cli: Cli) -> None:
    await records.pending_id(ctx)
    token = Secret((await cli("operators", "add", "Olga")).out.strip())
    await cli("policies", "set", "--second-approval-from", "40USD")
    olga = await Client.login(ctx, token)
    async with opened(olga) as first, opened(client) as second:
        await first.card()
        assert "0 of 2 approved." in first.text()
        await first.press("a")
        await first.heard("#1: 1 of 2 approved. Another operator must approve it too.")
        await first.until(lambda: "1 of 2" in first.lines(first.list)[0])
        await first.until(lambda: "1 of 2 approved, by Olga." in first.text())
        await first.press("a")
        await first.heard("Olga has approved proposal 1@1 already")
        await second.until(lambda: "1 of 2" in second.lines(second.list)[0])  # it learns of it by itself
        await second.settled()
        await second.until(lambda: "1 of 2 approved, by Olga." in second.text())
        await second.press("a")
        await second.until(lambda: not second.screen.approvals.asked)
    assert (await client.proposals.get(1)).status is Status.APPROVED
