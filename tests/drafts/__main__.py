"""`python -m tests.drafts [CASE…]`: replay graded cases into the real application, and print each draft beside its grade.

Every case has a fresh database, the settings of its box and the bank rows of its box. The exit status is 0 if all
checks hold, else 1.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from jobs.bootstrap import open_context
from tests.bench.stage import Stage, open_stage
from tests.drafts import cases, report
from tests.drafts.cases import Case, Wanted
from tests.drafts.checks import Check, checks
from tests.drafts.replay import StandingClock, replay, settings_of


async def run(chosen: list[Case], now: datetime, *, quiet: bool) -> list[Check]:
    """Replay the cases one after the other and print them; `quiet` leaves out the cases whose checks all hold."""
    results: list[Check] = []
    async with open_stage() as stage:
        for number, case in enumerate(chosen):
            lines, case_checks = await _replayed(stage, case, number, now)
            results += case_checks
            if not (quiet and all(check.holds for check in case_checks)):
                print("\n".join(lines))
    return results


async def _replayed(stage: Stage, case: Case, number: int, now: datetime) -> tuple[list[str], list[Check]]:
    """Replay one case in a database of its own."""
    url = await stage.database(f"case_{number}")
    settings = settings_of(
        case, home=stage.home / f"case_{number}", database_url=url, token=stage.founder.reveal()
    )
    async with open_context(settings) as ctx:
        replayed = await replay(replace(ctx, clock=StandingClock(now)), case)
    results = checks(replayed)
    return list(report.lines(replayed, results)), results


def main() -> int:
    """Replay the chosen cases, print them and their checks."""
    parser = argparse.ArgumentParser(prog="python -m tests.drafts", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="CASE", help="the ids of cases; all if none is given")
    parser.add_argument("--play", action="append", default=[], help="cases of this play; may be given again")
    parser.add_argument("--file", type=Path, default=cases.CASES, help="another file of cases")
    parser.add_argument(
        "--now", type=datetime.fromisoformat, help="the moment of the replay, with its offset"
    )
    parser.add_argument("--quiet", action="store_true", help="print only cases with a check that fails")
    arguments = parser.parse_args()
    chosen = cases.load(arguments.file, Wanted(frozenset(arguments.ids), frozenset(arguments.play)))
    if not chosen:
        parser.error("the file has no such case")
    results = asyncio.run(run(chosen, arguments.now or datetime.now(UTC), quiet=arguments.quiet))
    print("\n".join(report.summary(results)))
    return int(not all(check.holds for check in results))


if __name__ == "__main__":
    sys.exit(main())
