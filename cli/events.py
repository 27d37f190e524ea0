"""`execops events`: what arrived, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli import output, session

app = typer.Typer(help="What arrived, and what came of it.", no_args_is_help=True)


@app.command("list")
def list_(
    status: Annotated[str | None, typer.Option(help="received, processed, ignored or failed.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Such as invoice.payment_failed.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """List events, the newest first."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import EventStatus

        if status is not None and status not in set(EventStatus):
            raise InvalidInputError(f"{status!r} is not a status. One of: {', '.join(EventStatus)}")
        wanted = EventStatus(status) if status else None
        async with session.client() as client:
            found = await client.events.list(status=wanted, type_=type_, limit=limit)
        if as_json:
            output.document(found)
        elif not found:
            output.note("No events.")
        else:
            output.table(
                ["id", "status", "type", "object", "outcome", "age"],
                [
                    (
                        e["id"],
                        e["status"],
                        e["type"],
                        e["object_id"] or "",
                        outcome(e),
                        output.age(e["received_at"]),
                    )
                    for e in found
                ],
                right=["id", "age"],
            )

    session.run(command())


@app.command()
def show(event_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Show one event, whole, as JSON."""

    async def command() -> None:
        async with session.client() as client:
            output.document(await client.events.get(event_id))

    session.run(command())


@app.command()
def replay(event_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Process an event once more; no second proposal comes of it."""

    async def command() -> None:
        async with session.client() as client:
            again = await client.events.replay(event_id)
        output.note(
            f"Event {event_id} is processed again."
            if again
            else f"Event {event_id} still waits to be processed."
        )

    session.run(command())


def outcome(event: dict[str, Any]) -> str:
    """What came of an event, in a line."""
    if event["error"]:
        return str(event["error"])
    return "; ".join(_said(each) for each in event["outcome"])


def _said(each: dict[str, Any]) -> str:
    if "ignored" in each:
        return f"ignored: {each['ignored']}"
    if "reads" in each:
        return f"not read: {each['reads']}"
    proposal = f" {each['proposal']}" if each.get("proposal") else ""
    why = f": {each['why']}" if each.get("why") else ""
    return f"{each['play']} {each['result']}{proposal}{why}"
