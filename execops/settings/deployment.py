"""The settings of a deployment: where it lives, how it is reached, and which webhooks it takes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from execops.settings import values as value_of
from execops.text.secret import Secret


def setting(env: str, parse: Callable[[str], Any] = str, *, default: Any = None, about: str) -> Any:  # noqa: ANN401
    """A field with its environment variable, its parser, and the words about it."""
    return field(default=default, metadata={"env": env, "parse": parse, "about": about})


@dataclass(frozen=True, kw_only=True)
class DeploymentSettings:
    """The settings that come first; a source beside Stripe has its settings here."""

    home: Path = setting("EXECOPS_HOME", Path, about="data, config, outbox, embedded database")
    database_url: Secret | None = setting(
        "DATABASE_URL", Secret, about="Postgres 14 or later; embedded if unset"
    )
    session_database_url: Secret | None = setting(
        "EXECOPS_SESSION_DATABASE_URL",
        Secret,
        about="Postgres itself, where DATABASE_URL leads to a transaction pooler; used in its place",
    )
    app_role_password: Secret | None = setting(
        "EXECOPS_APP_ROLE_PASSWORD",
        Secret,
        about="the password that `db migrate --app-role` gives the processes' role",
    )
    token: Secret | None = setting("EXECOPS_TOKEN", Secret, about="the token that signs you in")
    url: str | None = setting(
        "EXECOPS_URL",
        about="a server to speak to with EXECOPS_TOKEN, in the place of this machine's database",
    )
    context: str | None = setting(
        "EXECOPS_CONTEXT", about="a server of `context list` to speak to; local: this machine"
    )
    plain_http: str = setting(
        "EXECOPS_PLAIN_HTTP",
        value_of.choice("loopback", "allowed"),
        default="loopback",
        about="where EXECOPS_URL may be http: on this machine alone, or anywhere",
    )
    sources: tuple[str, ...] = setting(
        "EXECOPS_SOURCES",
        value_of.sources,
        default=("stripe",),
        about="sources whose webhooks are taken in, comma-separated; each off unless named, but stripe",
    )
