"""`execops audit`: reading and verifying the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.events import CURSOR
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.records import ExportedEntry, TrailEntry

_PAGE = 1000  # entries
_EXPORTED = (
    "seq", "time", "actor_type", "actor", "action", "proposal", "play", "action_type", "title", "object", "amount",
    "currency", "from_status", "to_status", "version", "reason", "payload_sha256", "prev_hash", "hash",
)  # fmt: skip

app = typer.Typer(
    help="Show, verify and export the audit log, which records every change.", no_args_is_help=True
)


@app.command()
def show(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    cursor: Annotated[int | None, typer.Option(min=1, max=2**63 - 1, help=CURSOR)] = None,
    as_json: AsJson = False,
) -> None:
    """Show entries, newest first. --cursor reads on below the entry with this seq."""

    async def command() -> None:
        async with session.client() as client:
            page = await _latest(client, limit + 1, cursor)
        trail = page[:limit]
        if as_json:
            output.document([output.jsonable(line.entry) | {"actor": line.actor} for line in trail])
        elif not trail:
            output.note("The audit log is empty.")
        else:
            output.table(
                ["seq", "time", "actor", "action", "proposal", "version", "hash", "in words"],
                [
                    (
                        line.entry.seq,
                        f"{line.entry.ts:%Y-%m-%d %H:%M:%S}",
                        line.actor,
                        line.entry.action,
                        line.entry.proposal_id or "",
                        line.entry.version or "",
                        line.entry.hash[:12],
                        line.words,
                    )
                    for line in trail
                ],
                right=["seq", "proposal", "version"],
            )
        if len(page) > limit:
            output.next_page(trail[-1].entry.seq)

    session.run(command())


async def _latest(client: Client, count: int, before: int | None) -> list[TrailEntry]:
    """The latest entries, page by page: a server gives fewer at once than a person may ask for."""
    entries: list[TrailEntry] = []
    while True:
        size = min(_PAGE, count - len(entries))
        page = await client.audit.latest(size, before=before)
        entries += page
        if len(page) < size or len(entries) == count:
            return entries
        before = page[-1].entry.seq


@app.command()
def verify(
    noted: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="COUNT:HEAD", help="Check only what is new since an earlier run printed these."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute every hash of the audit log again, and compare proposals, executions and guards with what they should be.

    Keep the count and the head: they later prove that no entry was cut off. With --from, only the entries after that head
    are checked, and the proposals and executions that they tell of; the time follows what is new. A change of what is older
    is found by a whole run. Exits with 1 if anything was tampered with.
    """

    async def command() -> bool:
        async with session.client() as client:
            verification = await client.audit.verify(noted)
        if as_json:
            output.document(output.jsonable(verification) | {"ok": verification.ok})
        elif verification.ok:
            entries = output.counted(verification.count, "entry", "entries")
            output.data(f"audit verified: {entries}, head {verification.head}")
            if noted is not None:
                before = int(noted.partition(":")[0])
                output.note(
                    f"Checked: {verification.count - before:,} after entry {before:,}. A whole run checks all."
                )
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


@app.command()
def export(
    since: Annotated[str, typer.Option(metavar="DATE", help="The first day, such as 2026-01-31, or 90d.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of CSV.")] = False,
) -> None:
    """Write the entries since a day for the accountant, the oldest first, as CSV that no spreadsheet takes for formulas."""

    async def command() -> None:
        import csv
        import sys
        from contextlib import aclosing
        from datetime import UTC, datetime
        from zoneinfo import ZoneInfo

        from cli.backfill import parse_since

        start = parse_since(since, datetime.now(UTC), ZoneInfo(session.settings().time_zone))
        writer, rows = csv.writer(sys.stdout, lineterminator="\n"), []
        if not as_json:
            writer.writerow(_EXPORTED)
        # Close the stream where the reader goes away, before its connection: else its transaction is ended too late.
        async with session.client() as client, aclosing(client.audit.since(start)) as entries:
            async for exported in entries:
                row = _exported(exported)
                if as_json:
                    rows.append(row)
                else:
                    writer.writerow(
                        [
                            output.csv_cell(value) if isinstance(value, str) else value
                            for value in row.values()
                        ]
                    )
        if as_json:
            output.document(rows)

    session.run(command())


def _exported(exported: ExportedEntry) -> dict[str, object]:
    """An entry as the export writes it: texts, whole numbers, and the amount in major units."""
    entry, amount = exported.line.entry, exported.amount
    facts = entry.metadata_json
    values = (
        entry.seq, f"{entry.ts:%Y-%m-%dT%H:%M:%S.%fZ}", entry.actor_type, exported.line.actor, entry.action,
        entry.proposal_id, exported.play, exported.action_type, exported.title, exported.object_id,
        None if amount is None else str(amount.major), None if amount is None else amount.currency,
        entry.from_status, entry.to_status, entry.version,
        facts.get("reason") or facts.get("outcome") or facts.get("error"),
        entry.payload_sha256, entry.prev_hash, entry.hash,
    )  # fmt: skip
    return dict(zip(_EXPORTED, values, strict=True))
