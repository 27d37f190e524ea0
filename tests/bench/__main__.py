"""`python -m tests.bench`: the budgets, measured side by side in one run, as a table and in bench.json.

Each figure stands beside one of the libraries below ExecOps, taken in turns with it on the same machine, so that the
ratio holds where the milliseconds do not; what a person waits for has a budget in milliseconds too. Exit status 0 whatever the figures say; with --strict 1 over budget.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import canvas, commands, inbox, ingest, loop
from tests.bench.report import Figure, print_table
from tests.bench.stage import compile_all, stage

PARTS = {
    "ingest": ingest.measure,
    "loop": loop.measure,
    "commands": commands.measure,
    "inbox": inbox.measure,
    "canvas": canvas.measure,
}


async def run(parts: list[str]) -> list[Figure]:
    """The figures of these parts, each on a machine that does nothing else for us."""
    figures: list[Figure] = []
    async with stage() as on:
        for part in parts:
            print(f"measuring: {part} …", file=sys.stderr)
            figures += await PARTS[part](on)
    return figures


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--strict", action="store_true", help="exit status 1 where a budget is exceeded")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given again")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where to write the figures")
    given = parser.parse_args()
    compile_all()
    figures = asyncio.run(run(given.only or list(PARTS)))
    print_table(figures)
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load_before_and_now": os.getloadavg(),
        "figures": [
            asdict(each)
            | {"ratio": None if each.ratio is None else round(each.ratio, 3), "holds": each.holds}
            for each in figures
        ],
    }
    given.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return int(given.strict and not all(each.holds for each in figures))


if __name__ == "__main__":
    sys.exit(main())
