"""A question that a model picks a metric for, as it is met on the command line and over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from execops.context import Context
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests.conftest import MakeSettings
from tests.e2e.test_canvas_cli import AS_OF
from tests.e2e.test_canvas_cli import ledger as ledger
from tests.e2e.test_cli import Cli, environment
from tests.e2e.test_cli import cli as cli
from tests.fake_openai import fake_openai, say
from tests.http_service import bearing, serving
from tests.integration.test_picking import BY, KEY, QUESTION, pick

PICKED = say(pick("refunds", currency="KWD"))


@pytest.mark.slow
async def test_on_the_command_line(cli: Cli, ledger: Context) -> None:
    async with fake_openai(PICKED, PICKED, PICKED, say(pick("none")), PICKED, say(pick("operators"))) as fake:
        model = {"EXECOPS_MODEL": BY, "EXECOPS_MODEL_BASE_URL": fake.url, "OPENAI_API_KEY": KEY}
        ran = await cli("canvas", QUESTION, *AS_OF, **model)
        assert (ran.code, ran.out.splitlines()[-1].split()[1]) == (0, "KWD")
        assert f"picked by {BY} among the catalogue" in ran.err
        ran = await cli("canvas", QUESTION, "--json", *AS_OF, **model)
        assert (ran.code, ran.json["kind"], ran.json["metric"]) == (0, "answer", "refunds")
        assert ran.json["params"]["currency"] == "KWD"
        assert ran.json["receipt"]["picked_by"] == BY
        ran = await cli("canvas", QUESTION, "--csv", *AS_OF, **model)
        assert (ran.code, "picked by" in ran.out, "picked by" in ran.err) == (0, False, True)
        ran = await cli("canvas", QUESTION, "--json", *AS_OF, **model)
        assert (ran.code, ran.json["kind"], ran.json["receipt"]) == (7, "refuse", None)
        ran = await cli("canvas", "-", "--json", *AS_OF, stdin=f"refunds\n{QUESTION}\n", **model)
        lines = [json.loads(line) for line in ran.out.splitlines()]
        assert [line["receipt"]["picked_by"] for line in lines] == [None, BY]
        assert len(fake.requests) == 5
        ran = await cli("canvas", "refunds", *AS_OF, **model)
        assert (ran.code, "picked by" in ran.err) == (0, False)
        ran = await cli("canvas", QUESTION, "--explain", *AS_OF, **model)
        assert (ran.code, ran.json["kind"]) == (7, "refuse")
        assert len(fake.requests) == 5  # neither asked


async def test_over_http(
    ledger: Context, make_settings: MakeSettings, founder_token: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    auth, params = bearing(founder_token), {"q": QUESTION, "as_of": "2024-03-31"}
    async with (
        fake_openai(PICKED, say(pick("none"))) as fake,
        open_context(make_settings(model=BY, model_base_url=fake.url)) as ctx,
        serving(ctx) as http,
    ):
        answered = await http.get("/api/canvas", params=params, headers=auth)
        assert (answered.status_code, answered.json()["metric"]) == (200, "refunds")
        assert answered.json()["receipt"]["picked_by"] == BY
        refused = await http.get("/api/canvas", params=params, headers=auth)
        assert (refused.status_code, refused.json()["code"]) == (422, "refused")


@pytest.mark.parametrize(("question", "loaded"), [("refunds", False), (QUESTION, True)])
def test_langchain_is_loaded_where_the_rules_have_no_answer(
    cli: Cli, database_url: str, question: str, loaded: bool
) -> None:
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('langchain', 'langchain' in sys.modules))\n"
        "from cli.main import main\n"
        "main()"
    )
    model = {"EXECOPS_MODEL": BY, "EXECOPS_MODEL_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_API_KEY": KEY}
    ran = subprocess.run(
        [sys.executable, "-c", program, "canvas", question],
        capture_output=True, text=True, check=False, timeout=60, env=environment({**cli.env, **model}),
    )  # fmt: skip
    assert ran.returncode == (7 if loaded else 0), ran.stderr
    assert ran.stdout.splitlines()[-1] == f"langchain {loaded}"
