"""A founder whose token is lost gets a new one, as the owner of the database: nobody else can prove to be the founder."""

from __future__ import annotations

from execops.authority import operators
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from execops.model import Operator, Role
from execops.settings import Secret

SQL = queries.load("operators_recovery")


async def require_owner(conn: Connection) -> str:
    """The role of this session, which owns our tables. Raises NotAllowedError for another one."""
    row = await queries.the_one(conn, SQL["owner"])
    if not row["owns"]:
        raise NotAllowedError(
            f"Only the owner of the database recovers a token; {row['role']} is not. Nothing was changed.",
            hint="Set DATABASE_URL to the owner's address for this one command.",
        )
    return str(row["role"])


async def founder(conn: Connection, name: str | None) -> Operator:
    """The enabled founder of this name; without a name the only one. Raises NotFoundError, InvalidInputError, ConflictError."""
    everyone = await operators.everyone(conn)
    founders = [person for person in everyone if person.role is Role.FOUNDER and person.disabled_at is None]
    if name is None:
        if len(founders) == 1:
            return founders[0]
        names = ", ".join(person.name for person in founders)
        raise InvalidInputError(
            f"Name the founder, one of: {names}." if founders else "There is no founder yet.",
            hint="Run: execops operators recover NAME" if founders else "Run: execops db migrate",
        )
    person = next((person for person in everyone if person.name == name), None)
    if person is None:
        raise NotFoundError(
            f"There is no operator called {name!r}; nothing was changed.", hint="Run: execops operators list"
        )
    if person not in founders:
        state = "was revoked" if person.disabled_at else f"is {person.role}"
        raise ConflictError(
            f"{name} {state}, and only a founder's token is recovered; nothing was changed.",
            hint="Recover a founder; the founder then adds operators.",
        )
    return person


async def renew(conn: Connection, operator: Operator, token: Secret) -> Operator:
    """Give a founder this token; the lost one works no more. Raises ConflictError if the founder was revoked meanwhile."""
    row = await queries.one(
        conn, SQL["renew_token"], id=operator.id, token_proof=operators.token_proof(token)
    )
    if row is None:
        raise ConflictError(f"{operator.name} is no longer an enabled founder; nothing was changed.")
    return Operator.from_row(row)
