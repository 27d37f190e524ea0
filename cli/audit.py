"""`execops audit`: the tamper-evident trail."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session

app = typer.Typer(help="The tamper-evident trail of every transition.", no_args_is_help=True)


@app.command()
def show(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show the latest entries, the newest first."""

    async def command() -> None:
        async with session.client() as client:
            found = await client.audit.latest(limit)
        if as_json:
            output.document([output.jsonable(each.entry) | {"actor": each.actor} for each in found])
        elif not found:
            output.note("The audit log is empty.")
        else:
            output.table(
                ["seq", "time", "actor", "action", "proposal", "version", "hash"],
                [
                    (
                        e.entry.seq,
                        f"{e.entry.ts:%Y-%m-%d %H:%M:%S}",
                        e.actor,
                        e.entry.action,
                        e.entry.proposal_id or "",
                        e.entry.version or "",
                        e.entry.hash[:12],
                    )
                    for e in found
                ],
                right=["seq", "proposal", "version"],
            )

    session.run(command())


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Hash the whole chain anew. Keep the printed count and head: a tail cut later shows against them."""

    async def command() -> bool:
        async with session.client() as client:
            found = await client.audit.verify()
        if as_json:
            output.document(output.jsonable(found) | {"ok": found.ok})
        elif found.ok:
            output.data(f"audit verified: {found.count} entries, head {found.head}")
        else:
            output.note(
                f"{output.style('error:', '31')} the audit log was tampered with at entry {found.broken_at}: {found.problem}"
            )
            output.note(
                f"       {found.count} entries before it are as they were written, up to {found.head}"
            )
        return found.ok

    if not session.run(command()):
        raise typer.Exit(1)
