"""The canvas as an AG-UI agent: each run is checked by the protocol's models and by a validator of its order."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from ag_ui.core import Event
from ag_ui_validate import ValidatorOptions, create_validator
from msgspec.structs import replace
from pydantic import TypeAdapter

from execops.client import Client
from execops.context import Context
from execops.errors import DatabaseUnavailableError
from execops.model import Role
from server import agui
from tests import records
from tests.conftest import MakeSettings
from tests.http_service import is_problem, serving

URL = "/api/canvas/agui"
CLIENT = "@ag-ui/client@1.0.0"
DATA = Path(__file__).parents[1] / "data" / "agui"
OCTOBER = "spend by vendor in October 2025"
VENDOR = "![x](https://evil.example/p) <b>AWS</b>\u202e"
SPEND = (
    "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, counterparty, source)"
    " values ('1', '2025-10-03 12:00Z', 'bank', -12345, 'USD', %s, 'bank:test')"
)
TOOL_CALL = ["TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END"]
TEXT = ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"]
ANSWER = ["RUN_STARTED", *TOOL_CALL, "TOOL_CALL_RESULT", "STATE_SNAPSHOT", *TEXT, "RUN_FINISHED"]
REFUSAL = ["RUN_STARTED", "STATE_SNAPSHOT", *TEXT, "RUN_FINISHED"]
_EVENT: TypeAdapter[Any] = TypeAdapter(Event)


@pytest.fixture
async def token(ctx: Context, client: Client) -> str:
    """The token of a viewer."""
    await records.run(ctx, SPEND, VENDOR)
    return (await client.operators.add("vera", Role.VIEWER))[1].reveal()


@pytest.fixture
async def http(ctx: Context, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A server, and a viewer's client of it."""
    async with serving(ctx) as http:
        http.headers["authorization"] = f"Bearer {token}"
        yield http


def body(*questions: Any, resume: Any = None, thread: str = "thread") -> dict[str, Any]:
    """A RunAgentInput with these messages of the user."""
    number = count()
    messages = [{"id": str(next(number)), "role": "user", "content": question} for question in questions]
    whole = {
        "threadId": thread,
        "runId": "run",
        "messages": messages,
        "tools": [],
        "context": [],
        "state": {},
    }
    return whole | ({"resume": resume} if resume is not None else {})


def events_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The events of a run that keeps the protocol's rules."""
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, agui.EVENTS), (
        answer.text
    )
    lines = answer.text.split("\n\n")
    assert lines.pop() == ""
    # The validator knows the protocol before 1.0, which lets a run fail before it begins.
    failed_first = len(lines) == 1 and '"RUN_ERROR"' in lines[0]
    overrides = {"AGUI001": "off"} if failed_first else {}
    validator, events = create_validator(ValidatorOptions(severity_overrides=overrides)), []
    for line in lines:
        assert line.startswith("data: ")
        event = json.loads(line.removeprefix("data: "))
        parsed = _EVENT.validate_python(event)
        assert not parsed.model_extra
        validator.feed(event)
        events.append(event)
    validator.finalize()
    report = validator.report()
    assert (report.summary.errors, report.summary.warnings) == (0, 0), report.diagnostics
    return events


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def one(events: list[dict[str, Any]], type_: str) -> dict[str, Any]:
    [event] = [event for event in events if event["type"] == type_]
    return event


def text_of(events: list[dict[str, Any]]) -> str:
    return str(one(events, "TEXT_MESSAGE_CONTENT")["delta"])


async def ask(http: httpx.AsyncClient, *questions: Any, **options: Any) -> list[dict[str, Any]]:
    return events_of(await http.post(URL, json=body(*questions, **options)))


