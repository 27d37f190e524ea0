"""`execops audit export`: what the accountant gets, and that no spreadsheet takes it for a formula."""

from __future__ import annotations

import csv
import io
import json

from execops.client import Client
from execops.context import Context
from tests.e2e.test_cli import Cli, cli
from tests.stripe_events import failed, take_in

__all__ = ["cli"]  # the fixture


async def test_the_export_holds_every_entry_since_a_day(cli: Cli, ctx: Context, client: Client) -> None:
    await take_in(ctx, failed(customer_name='=HYPERLINK("https://evil.example")'))
    [proposal] = await client.proposals.inbox()
    await client.proposals.reject(proposal.id, proposal.version, "=1+1")
    ran = await cli("audit", "export", "--since", "2d")
    assert ran.code == 0, ran.err
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    entries = await client.audit.latest(100)
    assert [row["seq"] for row in rows] == [str(line.entry.seq) for line in reversed(entries)]
    rejected = next(row for row in rows if row["action"] == "proposal.rejected")
    assert rejected["reason"] == "'=1+1"
    assert rejected["actor"] == "founder"
    assert (rejected["amount"], rejected["currency"]) == ("49.00", "USD")
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    document = json.loads((await cli("audit", "export", "--since", "2d", "--json")).out)
    assert [row["hash"] for row in document] == [row["hash"] for row in rows]


async def test_a_day_that_is_none_is_refused(cli: Cli) -> None:
    ran = await cli("audit", "export", "--since", "yesterday")
    assert (ran.code, ran.out) == (2, "")
