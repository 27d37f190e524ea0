"""Three commands, from their start to their end, against a bare import of the libraries that they use."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from tests.bench.report import Figure
from tests.bench.stage import Stage, execops

ROUNDS = 15
_QUERY = """
import os, typer, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as conn:
    conn.execute("select 1").fetchall()
"""


async def measure(stage: Stage) -> list[Figure]:
    """The figures of `--version`, of `proposals list` with an empty inbox, and of a question to an empty ledger."""
    environment = stage.environment(await stage.database("commands"))
    typer = ("import typer", [sys.executable, "-c", "import typer"], 1.3)
    query = ("import typer and psycopg, connect, one query", [sys.executable, "-c", _QUERY], 1.2)
    measured = [
        ("execops --version", ["--version"], typer),
        ("execops proposals list", ["proposals", "list"], query),
        ('execops canvas "runway?"', ["canvas", "runway?"], query),
    ]
    return [
        await asyncio.to_thread(_figure, environment, name, execops(*words), *against)
        for name, words, against in measured
    ]


def _figure(
    environment: Mapping[str, str],
    name: str,
    ours: Sequence[str],
    against: str,
    theirs: Sequence[str],
    budget: float,
) -> Figure:
    times: dict[str, list[float]] = {name: [], against: []}
    for round_ in range(ROUNDS + 2):
        for label, command in ((against, theirs), (name, ours)):
            begin = time.perf_counter()
            process = subprocess.run(command, env=environment, capture_output=True, check=False, cwd=os.sep)
            if round_ >= 2:
                times[label].append((time.perf_counter() - begin) * 1000)
            assert process.returncode == 0, process.stderr.decode()
    return Figure(
        name=name,
        against=against,
        unit="ms",
        ours=statistics.median(times[name]),
        theirs=statistics.median(times[against]),
        budget=budget,
        at_least=False,
        samples=ROUNDS,
    )
