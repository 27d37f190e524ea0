"""`execops events`: lists stored events with their outcomes, and processes them again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli import completion, output, session
from cli.options import AsJson

CURSOR = "The end of the page before, which the command printed on stderr."
app = typer.Typer(help="List events with their outcomes, and process them again.", no_args_is_help=True)


@app.command("list")
def list_(
    status: Annotated[
        str | None,
        typer.Option(
            help="received, processed, ignored or failed.", autocompletion=completion.event_statuses
        ),
    ] = None,
    type_: Annotated[
        str | None,
        typer.Option(
            "--type",
            help="The type, such as invoice.payment_failed, or invoice.* for all of them.",
            autocompletion=completion.event_types,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    cursor: Annotated[int | None, typer.Option(min=1, max=2**63 - 1, help=CURSOR)] = None,
    as_json: AsJson = False,
) -> None:
    """List events, newest first. --cursor reads on below the event with this id."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import EventStatus

        if status is not None and status not in set(EventStatus):
            raise InvalidInputError(f"{status!r} is not a status. One of: {', '.join(EventStatus)}")
        chosen = EventStatus(status) if status else None
        async with session.client() as client:
            page = await client.events.list(status=chosen, type_=type_, limit=limit + 1, before=cursor)
        events = page[:limit]
        if as_json:
            output.document(events)
        elif not events:
            output.note("No events.")
        else:
            output.table(
                ["id", "status", "type", "object", "outcome", "age"],
                [
                    (
                        event["id"],
                        event["status"],
                        event["type"],
                        event["object_id"] or "",
                        outcome(event),
                        output.age(event["received_at"]),
                    )
                    for event in events
                ],
                right=["id", "age"],
            )
        if len(page) > limit:
            output.next_page(events[-1]["id"])

    session.run(command())


@app.command()
def show(
    event_id: Annotated[int, typer.Argument(metavar="ID", autocompletion=completion.events)],
    as_json: AsJson = False,  # noqa: ARG001  an event is shown as JSON in any case; --jq needs it
) -> None:
    """Show one event with its payload, as JSON."""

    async def command() -> None:
        async with session.client() as client:
            event = await client.events.get(event_id)
        output.document(event)
        if event.payload_gone is not None:
            why = "was pruned" if event.payload_gone == "pruned" else "was erased with the customer"
            output.note(f"The payload of event {event_id} {why}; its hash is kept.")

    session.run(command())


@app.command()
def replay(event_id: Annotated[int, typer.Argument(metavar="ID", autocompletion=completion.events)]) -> None:
    """Process an event again. It never makes a second proposal."""

    async def command() -> None:
        async with session.client() as client:
            enqueued = await client.events.replay(event_id)
        output.note(
            f"A worker processes event {event_id} again."
            if enqueued
            else f"Event {event_id} is already waiting for a worker."
        )

    session.run(command())


@app.command()
def prune(
    before: Annotated[
        str, typer.Option(metavar="DATE", help="The first day to keep, such as 2025-01-01; or 365d, 52w.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Prune without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take away the payloads of events that arrived before a day. Only a founder may; it cannot be taken back.

    Keys, outcomes, hashes and books stay, so an event that arrives again is still known, and no answer changes. Events that
    are not processed, and those of live proposals, keep their payloads. After Ctrl-C, the same command goes on.
    """

    async def command() -> bool:
        from datetime import UTC, datetime
        from zoneinfo import ZoneInfo

        from cli.backfill import parse_since
        from cli.running import stopping
        from execops.errors import InvalidInputError

        start = parse_since(before, datetime.now(UTC), ZoneInfo(session.settings().time_zone))
        async with session.client() as client:
            waiting = await client.events.prunable(start)
            counted = f"{output.counted(waiting.events, 'payload')}, {_megabytes(waiting.bytes)}"
            if dry_run:
                if as_json:
                    output.document(waiting)
                else:
                    output.data(f"{counted}, would go. Nothing was pruned.")
                return True
            if not yes and not session.interactive():
                raise InvalidInputError(
                    f"Confirm that {counted}, go for ever; nothing was pruned.",
                    hint="Run it in a terminal, or with --yes.",
                )
            if not yes and not session.confirm(f"Take away {counted}, for ever?", err=True):
                raise typer.Exit
            async with stopping() as stop:
                pruned = await client.events.prune(
                    start,
                    stop=stop,
                    on_progress=lambda now: output.note(
                        f"{now.events:,} of {waiting.events:,} payloads gone"
                    ),
                )
        if as_json:
            output.document(pruned)
        else:
            output.data(f"{output.counted(pruned.events, 'payload')} pruned, {_megabytes(pruned.bytes)}.")
        if not pruned.finished:
            output.note(
                f"Stopped after a whole batch, at {pruned.events:,} of {waiting.events:,} payloads."
                " The same command goes on."
            )
        return pruned.finished

    if not session.run(command()):
        raise typer.Exit(130)


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.1f} MiB"


def outcome(event: dict[str, Any]) -> str:
    """The outcome of an event, in one line."""
    if event["error"]:
        return str(event["error"])
    return "; ".join(_describe(result) for result in event["outcome"])


def _describe(result: dict[str, Any]) -> str:
    if "ignored" in result:
        return f"ignored: {result['ignored']}"
    if "reads" in result:
        return f"not read: {result['reads']}"
    proposal = f" {result['proposal']}" if result.get("proposal") else ""
    why = f": {result['why']}" if result.get("why") else ""
    return f"{result['play']} {result['result']}{proposal}{why}"
