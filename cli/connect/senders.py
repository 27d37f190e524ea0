"""`execops connect slack|smtp|model`: takes what signs in, tries it without sending, and ends with a message to oneself.

The message is a proposal like any other: it goes out when the person approves it in the inbox.
"""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace

from cli import output, session
from cli.connect import asking

_STDIN = "Read it from stdin."


def slack(
    token: Annotated[str | None, typer.Option(metavar="-", help=_STDIN, show_default=False)] = None,
    channel: Annotated[
        str | None,
        typer.Option(metavar="CHANNEL", help="Your own channel, such as #ops.", show_default=False),
    ] = None,
) -> None:
    """Connect Slack: the bot's token, then a first message to yourself, which you approve."""

    async def command() -> None:
        from execops.client import connections
        from execops.errors import InvalidInputError, NotConfiguredError
        from execops.settings import Secret

        settings = session.settings()
        connections.require_writable(settings)
        if token is None:
            output.note(
                "At https://api.slack.com/apps make an app with a bot, install it, and copy its bot token."
            )
            output.note("Its scopes stand in docs/operations.md, under Slack; the token is tried now.")
        bot = asking.secret("--token", token, "The bot token, xoxb-…")
        if not bot.startswith("xoxb-"):
            raise InvalidInputError(
                "That is no bot token: one begins with xoxb-. Nothing was stored.",
                hint="It stands in the app's page under OAuth & Permissions. Then run: execops connect slack",
            )
        check = await connections.check_slack(
            replace(settings, slack_bot_token=Secret(bot), slack_transport="slack")
        )
        if check.state == "bad":
            raise NotConfiguredError(
                f"{check.detail} Nothing was stored.",
                hint=f"{check.hint or ''} Then run: execops connect slack",
            )
        output.note(f"✓ {output.clean(check.detail)}")
        if check.hint:
            output.note(f"  {output.clean(check.hint)}")
        asking.keep(settings, slack_bot_token=bot, slack_transport="slack")
        await asking.first_message("slack", asking.line(channel, "Your own channel, such as #ops"))

    session.run(command())


def smtp(
    url: Annotated[str | None, typer.Option(metavar="-", help=_STDIN, show_default=False)] = None,
    sender: Annotated[
        str | None,
        typer.Option(metavar="MAILBOX", help="Billing at Example <billing@example.com>", show_default=False),
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Your own mail address.", show_default=False)
    ] = None,
) -> None:
    """Connect a mail server: its address with the account, the sender, then a first mail to yourself, which you approve."""

    async def command() -> None:
        from execops.client import connections
        from execops.errors import AdapterError, InvalidInputError, NotConfiguredError
        from execops.settings import Secret

        settings = session.settings()
        connections.require_writable(settings)
        address = asking.secret("--url", url, "smtp://user:password@host:587, or smtps://…:465")
        if not address:
            raise InvalidInputError(
                "There is no address of a mail server; nothing was stored.",
                hint="Run: execops connect smtp, in a terminal, or with --url - and the address on stdin.",
            )
        mailbox = asking.line(sender, "The sender", settings.email_from or "")
        if mailbox:
            _require_usable("The sender", email_from=mailbox)
        try:
            proven = await connections.check_mail(replace(settings, smtp_url=Secret(address)))
        except AdapterError as exc:
            raise NotConfiguredError(f"{exc.message} Nothing was stored.", hint=exc.hint) from exc
        output.note(f"✓ {output.clean(proven)}")
        asking.keep(settings, smtp_url=address, email_transport="smtp", email_from=mailbox)
        await asking.first_message("email", asking.line(to, "Your own mail address"))

    session.run(command())


def _require_usable(what: str, **setting: str) -> None:
    """Raise InvalidInputError, before anything is stored, for a value that the setting does not take."""
    from execops.errors import InvalidInputError
    from execops.settings import load_settings

    try:
        load_settings(setting, {})
    except InvalidInputError as exc:
        raise InvalidInputError(f"{what} cannot be used; nothing was stored.", hint=exc.hint) from exc


def model(
    name: Annotated[
        str | None, typer.Argument(metavar="[PROVIDER:MODEL]", help="Such as openai:gpt-4.1-mini.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Your own mail address.", show_default=False)
    ] = None,
) -> None:
    """Connect a model, which rewords drafts and picks metrics, then a first mail to yourself in its words.

    The key stays in its provider's variable, such as OPENAI_API_KEY.
    """

    async def command() -> None:
        from execops.client import connections, diagnosis
        from execops.errors import InvalidInputError, NotConfiguredError

        settings = session.settings()
        connections.require_writable(settings)
        chosen = asking.line(name, "The model, such as openai:gpt-4.1-mini", settings.model or "")
        if not chosen:
            raise InvalidInputError(
                "There is no model; nothing was stored.", hint="Run: execops connect model PROVIDER:MODEL"
            )
        _require_usable("The name of the model", model=chosen)
        try:
            await diagnosis.load_model(replace(settings, model=chosen))
        except NotConfiguredError as exc:
            raise NotConfiguredError(f"{exc.message} Nothing was stored.", hint=exc.hint) from exc
        asking.keep(settings, model=chosen)
        await asking.first_message("email", asking.line(to, "Your own mail address"), by_model=True)

    session.run(command())
