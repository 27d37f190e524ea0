"""Lists that are longer than a page, in the commands and over HTTP: every row once, while new rows arrive."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Json
from execops.settings import Secret
from tests import records
from tests.e2e.test_cli import Cli
from tests.e2e.test_cli import cli as cli
from tests.e2e.test_http import http as http
from tests.http_service import bearing
from tests.stripe_events import deliver, event, fixture
from tests.walking import walk

NEXT = re.compile(r"--cursor (\S+)")


@pytest.fixture
async def filled(ctx: Context) -> Context:
    """Seven proposals of several urgencies, with their events and audit entries."""
    for number in range(7):
        await records.pending_id(ctx, f"in_{number}", attempt_count=number % 4 + 1)
    return ctx


async def pages(cli: Cli, *args: str, add: Any = None) -> list[Json]:
    """All rows that a command lists, three a page; `add` makes a new row after the first page."""
    rows: list[Json] = []
    cursor: tuple[str, ...] = ()
    while True:
        ran = await cli(*args, "--json", "--limit", "3", *cursor)
        assert ran.code == 0, ran.err
        assert len(ran.json) <= 3
        rows += ran.json
        more = NEXT.search(ran.err)
        if more is None:
            return rows
        cursor = ("--cursor", more[1])
        if add is not None:
            await add()
            add = None


@walk(
    ("args", "key"),
    [
        (("proposals", "list"), "id"),
        (("proposals", "list", "--status", "all"), "id"),
        (("events", "list"), "id"),
        (("audit", "show"), "seq"),
    ],
)
async def test_a_command_lists_every_row_once(
    filled: Context,
    cli: Cli,
    args: tuple[str, ...],
    key: str,
) -> None:
    whole = (await cli(*args, "--json", "--limit", "1000")).json
    assert len(whole) >= 7

    async def add() -> None:
        await records.pending_id(filled, f"in_{uuid4().hex}", attempt_count=4)

    paged = await pages(cli, *args, add=add)
    known = {row[key] for row in whole}
    assert [row[key] for row in paged if row[key] in known] == [row[key] for row in whole]
    assert len({row[key] for row in paged}) == len(paged)


@walk(
    "args",
    [
        ("proposals", "list", "--cursor", "12"),
        ("proposals", "list", "--cursor", "grave-12"),
        ("proposals", "list", "--cursor", "high-x"),
        ("proposals", "list", "--cursor", "high-99999999999999999999"),
        ("proposals", "list", "--status", "all", "--cursor", "high-12"),
        ("events", "list", "--cursor", "x"),
        ("events", "list", "--cursor", "99999999999999999999"),
        ("audit", "show", "--cursor", "0"),
    ],
)
async def test_a_wrong_cursor_is_refused(cli: Cli, args: tuple[str, ...]) -> None:
    ran = await cli(*args)
    assert (ran.code, ran.out) == (2, "")
    assert "defect" not in ran.err
    assert args[-1] in ran.err  # as it was written


async def test_http_lists_what_is_snoozed(
    ctx: Context, client: Client, http: httpx.AsyncClient, founder_token: Secret
) -> None:
    first, second = [await records.pending_id(ctx, f"in_{number}") for number in range(2)]
    await client.proposals.snooze(first, 1, "3d")

    async def listed(status: str) -> list[tuple[int, str]]:
        answer = await http.get("/api/inbox", params={"status": status}, headers=bearing(founder_token))
        return [(row["id"], row["status"]) for row in answer.json()["items"]]

    assert await listed("snoozed") == [(first, "snoozed")]
    assert await listed("pending") == [(second, "pending")]
    assert await listed("all") == [(second, "pending"), (first, "snoozed")]


@pytest.fixture
async def typed(ctx: Context) -> None:
    """Events of several types, stored and not processed."""
    for name in (
        "invoice.paid",
        "invoice.payment_failed",
        "invoiceitem.created",
        "invoice_paid",
        "charge.failed",
    ):
        await deliver(ctx, event(name, fixture("invoice", id="in_1")))


@walk(
    ("type_", "types"),
    [
        ("invoice.*", ["invoice.payment_failed", "invoice.paid"]),
        ("invoice.paid", ["invoice.paid"]),
        ("invoice_paid", ["invoice_paid"]),
        ("*.failed", ["charge.failed"]),
        ("*failed", ["charge.failed", "invoice.payment_failed"]),
        ("invoice.%", []),
        ("invoice", []),
        ("\\*", []),
        (
            "*",
            [
                "charge.failed",
                "invoice_paid",
                "invoiceitem.created",
                "invoice.payment_failed",
                "invoice.paid",
            ],
        ),
    ],
)
async def test_events_are_listed_by_a_pattern(
    typed: None,
    cli: Cli,
    http: httpx.AsyncClient,
    founder_token: Secret,
    type_: str,
    types: list[str],
) -> None:
    ran = await cli("events", "list", "--type", type_, "--json")
    assert [row["type"] for row in ran.json] == types
    answer = await http.get("/api/events", params={"type": type_}, headers=bearing(founder_token))
    assert [row["type"] for row in answer.json()["items"]] == types


@walk(
    ("path", "params", "key"),
    [
        ("/api/inbox", {}, "id"),
        ("/api/inbox", {"status": "all"}, "id"),
        ("/api/events", {}, "id"),
        ("/api/events", {"status": "processed", "type": "invoice.*"}, "id"),
        ("/api/audit", {}, "seq"),
    ],
)
async def test_http_lists_every_row_once(
    filled: Context,
    http: httpx.AsyncClient,
    founder_token: Secret,
    path: str,
    params: Json,
    key: str,
) -> None:
    async def page(**more: Any) -> Json:
        answer = await http.get(path, params=params | more, headers=bearing(founder_token))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    whole = [row[key] for row in (await page(limit=200))["items"]]
    assert len(whole) >= 7
    paged: list[int] = []
    cursor: Json = {}
    while True:
        body = await page(limit=3, **cursor)
        paged += [row[key] for row in body["items"]]
        if body["next_cursor"] is None:
            break
        if not cursor:
            await records.pending_id(filled, f"in_{uuid4().hex}", attempt_count=4)
        cursor = {"cursor": body["next_cursor"]}
    assert [number for number in paged if number in whole] == whole
    assert len(set(paged)) == len(paged)


@walk(
    ("path", "params"),
    [
        ("/api/events", {"cursor": "x"}),
        ("/api/audit", {"cursor": "é"}),
        ("/api/events", {"type": "a\x00"}),
        ("/api/events", {"type": "a" * 300}),
        ("/api/events", {"status": "odd"}),
        ("/api/events", {"limit": "201"}),
        ("/api/audit", {"limit": "0"}),
    ],
)
async def test_http_refuses_what_its_document_excludes(
    http: httpx.AsyncClient,
    founder_token: Secret,
    path: str,
    params: Json,
) -> None:
    answer = await http.get(path, params=params, headers=bearing(founder_token))
    assert answer.status_code == 400, answer.text


async def test_a_cursor_belongs_to_its_list(
    filled: Context,
    http: httpx.AsyncClient,
    founder_token: Secret,
) -> None:
    headers = bearing(founder_token)
    cursor = (await http.get("/api/events", params={"limit": 1}, headers=headers)).json()["next_cursor"]
    for path, params in (("/api/audit", {}), ("/api/events", {"type": "invoice.*"}), ("/api/inbox", {})):
        answer = await http.get(path, params={**params, "cursor": cursor}, headers=headers)
        assert answer.status_code == 400
