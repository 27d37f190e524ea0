"""Operators, their roles and their tokens, of which the database holds only proofs."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace

from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError, NotAllowedError, NotFoundError, UnauthenticatedError
from execops.model import Operator, Role, SignedIn
from execops.settings import Secret

SQL = queries.load("operators")
DECISIONS = frozenset({"approve", "reject", "edit", "undo", "retry", "confirm", "close"})


async def authenticate(conn: Connection, token: Secret) -> SignedIn:
    """Read the enabled operator who holds a token. Raises UnauthenticatedError."""
    proof = digest(token)
    row = await queries.one(conn, SQL["by_token"], digest=proof.reveal()) if token else None
    if row is None:
        raise UnauthenticatedError(
            "This token belongs to no enabled operator.",
            hint="Set EXECOPS_TOKEN to a token that `execops operators add` printed.",
        )
    return SignedIn.from_row(row | {"digest": proof})


def require_decider(operator: Operator, decision: str) -> None:
    """Raise NotAllowedError unless the role of this operator lets them decide. `decision` is a verb for the error."""
    if not operator.role.decides:
        raise NotAllowedError(
            f"{operator.name} is {operator.role} and may not {decision}; nothing was changed.",
            hint="A founder can add an operator who decides: execops operators add NAME --role ops",
        )


def require_founder(operator: Operator, decision: str) -> None:
    """Raise NotAllowedError unless this operator is a founder. `decision` is a verb for the error."""
    if operator.role is not Role.FOUNDER:
        raise NotAllowedError(
            f"Only a founder may {decision}; {operator.name} is {operator.role}. Nothing was changed."
        )


def new_token() -> Secret:
    """A new token of 256 random bits, which nobody can guess."""
    return Secret(f"execops_{secrets.token_urlsafe(32)}")


async def add(conn: Connection, name: str, role: Role, token: Secret) -> Operator:
    """Add an operator who signs in with this token. Raises ConflictError if the name is taken."""
    row = await queries.one(conn, SQL["insert"], name=name, role=role, token_proof=token_proof(token))
    if row is None:
        raise ConflictError(f"There is an operator called {name!r} already.", hint="execops operators list")
    return Operator.from_row(row)


async def everyone(conn: Connection) -> list[Operator]:
    """All operators, disabled ones too."""
    return [Operator.from_row(row) for row in await queries.many(conn, SQL["all"])]


async def current(conn: Connection, operator: SignedIn) -> SignedIn:
    """Read the operator's record as of now: a console may be open since before its operator was revoked.

    Raises NotAllowedError if the operator is no longer enabled.
    """
    for row in await everyone(conn):
        if row.id == operator.id and row.disabled_at is None:
            return replace(operator, name=row.name, role=row.role, limits=row.limits)
    raise NotAllowedError(f"{operator.name} is no longer an operator; nothing was changed.")


async def revoke(conn: Connection, name: str) -> Operator:
    """Disable an operator and their token for good.

    Raises NotFoundError for an unknown name, ConflictError for the last founder and for an operator who was revoked
    before.
    """
    operator = next((operator for operator in await everyone(conn) if operator.name == name), None)
    if operator is None:
        raise NotFoundError(f"There is no operator called {name!r}.", hint="execops operators list")
    row = await queries.one(conn, SQL["disable"], id=operator.id)
    if row is None:
        reason = (
            "was revoked already"
            if operator.disabled_at
            else "is the last founder: somebody must be able to decide"
        )
        raise ConflictError(f"{name} {reason}; nothing was changed.")
    return Operator.from_row(row)


def digest(token: Secret) -> Secret:
    """The digest of a token, by which its operator proves to the database who they are."""
    return Secret(_sha256(token.reveal()))


def token_proof(token: Secret) -> str:
    """The digest of a token's digest, which is all that the database keeps of it."""
    return _sha256(digest(token).reveal())


def _sha256(text: str) -> str:
    # Tokens are 256 random bits, so nobody can search for one behind a plain hash. Without a salt the hash finds its row.
    return hashlib.sha256(text.encode()).hexdigest()
