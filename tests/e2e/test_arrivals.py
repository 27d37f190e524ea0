"""The record of deliveries that a server keeps for people: accepted, ignored, refused; and the page at its address."""

from __future__ import annotations

import json
import re
import time

from execops.client import diagnosis
from execops.context import Context
from execops.ingest.arrivals import Arrivals
from tests import records
from tests.e2e.test_http import INGEST
from tests.http_service import serving
from tests.stripe_events import event, failed, invoice, sign

REFUSALS = 300


async def arrivals_of(ctx: Context) -> Arrivals:
    return (await diagnosis.overview(ctx)).arrivals


async def test_accepted_ignored_and_refused_deliveries_are_told_apart(ctx: Context) -> None:
    assert await arrivals_of(ctx) == Arrivals()
    async with serving(ctx) as http:

        async def post(payload: dict[str, object], **how: object) -> int:
            body = json.dumps(payload).encode()
            headers = sign(body) | {"content-type": "application/json"} | dict(how.get("headers", {}))  # type: ignore[call-overload]
            return (await http.post(str(how.get("to", INGEST)), content=body, headers=headers)).status_code

        assert await post(failed()) == 200
        assert await post(event("invoice.paid", invoice(), livemode=False)) == 200
        for _ in range(REFUSALS):
            assert await post(failed(), headers={"stripe-signature": "t=1,v1=whsec_guess"}) == 400
    arrivals = await arrivals_of(ctx)  # the server writes its counts before it ends
    assert arrivals.accepted is not None
    assert arrivals.ignored is not None
    assert arrivals.refused is not None
    assert (arrivals.accepted.type, arrivals.accepted.why) == ("invoice.payment_failed", None)
    assert (arrivals.ignored.type, arrivals.ignored.why) == (
        "invoice.paid",
        "a test-mode event: EXECOPS_STRIPE_MODE is live",
    )
    assert (arrivals.refused.why, arrivals.refused.count) == ("bad signature", REFUSALS)
    assert (arrivals.refuses_now, arrivals.ignores_now) == (True, True)
    rows = await records.rows(ctx, "select kind, detail from troubles")
    assert rows == [{"kind": "delivery refused", "detail": "invalid_signature"}]  # one, and nothing of a body

    async with serving(ctx) as http:
        body = json.dumps(failed()).encode()
        stale = sign(body, at=int(time.time()) - 900)
        assert (await http.post(INGEST, content=body, headers=stale)).json()["code"] == "stale_signature"
        assert (await http.post("/ingest/strip", content=body)).status_code == 404
    refused = (await arrivals_of(ctx)).refused
    assert refused is not None
    assert (refused.why, refused.count) == ("no such source", REFUSALS + 2)


async def test_the_address_of_the_server_shows_a_plain_page(ctx: Context) -> None:
    async with serving(ctx) as http:
        answer = await http.get("/")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "Health: ready" in answer.text
        links = re.findall(r"""(?:href|src)=["']?([^"'> ]+)""", answer.text)
        assert set(links) == {"/health/ready", "/schema", "/schema/openapi.json", "/schema/openapi.yaml"}
        for link in links:
            assert (await http.get(link)).status_code == 200, link
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "whsec" not in answer.text
        assert "execops_" not in answer.text
        assert (await http.post("/")).status_code == 405
