"""Suppressions through the command and through HTTP."""

from __future__ import annotations

import httpx

from execops.client import Client
from execops.context import Context
from execops.model import Role
from tests.e2e.test_cli import Cli, cli
from tests.e2e.test_http import bearer, http
from tests.http_service import bearing, is_problem
from tests.stripe_events import failed, take_in

__all__ = ["bearer", "cli", "http"]  # fixtures


async def suppress(ctx: Context, client: Client) -> None:
    """Never contact cus_1 again."""
    await take_in(ctx, failed("in_1", customer="cus_1"))
    await client.proposals.reject(1, 1, "asked us to stop", suppress=True)


async def test_the_command_lists_and_lifts(cli: Cli, ctx: Context, client: Client) -> None:
    await suppress(ctx, client)
    shown = await cli("proposals", "show", "1")
    assert "proposal.rejected by founder, never contact again: asked us to stop" in shown.out
    [row] = (await cli("suppressions", "list", "--json")).json
    assert (row["subject_key"], row["created_by"], row["why"]) == ("cus_1", "founder", "asked us to stop")
    assert "cus_1" in (await cli("suppressions", "list")).out
    missing = await cli("suppressions", "lift", "cus_9")
    assert missing.code == 3
    assert "cus_9 is not suppressed; nothing was changed." in missing.err
    _, token = await client.operators.add("Eve", Role.VIEWER)
    refused = await cli("suppressions", "lift", "cus_1", EXECOPS_TOKEN=token.reveal())
    assert refused.code == 4
    lifted = await cli("suppressions", "lift", "cus_1", "-m", "they wrote again", "--json")
    assert lifted.code == 0
    assert lifted.json["subject_key"] == "cus_1"
    assert await client.suppressions.list() == []


async def test_http_lists_and_lifts(
    ctx: Context, client: Client, http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    await suppress(ctx, client)
    is_problem(await http.get("/api/suppressions"), 401, "unauthenticated")
    [row] = (await http.get("/api/suppressions", headers=bearer)).json()
    assert (row["subject_key"], row["created_by"], row["why"]) == ("cus_1", "founder", "asked us to stop")
    _, token = await client.operators.add("Eve", Role.VIEWER)
    is_problem(await http.delete("/api/suppressions/cus_1", headers=bearing(token)), 403, "not_allowed")
    is_problem(await http.delete("/api/suppressions/cus_9", headers=bearer), 404, "not_found")
    answer = await http.delete("/api/suppressions/cus_1", headers=bearer)
    assert (answer.status_code, answer.json()["subject_key"]) == (200, "cus_1")
    assert await client.suppressions.list() == []
