"""`client.notifications`: whether the operator is told of urgent proposals. Each operator switches it for themselves."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from execops.authority import consents, operators
from execops.authority.consents import Consent
from execops.authority.permissions import Operation
from execops.client.part import Part
from execops.errors import InvalidInputError
from execops.model import Actor, Operator
from execops.text.addresses import is_address

_MEMBER = re.compile(r"[UW][A-Z0-9]{7,30}|@[\w.-]{1,80}")  # an id, or a name
_TURN_ON = "Switch them on with: execops notifications on --slack MEMBER"


class Answer(Struct, frozen=True, kw_only=True):
    """Whether an operator is told, in Slack as which member, and since when this holds. `transport` takes it there."""

    operator: str
    on: bool
    slack: str | None
    since: datetime | None
    transport: str


class Notifications(Part):
    """Reading and switching the notifications of the operator themselves."""

    async def show(self) -> Answer:
        """The operator's answer of now."""
        async with self._ctx.connection() as conn:
            return self._answer(self._operator, await consents.of_operator(conn, self._operator))

    async def switch_on(self, member: str | None = None, *, why: str | None = None) -> Answer:
        """Tell this operator from now on, in Slack as this member; without a member, as the one of before.

        The audit log keeps `why`. Raises NotAllowedError for a role that does not decide, InvalidInputError for a name that is no member's, and where
        no member was ever named.
        """
        if member is not None:
            member = member.strip()
            if not _MEMBER.fullmatch(member) and not is_address(member):
                raise InvalidInputError(
                    f"{member!r} is not a Slack member; nothing was changed.",
                    hint="Name one by id (U0123ABCD), @name or mail address.",
                )
        async with self._acting(Operation.BE_NOTIFIED, why) as (conn, operator):
            before = await consents.of_operator(conn, operator)
            member = member or (before.member if before else None)
            if member is None:
                raise InvalidInputError(
                    "Nobody said yet which Slack member you are; nothing was changed.", hint=_TURN_ON
                )
            await consents.answer(conn, operator, allowed=True, member=member)
            return self._answer(operator, await consents.of_operator(conn, operator))

    async def switch_off(self, *, why: str | None = None) -> Answer:
        """Tell this operator nothing more. Messages that were sent still show what became of their proposals.

        The audit log keeps `why`.
        """
        metadata = {"reason": why} if why else {}
        async with self._ctx.transaction(Actor.user(self._operator), **metadata) as conn:
            operator = await operators.current(conn, self._operator)
            before = await consents.of_operator(conn, operator)
            if before is not None:
                await consents.answer(conn, operator, allowed=False, member=before.member)
            return self._answer(operator, await consents.of_operator(conn, operator))

    def _answer(self, operator: Operator, consent: Consent | None) -> Answer:
        return Answer(
            operator=operator.name,
            on=consent is not None and consent.allowed,
            slack=consent.member if consent else None,
            since=consent.since if consent else None,
            transport=self._ctx.settings.slack_transport,
        )
