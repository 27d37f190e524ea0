"""Notifications and send hours through the command and through HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from execops.client import Client
from execops.context import Context
from execops.model import Role
from tests import records
from tests.e2e.test_cli import Cli, cli
from tests.e2e.test_http import bearer, http
from tests.http_service import bearing, is_problem

__all__ = ["bearer", "cli", "http"]  # fixtures


async def test_the_command_answers_for_its_own_operator(cli: Cli, ctx: Context, client: Client) -> None:
    assert (await cli("notifications", "show")).out == "founder is told nothing.\n"
    assert (await cli("notifications", "on")).code == 2
    assert (await cli("notifications", "on", "--slack", "#finance")).code == 2
    on = await cli("notifications", "on", "--slack", "@ada", "--json")
    assert (on.json["on"], on.json["slack"], on.json["transport"]) == (True, "@ada", "outbox")
    _, token = await client.operators.add("Eve", Role.VIEWER)
    refused = await cli("notifications", "on", "--slack", "@eve", EXECOPS_TOKEN=token.reveal())
    assert refused.code == 4
    [check] = [row for row in (await cli("doctor", "--json")).json if row["name"] == "notify"]
    assert (check["state"], "outbox" in check["detail"]) == ("off", True)
    assert "founder is told nothing." in (await cli("notifications", "off", "--why", "on leave")).out
    assert "is told nothing more: on leave" in (await cli("audit", "show")).out
    start = (datetime.now(UTC) + timedelta(hours=6)).hour
    proposal_id = await records.pending_id(ctx)
    hours = f"{start}-{start + 1}"
    approved = await cli("approve", f"{proposal_id}@1", EXECOPS_SEND_HOURS=hours)
    assert "; it leaves " in approved.err
    assert f"at {start:02}:00 UTC. Until then: execops proposals undo {proposal_id}@1" in approved.err
    shown = await cli("proposals", "show", str(proposal_id))
    assert f"at {start:02}:00 UTC; execops proposals undo {proposal_id}@1 takes it back" in shown.out
    assert (await cli("proposals", "undo", f"{proposal_id}@1")).code == 0


async def test_http_answers_for_the_operator_of_the_token(
    client: Client, http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    path = "/api/notifications"
    is_problem(await http.get(path), 401, "unauthenticated")
    assert (await http.get(path, headers=bearer)).json()["on"] is False
    is_problem(await http.put(path, headers=bearer, json={"slack": "#finance"}), 400, "invalid_input")
    _, token = await client.operators.add("Eve", Role.VIEWER)
    is_problem(await http.put(path, headers=bearing(token), json={"slack": "@eve"}), 403, "not_allowed")
    answer = await http.put(path, headers=bearer, json={"slack": "U0123ABCD"})
    assert (answer.status_code, answer.json()["on"], answer.json()["slack"]) == (200, True, "U0123ABCD")
    assert (await client.notifications.show()).on
    assert (await http.delete(path, headers=bearer)).json()["on"] is False
