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
from tests.server_process import ROOT, process_of

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# The stream of changes never ends, and a first message is a 503 without a sender.
PATHS = "/(api(?!/changes|/console/proposals/request_first)|ai|ingest|health|metrics)"
TABLES = str(ROOT / ".hypothesis")  # of characters, which are counted once for all runs
# The routes of consoles are many, and share one way of reading what they are sent: a few examples of each do. The others have
# the bounds of their values and wrong types from the phase of coverage.
EXAMPLES = """
warnings = false
[generation]
max-examples = 10
[phases.stateful]
enabled = false
[[operations]]
include-path-regex = "/api/console/"
generation.max-examples = 3
phases.examples.enabled = false
phases.coverage.enabled = false
"""


@pytest.mark.slow
async def test_no_answer_is_a_5xx_or_undocumented(
    ctx: Context, client: Client, founder_token: Secret, tmp_path: Path
) -> None:
    pytest.importorskip("schemathesis")
    for number in range(3):
        await records.pending_id(ctx, f"in_{number}")
    config = tmp_path / "schemathesis.toml"
    config.write_text(EXAMPLES)
    async with process_of(ctx) as server:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config),
            "run", f"{server.url}/schema/openapi.json",
            "--header", f"Authorization: Bearer {founder_token.reveal()}",
            "--checks", CHECKS, "--seed", "7",
            "--include-path-regex", PATHS, "--request-timeout", "20", "--no-color",
            "--generation-database", "none", "--suppress-health-check", "all",
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HYPOTHESIS_STORAGE_DIRECTORY": TABLES},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(process.communicate(), 240)
        assert process.returncode == 0, out.decode()[-20000:]
        assert re.search(r"Tested: 10[0-6]\b", out.decode()), out.decode()[-2000:]  # all of them answered
        assert "Traceback" not in "\n".join(server.lines)
