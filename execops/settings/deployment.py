"""The settings of a deployment: where it lives, how it is reached, and which webhooks it takes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from msgspec import Struct, StructMeta
from msgspec.structs import replace

from execops.settings import values as value_of
from execops.text.secret import Secret


class Setting(Struct, frozen=True, kw_only=True):
    """One setting: how its value is read, and the words about it.

    `shown` is the default as a person writes it, where that is not its plain text.
    """

    name: str
    env: str  # its environment variable
    parse: Callable[[str], Any]  # raises ValueError
    default: Any
    about: str
    shown: str

    @property
    def is_secret(self) -> bool:
        """Whether its value may not be shown."""
        return self.parse in (Secret, Secret.many)


def setting(
    env: str,
    parse: Callable[[str], Any] = str,
    *,
    default: Any = None,  # noqa: ANN401
    shown: str = "",
    about: str,
) -> Any:  # noqa: ANN401
    """The setting that a field is read as. It gets its name from the field."""
    return Setting(name="", env=env, parse=parse, default=default, about=about, shown=shown)


class _SettingsMeta(StructMeta):
    """Keeps the settings of a class by name, and leaves to each field the default."""

    def __new__(
        mcls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        **config: Any,  # noqa: ANN401
    ) -> _SettingsMeta:
        settings: dict[str, Setting] = {}
        for base in bases:
            settings |= getattr(base, "SETTINGS", {})
        for field, value in namespace.items():
            if isinstance(value, Setting):
                settings[field] = replace(value, name=field)
                namespace[field] = value.default
        return super().__new__(mcls, name, bases, namespace | {"SETTINGS": settings}, **config)


class DeploymentSettings(Struct, frozen=True, kw_only=True, metaclass=_SettingsMeta):
    """The settings that come first; a source beside Stripe has its settings here."""

    SETTINGS: ClassVar[Mapping[str, Setting]]  # by the names of the fields

    home: Path = setting("EXECOPS_HOME", Path, about="data, config, outbox, embedded database")
    database_url: Secret | None = setting(
        "DATABASE_URL", Secret, about="Postgres 14 or later; embedded if unset"
    )
    session_database_url: Secret | None = setting(
        "EXECOPS_SESSION_DATABASE_URL",
        Secret,
        about="Postgres itself, where DATABASE_URL leads to a transaction pooler; for what needs a session, and for migrations",
    )
    databases: Secret | None = setting(
        "EXECOPS_DATABASES",
        Secret,
        about="the databases of a fleet, for `db migrate --fleet`: a file with a line `name=URL` for each, or these themselves, separated by `;`",
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
    github_webhook_secrets: tuple[Secret, ...] = setting(
        "GITHUB_WEBHOOK_SECRET",
        Secret.many,
        default=(),
        about="secrets of GitHub's webhooks, comma-separated for rotation",
    )
    github_repository: str | None = setting(
        "EXECOPS_GITHUB_REPOSITORY",
        value_of.repository,
        about="owner/name of the repository whose failed deliveries `backfill github` reads",
    )
    github_token: Secret | None = setting(
        "GITHUB_TOKEN",
        Secret,
        about="token that may read the webhooks of that repository; nothing is changed there",
    )
    github_api_base: str = setting(
        "EXECOPS_GITHUB_API_BASE",
        value_of.base_url,
        default="https://api.github.com",
        about="address of GitHub's API, or of an emulator",
    )
    sentry_client_secrets: tuple[Secret, ...] = setting(
        "SENTRY_CLIENT_SECRET",
        Secret.many,
        default=(),
        about="client secrets of the integration at Sentry, comma-separated for rotation",
    )
    sentry_customers: int = setting(
        "EXECOPS_SENTRY_CUSTOMERS",
        value_of.positive,
        default=3,
        about="paying customers whom an issue at Sentry must hit within an hour before you hear of it",
    )
    intercom_client_secrets: tuple[Secret, ...] = setting(
        "INTERCOM_CLIENT_SECRET",
        Secret.many,
        default=(),
        about="client secrets of your app at Intercom, comma-separated for rotation",
    )
    intercom_access_token: Secret | None = setting(
        "INTERCOM_ACCESS_TOKEN", Secret, about="token of your app, for approved replies and notes at Intercom"
    )
    intercom_admin: str | None = setting(
        "EXECOPS_INTERCOM_ADMIN",
        about="id of the teammate at Intercom in whose name replies and notes are written",
    )
    intercom_api_base: str = setting(
        "EXECOPS_INTERCOM_API_BASE",
        value_of.base_url,
        default="https://api.intercom.io",
        about="address of Intercom's API, or of an emulator",
    )
    vip_amount: int = setting(
        "EXECOPS_VIP_AMOUNT",
        value_of.positive,
        default=500,
        about="MRR in major units of the books' currency from which a customer in the support inbox is a heavy one",
    )
    vip_wait: float = setting(
        "EXECOPS_VIP_WAIT",
        value_of.duration,
        default=3600.0,
        shown="1h",
        about="time after which a heavy customer has waited too long for an answer: `30m`, `1h`",
    )
    slas: tuple[tuple[str, float], ...] = setting(
        "EXECOPS_SLAS",
        value_of.slas,
        default=(),
        about="times of your SLAs at Intercom, by name, separated by semicolons: `Pro - first response=2h; Standard=4h`",
    )
    wave_customers: int = setting(
        "EXECOPS_WAVE_CUSTOMERS",
        value_of.positive,
        default=4,
        about="different customers who write to support of one trouble, from whom on it is a wave",
    )
    wave_window: float = setting(
        "EXECOPS_WAVE_WINDOW",
        value_of.duration,
        default=3600.0,
        shown="1h",
        about="time within which they write: `30m`, `1h`",
    )