async def test_an_answer_is_a_tool_call_a_state_and_text(http: httpx.AsyncClient) -> None:
    events = await ask(http, "revenue", [{"type": "text", "text": OCTOBER}])
    assert types(events) == ANSWER
    assert (events[0]["threadId"], events[0]["runId"]) == ("thread", "run")
    assert one(events, "TOOL_CALL_START")["toolCallName"] == "canvas"
    call = json.loads(one(events, "TOOL_CALL_ARGS")["delta"])
    assert call["metric"] == "spend_by_vendor"
    assert (call["params"]["from"], call["params"]["to"]) == ("2025-10-01", "2025-11-01")
    state = one(events, "STATE_SNAPSHOT")["snapshot"]
    assert json.loads(one(events, "TOOL_CALL_RESULT")["content"]) == state
    assert [column["name"] for column in state["columns"]] == ["vendor", "currency", "spent", "payments"]
    [row] = state["rows"]
    assert (row["spent"], row["currency"], row["payments"]) == (12345, "USD", 1)
    assert state["chart"]
    assert state["receipt"]["params"]["from"] == "2025-10-01"
    assert state["receipt"]["watermark"]["transaction"] == 1
    # The vendor's name is no picture, no link and no tag, and hides nothing.
    text = text_of(events)
    assert "$123.45, payments 1" in text
    assert r"!\[x\](evil\[.\]example/p) \<b\>AWS\</b\>," in text
    assert "://" not in text  # many chats make a link of a bare address
    assert one(events, "RUN_FINISHED")["outcome"] == {"type": "success"}
    # The same as the other door to the canvas answers.
    plain = (await http.get("/api/canvas", params={"q": OCTOBER})).json()
    assert {name: state[name] for name in ("metric", "params", "columns", "rows", "chart")} == {
        name: plain[name] for name in ("metric", "params", "columns", "rows", "chart")
    }


async def test_a_question_back_is_an_interrupt_and_its_answer_resumes(http: httpx.AsyncClient) -> None:
    events = await ask(http, "payments")
    assert types(events) == REFUSAL
    outcome = one(events, "RUN_FINISHED")["outcome"]
    assert outcome["type"] == "interrupt"
    [interrupt] = outcome["interrupts"]
    titles = interrupt["responseSchema"]["enum"]
    assert titles == [offer["title"] for offer in one(events, "STATE_SNAPSHOT")["snapshot"]["suggestions"]]
    assert "Failed payments" in titles
    assert all(title in text_of(events) for title in titles)

    chosen = {"interruptId": interrupt["id"], "status": "resolved", "payload": "Failed payments"}
    for _ in range(2):  # sent again, it is answered again
        resumed = await ask(http, "revenue", "payments", resume=[chosen])
        assert types(resumed) == ANSWER
        state = one(resumed, "STATE_SNAPSHOT")["snapshot"]
        assert (state["question"], state["metric"]) == ("Failed payments", "failed_payments")
    # A new question beside the answer does not take its place.
    assert types(await ask(http, "payments", "thanks", resume=[chosen])) == ANSWER

    left = {"interruptId": interrupt["id"], "status": "cancelled"}
    assert types(await ask(http, "payments", resume=[left])) == ["RUN_STARTED", *TEXT, "RUN_FINISHED"]
    assert types(await ask(http, "payments", OCTOBER, resume=[left])) == ANSWER

    wrong = [
        (["payments"], [{**chosen, "payload": "Runway"}], "none of the candidates"),
        (["payments"], [{**chosen, "payload": None}], "none of the candidates"),
        (["payments"], [{**chosen, "interruptId": "clarify-0"}], "fits no question"),
        (["revenue"], [chosen], "fits no question"),
        (["payments"], [chosen, chosen], "2 answers came"),
    ]
    for questions, resume, why in wrong:
        failed = await ask(http, *questions, resume=resume)
        assert types(failed) == ["RUN_STARTED", "RUN_ERROR"]
        assert failed[-1]["code"] == "invalid_input"
        assert why in failed[-1]["message"]
    assert types(await ask(http, "payments", resume=[chosen], thread="another")) == [
        "RUN_STARTED",
        "RUN_ERROR",
    ]


async def test_a_refusal_is_text_and_a_number_asks_a_suggestion(http: httpx.AsyncClient) -> None:
    events = await ask(http, "how many customers")
    assert types(events) == REFUSAL
    assert one(events, "RUN_FINISHED")["outcome"] == {"type": "success"}
    state = one(events, "STATE_SNAPSHOT")["snapshot"]
    assert (state["kind"], state["rows"], state["receipt"]) == ("refuse", [], None)
    second = state["suggestions"][1]
    assert f"2. {second['title']}" in text_of(events)

    picked = await ask(http, "how many customers", "2")
    assert types(picked) == ANSWER
    assert one(picked, "STATE_SNAPSHOT")["snapshot"]["metric"] == second["metric"]
    again = await ask(http, "how many customers", "2", "1")
    assert one(again, "STATE_SNAPSHOT")["snapshot"]["metric"] == state["suggestions"][0]["metric"]
    for questions in (["2"], [OCTOBER, "2"], ["how many customers", "9"]):
        assert types(await ask(http, *questions)) == REFUSAL
    assert types(await ask(http, "pay GitHub")) == REFUSAL  # an order


