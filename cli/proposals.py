"""`execops proposals`: lists and shows proposals, and decides them."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import completion, decisions, listing, output, session
from cli.card import print_card
from cli.events import CURSOR
from cli.options import AsJson

app = typer.Typer(help="List, show and decide proposals.", no_args_is_help=True)
app.command()(decisions.approve)
app.command()(decisions.reject)
app.command()(decisions.edit)
app.command()(decisions.undo)
app.command()(decisions.snooze)
app.command()(decisions.unsnooze)
app.command()(decisions.retry)
app.command()(decisions.confirm)
app.command()(decisions.close)


@app.command("list")
def list_(
    status: Annotated[
        str, typer.Option(help="pending, any other status, or all.", autocompletion=completion.statuses)
    ] = "pending",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    cursor: Annotated[str | None, typer.Option(metavar="[URGENCY-]ID", help=CURSOR)] = None,
    as_json: AsJson = False,
) -> None:
    """List proposals: pending proposals by urgency, all others newest first.

    --cursor reads on after the proposal with this id; among pending ones, after its urgency and id: high-12.
    """
    listing.proposals(status, limit=limit, cursor=cursor, as_json=as_json)


@app.command()
def show(
    proposal_id: Annotated[int, typer.Argument(metavar="ID", autocompletion=completion.proposals)],
    as_json: AsJson = False,
) -> None:
    """Show one proposal: the reasons, the facts, the exact draft, and the trail."""

    async def command() -> None:
        async with session.client() as client:
            card = await client.proposals.card(proposal_id)
            if as_json:
                output.document(card)
                return
            await client.proposals.record_opening(proposal_id, card.proposal.version)
        print_card(card)

    session.run(command())
