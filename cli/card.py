"""A proposal's card in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import output

if TYPE_CHECKING:
    from execops.client import Card


def print_card(card: Card) -> None:
    """The card in plain text."""
    p = card.proposal
    amount = f"  {p.amount}" if p.amount else ""
    output.data(f"{p.ref}  {p.status}  {p.urgency}{amount}  {output.clean(p.title)}")
    output.data(f"  Why     {output.clean(p.reasoning)}")
    for label, value in p.evidence:
        output.data(f"  Facts   {output.clean(label)}: {output.clean(value)}")
    for field in card.fields:
        value = p.payload[field.name]
        text = value if isinstance(value, str) else str(output.jsonable(value))
        first, *rest = output.clean(text, lines=True).rstrip("\n").split("\n")
        output.data(f"  {output.clean(field.label):<7} {first}")
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
