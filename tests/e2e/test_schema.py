"""Generated requests against a running server: every answer is one that its OpenAPI document names, and none is a 5xx."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from execops.client import Client
from execops.context import Context
from execops.settings import Secret
from tests import records
from tests.server_process import process_of

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
PATHS = "/(api(?!/changes|/console)|ai|ingest|health|metrics)"  # the stream of changes never ends
OF_CONSOLES = "/api/console/(?!proposals/request_first)"  # which is a 503 without a sender


@pytest.mark.slow
@pytest.mark.parametrize(
    ("paths", "phases", "examples", "tested"),
    [
        (PATHS, "examples,coverage,fuzzing", "20", r"Tested: (?:1[5-9]|2[01])\b"),
        (OF_CONSOLES, "fuzzing", "3", r"Tested: 8\d\b"),
    ],
    ids=["programs", "consoles"],
)
async def test_no_answer_is_a_5xx_or_undocumented(
    ctx: Context,
    client: Client,
    founder_token: Secret,
    tmp_path: Path,
    paths: str,
    phases: str,
    examples: str,
    tested: str,
) -> None:
    pytest.importorskip("schemathesis")
    for number in range(3):
        await records.pending_id(ctx, f"in_{number}")
    config = tmp_path / "schemathesis.toml"
    config.write_text("")
    async with process_of(ctx) as server:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config),
            "run", f"{server.url}/schema/openapi.json",
            "--header", f"Authorization: Bearer {founder_token.reveal()}",
            "--checks", CHECKS, "--max-examples", examples, "--phases", phases, "--seed", "7",
            "--include-path-regex", paths, "--request-timeout", "20", "--no-color",
            "--generation-database", "none", "--suppress-health-check", "all",
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": ""},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(process.communicate(), 240)
        assert process.returncode == 0, out.decode()[-20000:]
        assert re.search(tested, out.decode()), out.decode()[-2000:]  # all of them answered
        assert "Traceback" not in "\n".join(server.lines)
