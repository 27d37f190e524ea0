"""`python -m tests.bench`: measure the budgets side by side, print them as a table and write them to bench.json.

Each figure of ours stands beside a figure of the libraries below ExecOps. Both are measured in turns on the same
machine, so that the ratio holds where the milliseconds do not. The key that a person presses has a budget in
milliseconds too. The exit status is 0 whatever the figures say; with --strict it is 1 over a budget.
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

from tests.bench import canvas, commands, inbox, ingest, loop, plain_stack
from tests.bench.report import Figure, print_table
from tests.bench.stage import compile_all, open_stage

PARTS = {
    "ingest": ingest.measure,
    "loop": loop.measure,
    "plain-stack": plain_stack.measure,
    "commands": commands.measure,
    "inbox": inbox.measure,
    "canvas": canvas.measure,
}


async def run(parts: list[str]) -> list[Figure]:
    """Measure these parts one after the other; nothing else of ours runs meanwhile."""
    figures: list[Figure] = []
    async with open_stage() as stage:
        for part in parts:
            print(f"measuring: {part} …", file=sys.stderr)
            figures += await PARTS[part](stage)
    return figures


def main() -> int:
    """Measure the parts, print the table and write the JSON file."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--strict", action="store_true", help="exit status 1 where a budget is exceeded")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given again")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where to write the figures")
    arguments = parser.parse_args()
    compile_all()
    figures = asyncio.run(run(arguments.only or list(PARTS)))
    print_table(figures)
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load_before_and_now": os.getloadavg(),
        "figures": [
            asdict(figure)
            | {"ratio": None if figure.ratio is None else round(figure.ratio, 3), "holds": figure.holds}
            for figure in figures
        ],
    }
    arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return int(arguments.strict and not all(figure.holds for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
