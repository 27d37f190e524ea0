"""Who may decide what: operators and their tokens, kept as hashes."""

from __future__ import annotations

import hashlib
import secrets

from execops.context import ORG
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError, NotAllowedError, NotFoundError, UnauthenticatedError
from execops.model import Operator, Role
from execops.settings import Secret

SQL = queries.load("operators")
DECISIONS = frozenset({"approve", "reject", "edit", "undo", "retry", "confirm", "close"})


async def authenticate(conn: Connection, token: Secret) -> Operator:
    """The enabled operator behind a token. Raises UnauthenticatedError."""
    row = (
        None
        if not token
        else await (
            await conn.execute(SQL["by_token"], {"org_id": ORG, "token_hash": _hash(token)})
        ).fetchone()
    )
    if row is None:
        raise UnauthenticatedError(
            "This token belongs to no enabled operator.",
            hint="Set EXECOPS_TOKEN to a token that `execops operators add` printed.",
        )
    return Operator.from_row(row)


def require_decider(operator: Operator, decision: str) -> None:
    """Raise NotAllowedError unless this operator's role decides."""
    if not operator.role.decides:
        raise NotAllowedError(
            f"{operator.name} is {operator.role} and may not {decision}; nothing was changed.",
            hint="A founder can add an operator who decides: execops operators add NAME --role ops",
        )


def require_founder(operator: Operator, decision: str) -> None:
    """Raise NotAllowedError unless this operator is a founder."""
    if operator.role is not Role.FOUNDER:
        raise NotAllowedError(
            f"Only a founder may {decision}; {operator.name} is {operator.role}. Nothing was changed."
        )


def new_token() -> Secret:
    """A token nobody can guess: 256 random bits."""
    return Secret(f"execops_{secrets.token_urlsafe(32)}")


async def add(conn: Connection, name: str, role: Role, token: Secret) -> Operator:
    """A new operator, known by this token. Raises ConflictError where the name is taken."""
    values = {"org_id": ORG, "name": name, "role": role, "token_hash": _hash(token)}
    row = await (await conn.execute(SQL["insert"], values)).fetchone()
    if row is None:
        raise ConflictError(f"There is an operator called {name!r} already.", hint="execops operators list")
    return Operator.from_row(row)


async def everyone(conn: Connection) -> list[Operator]:
    """All operators, disabled ones too."""
    rows = await (await conn.execute(SQL["all"], {"org_id": ORG})).fetchall()
    return [Operator.from_row(row) for row in rows]


async def current(conn: Connection, operator: Operator) -> Operator:
    """The operator's record as of now: a console may be open since before its operator was revoked.

    Raises NotAllowedError for one who is no longer enabled.
    """
    for row in await everyone(conn):
        if row.id == operator.id and row.disabled_at is None:
            return row
    raise NotAllowedError(f"{operator.name} is no longer an operator; nothing was changed.")


async def revoke(conn: Connection, name: str) -> Operator:
    """Disable an operator's token for good.

    Raises NotFoundError for an unknown name, ConflictError for the last founder or one revoked already.
    """
    found = next((each for each in await everyone(conn) if each.name == name), None)
    if found is None:
        raise NotFoundError(f"There is no operator called {name!r}.", hint="execops operators list")
    values = {"org_id": ORG, "id": found.id}
    row = await (await conn.execute(SQL["disable"], values)).fetchone()
    if row is None:
        reason = (
            "was revoked already"
            if found.disabled_at
            else "is the last founder: somebody must be able to decide"
        )
        raise ConflictError(f"{name} {reason}; nothing was changed.")
    return Operator.from_row(row)


def _hash(token: Secret) -> str:
    # Tokens are 256 random bits, so a plain hash cannot be searched; no salt is needed to look one up.
    return hashlib.sha256(token.reveal().encode()).hexdigest()
