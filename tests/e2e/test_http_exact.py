"""The HTTP API takes exactly the values that its OpenAPI document describes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from execops.client import Client
from execops.context import Context
from tests import records
from tests.e2e.test_http import bearer as bearer
from tests.e2e.test_http import http as http
from tests.http_service import is_problem

LARGEST = 2**53 - 1
ODD_INTEGERS: list[Any] = [
    "1",
    "1.0",
    1.0,
    1.5,
    True,
    None,
    [1],
    {"id": 1},
    1e30,
    0,
    -1,
    2**53,
    2**63,
    10**30,
]


@pytest.mark.parametrize("field", ["proposal_id", "version"])
async def test_a_decision_takes_only_integers(
    ctx: Context,
    client: Client,
    http: httpx.AsyncClient,
    bearer: dict[str, str],
    field: str,
    subtests: pytest.Subtests,
) -> None:
    proposal_id = await records.pending_id(ctx)
    for odd in ODD_INTEGERS:
        with subtests.test(odd=odd):
            body = {"proposal_id": proposal_id, "version": 1, "decision": "approve"} | {field: odd}
            is_problem(await http.post("/ai/decide", json=body, headers=bearer), 400, "invalid_input")
            assert (await client.proposals.get(proposal_id)).status == "pending"


@pytest.mark.parametrize(
    ("decision", "further"),
    [
        ("approve", {"payload": {"subject": "Other words"}}),
        ("reject", {"suppress": True}),
        ("close", {"why": "x"}),
    ],
)
async def test_a_wish_that_nobody_reads_is_refused(
    ctx: Context,
    client: Client,
    http: httpx.AsyncClient,
    bearer: dict[str, str],
    decision: str,
    further: dict[str, Any],
) -> None:
    proposal_id = await records.pending_id(ctx)
    body = {"proposal_id": proposal_id, "version": 1, "decision": decision} | further
    problem = is_problem(await http.post("/ai/decide", json=body, headers=bearer), 400, "invalid_input")
    assert next(iter(further)) in problem["errors"][0]["message"]
    assert (await client.proposals.get(proposal_id)).status == "pending"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/ai/propose", {"event_id": 1}), ("PUT", "/api/notifications", {"slack": "U0123ABCD"})],
)
async def test_other_bodies_take_no_further_field(
    http: httpx.AsyncClient, bearer: dict[str, str], method: str, path: str, body: dict[str, Any]
) -> None:
    answer = await http.request(method, path, json=body | {"slak": "U0123ABCD"}, headers=bearer)
    is_problem(answer, 400, "invalid_input")


async def test_a_proposed_event_is_named_by_an_integer(
    http: httpx.AsyncClient, bearer: dict[str, str], subtests: pytest.Subtests
) -> None:
    for odd in ODD_INTEGERS:
        with subtests.test(odd=odd):
            answer = await http.post("/ai/propose", json={"event_id": odd}, headers=bearer)
            is_problem(answer, 400, "invalid_input")


async def test_a_wrong_type_is_named_with_its_field(http: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    answer = await http.post("/ai/propose", json={"event_id": "301"}, headers=bearer)
    assert answer.json()["errors"] == [
        {"message": "Expected `int`, got `str`", "key": "event_id", "source": "body"}
    ]


@pytest.mark.parametrize("path", ["/api/inbox", "/api/events", "/api/audit"])
async def test_a_limit_is_a_whole_number(
    http: httpx.AsyncClient, bearer: dict[str, str], path: str, subtests: pytest.Subtests
) -> None:
    for limit in ("50.0", "5e1", " 50", "+5", "5_0", "٥", "true", "", "0", "201"):
        with subtests.test(limit=limit):
            is_problem(await http.get(path, params={"limit": limit}, headers=bearer), 400, "invalid_input")


async def test_a_parameter_that_a_route_does_not_have_is_refused(
    http: httpx.AsyncClient, bearer: dict[str, str], subtests: pytest.Subtests
) -> None:
    """`state=failed` for `status=failed` would list what nobody asked for."""
    document = (await http.get("/schema/openapi.json")).json()
    routes = [
        (method, path.replace("{proposal_id}", "1").replace("{subject_key}", "cus_1"))
        for path, methods in document["paths"].items()
        if path.startswith(("/api", "/ai")) and not path.startswith("/api/console")
        for method in methods
    ]
    assert ("get", "/api/inbox") in routes
    assert len(routes) > 10
    for method, path in routes:
        with subtests.test(method=method, path=path):
            answer = await http.request(method, path, params={"state": "failed"}, headers=bearer, json={})
            [error] = is_problem(answer, 400, "invalid_input")["errors"]
            assert error["key"] == "state"
    answer = await http.get("/api/events", params={"Status": "failed"}, headers=bearer)
    assert "the parameters: status, type, limit, cursor" in answer.text
    answer = await http.get("/api/events?limit=2&limit=3", headers=bearer)
    assert is_problem(answer, 400, "invalid_input")["errors"][0]["message"] == "The parameter is given twice"
    assert (await http.get("/api/events?limit=2&type=charge.failed", headers=bearer)).status_code == 200


async def test_a_proposal_is_named_by_its_number(
    ctx: Context, http: httpx.AsyncClient, bearer: dict[str, str], subtests: pytest.Subtests
) -> None:
    ids = [await records.pending_id(ctx, f"in_{number}") for number in range(11)]
    for name in ("{}.0", "0{}", "{}_0", "+{}", "1_{}"):
        for proposal_id in (ids[0], ids[9]):
            with subtests.test(name=name, proposal_id=proposal_id):
                answer = await http.get(f"/api/proposals/{name.format(proposal_id)}", headers=bearer)
                is_problem(answer, 404, "not_found")
    assert (await http.get(f"/api/proposals/{ids[0]}", headers=bearer)).status_code == 200


async def test_a_customer_with_an_odd_name_is_not_found(
    http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    is_problem(await http.delete("/api/suppressions/a%00", headers=bearer), 404, "not_found")


async def test_the_document_states_every_limit(http: httpx.AsyncClient) -> None:
    document = (await http.get("/schema/openapi.json")).json()
    schemas, paths = document["components"]["schemas"], document["paths"]
    ids = {"type": "integer", "minimum": 1, "maximum": LARGEST}
    assert schemas["ProposeRequest"]["properties"]["event_id"] == ids
    decide = schemas["DecideRequest"]["properties"]
    assert decide["proposal_id"] == ids
    assert decide["version"] == ids | {"maximum": 2**31 - 1}
    assert (decide["reason"]["maxLength"], "NUL" in decide["reason"]["description"]) == (2000, True)
    for path in ("/ai/propose", "/ai/decide"):
        assert "413" in paths[path]["post"]["responses"]
        assert "64 KiB" in paths[path]["post"]["description"]
    for path in ("/api/inbox", "/api/events", "/api/audit"):
        parameters = {value["name"]: value for value in paths[path]["get"]["parameters"]}
        assert (parameters["limit"]["schema"]["minimum"], parameters["limit"]["schema"]["maximum"]) == (
            1,
            200,
        )
        assert "next_cursor" in parameters["cursor"]["description"]
    as_of = [value for value in paths["/api/canvas"]["get"]["parameters"] if value["name"] == "as_of"]
    assert "from 1990-01-01 to 2100-12-31" in as_of[0]["description"]


async def test_a_body_over_the_limit_is_413(http: httpx.AsyncClient, bearer: dict[str, str]) -> None:
    body = {"proposal_id": 1, "version": 1, "decision": "reject", "reason": "x" * 70_000}
    is_problem(await http.post("/ai/decide", json=body, headers=bearer), 413, "too_large")
