"""An adapter that answers as scripted, and the runs of the job that performs a proposal."""

from __future__ import annotations

from execops import processing
from execops.context import Context
from execops.errors import InvalidPayloadError
from execops.model import Json, Status
from execops.ports import Happened, Reconciliation
from tests import records
from tests.doubles import MailDouble

YES = Reconciliation(Happened.YES, {"message_id": "found"})
NO = Reconciliation(Happened.NO)
CANNOT_TELL = Reconciliation(Happened.CANNOT_TELL)


class Killed(BaseException):
    """The process ends here."""


class Scripted(MailDouble):
    """An adapter that answers as scripted, then with success; `asked` holds the calls it got."""

    def __init__(self) -> None:
        self.performs: list[BaseException] = []
        self.reconciles: list[Reconciliation | Exception] = []
        self.keys: list[str] = []
        self.asked: list[str] = []
        self.refuses: str | None = None

    def validate(self, payload: Json) -> None:
        """Refuse what the test says."""
        if self.refuses:
            raise InvalidPayloadError(self.refuses)

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Note the key; raise the next error of the script, or succeed."""
        self.keys.append(idempotency_key)
        self.asked.append("perform")
        if self.performs:
            raise self.performs.pop(0)
        return {"message_id": "sent"}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """The next answer of the script."""
        self.asked.append("reconcile")
        answer = self.reconciles.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def status(ctx: Context, proposal_id: int) -> Status:
    """The status of a proposal."""
    return (await records.proposal(ctx, proposal_id)).status


async def attempts(ctx: Context, proposal_id: int) -> list[tuple[str, str | None]]:
    """The status and the error of each attempt at a proposal."""
    return [(row["status"], row["error"]) for row in await records.executions(ctx, proposal_id)]


async def go(ctx: Context, proposal_id: int) -> Status:
    """Run the job of the latest approval; returns the proposal's status afterwards."""
    approval = (await records.proposal(ctx, proposal_id)).approval_no
    await processing.execute_proposal(ctx, proposal_id, approval)
    return await status(ctx, proposal_id)
