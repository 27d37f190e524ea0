"""Operators, their roles and their tokens, of which the database holds only proofs."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import datetime

import psycopg
from msgspec.structs import replace
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from execops.db import queries
from execops.db.pool import Connection
from execops.db.queries import Sent
from execops.errors import ConflictError, NotAllowedError, NotFoundError, UnauthenticatedError
from execops.model import Json, Operator, Role, SignedIn
from execops.settings import Secret

SQL = queries.load("operators")


async def authenticate(conn: Connection, token: Secret) -> SignedIn:
    """Read the enabled operator who holds a token. Raises UnauthenticatedError, which tells a token that expired apart."""
    proof = digest(token)
    row = await queries.one(conn, SQL["by_token"], digest=proof.reveal()) if token else None
    if row is None:
        raise UnauthenticatedError(
            "This token belongs to no enabled operator.",
            hint="Set EXECOPS_TOKEN to a token that `execops operators add` printed.",
        )
    operator = SignedIn.from_row(row | {"digest": proof})
    if row["has_expired"]:
        raise UnauthenticatedError(
            f"The token of {operator.name} expired on {operator.expires_at:%Y-%m-%d %H:%M} UTC.",
            hint=f"A founder renews it with: execops operators rotate {operator.name}",
        )
    if row["use_is_due"]:
        await _note_use(conn, operator)
    return operator


async def _note_use(conn: Connection, operator: Operator) -> None:
    """Note that the token is in use, at most once a minute. A sign-in neither waits for that, nor fails because of it."""
    with contextlib.suppress(psycopg.Error):
        if await queries.run(conn, SQL["note_use"], id=operator.id) == 0:
            await queries.run(conn, SQL["note_first_use"], id=operator.id)


def new_token() -> Secret:
    """A new token of 256 random bits, which nobody can guess."""
    import secrets  # only here: most processes sign in alone

    return Secret(f"execops_{secrets.token_urlsafe(32)}")


async def add(
    conn: Connection,
    name: str,
    role: Role,
    token: Secret,
    *,
    limits: Json | None = None,
    expires_at: datetime | None = None,
) -> Operator:
    """Add an operator who signs in with this token. Raises ConflictError if the name is taken."""
    row = await queries.one(
        conn,
        SQL["insert"],
        name=name,
        role=role,
        token_proof=token_proof(token),
        limits=Jsonb(limits or {}),
        expires_at=expires_at,
    )
    if row is None:
        raise ConflictError(f"There is an operator called {name!r} already.", hint="execops operators list")
    return Operator.from_row(row)


async def everyone(conn: Connection) -> list[Operator]:
    """All operators, disabled ones too."""
    return [Operator.from_row(row) for row in await queries.many(conn, SQL["all"])]


async def current(conn: Connection, operator: SignedIn) -> SignedIn:
    """Read the operator's record as of now: a console may be open since before its operator was revoked.

    Raises NotAllowedError if the operator is no longer enabled, or the token expired meanwhile.
    """
    return standing(operator, await (await send_current(conn, operator)).one())


async def send_current(conn: Connection, operator: SignedIn) -> Sent[DictRow]:
    """Send the query of `current`, within a pipeline; `standing` makes the operator of its row."""
    return await queries.send(conn, SQL["enabled"], id=operator.id)


def standing(operator: SignedIn, row: DictRow | None) -> SignedIn:
    """The operator by their record as of now. Raises NotAllowedError as `current` does."""
    if row is None:
        raise NotAllowedError(f"{operator.name} is no longer an operator; nothing was changed.")
    if row["has_expired"]:
        raise NotAllowedError(
            f"The token of {operator.name} expired on {row['expires_at']:%Y-%m-%d %H:%M} UTC; nothing was changed."
        )
    now = Operator.from_row(row)
    return replace(operator, name=now.name, role=now.role, limits=now.limits, expires_at=now.expires_at)


async def named(conn: Connection, name: str) -> Operator:
    """The operator of this name, who may be revoked. Raises NotFoundError."""
    operator = next((operator for operator in await everyone(conn) if operator.name == name), None)
    if operator is None:
        raise NotFoundError(f"There is no operator called {name!r}.", hint="execops operators list")
    return operator


async def revoke(conn: Connection, name: str) -> Operator:
    """Disable an operator and their token for good.

    Raises NotFoundError for an unknown name; ConflictError for the last founder, for an operator who was revoked before,
    and while large amounts need two approvals that fewer than two could then give.
    """
    operator = await named(conn, name)
    row = await queries.one(conn, SQL["disable"], id=operator.id)
    if row is None:
        reason = (
            "was revoked already"
            if operator.disabled_at
            else "is the last founder: somebody must be able to decide"
        )
        raise ConflictError(f"{name} {reason}; nothing was changed.")
    return Operator.from_row(row)


async def rotate(
    conn: Connection, operator: Operator, token: Secret, *, expires_at: datetime | None = None
) -> Operator:
    """Give an operator this token, which works until `expires_at`; the old one stops at once.

    Raises ConflictError for an operator who was revoked.
    """
    row = await queries.one(
        conn, SQL["rotate"], id=operator.id, token_proof=token_proof(token), expires_at=expires_at
    )
    if row is None:
        raise ConflictError(f"{operator.name} was revoked; nothing was changed.")
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
