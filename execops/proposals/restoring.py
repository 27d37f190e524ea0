"""After a restore: the database knows nothing of the time after its backup, so people are asked what happened then.

An action that was approved in the backup may have been performed after it. Its proposal becomes `unknown`, with the key
of that approval: a retry asks the other side about this key before it sends. A pending or failed proposal stays where a
person decides, and says that it may be done; so does one whose approval is not enough any more, which is pending again. Idempotency keys that are made from then on hold another id, so the
messages of the lost time lie under none of them.
"""

from __future__ import annotations

from execops.context import Context
from execops.db import queries
from execops.db.pool import Connection
from execops.model import Proposal, Record, Status
from execops.proposals import drafting, execution

SQL = queries.load("proposals_write")
DEPLOYMENTS = queries.load("deployments")
_DOUBT = "the database was restored, and this may have been performed after the backup"
_SHORT = "asked again: more operators have to approve it now"
_NOTE = "the database was restored: look whether this was done after the backup"


class Restored(Record, frozen=True, kw_only=True):
    """The deployment's new id, the one before, and how many proposals ask a person now.

    `unknown` counts those that were approved or executing, `noted` the pending and failed ones that now say that they may
    be done.
    """

    deployment_id: str
    previous_id: str
    unknown: int
    noted: int


async def restored(ctx: Context, conn: Connection) -> Restored:
    """Ask a person about everything that may have happened after the backup, and renew the deployment's id.

    The transaction's actor is an operator. A worker may run meanwhile: an attempt that begins before becomes the doubt,
    and its late result is refused; a later one finds the proposal unknown and performs nothing.
    """
    rows = await queries.many(conn, SQL["lock_to_ask"])
    proposals = [Proposal.from_row(row) for row in rows]
    others = [proposal.id for proposal in proposals if proposal.status in {Status.PENDING, Status.FAILED}]
    unknown = 0
    for proposal in proposals:
        if proposal.status not in {Status.APPROVED, Status.EXECUTING}:
            continue
        if await execution.doubt(ctx, conn, proposal, _DOUBT):
            unknown += 1
        else:
            await drafting.ask_again(ctx, conn, proposal, None, _SHORT)
            others.append(proposal.id)
    noted = await queries.run(conn, SQL["note"], ids=others, note=_NOTE)
    ids = await queries.the_one(conn, DEPLOYMENTS["renew"])
    return Restored(unknown=unknown, noted=noted, **ids)
