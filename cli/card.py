"""A proposal's card in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import output
from execops.text import languages
from execops.text.snoozes import snoozed

if TYPE_CHECKING:
    from execops.client.proposals_part import Card

SAYS_IT = frozenset(
    {"approval.given", "proposal.snoozed", "proposal.woken"}
)  # their words say more than the action


def print_card(card: Card) -> None:
    """Write the card in plain text."""
    proposal = card.proposal
    if proposal.verdict:
        output.data(output.clean(proposal.verdict))
    amount = f"  {proposal.amount}" if proposal.amount else ""
    output.data(
        f"{proposal.ref}  {proposal.status}  {proposal.urgency}{amount}  {output.clean(proposal.title)}"
    )
    output.data(f"  Why     {output.clean(proposal.reasoning)}")
    for label, value in proposal.evidence:
        output.data(f"  Facts   {output.clean(label)}: {output.clean(value)}")
    if card.approvals_text:
        output.data(f"  Needs   two approvals: {output.clean(card.approvals_text)}")
    if card.last_written is not None:
        output.data(f"  Sent    Last written to: {output.clean(card.last_written.words)}")
    for other in card.beside:
        waits = "waits" if other.effective_status == "pending" else other.effective_status
        output.data(f"  Also    {other.urgency}, {waits}: {output.clean(other.title)} (proposal {other.id})")
    for field in card.fields:
        value = proposal.payload[field.name]
        text = value if isinstance(value, str) else str(output.jsonable(value))
        first, *rest = output.clean(text, lines=True).rstrip("\n").split("\n")
        output.data(f"  {output.clean(field.label):<7} {first}")
        for next_line in rest:
            output.data(f"          {next_line}".rstrip())
    if card.hidden:
        characters = output.counted(card.hidden, "hidden character")
        output.data(f"  Hidden  {characters} of the draft {'is' if card.hidden == 1 else 'are'} not shown")
    if proposal.translation:
        _print_translation(card)
    if proposal.newer_draft:
        output.data("  Newer   the rules wrote a newer draft; your edited draft stays: see --json")
    output.data(f"  Does    {output.clean(card.does)}")
    if card.sent is not None:
        output.data(f"  Went    {output.clean(card.sent.words)}")
    if card.leaves is not None:
        undo = f"execops proposals undo {proposal.ref} takes it back"
        output.data(f"  Waits   {output.clean(card.leaves.words)}; {undo}")
    if proposal.status == "snoozed" and proposal.snoozed_until is not None:
        output.data(f"  Snoozed {snoozed(str(proposal.snoozed_for), proposal.snoozed_until)}")
    if proposal.outcome:
        output.data(f"  Outcome {output.clean(proposal.outcome)}")
    if card.last_failure:
        output.data(f"  Tried   {output.clean(card.last_failure)}")
    for line in card.trail:
        entry = line.entry
        reason = None if entry.action in SAYS_IT else entry.metadata_json.get("reason")
        action = line.words if entry.action in SAYS_IT else entry.action
        never = ", never contact again" if entry.metadata_json.get("suppress") else ""
        again = ", to write again" if entry.metadata_json.get("again_after") else ""
        why = f": {output.clean(str(reason))}" if reason else ""
        output.data(
            f"  Trail   {entry.ts:%Y-%m-%d %H:%M:%S} {output.clean(action)} by {output.clean(line.actor)}{never}{again}{why}"
        )


def _print_translation(card: Card) -> None:
    """Write the founder's reading of a draft in another language."""
    proposal = card.proposal
    own = str(proposal.translation.get("language", ""))
    output.data(f"  {languages.heading(proposal.language, own, by_rules=proposal.reads_as_drafted)}")
    for name in ("subject", "text"):
        for line in output.clean(str(proposal.translation.get(name, "")), lines=True).rstrip().split("\n"):
            output.data(f"          {line}".rstrip())
