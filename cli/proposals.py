"""`execops proposals`: what waits, what was decided, and every decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import decisions, listing, output, session

if TYPE_CHECKING:
    from execops.client import Card

app = typer.Typer(help="What waits for a decision, and every decision.", no_args_is_help=True)
app.command()(decisions.approve)
app.command()(decisions.reject)
app.command()(decisions.edit)
app.command()(decisions.undo)
app.command()(decisions.retry)
app.command()(decisions.confirm)
app.command()(decisions.close)


@app.command("list")
def list_(
    status: Annotated[str, typer.Option(help="pending, any other status, or all.")] = "pending",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """List proposals: pending ones most urgent first, others the newest first."""
    listing.proposals(status, limit=limit, as_json=as_json)


@app.command()
def show(
    proposal_id: Annotated[int, typer.Argument(metavar="ID")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show one proposal: why, facts, the draft exactly as it will be sent, and its trail."""

    async def command() -> None:
        async with session.client() as client:
            card = await client.card(proposal_id)
            if as_json:
                output.document(card)
                return
            await client.record_opening(proposal_id, card.proposal.version)
        print_card(card)

    session.run(command())


def print_card(card: Card) -> None:
    """The card in plain text."""
    p = card.proposal
    amount = f"  {p.amount}" if p.amount else ""
    output.data(f"{p.ref}  {p.status}  {p.urgency}{amount}  {output.clean(p.title)}")
    output.data(f"  Why     {output.clean(p.reasoning)}")
    for label, value in p.evidence:
        output.data(f"  Facts   {output.clean(label)}: {output.clean(value)}")
    for key in sorted(p.payload, key=_recipient_first):
        value = p.payload[key]
        text = value if isinstance(value, str) else str(output.jsonable(value))
        first, *rest = output.clean(text, lines=True).rstrip("\n").split("\n")
        output.data(f"  {key:<7} {first}")
        for line in rest:
            output.data(f"          {line}".rstrip())
    if p.newer_draft:
        output.data("  Newer   the rules have a newer draft; yours, edited, stays: see --json")
    output.data(f"  Does    {output.clean(card.does)}")
    if p.outcome:
        output.data(f"  Outcome {output.clean(p.outcome)}")
    for each in card.trail:
        entry = each.entry
        reason = entry.metadata_json.get("reason")
        never = ", never contact again" if entry.metadata_json.get("suppress") else ""
        said = f": {output.clean(str(reason))}" if reason else ""
        output.data(
            f"  Trail   {entry.ts:%Y-%m-%d %H:%M:%S} {entry.action} by {output.clean(each.actor)}{never}{said}"
        )


def _recipient_first(key: str) -> tuple[int, str]:
    order = ["to", "channel", "from", "reply_to", "subject", "text"]
    return (order.index(key) if key in order else len(order), key)
