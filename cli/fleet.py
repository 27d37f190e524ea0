"""`execops db migrate --fleet` and `db status --fleet`: a line for each database as its turn ends, and what is left to do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

import typer

from cli import output, session

if TYPE_CHECKING:
    from jobs.fleet import Outcome


def migrate(app_role: str | None, *, as_json: bool) -> None:
    """Migrate every database of the fleet. Exits with 6 where one is not up to date in the end."""
    session.require_here("db migrate")

    async def command() -> bool:
        from jobs import fleet

        settings = session.settings()
        total = fleet.size(settings)
        return await _follow(fleet.migrate(settings, app_role), total, as_json=as_json)

    if not session.run(command()):
        raise typer.Exit(6)


def status(*, as_json: bool) -> None:
    """Say which version each database of the fleet has. Exits with 6 where one is not up to date."""
    session.require_here("db status")

    async def command() -> bool:
        from jobs import fleet

        settings = session.settings()
        return await _follow(fleet.look(settings), fleet.size(settings), as_json=as_json)

    if not session.run(command()):
        raise typer.Exit(6)


async def _follow(outcomes: AsyncGenerator[Outcome], total: int, *, as_json: bool) -> bool:
    """Report each outcome as it comes, so that no token is lost where the command is ended; whether all were good."""
    ended: list[Outcome] = []
    try:
        async with aclosing(outcomes) as stream:
            async for outcome in stream:
                ended.append(outcome)
                if as_json:
                    output.document(_document(outcome), line=True)
                else:
                    _report(outcome, len(ended), total)
    finally:
        if len(ended) < total:
            output.note(f"Ended after {len(ended)} of {total}. All that is migrated stays so. Run it again.")
    behind = [outcome for outcome in ended if not outcome.good]
    if not as_json:
        _sum_up(total, behind)
    return not behind


def _report(outcome: Outcome, number: int, total: int) -> None:
    where = f"{number} of {total}  {outcome.name}  {outcome.version or 'no migration'}"
    if outcome.error is not None:
        output.note(f"{where}  {output.style('failed', '31')}: {output.clean(outcome.error.message)}")
        if outcome.error.hint:
            output.note(f"     {output.clean(outcome.error.hint)}")
        return
    if outcome.pending:
        output.note(f"{where}  {output.counted(len(outcome.pending), 'migration')} missing")
        return
    applied = outcome.migrated.applied if outcome.migrated else ()
    output.note(f"{where}  " + (f"applied {len(applied)}" if applied else "up to date"))
    if outcome.migrated is not None and outcome.migrated.founder_token is not None:
        output.announce(f"{outcome.name}\t{outcome.migrated.founder_token.reveal()}")


def _sum_up(total: int, behind: list[Outcome]) -> None:
    output.note(f"{total - len(behind)} of {output.counted(total, 'database')} up to date.")
    if behind:
        names = ", ".join(f"{outcome.name} ({outcome.version or 'no migration'})" for outcome in behind)
        output.note(f"Not up to date: {names}. Run: execops db migrate --fleet")


def _document(outcome: Outcome) -> dict[str, object]:
    migrated, error = outcome.migrated, outcome.error
    token = migrated.founder_token if migrated else None
    return {
        "name": outcome.name,
        "up_to_date": outcome.good,
        "version": outcome.version,
        "applied": list(migrated.applied) if migrated else [],
        "pending": list(outcome.pending),
        "founder_token": token.reveal() if token else None,
        "error": None
        if error is None
        else {"code": error.code, "message": error.message, "hint": error.hint},
    }
