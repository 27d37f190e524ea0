"""Second approval: from an amount on, two operators approve a proposal before its action is performed.

The database counts, and lets nothing be approved or performed without: see migrations/0033_approvals_guard.sql.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from execops.db import queries
from execops.db.pool import Connection
from execops.db.queries import Sent
from execops.errors import AlreadyApprovedError, ConflictError
from execops.model import Json, Operator, Proposal, Record
from execops.money import Money, minor_rate
from execops.settings import Settings

if TYPE_CHECKING:
    from fractions import Fraction

SQL = queries.load("second_approval")
_DIGITS = 24  # behind the point of a stored rate


class Rule(Record, frozen=True, kw_only=True):
    """The amount from which two operators approve, None where one is enough; who set it, when and why.

    `rates` tells, by currency, how many minor units of the rule's currency one minor unit is worth, as text.
    """

    from_minor: int | None
    currency: str | None
    rates: Json
    decided_by: str
    since: datetime
    why: str | None

    @property
    def amount(self) -> Money | None:
        """The amount from which two operators approve."""
        if self.from_minor is None or self.currency is None:
            return None
        return Money(self.from_minor, self.currency)

    def has_rates_of(self, settings: Settings) -> bool:
        """Whether amounts are compared by the rates that are set now; the rule keeps those of the day it was set."""
        return self.currency is None or self.rates == _rates(self.currency, settings)


class Approvals(Struct, frozen=True):
    """How many operators approved a proposal, and how many have to."""

    given: int
    needed: int

    @property
    def complete(self) -> bool:
        """Whether the proposal may be approved now."""
        return self.given >= self.needed


async def read(conn: Connection) -> Rule:
    """The rule in force."""
    return Rule.from_row(await queries.the_one(conn, SQL["rule"]))


async def put(
    conn: Connection, operator: Operator, amount: Money | None, why: str | None, settings: Settings
) -> Rule:
    """Say from which amount two operators approve; None: one is enough.

    Raises ConflictError where fewer than two operators may approve such an amount.
    """
    values = {
        "from_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
        "rates": Jsonb(_rates(amount.currency, settings) if amount else {}),
    }
    await queries.run(conn, SQL["lock_rule"])
    if amount is not None:
        approvers = (await queries.the_one(conn, SQL["approvers"], **values))["approvers"]
        if approvers < 2:
            raise ConflictError(
                f"Two operators have to approve from {amount} on, and {approvers or 'none'} may; nothing was changed.",
                hint="A founder adds one who may: execops operators add NAME --role ops",
            )
    await queries.run(conn, SQL["set"], decided_by=operator.name, why=why, **values)
    return await read(conn)


async def send_needed(conn: Connection, operator: Operator, proposal_id: int) -> Sent[DictRow]:
    """Send, within a pipeline and after the lock of the proposal, what `give` asks for."""
    return await queries.send(conn, SQL["needed"], id=proposal_id, operator_id=operator.id)


async def give(
    conn: Connection, operator: Operator, proposal: Proposal, decision: str, row: DictRow
) -> Approvals:
    """Count the operator's approval where two are needed; the caller holds the lock of the proposal.

    `decision` is the command of the other operator, `approve` or `retry`; `row` is the answer to `send_needed`.

    Raises AlreadyApprovedError where this operator has approved the version already, and another one has to.
    """
    given, needed = row["given"], row["needed"]
    if needed == 1 or given >= needed:
        return Approvals(max(given, 1), needed)
    if row["own"]:
        raise AlreadyApprovedError(
            f"{operator.name} has approved proposal {proposal.ref} already ({given} of {needed});"
            " another operator must approve it too. Nothing was changed.",
            hint=f"The other operator runs: execops proposals {decision} {proposal.ref}",
        )
    await queries.run(conn, SQL["give"], id=proposal.id, operator_id=operator.id)
    return Approvals(given + 1, needed)


async def needed_by(conn: Connection, operator: Operator, proposal_id: int) -> int:
    """How many operators have to approve a proposal."""
    row = await (await send_needed(conn, operator, proposal_id)).the_one()
    needed: int = row["needed"]
    return needed


async def is_short(conn: Connection, proposal_id: int) -> bool:
    """Whether fewer operators approved a proposal than have to now, because the rule changed, or one was revoked."""
    row = await queries.the_one(conn, SQL["needed"], id=proposal_id, operator_id=None)
    return bool(1 < row["needed"] > row["given"])


def _rates(currency: str, settings: Settings) -> Json:
    """The worth of one minor unit of each known currency in minor units of this one, as text."""
    known = {settings.currency, *(name for name, _ in settings.rates)} - {currency}
    rates = {name: minor_rate(name, currency, settings.currency, settings.rates) for name in sorted(known)}
    return {name: _text(rate) for name, rate in rates.items() if rate is not None}


def _text(rate: Fraction) -> str:
    """The rate as a decimal, rounded up where it does not end: an amount at the limit counts as above it."""
    scaled = -(-rate.numerator * 10**_DIGITS // rate.denominator)
    text = f"{Decimal(scaled).scaleb(-_DIGITS):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
