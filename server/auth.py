"""Signing in: the operator behind the bearer token acts, whatever the request's body says."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.openapi.spec import Components, SecurityRequirement, SecurityScheme

from execops.client import Client
from execops.context import Context
from execops.errors import TooManyAttemptsError, UnauthenticatedError
from execops.settings import Secret

SCHEME = "bearer"
SECURITY: list[SecurityRequirement] = [{SCHEME: []}]
COMPONENTS = Components(
    security_schemes={
        SCHEME: SecurityScheme(
            type="http",
            scheme="bearer",
            description="The token of an operator: execops operators add NAME --role ROLE",
        )
    }
)

ClientRequest: TypeAlias = Request[Client, Secret, State]


def context_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Context:
    """The Context that the caller of `create_app` has opened."""
    return cast("Context", connection.app.state.ctx)


class BearerAuth(AbstractAuthenticationMiddleware):
    """Gives each request the Client of its token's operator as `request.user`, or answers 401."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Raises UnauthenticatedError, and TooManyAttemptsError after too many wrong tokens."""
        scheme, _, token = connection.headers.get("authorization", "").strip().partition(" ")
        secret = Secret(token.strip())
        if scheme.lower() != "bearer" or not secret:
            raise UnauthenticatedError(
                "You are not signed in.", hint="Send the header Authorization: Bearer TOKEN"
            )
        state, address = connection.app.state, connection.client.host if connection.client else ""
        try:
            state.guesses.require_allowance(address, secret)
        except TooManyAttemptsError:
            state.troubles.count("too many wrong tokens", peer=address)
            raise
        try:
            client = await Client.login(context_of(connection), secret, state.canvas)
        except UnauthenticatedError:
            state.guesses.note_wrong(address, secret)
            state.troubles.count("wrong token", peer=address)
            raise
        state.guesses.note_right(secret)
        return AuthenticationResult(user=client, auth=secret)
