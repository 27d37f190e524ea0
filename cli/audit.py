"""`execops audit`: reading and verifying the audit log."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session
from cli.events import CURSOR

app = typer.Typer(help="Show and verify the audit log, which records every change.", no_args_is_help=True)


@app.command()
def show(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    cursor: Annotated[int | None, typer.Option(min=1, max=2**63 - 1, help=CURSOR)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show entries, newest first. --cursor reads on below the entry with this seq."""

    async def command() -> None:
        async with session.client() as client:
            page = await client.audit.latest(limit + 1, before=cursor)
        trail = page[:limit]
        if as_json:
            output.document([output.jsonable(line.entry) | {"actor": line.actor} for line in trail])
        elif not trail:
            output.note("The audit log is empty.")
        else:
            output.table(
                ["seq", "time", "actor", "action", "proposal", "version", "hash"],
                [
                    (
                        line.entry.seq,
                        f"{line.entry.ts:%Y-%m-%d %H:%M:%S}",
                        line.actor,
                        line.entry.action,
                        line.entry.proposal_id or "",
                        line.entry.version or "",
                        line.entry.hash[:12],
                    )
                    for line in trail
                ],
                right=["seq", "proposal", "version"],
            )
        if len(page) > limit:
            output.next_page(trail[-1].entry.seq)

    session.run(command())


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Compute every hash of the audit log again, and compare proposals, executions and guards with what they should be.

    Keep the count and the head: they later prove that no entry was cut off. Exits with 1 if anything was tampered with.
    """

    async def command() -> bool:
        async with session.client() as client:
            verification = await client.audit.verify()
        if as_json:
            output.document(output.jsonable(verification) | {"ok": verification.ok})
        elif verification.ok:
            entries = output.counted(verification.count, "entry", "entries")
            output.data(f"audit verified: {entries}, head {verification.head}")
        elif verification.broken_at is not None:
            entries = output.counted(verification.count, "earlier entry is", "earlier entries are")
            output.note(
                f"{output.style('error:', '31')} the audit log was tampered with at entry"
                f" {verification.broken_at}: {verification.problem}"
            )
            output.note(f"       {entries} unchanged, up to the hash {verification.head}")
        for finding in () if as_json else verification.findings:
            output.note(f"{output.style('error:', '31')} {output.clean(finding)}")
        if verification.findings and not as_json and verification.broken_at is None:
            output.note(
                f"       The chain itself is whole: {verification.count:,} entries, head {verification.head}"
            )
        return verification.ok

    if not session.run(command()):
        raise typer.Exit(1)