async def test_a_body_that_is_no_question_is_a_400(http: httpx.AsyncClient) -> None:
    good = body(OCTOBER)
    image = {"type": "image", "source": {"type": "url", "value": "https://example.com/a.png"}}
    bad: list[Any] = [
        None, [], "text", {}, {**good, "messages": []}, {**good, "messages": "payments"}, {**good, "threadId": 1},
        {**good, "runId": None}, {**good, "resume": [{"status": "resolved"}]},
        {**good, "messages": [{"id": "1", "role": "assistant", "content": "Hello"}]},
        {**good, "messages": [{"id": "1", "role": "stranger", "content": "Hello"}] * 99},
        body(""), body("  "), body("x" * 501), body([image]), body([{"type": "text", "text": "payments"}, image]),
    ]  # fmt: skip
    for content in bad:
        problem = is_problem(await http.post(URL, json=content), 400, "invalid_input")
        assert "nothing was asked" in problem["detail"]
        assert len(problem["errors"] or []) <= 10
    for raw in (b"", b"{", b'{"threadId": "\xff"}', json.dumps(good).replace("thread", "\\ud800").encode()):
        is_problem(await http.post(URL, content=raw), 400, "invalid_input")
    is_problem(await http.post(URL, content=b" " * (agui.MAX_BODY + 1)), 413, "too_large")
    is_problem(
        await http.post(URL, json=good, headers={"authorization": "Bearer no"}), 401, "unauthenticated"
    )
    # A conversation with answers in it is larger than a decision.
    result = {"id": "t", "role": "tool", "toolCallId": "c", "content": "x" * 500_000}
    assert (
        types(events_of(await http.post(URL, json={**good, "messages": [result, *good["messages"]]})))
        == ANSWER
    )


async def test_a_failure_of_the_database_is_a_run_error(
    ctx: Context, token: str, make_settings: MakeSettings, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = replace(ctx, settings=make_settings(canvas_timeout=0.2))
    async with serving(hasty) as http:
        http.headers["authorization"] = f"Bearer {token}"
        async with await psycopg.AsyncConnection.connect(owner_url) as owner:
            await owner.execute("lock table rollup_parties, transactions in access exclusive mode")
            events = await ask(http, OCTOBER)
        assert types(events)[0] == "RUN_STARTED"
        assert types(events)[-1] == "RUN_ERROR"
        assert events[-1]["code"] == "unavailable"
        assert "longer than 0.2 s" in events[-1]["message"]
        assert types(await ask(http, OCTOBER)) == ANSWER

        # Without a database nobody can be signed in, and the run fails before it begins.
        monkeypatch.setattr(Client, "login", away)
        events = await ask(http, OCTOBER)
        assert types(events) == ["RUN_ERROR"]
        assert events[0]["code"] == "database_unavailable"
        assert events[0]["message"] == "Postgres does not answer; nothing was changed. Check it."


async def away(*_: object) -> None:
    raise DatabaseUnavailableError("Postgres does not answer; nothing was changed.", hint="Check it.")


async def run_node(folder: Path, *words: str) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a program of Node in this folder."""
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.slow
async def test_the_protocols_own_client_reads_each_run(
    http: httpx.AsyncClient, token: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node or npm is not installed")
    install = (
        "install",
        "--prefer-offline",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--fetch-retries",
        "0",
        CLIENT,
    )
    status, _, err = await run_node(tmp_path, npm, *install)
    if status:
        pytest.skip(f"npm could not install {CLIENT}: {err.strip()[:200]}")
    shutil.copy(DATA / "conversation.mjs", tmp_path)
    url = str(http.base_url.join(URL))
    status, out, err = await run_node(
        tmp_path, node, "conversation.mjs", url, token, OCTOBER, "payments", "pay GitHub"
    )
    assert (status, err) == (0, "")
    runs = [json.loads(line) for line in out.splitlines()]
    listed = [types(run["events"]) for run in runs]
    assert listed == [ANSWER, REFUSAL, ANSWER, REFUSAL]
    assert [run["failure"] for run in runs] == [None] * 4
    assert runs[0]["state"]["rows"][0]["spent"] == 12345
    assert [message["role"] for message in runs[0]["messages"]] == ["user", "assistant", "tool", "assistant"]
    [asked_back] = runs[1]["pendingInterrupts"]
    assert runs[2]["pendingInterrupts"] == []
    assert runs[2]["state"]["question"] == asked_back["responseSchema"]["enum"][1]
    assert runs[2]["state"]["metric"] in {"failed_payments", "net_revenue"}
    assert runs[3]["state"]["kind"] == "refuse"
    for events in listed:
        record_property("agui", " ".join(events))
