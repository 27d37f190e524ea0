"""The HTTP API of a really running server: the answer to each request, and the rows it leaves."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from execops import processing
from execops.client import Client
from execops.client.proposals_part import Proposals
from execops.context import Context
from execops.db.embedded import embedded_postgres
from execops.errors import UnavailableError
from execops.model import Role
from execops.settings import Secret, load_settings
from execops.text.log_lines import JsonLines
from jobs.bootstrap import open_context
from jobs.worker import run_worker
from server.run import serve
from tests import apps
from tests.conftest import MakeSettings
from tests.http_service import PROBLEM, bearing, is_problem, serving
from tests.own_postgres import Template
from tests.stripe_events import event, failed, pending, sign, take_in
from tests.walking import walk

INGEST = "/ingest/stripe"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@pytest.fixture
async def http(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(ctx) as client:
        yield client


@asynccontextmanager
async def working(ctx: Context) -> AsyncIterator[None]:
    """A worker in this loop."""
    stop, started = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(run_worker(ctx, stop, on_start=started.set))
    await asyncio.wait_for(started.wait(), 10)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, 15)


@pytest.fixture
def bearer(founder_token: Secret) -> dict[str, str]:
    return bearing(founder_token)


async def send(http: httpx.AsyncClient, payload: dict[str, Any]) -> httpx.Response:
    body = json.dumps(payload).encode()
    return await http.post(INGEST, content=body, headers=sign(body))


async def counted(ctx: Context, what: str = "events") -> int:
    table = {"events": "events", "jobs": "procrastinate_jobs"}[what]
    async with ctx.connection() as conn:
        row = await (await conn.execute(f"select count(*) as n from {table}".encode())).fetchone()
    assert row is not None
    return int(row["n"])


# Ingestion


async def test_a_signed_event_is_stored_and_enqueued_once(ctx: Context, http: httpx.AsyncClient) -> None:
    payload = failed()
    first, second = await send(http, payload), await send(http, payload)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["duplicate"] is False
    assert second.json() == first.json() | {"duplicate": True}
    assert (await counted(ctx), await counted(ctx, "jobs")) == (1, 1)


async def test_fifty_deliveries_at_once_are_one_event_and_one_job(
    ctx: Context, http: httpx.AsyncClient
) -> None:
    payload = failed()
    answers = await asyncio.gather(*[send(http, payload) for _ in range(50)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["event_id"] for answer in answers}) == 1
    assert sum(not answer.json()["duplicate"] for answer in answers) == 1
    assert (await counted(ctx), await counted(ctx, "jobs")) == (1, 1)


BODY = json.dumps(failed("in_bad")).encode()
NOT_JSON = BODY[:-5]
NO_EVENT = b'{"object": "charge", "id": "ch_1"}'
TOO_LARGE = BODY + b" " * 2 * 1024 * 1024
HEADERS: dict[str, Callable[[], tuple[bytes, dict[str, str]]]] = {
    "wrong secret": lambda: (BODY, sign(BODY, secret="whsec_other")),
    "another body": lambda: (BODY, sign(BODY + b" ")),
    "old": lambda: (BODY, sign(BODY, at=int(time.time()) - 310)),
    "future": lambda: (BODY, sign(BODY, at=int(time.time()) + 310)),
    "no header": lambda: (BODY, {}),
    "empty header": lambda: (BODY, {"stripe-signature": ""}),
    "malformed header": lambda: (BODY, {"stripe-signature": "t=now,v1"}),
}


@walk("case", HEADERS)
async def test_a_delivery_that_stripe_did_not_sign_now_is_400(
    ctx: Context, http: httpx.AsyncClient, case: str
) -> None:
    body, headers = HEADERS[case]()
    code = "stale_signature" if case in {"old", "future"} else "invalid_signature"
    problem = is_problem(await http.post(INGEST, content=body, headers=headers), 400, code)
    assert "nothing was stored" in problem["detail"]
    assert await counted(ctx) == 0


@walk("body", [NOT_JSON, NO_EVENT, b"", b"[1]", b'{"a":' * 50_000])
async def test_a_body_that_is_no_event_is_400(ctx: Context, http: httpx.AsyncClient, body: bytes) -> None:
    is_problem(await http.post(INGEST, content=body, headers=sign(body)), 400, "invalid_delivery")
    assert await counted(ctx) == 0


@pytest.mark.parametrize("chunked", [False, True])
async def test_over_a_mebibyte_is_413(ctx: Context, http: httpx.AsyncClient, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(TOO_LARGE), 65536):
            yield TOO_LARGE[at : at + 65536]

    answer = await http.post(INGEST, content=chunks() if chunked else TOO_LARGE, headers=sign(TOO_LARGE))
    is_problem(answer, 413, "delivery_too_large")
    assert await counted(ctx) == 0
    assert (await send(http, failed())).status_code == 200  # the connection goes on


async def test_a_body_announced_as_too_large_is_refused_unread(http: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(b"POST /ingest/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n")
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    await writer.wait_closed()


async def test_a_sender_that_hangs_up_stores_nothing(
    ctx: Context, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    signature = sign(BODY)["stripe-signature"].encode()
    writer.write(b"POST /ingest/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(BODY))
    writer.write(b"Stripe-Signature: %s\r\n\r\n%s" % (signature, BODY[:100]))
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.1)
    assert await counted(ctx) == 0
    assert [record.getMessage() for record in caplog.records] == ["Delivery refused: invalid_delivery"]


@pytest.mark.parametrize("secret", ["whsec_new", "whsec_test"])
async def test_secrets_rotate(make_settings: MakeSettings, secret: str) -> None:
    secrets = (Secret("whsec_new"), Secret("whsec_test"))
    async with (
        open_context(make_settings(stripe_webhook_secrets=secrets)) as ctx,
        serving(ctx) as http,
    ):
        answer = await http.post(INGEST, content=BODY, headers=sign(BODY, secret=secret))
        assert answer.status_code == 200
        assert await counted(ctx) == 1


async def test_without_a_secret_it_is_503(make_settings: MakeSettings) -> None:
    async with open_context(make_settings(stripe_webhook_secrets=())) as ctx, serving(ctx) as http:
        answer = await http.post(INGEST, content=BODY, headers=sign(BODY))
        assert "STRIPE_WEBHOOK_SECRET" in is_problem(answer, 503, "not_configured")["hint"]
        assert int(answer.headers["retry-after"]) > 0
        assert await counted(ctx) == 0


@pytest.mark.parametrize(
    ("payload", "status", "jobs"),
    [
        (event("quote.will_expire_someday", {"id": "qt_1", "object": "quote"}), "received", 1),
        ({"object": "v2.core.event", "id": "evt_thin", "type": "v1.x", "created": "now"}, "ignored", 0),
        (failed() | {"livemode": False}, "ignored", 0),
        ({"object": "event", "id": "evt_bare", "type": "x", "livemode": True}, "received", 1),
        ({"object": "event", "id": "evt_of_no_mode", "type": "x"}, "ignored", 0),
    ],
)
async def test_odd_events_are_stored_and_answered_200(
    ctx: Context, http: httpx.AsyncClient, client: Client, payload: dict[str, Any], status: str, jobs: int
) -> None:
    answer = await send(http, payload)
    assert answer.status_code == 200
    assert (await client.events.get(answer.json()["event_id"])).status == status
    assert await counted(ctx, "jobs") == jobs


@pytest.mark.parametrize("body", [rb'"\u0000"', rb'"\ud800"', b"1e400000", b"9" * 5000])
async def test_what_jsonb_cannot_hold_is_no_5xx(http: httpx.AsyncClient, client: Client, body: bytes) -> None:
    whole = BODY[:-1] + b', "odd": ' + body + b"}"
    answer = await http.post(INGEST, content=whole, headers=sign(whole))
    assert answer.status_code == 200
    stored = await client.events.get(answer.json()["event_id"])
    assert len(stored.payload_json["_execops_replaced"]) == 1


async def test_an_unknown_source_is_404(http: httpx.AsyncClient) -> None:
    is_problem(await http.post("/ingest/nope", content=BODY, headers=sign(BODY)), 404, "not_found")


async def test_a_source_that_looks_at_the_address_is_answered(http: httpx.AsyncClient) -> None:
    statuses = {name: (await http.head(f"/ingest/{name}")).status_code for name in ("stripe", "bank", "nope")}
    assert statuses == {"stripe": 200, "bank": 404, "nope": 404}


async def test_a_database_that_stops_is_503_until_it_is_back(
    postgres_template: Template, tmp_path: Path
) -> None:
    home = postgres_template.home("stops")
    async with embedded_postgres(home, server_settings={"fsync": "off"}) as url:
        settings = load_settings(
            {"home": tmp_path, "database_url": url, "stripe_webhook_secrets": "whsec_test"}, {}
        )
        async with open_context(settings) as ctx, serving(ctx) as http:
            kept = (await send(http, failed("in_1"))).json()["event_id"]
            http.headers.update(bearing(postgres_template.founder))

            def propose() -> Awaitable[httpx.Response]:
                return http.post("/ai/propose", json={"event_id": kept})

            assert (await propose()).status_code == 202  # its feed listens

            postmaster = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGINT)
            while _lives(postmaster):  # noqa: ASYNC110  another process
                await asyncio.sleep(0.05)
            lost, asked, ready = await asyncio.gather(
                send(http, failed("in_2")), propose(), http.get("/health/ready")
            )
            for answer in (lost, asked, ready):
                is_problem(answer, 503, "database_unavailable")
                assert int(answer.headers["retry-after"]) > 0
            assert (await http.get("/health/live")).status_code == 200

            async with embedded_postgres(home) as again:
                assert again == url
                payload = failed("in_3")
                answer = await until(lambda: send(http, payload), 200)
                assert answer.json()["duplicate"] is False
                assert (await http.get("/health/ready")).status_code == 200
                assert await counted(ctx) == 2  # the first and the last: the one refused was not stored
                async with working(ctx):
                    answer = await until(propose, 200)
                    assert answer.json()["status"] == "processed"


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def until(ask: Callable[[], Awaitable[httpx.Response]], status: int) -> httpx.Response:
    """The first answer of this status, within twenty seconds."""
    async with asyncio.timeout(20):
        while (answer := await ask()).status_code != status:  # noqa: ASYNC110  another process
            await asyncio.sleep(0.1)
    return answer


async def test_an_empty_database_is_503_not_500(postgres: str, tmp_path: Path) -> None:
    settings = load_settings(
        {"home": tmp_path, "database_url": postgres, "stripe_webhook_secrets": "whsec_test"}, {}
    )
    async with open_context(settings) as ctx, serving(ctx) as http:
        for answer in (await send(http, failed()), await http.get("/health/ready")):
            assert is_problem(answer, 503, "unavailable")["hint"] == "Run: execops db migrate"
        assert (await http.head("/health/ready")).status_code == 503


# Who may


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/inbox"), ("GET", "/api/proposals/1"), ("POST", "/ai/propose"), ("POST", "/ai/decide")],
)
async def test_without_an_operators_token_it_is_401(
    http: httpx.AsyncClient, method: str, path: str, subtests: pytest.Subtests
) -> None:
    for header in (None, "", "Bearer", "Bearer nope", "Basic Zm9vOmJhcg==", "é"):
        with subtests.test(header=header):
            headers = None if header is None else [(b"authorization", header.encode())]
            answer = await http.request(method, path, headers=headers)
            is_problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_revoked_token_is_401(http: httpx.AsyncClient, client: Client) -> None:
    _, token = await client.operators.add("bot", Role.SERVICE)
    assert (await http.get("/api/inbox", headers=bearing(token))).status_code == 200
    await client.operators.revoke("bot")
    is_problem(await http.get("/api/inbox", headers=bearing(token)), 401, "unauthenticated")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SERVICE])
async def test_who_does_not_decide_reads_and_proposes(
    ctx: Context, http: httpx.AsyncClient, client: Client, role: Role
) -> None:
    _, token = await client.operators.add("bot", role)
    event = await take_in(ctx, failed())
    headers = bearing(token)
    line = (await http.get("/api/inbox", headers=headers)).json()["items"][0]
    assert (await http.get(f"/api/proposals/{line['id']}", headers=headers)).status_code == 200
    asked = await http.post("/ai/propose", json={"event_id": event.id}, headers=headers)
    assert asked.json()["proposal_ids"] == [line["id"]]
    for decision in ("approve", "reject", "undo", "retry", "confirm", "close"):
        body = {"proposal_id": line["id"], "version": 1, "decision": decision}
        is_problem(await http.post("/ai/decide", json=body, headers=headers), 403, "not_allowed")
        named = body | {"operator": "founder", "actor": "1"}
        is_problem(await http.post("/ai/decide", json=named, headers=headers), 400, "invalid_input")
    assert (await client.proposals.get(line["id"])).status == "pending"


# Proposing


async def test_an_event_that_waits_is_202_after_two_seconds(
    http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    event_id = (await send(http, failed())).json()["event_id"]
    began = time.monotonic()
    answer = await http.post("/ai/propose", json={"event_id": event_id}, headers=bearer)
    assert 1.9 < time.monotonic() - began < 4
    assert answer.status_code == 202
    assert answer.json() == {"event_id": event_id, "status": "received", "proposal_ids": [], "outcome": []}


async def test_many_requests_wait_on_one_connection_and_wake_at_once(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str]
) -> None:
    """Thirty requests wait over a pool of twelve connections. They hold none of them; the notification wakes them."""
    event_id = (await send(http, failed())).json()["event_id"]
    asking = [
        asyncio.create_task(http.post("/ai/propose", json={"event_id": event_id}, headers=bearer))
        for _ in range(30)
    ]
    await asyncio.sleep(0.7)
    async with ctx.connection() as conn:
        query = b"select application_name as name, count(*) as n from pg_stat_activity where datname = current_database() and query like 'listen%' group by 1"
        assert await (await conn.execute(query)).fetchall() == [{"name": "execops server", "n": 1}]
    assert ctx.pool.get_stats().get("requests_waiting", 0) == 0
    await processing.process_event(ctx, event_id)
    processed = time.monotonic()
    answers = await asyncio.gather(*asking)
    assert time.monotonic() - processed < 1
    proposal_id = (await client.proposals.inbox())[0].id
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        assert answer.json()["proposal_ids"] == [proposal_id]
        assert {outcome["result"] for outcome in answer.json()["outcome"]} == {"drafted", "no proposal"}


async def test_a_worker_answers_a_proposal_in_time(
    ctx: Context, http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    async with working(ctx):
        event_id = (await send(http, failed())).json()["event_id"]
        answer = await http.post("/ai/propose", json={"event_id": event_id}, headers=bearer)
    assert answer.status_code == 200
    assert len(answer.json()["proposal_ids"]) == 1


async def test_an_ignored_event_has_no_proposals(http: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    event_id = (await send(http, failed() | {"livemode": False})).json()["event_id"]
    answer = await http.post("/ai/propose", json={"event_id": event_id}, headers=bearer)
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["proposal_ids"]) == ("ignored", [])


async def test_a_failed_event_is_processed_again(
    ctx: Context, http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    event_id = (await send(http, failed())).json()["event_id"]
    await processing.give_up_on_event(ctx, event_id, "the model of the world was wrong")
    async with working(ctx):
        answer = await http.post("/ai/propose", json={"event_id": event_id}, headers=bearer)
    assert answer.status_code == 200
    assert answer.json()["status"] == "processed"
    assert len(answer.json()["proposal_ids"]) == 1


async def test_a_replayed_event_names_its_proposal_once(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str]
) -> None:
    event = await take_in(ctx, failed())
    await client.events.replay(event.id)
    await processing.process_event(ctx, event.id)
    answer = await http.post("/ai/propose", json={"event_id": event.id}, headers=bearer)
    assert answer.json()["proposal_ids"] == [(await client.proposals.inbox())[0].id]


# Deciding


def decision(proposal_id: int, what: str, version: int = 1, **more: Any) -> dict[str, Any]:
    return {"proposal_id": proposal_id, "version": version, "decision": what, **more}


async def test_a_decision_names_the_version_it_saw(
    ctx: Context,
    http: httpx.AsyncClient,
    client: Client,
    bearer: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "server.ai")
    async with pending(ctx, client) as proposal_id:
        wrong = await http.post("/ai/decide", json=decision(proposal_id, "approve", 2), headers=bearer)
        assert "version 1" in is_problem(wrong, 409, "conflict")["detail"]
        assert (await client.proposals.get(proposal_id)).status == "pending"
        right = await http.post("/ai/decide", json=decision(proposal_id, "approve"), headers=bearer)
        assert right.status_code == 200
        taken = right.json()
        assert (taken["proposal_id"], taken["version"], taken["status"]) == (proposal_id, 1, "approved")
        assert datetime.fromisoformat(taken["executes_at"]).utcoffset() == timedelta(0)
        [line] = [json.loads(JsonLines().format(record)) for record in caplog.records]
        assert (line["action"], line["operator"]) == ("decision.approve", client.operator.id)
        assert (line["proposal"], line["version"], line["status"]) == (proposal_id, 1, "approved")
        again = await http.post("/ai/decide", json=decision(proposal_id, "reject"), headers=bearer)
        assert "decided by founder" in is_problem(again, 409, "conflict")["detail"]


async def test_undo_names_its_version_too(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str]
) -> None:
    async with pending(ctx, client) as proposal_id:
        await client.proposals.approve(proposal_id, 1)
        wrong = await http.post("/ai/decide", json=decision(proposal_id, "undo", 7), headers=bearer)
        is_problem(wrong, 409, "conflict")
        assert (await client.proposals.get(proposal_id)).status == "approved"
        right = await http.post("/ai/decide", json=decision(proposal_id, "undo"), headers=bearer)
        assert right.json()["status"] == "pending"
        again = await http.post("/ai/decide", json=decision(proposal_id, "undo"), headers=bearer)
        is_problem(again, 409, "conflict")


async def test_a_rejection_keeps_its_reason_and_its_operator(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str]
) -> None:
    _, token = await client.operators.add("ada", Role.OPS)
    async with pending(ctx, client) as proposal_id:
        body = decision(proposal_id, "reject", reason="they called")
        named = body | {"operator": "founder"}
        is_problem(await http.post("/ai/decide", json=named, headers=bearing(token)), 400, "invalid_input")
        assert (await http.post("/ai/decide", json=body, headers=bearing(token))).status_code == 200
    detail = (await http.get(f"/api/proposals/{proposal_id}", headers=bearer)).json()
    assert (detail["status"], detail["outcome"]) == ("rejected", "they called")
    assert detail["trail"][-1]["actor"] == "ada"
    assert detail["trail"][-1]["metadata"]["reason"] == "they called"


@pytest.mark.parametrize("what", ["retry", "confirm", "close"])
async def test_what_is_pending_did_not_fail(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str], what: str
) -> None:
    async with pending(ctx, client) as proposal_id:
        answer = await http.post("/ai/decide", json=decision(proposal_id, what), headers=bearer)
        is_problem(answer, 409, "conflict")


@walk(
    "body",
    [
        decision(1, "edit"),
        decision(0, "approve"),
        decision(2**63, "approve"),
        decision(1, "approve", 2**31),
        {"proposal_id": "one", "version": 1, "decision": "approve"},
        {"proposal_id": True, "version": 1, "decision": "approve"},
        {"proposal_id": 1, "decision": "approve"},
        decision(1, "reject", reason="\x00"),
        decision(1, "reject", reason="x" * 2001),
        [],
        None,
    ],
)
async def test_a_malformed_decision_is_400(
    http: httpx.AsyncClient, bearer: dict[str, str], body: object
) -> None:
    is_problem(await http.post("/ai/decide", json=body, headers=bearer), 400, "invalid_input")


@walk("content", [b"", b"{", b"\xff", b'{"event_id": 1e99}', b"[" * 10_000])
async def test_a_body_that_is_no_json_is_400(
    http: httpx.AsyncClient, bearer: dict[str, str], content: bytes
) -> None:
    is_problem(await http.post("/ai/propose", content=content, headers=bearer), 400, "invalid_input")


# Reading


async def test_the_inbox_is_paged_in_its_order(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str]
) -> None:
    for number in range(7):
        await take_in(
            ctx, failed(f"in_{number}", customer=f"cus_{number}", attempt_count=4 if number % 3 == 0 else 1)
        )
    before = await client.proposals.inbox()
    assert len({summary.urgency for summary in before}) == 2

    async def page(status: str, cursor: str | None) -> tuple[list[int], str | None]:
        params: dict[str, str | int] = {"status": status, "limit": 3}
        if cursor is not None:
            params["cursor"] = cursor
        answer = (await http.get("/api/inbox", params=params, headers=bearer)).json()
        return [line["id"] for line in answer["items"]], answer["next_cursor"]

    for status, order in (
        ("pending", [summary.id for summary in before]),
        ("all", sorted([summary.id for summary in before], reverse=True)),
    ):
        first, cursor = await page(status, None)
        if status == "pending":
            # Before the first: it shifts no page after it.
            await take_in(ctx, failed("in_new", customer="cus_new", attempt_count=4))
            new = (await client.proposals.inbox(limit=1))[0].id
            assert new not in order
            second, cursor = await page(status, cursor)
            third, end = await page(status, cursor)
            assert [first, second, third, end] == [order[:3], order[3:6], order[6:], None]
        else:
            second, cursor = await page(status, cursor)
            third, end = await page(status, cursor)
            assert [*first, *second, *third] == [new, *order]
            assert end is None


async def test_a_line_tells_money_and_time_exactly(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str]
) -> None:
    async with pending(ctx, client, currency="jpy", amount_due=4900, amount_remaining=4900):
        page = (await http.get("/api/inbox", headers=bearer)).json()
    assert page["next_cursor"] is None
    line = page["items"][0]
    assert line["amount"] == {"minor": 4900, "currency": "JPY", "text": "¥4,900"}
    assert datetime.fromisoformat(line["created_at"]).utcoffset() == timedelta(0)
    assert line["created_at"].endswith("Z")
    assert line["status"] == "pending"
    assert (await http.get("/api/inbox?status=executed", headers=bearer)).json()["items"] == []


@walk(
    "query",
    [
        "status=open",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=é",
        "cursor=W10",
        "cursor=WyJwZW5kaW5nIiwiaGlnaCIsMTAwMDAwMDAwMDAwMDAwMDAwMDAwXQ",
        "cursor=WyJhbGwiLCJoaWdoIiwxXQ",  # of another list
    ],
)
async def test_a_query_that_cannot_be_used_is_400(
    http: httpx.AsyncClient, bearer: dict[str, str], query: str
) -> None:
    is_problem(await http.get(f"/api/inbox?{query}", headers=bearer), 400, "invalid_input")


async def test_a_proposal_tells_everything(
    ctx: Context, http: httpx.AsyncClient, client: Client, bearer: dict[str, str]
) -> None:
    async with pending(ctx, client) as proposal_id:
        await client.proposals.approve(proposal_id, 1)
        await processing.execute_proposal(ctx, proposal_id, 1)
        detail = (await http.get(f"/api/proposals/{proposal_id}", headers=bearer)).json()
    assert detail["payload"]["to"] == "billing@acme.example"
    assert "billing@acme.example" in detail["does"]
    assert [field["name"] for field in detail["fields"]] == ["to", "subject", "from", "text"]
    assert [field["label"] for field in detail["fields"] if field["words"]] == ["Subject", "Text"]
    assert [field["name"] for field in detail["fields"] if field["lines"]] == ["text"]
    assert detail["preview"].endswith(f"\n\n{detail['payload']['text'].rstrip()}")
    assert detail["moves_money"] is False
    assert detail["evidence"][0]["label"]
    assert detail["verdict"].startswith("Send: the first attempt failed")
    assert detail["versions"][0]["verdict"] == detail["verdict"]
    assert (detail["language"], detail["translation"], detail["beside"]) == ("en", {}, [])
    assert [execution["status"] for execution in detail["executions"]] == ["succeeded"]
    assert [event["type"] for event in detail["events"]] == ["invoice.payment_failed"]
    assert [version["author"] for version in detail["versions"]] == ["rules"]
    steps = [(step["action"], step["actor"]) for step in detail["trail"]]
    assert ("proposal.approved", "founder") in steps
    assert steps[-1][0] == "proposal.executed"
    assert [step["seq"] for step in detail["trail"]] == sorted(step["seq"] for step in detail["trail"])


@walk("path", ["/api/proposals/999999", f"/api/proposals/{2**70}", "/api/proposals/0"])
async def test_a_proposal_that_is_not_there_is_404(
    http: httpx.AsyncClient, bearer: dict[str, str], path: str
) -> None:
    is_problem(await http.get(path, headers=bearer), 404, "not_found")
    asked = await http.post("/ai/propose", json={"event_id": 999_999}, headers=bearer)
    is_problem(asked, 404, "not_found")
    decided = await http.post("/ai/decide", json=decision(999_999, "approve"), headers=bearer)
    is_problem(decided, 404, "not_found")


# Errors, health, the document, the process


async def test_unknown_paths_and_methods_are_problems(http: httpx.AsyncClient) -> None:
    is_problem(await http.get("/nope"), 404, "not_found")
    is_problem(await http.get(INGEST), 405, "method_not_allowed")


async def test_the_unexpected_is_logged_and_says_nothing(
    http: httpx.AsyncClient,
    bearer: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(Proposals, "inbox", fail)
    answer = await http.get("/api/inbox", headers=bearer)
    is_problem(answer, 500, "internal")
    assert "hunter2" not in answer.text
    assert [record.levelname for record in caplog.records if record.name == "server.errors"] == ["ERROR"]


async def test_health(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health/live")).json() == {"status": "live"}
    for _ in range(2):
        ready = await http.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_a_monitor_may_ask_by_head(http: httpx.AsyncClient) -> None:
    for path in ("/", "/health/live", "/health/ready"):
        answer = await http.head(path)
        assert (answer.status_code, answer.content) == (200, b""), path


async def test_the_openapi_document(http: httpx.AsyncClient) -> None:
    document = (await http.get("/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "ExecOps"
    operations = {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    secured = {key: bool(operation.get("security")) for key, operation in operations.items()}
    consoles = {key for key in secured if key[1].startswith("/api/console/")}  # each: see test_remote.py
    assert len(consoles) > 50
    assert all(secured.pop(key) for key in consoles)
    assert secured == {
        ("post", "/ingest/{source}"): False,
        ("head", "/ingest/{source}"): False,
        ("post", "/ai/propose"): True,
        ("post", "/ai/decide"): True,
        ("get", "/api/inbox"): True,
        ("get", "/api/proposals/{proposal_id}"): True,
        ("get", "/api/suppressions"): True,
        ("delete", "/api/suppressions/{subject_key}"): True,
        ("get", "/api/notifications"): True,
        ("put", "/api/notifications"): True,
        ("delete", "/api/notifications"): True,
        ("get", "/api/canvas"): True,
        ("post", "/api/canvas/agui"): True,
        ("get", "/api/events"): True,
        ("get", "/api/audit"): True,
        ("get", "/api/changes"): True,
        ("get", "/health/live"): False,
        ("head", "/health/live"): False,
        ("get", "/health/ready"): False,
        ("head", "/health/ready"): False,
        ("get", "/metrics"): True,
    }
    scheme = document["components"]["securitySchemes"]["bearer"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for (method, path), operation in operations.items():
        stream = {"text/event-stream"}
        good = {"/metrics": {PROMETHEUS}, "/api/changes": stream, "/api/canvas/agui": stream}.get(
            path, {"application/json"}
        )
        good |= {"application/x-ndjson"} if path.startswith("/api/console/") else set()
        for status, response in operation["responses"].items():
            if status == "304" or (method, status) == ("head", "200"):
                assert "content" not in response
            else:
                assert len(response["content"]) == 1
                assert set(response["content"]) <= ({PROBLEM} if int(status) >= 400 else good), (path, status)
    references = set(_references(document))
    assert references <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert "#/components/schemas/DecideRequest" in references


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [reference for child in node.values() for reference in _references(child)]
    return [reference for child in node for reference in _references(child)] if isinstance(node, list) else []


async def test_the_schema_page_fetches_nothing(http: httpx.AsyncClient) -> None:
    page = await http.get("/schema")
    assert page.headers["content-type"].startswith("text/html")
    assert "/ai/decide" in page.text
    assert "http:" not in page.text
    assert "https:" not in page.text
    assert "<script" not in page.text
    assert (await http.get("/schema/openapi.yaml")).status_code == 200


async def test_a_busy_port_says_so(ctx: Context) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UnavailableError, match=f"Port {port}") as raised:
            await serve(ctx, "127.0.0.1", port, on_ready=print, stop=asyncio.Event())
    assert "EXECOPS_PORT" in (raised.value.hint or "")
    with pytest.raises(UnavailableError, match="no address called"):
        await serve(ctx, "nowhere.invalid", 0, on_ready=print, stop=asyncio.Event())


async def test_stopping_lets_a_request_end_and_frees_the_port(ctx: Context, bearer: dict[str, str]) -> None:
    urls: asyncio.Queue[str] = asyncio.Queue()
    stop = asyncio.Event()
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    running = asyncio.create_task(serve(ctx, "127.0.0.1", 0, on_ready=urls.put_nowait, stop=stop))
    url = await asyncio.wait_for(urls.get(), 10)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    async with httpx.AsyncClient(base_url=url) as http:
        event_id = (await send(http, failed())).json()["event_id"]
        asking = asyncio.create_task(
            http.post("/ai/propose", json={"event_id": event_id}, headers=bearer, timeout=10)
        )
        await asyncio.sleep(0.3)
        stop.set()
        assert (await asking).status_code == 202
    await asyncio.wait_for(running, 5)
    again = asyncio.Event()
    running = asyncio.create_task(
        serve(ctx, "127.0.0.1", int(url.rsplit(":", 1)[1]), on_ready=urls.put_nowait, stop=again)
    )
    assert await asyncio.wait_for(urls.get(), 10) == url
    again.set()
    await asyncio.wait_for(running, 5)


async def test_a_server_knows_nothing_of_the_one_before(ctx: Context, make_settings: MakeSettings) -> None:
    """Servers of one process take their routes one after another, or each its own. All that they know is their own."""

    async def delivered(http: httpx.AsyncClient) -> int:
        body = json.dumps(failed()).encode()
        return (await http.post(INGEST, content=body, headers=sign(body))).status_code

    async with open_context(make_settings(stripe_webhook_secrets=())) as closed:
        async with serving(ctx) as open_door, serving(closed) as shut_door:
            assert [await delivered(http) for http in (open_door, shut_door, open_door)] == [200, 503, 200]
        built = apps.built()
        for here, code in ((closed, 503), (ctx, 200), (closed, 503)):
            async with serving(here) as http:
                assert await delivered(http) == code
        assert apps.built() == built
