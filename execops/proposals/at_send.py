"""The last look before an approved action is performed: may it still be, and would the person still approve it?

ExecOps performs an action only where the approval still stands, nobody forbade the action since, its play would draft
the same now, and the customer got no other message meanwhile. Otherwise the proposal is superseded, fails, or goes back
to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from execops.authority import policy
from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import InvalidPayloadError, NotFoundError
from execops.model import Declined, Draft, Execution, Proposal, Status
from execops.proposals import contact, drafting, pay_links, provenance

SQL = queries.load("proposals_write")
EXECUTIONS = queries.load("executions")
MAY_BE_OUT = "an earlier attempt may have gone out: confirm it, retry it or close it"


class Approved(Struct, frozen=True):
    """An approved proposal under lock, and why its approval no longer stands; None where it does.

    `contact` says which other message the customer got, where nobody agreed to both. `attempts` are those of the approval, in
    order, and `rules` those in force, which nobody changes before the transaction ends.
    """

    proposal: Proposal
    void: str | None
    contact: str | None
    attempts: Sequence[Execution]
    rules: policy.Policy


class Withheld(Struct, frozen=True):
    """Why an action is not performed, and the status that its proposal gets: failed, superseded or pending.

    `draft` is the draft of now, where a person is asked again.
    """

    status: Status
    why: str
    draft: Draft | None = None


class Cleared(Struct, frozen=True):
    """The action may be performed, with newer links to pay in the place of those that were approved."""

    links: Mapping[str, str]


async def lock(ctx: Context, conn: Connection, proposal_id: int, approval_no: int) -> Approved:
    """Lock the facts about a proposal, its recipient, the proposal itself and the switch of executions. Raises NotFoundError."""
    async with conn.pipeline():
        await queries.send(conn, SQL["lock_to_send"], id=proposal_id)
        locking = await queries.send(
            conn,
            SQL["lock_approved"],
            id=proposal_id,
            undo_window=ctx.settings.undo_window,
            team=contact.team(ctx),
            since=contact.since(ctx),
        )
        of_approval = {"proposal_id": proposal_id, "approval_no": approval_no}
        attempts = await queries.send(conn, EXECUTIONS["of_approval"], **of_approval)
        rules = await policy.hold_executions(conn, proposal_id)
    row = await locking.one()
    if row is None:
        raise NotFoundError(f"There is no proposal {proposal_id}.", hint="execops proposals list")
    return Approved(
        drafting.effective(row),
        _void(row),
        contact.sentence(ctx, row["contact"]) if row["contact"] else None,
        [Execution.from_row(attempt) for attempt in await attempts.many()],
        policy.of_rows(await rules.many()),
    )


async def look(
    ctx: Context, conn: Connection, approved: Approved, links: Mapping[str, str] | None
) -> Withheld | Cleared:
    """Why this action must not be performed now, or the links to perform it with. The caller holds the locks.

    `links` are those of an earlier attempt of the same approval, so that every attempt sends the same message; None
    before the first.
    """
    proposal, rules = approved.proposal, approved.rules
    if rules.suppressed(proposal.subject_key):
        return Withheld(Status.SUPERSEDED, f"{proposal.subject_key} is never to be contacted")
    draft = await drafting.assess_now(ctx, conn, proposal, rules)
    if isinstance(draft, Declined):
        return Withheld(Status.SUPERSEDED, f"moot before it was sent: {draft.reason}")
    if draft is not None and (why := drafting.moved(proposal, draft)):
        return Withheld(Status.SUPERSEDED, why)
    adapter = ctx.adapters.get(proposal.action_type)
    if adapter is None or not rules.action_allowed(proposal.action_type, ctx.adapters):
        return Withheld(Status.FAILED, f"refused at send: {proposal.action_type} is not allowed")
    if approved.void is not None:
        return Withheld(Status.PENDING, approved.void, draft)
    if draft is not None and (changed := provenance.changed_terms(proposal, draft)):
        return Withheld(Status.PENDING, f"asked again: {changed} changed since the approval", draft)
    cleared = Cleared(pay_links.newer(proposal, draft) if links is None else links)
    try:
        adapter.validate(pay_links.sent(proposal.payload, cleared.links))
    except InvalidPayloadError as exc:
        return Withheld(Status.FAILED, f"refused at send: {exc.message}")
    if approved.contact is not None:
        return Withheld(Status.FAILED, f"refused at send: {approved.contact}")
    return cleared


async def withhold(
    ctx: Context, conn: Connection, proposal: Proposal, withheld: Withheld, *, may_be_out: bool = False
) -> Proposal:
    """Give the proposal the status that follows; returns it as it stands then.

    With `may_be_out`, an earlier attempt may have gone out: then only a person ends or changes the proposal.
    """
    status = Status.UNKNOWN if may_be_out else withheld.status
    if status is Status.PENDING:
        return await drafting.ask_again(ctx, conn, proposal, withheld.draft, withheld.why)
    if status is Status.SUPERSEDED:
        if proposal.status is Status.EXECUTING:  # between two attempts: no attempt was accepted
            await drafting.set_status(conn, proposal, Status.FAILED, withheld.why)
        await drafting.end(ctx, conn, proposal, status, withheld.why)
    else:
        why = f"{withheld.why}; {MAY_BE_OUT}" if may_be_out else withheld.why
        await drafting.set_status(conn, proposal, status, why)
    return replace(proposal, status=status)


def _void(row: dict[str, Any]) -> str | None:
    if row["revoked"] is not None:
        return f"asked again: {row['revoked']} approved it and was revoked since"
    if 1 < row["approvals_needed"] > row["approvals"]:
        return f"asked again: {row['approvals_needed']} operators approve it now, and one did"
    if row["late"]:
        return f"asked again: its time ran out at {row['expires_at']:%Y-%m-%d %H:%M} UTC while it waited"
    return None
