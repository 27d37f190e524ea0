"""`execops canvas` and `GET /api/canvas` as their users meet them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import pty
import struct
import termios
from collections.abc import AsyncIterator
from fcntl import ioctl
from pathlib import Path
from typing import Any

import httpx
import pytest

from execops.canvas import catalogue
from execops.context import Context
from execops.model import Role
from execops.settings import Secret
from tests import forking
from tests.e2e.test_cli import Cli, environment
from tests.e2e.test_cli import cli as cli
from tests.http_service import bearing, serving
from tests.records import new_client, run

AS_OF = ("--as-of", "2024-03-31")
QUESTION = "refunds"


@pytest.fixture
async def ledger(ctx: Context) -> Context:
    """Refunds in three currencies in the first quarter of 2024."""
    await run(
        ctx,
        "insert into transactions (external_id, occurred_at, kind, amount_minor, currency, customer, source)"
        " select c || m, make_timestamptz(2024, m, 10, 12, 0, 0, 'UTC'), 'refund', -m * 1250, c, '=cmd()', 'test'"
        " from unnest(array['USD', 'JPY', 'KWD']) c, generate_series(1, 3) m where %s",
        True,
    )
    return ctx


@pytest.fixture
async def http(ledger: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(ledger) as client:
        yield client


async def test_a_metric_by_its_name(cli: Cli, ledger: Context) -> None:
    words = ("canvas", "--metric", "refunds", "--param", "currency=kwd", *AS_OF)
    ran = await cli(*words)
    assert (ran.code, ran.out.splitlines()[0].split()) == (0, ["MONTH", "CURRENCY", "REFUNDED", "REFUNDS"])
    assert ran.out.splitlines()[-1].split() == ["2024-03", "KWD", "KWD", "3.750", "1"]
    assert "Money given back to customers" in ran.err
    assert "as of 2024-03-31 (UTC)" in ran.err
    document = (await cli(*words, "--json")).json
    assert document["rows"][-1] == {"month": "2024-03-01", "currency": "KWD", "refunded": 3750, "refunds": 1}
    assert document["columns"][2] == {"name": "refunded", "unit": "money"}
    assert (document["kind"], document["metric"], document["chart"]) == ("answer", "refunds", "bar")
    assert document["params"]["currency"] == "KWD"
    assert document["receipt"]["watermark"]["transaction"] is not None
    rows = list(csv.DictReader(io.StringIO((await cli(*words, "--csv")).out)))
    assert rows[-1] == {"month": "2024-03-01", "currency": "KWD", "refunded": "3750", "refunds": "1"}
    yen = await cli("canvas", "--metric", "refunds", "--param", "currency=JPY", "--csv", *AS_OF)
    assert yen.out.splitlines()[1] == "2024-01-01,JPY,1250,1"


async def test_a_question(cli: Cli, ledger: Context) -> None:
    ran = await cli("canvas", *QUESTION.split(), "--json", *AS_OF)
    assert (ran.code, ran.json["question"], ran.json["metric"]) == (0, QUESTION, "refunds")
    refused = await cli("canvas", "what should I cook tonight", "--json", *AS_OF)
    assert (refused.code, refused.json["kind"], refused.json["metric"]) == (7, "refuse", None)
    assert "error:" in refused.err
    refused = await cli("canvas", "what should I cook tonight")
    assert (refused.code, refused.out) == (7, "")


async def test_a_stream_of_questions(cli: Cli, ledger: Context) -> None:
    questions = f"{QUESTION}\n\nrefund Acme now\n   \nrunway\n"
    ran = await cli("canvas", "-", "--json", *AS_OF, stdin=questions)
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["kind"] for line in lines] == ["answer", "refuse", "answer"]
    assert lines[1]["error"]["code"] == "refused"
    assert lines[2]["rows"] == []
    assert "bank balance" in lines[2]["unknown"]
    assert ran.code == 7
    ran = await cli("canvas", "-", "--json", *AS_OF, stdin=f"{QUESTION}\n")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
    ran = await cli("canvas", "-", "--json", stdin="")
    assert (ran.code, ran.out) == (0, "")
    plain = await cli("canvas", "-", *AS_OF, stdin=questions)
    assert plain.out.startswith(f"# {QUESTION}\n")
    tables = await cli("canvas", "-", "--csv", *AS_OF, stdin=f"{QUESTION}\n{QUESTION}\n")
    alone = (await cli("canvas", QUESTION, "--csv", *AS_OF)).out
    assert tables.out == f"{alone}\n{alone}"  # an empty line, and no line that is no row
    assert tables.err.count(f"# {QUESTION}\n") == 2


async def test_an_explanation_needs_no_database(cli: Cli) -> None:
    away: dict[str, str] = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "EXECOPS_TOKEN": ""}
    ran = await cli("canvas", QUESTION, "--explain", *AS_OF, **away)
    assert (ran.code, ran.err) == (0, "")
    assert list(ran.json) == ["question", "kind", "metric", "params", "why", "candidates", "suggestions"]
    assert (ran.json["kind"], ran.json["metric"]) == ("answer", "refunds")
    ran = await cli("canvas", "-", "--explain", *AS_OF, stdin=f"{QUESTION}\nwrite me a poem\n", **away)
    explained = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["kind"] for line in explained] == ["answer", "refuse"]
    assert [line["why"] for line in explained] == [
        None,
        "The canvas only reads: what is to be done is decided in the inbox.",
    ]
    assert ran.code == 7
    ran = await cli("canvas", "--metric", "refunds", "--param", "from=soon", "--explain", **away)
    assert ran.code == 2
    ran = await cli("canvas", QUESTION, **away | {"EXECOPS_TOKEN": "x"})
    assert (ran.code, ran.out) == (6, "")


async def test_wrong_use(cli: Cli, ledger: Context) -> None:
    for words, code in (
        ((), 2),
        (("refunds", "--metric", "refunds"), 2),
        (("refunds", "--param", "limit=1"), 2),
        (("refunds", "--json", "--csv"), 2),
        (("refunds", "--as-of", "tomorrow"), 2),
        (("--metric", "refunds", "--param", "from"), 2),
        (("--metric", "refunds", "--param", "limit=1"), 2),
        (("--metric", "refunds", "--param", "group_by=vendor"), 2),
        (("--metric", "operators"), 3),
    ):
        ran = await cli("canvas", *words)
        assert (ran.code, ran.out) == (code, ""), words
        assert ran.err, words
        assert "Traceback" not in ran.err, words
    nobody = await cli("canvas", "refunds", EXECOPS_TOKEN="nobody")
    assert nobody.code == 4


async def test_the_list(cli: Cli) -> None:
    ran = await cli("canvas", "--list")
    assert (ran.code, len(ran.out.splitlines())) == (0, len(catalogue.load()) + 1)
    document = (await cli("canvas", "--list", "--json")).json
    assert {"name", "definition", "params", "groups", "samples"} <= document[0].keys()


async def test_a_terminal_gets_a_chart_over_the_table(cli: Cli, ledger: Context) -> None:
    out, inner = pty.openpty()
    ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    process = await forking.start(
        "cli.main", "canvas", "--metric", "refunds", *AS_OF,
        stdin=asyncio.subprocess.DEVNULL, stdout=inner, stderr=asyncio.subprocess.DEVNULL,
        env=environment({**cli.env, "NO_COLOR": "1"}),
    )  # fmt: skip
    os.close(inner)
    terminal = b""
    while True:
        try:
            part = await asyncio.to_thread(os.read, out, 65536)
        except OSError:
            break
        if not part:
            break
        terminal += part
    os.close(out)
    assert await process.wait() == 0
    text = terminal.decode()
    assert "\x1b" not in text
    charts, table = text.split("MONTH", 1)
    assert charts.count("┌") == 3  # one for each currency
    assert "2024-03" in table
    assert max(len(line) for line in text.splitlines()) <= 100


async def test_over_http(http: httpx.AsyncClient, ledger: Context, founder_token: Secret) -> None:
    auth = bearing(founder_token)
    answered = await http.get("/api/canvas", params={"q": QUESTION, "as_of": "2024-03-31"}, headers=auth)
    body: dict[str, Any] = answered.json()
    assert (answered.status_code, body["metric"], body["kind"]) == (200, "refunds", "answer")
    assert body["rows"]
    assert body["receipt"]["as_of"] == "2024-03-31"
    refused = await http.get("/api/canvas", params={"q": "delete everything"}, headers=auth)
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")
    assert (await http.get("/api/canvas", params={"q": QUESTION})).status_code == 401
    for params in (
        {},
        {"q": ""},
        {"q": "a" * 501},
        {"q": QUESTION, "as_of": "soon"},
        {"q": QUESTION, "as_of": "0001-01-01"},
    ):
        wrong = await http.get("/api/canvas", params=params, headers=auth)
        assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/problem+json"), params
    viewer = await new_client(ledger, "viewer", Role.VIEWER)
    assert viewer.operator.role is Role.VIEWER
    operation = (await http.get("/schema/openapi.json")).json()["paths"]["/api/canvas"]["get"]
    assert operation["security"]


async def test_a_founders_own_questions_are_checked(cli: Cli, ledger: Context, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    good = {"question": QUESTION, "as_of": "2024-03-31", "metric": "refunds", "kind": "answer"}
    answered = (await cli("canvas", *QUESTION.split(), "--json", *AS_OF)).json
    whole = {name: answered[name] for name in ("question", "kind", "metric", "params", "columns", "rows")}
    refused = {"question": "what should I cook tonight", "kind": "refuse"}
    own.write_text("".join(f"{json.dumps(line)}\n" for line in (good, whole, refused)) + "\n")
    ran = await cli("canvas", "--check", str(own), *AS_OF)
    assert (ran.code, ran.out) == (0, "3 of 3 questions as expected\n"), ran.err
    wrong = [good | {"metric": "mrr"}, good | {"params": {"currency": "EUR"}}, whole | {"rows": []}, good]
    own.write_text("".join(f"{json.dumps(line)}\n" for line in wrong))
    ran = await cli("canvas", "--check", str(own), *AS_OF)
    assert ran.code == 1
    assert [line for line in ran.out.splitlines() if line.startswith("line")] == [
        f"line {number}: {QUESTION}" for number in (1, 2, 3)
    ]
    assert [failure["line"] for failure in (await cli("canvas", "--check", str(own), "--json", *AS_OF)).json["failed"]] == [
        1, 2, 3,
    ]  # fmt: skip
    for text in ("", "x\n", "[]\n", '{"question": "mrr"}\n', '{"question": 1, "kind": "answer"}\n'):
        own.write_text(text)
        assert (await cli("canvas", "--check", str(own))).code == 2, text


async def test_a_picture_is_written_for_a_chart_alone(cli: Cli, ledger: Context, tmp_path: Path) -> None:
    path = tmp_path / "chart.svg"
    drawn = await cli("canvas", "refunds by month", "--svg", str(path), *AS_OF)
    assert (drawn.code, path.read_text().startswith("<?xml")) == (0, True), drawn.err
    path.unlink()
    for words in (
        ("runway", "--svg", str(path)),
        ("-", "--svg", str(path)),
        ("refunds by month", "--svg", str(tmp_path)),
    ):
        assert (await cli("canvas", *words, *AS_OF)).code == 2, words
    assert not path.exists()
    piped = await cli("canvas", "refunds by month", "--svg", "-", *AS_OF)
    assert (piped.code, piped.out.startswith("<?xml"), piped.out.endswith("</svg>\n")) == (0, True, True)
    assert (await cli("canvas", "refunds by month", "--svg", "-", "--json", *AS_OF)).code == 2
    unknown = await cli("canvas", "mrr by month", "--svg", str(path), "--as-of", "1991-01-01")
    assert (unknown.code, "There is nothing to draw" in unknown.err) == (2, True), unknown.err
    assert "Ask by month" not in unknown.err
    assert (await cli("canvas")).code == 2  # no terminal
