"""Settings: flag > environment > config file > default, into one frozen record. Nothing is read at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from execops.errors import InvalidInputError
from execops.money import parse_rates
from execops.settings import loading, send_hours
from execops.settings import values as value_of
from execops.settings.deployment import DeploymentSettings, setting
from execops.settings.send_hours import SendHours
from execops.settings.values import default_home as default_home
from execops.text.addresses import one_address, one_mailbox, portal_link
from execops.text.patterns import Pattern
from execops.text.secret import Secret as Secret

_EDITORS = Pattern(r"\..*|#.*#|.*~|.*\.(?:bak|orig|swp)")  # files that no person put beside the texts


class Settings(DeploymentSettings, frozen=True, kw_only=True, dict=True):
    """All settings. The `env` of a field is its environment variable.

    The config file (`EXECOPS_HOME/config.toml`) uses the field's own name.
    """

    stripe_api_key: Secret | None = setting("STRIPE_API_KEY", Secret, about="restricted, read-only key")
    stripe_write_key: Secret | None = setting(
        "EXECOPS_STRIPE_WRITE_KEY",
        Secret,
        about="restricted key for approved actions at Stripe, such as refunds; nothing is changed there if unset",
    )
    stripe_webhook_secrets: tuple[Secret, ...] = setting(
        "STRIPE_WEBHOOK_SECRET",
        Secret.many,
        default=(),
        about="signing secrets, comma-separated for rotation",
    )
    stripe_mode: str = setting(
        "EXECOPS_STRIPE_MODE",
        value_of.choice("live", "test"),
        default="live",
        about="events of the other mode are ignored",
    )
    stripe_account: str | None = setting(
        "EXECOPS_STRIPE_ACCOUNT",
        value_of.account,
        about="your own account (acct_…), if events of others arrive too; theirs are ignored",
    )
    stripe_api_base: str = setting(
        "EXECOPS_STRIPE_API_BASE",
        value_of.base_url,
        default="https://api.stripe.com",
        about="address of Stripe's API, or of an emulator",
    )
    stripe_timeout: float = setting(
        "EXECOPS_STRIPE_TIMEOUT",
        value_of.seconds,
        default=5.0,
        about="seconds for all lookups at Stripe for one event",
    )
    stripe_write_timeout: float = setting(
        "EXECOPS_STRIPE_WRITE_TIMEOUT",
        value_of.wait,
        default=60.0,
        about="seconds for one call of an action at Stripe",
    )
    slack_bot_token: Secret | None = setting(
        "SLACK_BOT_TOKEN", Secret, about="bot token (xoxb-…) of your Slack app; it posts nothing by itself"
    )
    email_transport: str = setting(
        "EXECOPS_EMAIL_TRANSPORT",
        value_of.choice("outbox", "smtp", "gmail"),
        default="outbox",
        about="outbox: Maildir under the home; smtp: the server of SMTP_URL; gmail: Gmail's API",
    )
    smtp_url: Secret | None = setting(
        "SMTP_URL",
        Secret,
        about="smtp://user:password@host:587 (STARTTLS), or smtps://… (TLS from the start)",
    )
    imap_url: Secret | None = setting(
        "EXECOPS_IMAP_URL",
        Secret,
        about="imaps://user:password@host: where an unanswered mail is looked for; /Folder if not marked as Sent",
    )
    smtp_timeout: float = setting(
        "EXECOPS_SMTP_TIMEOUT",
        value_of.wait,
        default=60.0,
        about="seconds for each answer of a mail server",
    )
    gmail_client_id: str | None = setting(
        "EXECOPS_GMAIL_CLIENT_ID", about="id of your Google app, an OAuth client of the type Desktop app"
    )
    gmail_client_secret: Secret | None = setting(
        "EXECOPS_GMAIL_CLIENT_SECRET", Secret, about="secret of your Google app"
    )
    gmail_refresh_token: Secret | None = setting(
        "EXECOPS_GMAIL_REFRESH_TOKEN",
        Secret,
        about="the sign-in of the account that sends; `execops connect gmail` gets it",
    )
    gmail_api_base: str = setting(
        "EXECOPS_GMAIL_API_BASE",
        value_of.base_url,
        default="https://gmail.googleapis.com",
        about="address of Gmail's API, or of an emulator, which then answers for the sign-in too",
    )
    gmail_timeout: float = setting(
        "EXECOPS_GMAIL_TIMEOUT", value_of.wait, default=30.0, about="seconds for one call to Gmail"
    )
    slack_transport: str = setting(
        "EXECOPS_SLACK_TRANSPORT",
        value_of.choice("outbox", "slack"),
        default="outbox",
        about="outbox: Maildir under the home; slack: Slack's Web API, with SLACK_BOT_TOKEN",
    )
    slack_api_base: str = setting(
        "EXECOPS_SLACK_API_BASE",
        value_of.base_url,
        default="https://slack.com/api/",
        about="address of Slack's Web API, or of an emulator",
    )
    slack_timeout: float = setting(
        "EXECOPS_SLACK_TIMEOUT", value_of.wait, default=10.0, about="seconds for one call to Slack"
    )
    model: str | None = setting(
        "EXECOPS_MODEL", value_of.model, about="rewords drafts, picks metrics; none if unset"
    )
    model_base_url: str | None = setting(
        "EXECOPS_MODEL_BASE_URL",
        value_of.base_url,
        about="address of the model's server, if not the provider's own",
    )
    model_timeout: float = setting(
        "EXECOPS_MODEL_TIMEOUT",
        value_of.seconds,
        default=10.0,
        about="seconds for the model, for each draft or question",
    )
    model_max_tokens: int = setting(
        "EXECOPS_MODEL_MAX_TOKENS",
        value_of.positive,
        default=1500,
        about="tokens in and out, for each draft or question",
    )
    host: str = setting("EXECOPS_HOST", default="127.0.0.1", about="the server's address")
    port: int = setting(
        "EXECOPS_PORT", value_of.port, default=8787, about="the server's port; 0 takes a free one"
    )
    undo_window: float = setting(
        "EXECOPS_UNDO_WINDOW", value_of.seconds, default=5.0, about="seconds between approval and execution"
    )
    send_hours: SendHours | None = setting(
        "EXECOPS_SEND_HOURS",
        send_hours.parse,
        about="hours in which mails to customers leave, by the customer's clock: `8-18`, `Mon-Fri 8-18`; unset: at once",
    )
    remind_after: float | None = setting(
        "EXECOPS_REMIND_AFTER",
        value_of.duration,
        about="time after which an urgent proposal that still waits is told once more: `30m`, `2h`; unset: never",
    )
    bell: str = setting(
        "EXECOPS_BELL",
        value_of.choice("on", "off"),
        default="on",
        about="whether an open inbox rings, and shows a notification of the terminal, for urgent proposals",
    )
    after_decision: str = setting(
        "EXECOPS_AFTER_DECISION",
        value_of.choice("next", "stay"),
        default="next",
        about="whether the inbox's cursor goes to the next proposal that waits after a decision, or stays",
    )
    theme: str | None = setting(
        "EXECOPS_THEME",
        about="the colours of the inbox; `ctrl+p`, Theme chooses, and keeps the choice here",
    )
    expiry_days: int = setting(
        "EXECOPS_EXPIRY_DAYS", value_of.positive, default=14, about="days until a pending proposal expires"
    )
    suspend_below: float | None = setting(
        "EXECOPS_SUSPEND_BELOW",
        value_of.share,
        about="precision, such as 0.5, below which a play or an action type is suspended; unset: none is",
    )
    cooldown_hours: int = setting(
        "EXECOPS_COOLDOWN_HOURS",
        value_of.whole,
        default=48,
        about="hours without a new draft about the same invoices (or other object) after an executed action",
    )
    contact_hours: int = setting(
        "EXECOPS_CONTACT_HOURS",
        value_of.whole,
        default=24,
        about="hours after a message in which a further one to the same customer is asked about; 0 never asks",
    )
    company_name: str | None = setting(
        "EXECOPS_COMPANY_NAME", about="signs the drafts; the name on the invoice if unset"
    )
    signer: str | None = setting(
        "EXECOPS_SIGNER",
        about="name that signs personal notes to large customers, above the company's: `Anna Berg`",
    )
    languages: tuple[str, ...] = setting(
        "EXECOPS_LANGUAGES",
        value_of.languages,
        default=("en",),
        about="languages of mails to customers, your own first: `en,de,fr`; a customer's `preferred_locales` choose",
    )
    email_from: str | None = setting(
        "EXECOPS_EMAIL_FROM", one_mailbox, about="sender of mails: `Billing at Example <billing@example.com>`"
    )
    email_reply_to: str | None = setting(
        "EXECOPS_EMAIL_REPLY_TO", one_mailbox, about="reply address of mails"
    )
    customer_portal_url: str | None = setting(
        "EXECOPS_CUSTOMER_PORTAL_URL",
        portal_link,
        about="page where customers pay and change their card; `{email}` stands for their address",
    )
    high_amount: int = setting(
        "EXECOPS_HIGH_AMOUNT",
        value_of.positive,
        default=1000,
        about="major units of the books' currency; an amount is urgent from there",
    )
    small_amount: int = setting(
        "EXECOPS_SMALL_AMOUNT",
        value_of.whole,
        default=10,
        about="major units below which nobody is reminded, and a first failure waits",
    )
    stripe_sends: tuple[str, ...] = setting(
        "EXECOPS_STRIPE_SENDS",
        value_of.several("failed_payments", "confirmations", "expiring_cards", "reminders", "trial_endings"),
        default=(),
        about="the mails that Stripe sends your customers, comma-separated; drafts about them are low",
    )
    account_owner: str | None = setting(
        "EXECOPS_ACCOUNT_OWNER",
        about="Slack channel or member for messages about large accounts; unset: mail",
    )
    account_owner_email: str | None = setting(
        "EXECOPS_ACCOUNT_OWNER_EMAIL",
        one_address,
        about="address of the account owner; unset: a notice in the inbox",
    )
    finance_channel: str | None = setting(
        "EXECOPS_FINANCE_CHANNEL", about="Slack channel for disputes, payouts, spend; unset: mail"
    )
    finance_email: str | None = setting(
        "EXECOPS_FINANCE_EMAIL",
        one_address,
        about="address of the finance team; unset: a notice in the inbox",
    )
    currency: str = setting(
        "EXECOPS_CURRENCY",
        value_of.currency,
        default="USD",
        about="currency of the company's books and of the runway",
    )
    rates: tuple[tuple[str, str], ...] = setting(
        "EXECOPS_RATES",
        parse_rates,
        default=(),
        about="worth of one unit of other currencies in that of the books: `EUR=1.08 JPY=0.0065`",
    )
    spend_floor: int = setting(
        "EXECOPS_SPEND_FLOOR",
        value_of.whole,
        default=500,
        about="major units of the books' currency; a vendor's month below it, or above its average by less than a fifth of it, is no spike",
    )
    time_zone: str = setting(
        "EXECOPS_TIME_ZONE",
        value_of.zone,
        default="UTC",
        about="time zone of days and months, such as `this month`",
    )
    fiscal_year_start: int | None = setting(
        "EXECOPS_FISCAL_YEAR_START",
        value_of.month,
        about="number of the month in which the fiscal year begins; none if unset",
    )
    canvas_database_url: Secret | None = setting(
        "EXECOPS_CANVAS_DATABASE_URL", Secret, about="a replica that answers the canvas"
    )
    canvas_timeout: int = setting(
        "EXECOPS_CANVAS_TIMEOUT", value_of.positive, default=5, about="seconds an answer may take"
    )
    worker_concurrency: int = setting(
        "EXECOPS_WORKER_CONCURRENCY", value_of.positive, default=4, about="jobs a worker runs at once"
    )

    @cached_property
    def texts(self) -> dict[str, str]:
        """The founder's own words in `EXECOPS_HOME/texts` by the file's name, `card_update.de`, as they are read first.

        `execops.plays.mails.own_texts` checks them. Hidden files and the copies that editors leave (`card_update.de~`) are none of
        them. Raises InvalidInputError for a file that cannot be read as text.
        """
        folder = self.home / "texts"
        try:
            paths = sorted(path for path in folder.iterdir() if not _EDITORS.fullmatch(path.name))
            return {path.name: path.read_text(encoding="utf-8-sig") for path in paths}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as exc:
            raise InvalidInputError(f"The texts in {folder} cannot be read.", hint=str(exc)) from exc

    @property
    def offline(self) -> Settings:
        """The same settings for a process that asks no model and performs nothing: each transport is its default."""
        transports: dict[str, Any] = {
            name: entry.default for name, entry in self.SETTINGS.items() if name.endswith("_transport")
        }
        return replace(self, model=None, **transports)

    @property
    def outbox(self) -> Path:
        """The folder of the outbox transports, one Maildir each."""
        return self.home / "outbox"

    @property
    def reads_stripe(self) -> bool:
        """Whether there is a key to read from Stripe with."""
        return self.stripe_api_key is not None

    @property
    def token_file(self) -> Path:
        """The file with the local founder's token, for the embedded database."""
        return self.home / "token"


def load_settings(
    flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings from `flags` by field name (None is unset), then environment, config file, default.

    Raises InvalidInputError, which names the setting, the origin of its value, and the values that it accepts.
    """
    settings, errors = inspect_settings(flags, environ)
    if errors:
        raise errors[0]
    return settings


def inspect_settings(
    flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Settings, list[InvalidInputError]]:
    """Read the settings as `load_settings` does, with the default for a value that cannot be used, and every error."""
    return loading.read(Settings, flags or {}, os.environ if environ is None else environ)


def unread_variables(environ: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """The environment variables that look like settings and are none, each with the one that was meant, if any is near."""
    from execops.settings import misspelt

    variables = [entry.env for entry in Settings.SETTINGS.values()]
    return misspelt.unread(os.environ if environ is None else environ, variables)
