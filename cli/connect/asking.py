"""Asks for secrets and choices: hidden in a terminal, from stdin where an option is `-`, and never waiting without a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cli import output, session

if TYPE_CHECKING:
    from execops.settings import Settings


def secret(option: str, value: str | None, question: str) -> str:
    """The secret of an option: `-` reads a line of stdin; a terminal asks, hidden, as without the option. Empty: skipped.

    Raises InvalidInputError for one that stands in the command, where other users of the machine see it.
    """
    from execops.errors import InvalidInputError

    if value == "-" and not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    if value not in {None, "-"}:
        raise InvalidInputError(
            f"{option} takes only -, which reads it from stdin; nothing was stored.",
            hint=f"Everybody on this machine sees the words of a command. Write it to stdin: … {option} - < FILE",
        )
    if not session.interactive():
        return ""
    import getpass

    try:
        with session.asking():
            return getpass.getpass(f"{question} (hidden; Enter skips): ").strip()
    except EOFError:
        output.note()
        return ""


def line(value: str | None, question: str, default: str = "") -> str:
    """The value of an option; without it a terminal asks, elsewhere it is the default."""
    if value is not None or not session.interactive():
        return default if value is None else value.strip()
    try:
        with session.asking():
            return input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
    except EOFError:
        output.note()
        return default


def keep(settings: Settings, **values: Any) -> Settings:  # noqa: ANN401
    """Store these settings by their names, say where, and return the settings with them."""
    import os

    from execops.client import connections
    from execops.settings import load_settings

    texts = {name: text for name, text in values.items() if text}
    show_kept(connections.keep(settings, texts))
    for name, setting in settings.SETTINGS.items():
        if name in texts and os.environ.get(setting.env):
            output.note(
                f"{setting.env} is set in this environment, and wins over the file. Run: unset {setting.env}"
            )
    parsed = load_settings({**texts, "home": settings.home}, {})
    return replace(settings, **{name: getattr(parsed, name) for name in texts})


def show_kept(places: Mapping[str, list[str]]) -> None:
    """Say which settings lie where: see `connections.keep`."""
    for place, names in places.items():
        where = (
            f"Stored in {place}, which only you can read"
            if Path(place).is_absolute()
            else f"Kept in the {place}"
        )
        output.note(f"{where}: {', '.join(names)}")


async def first_message(action_type: str, receiver: str, *, by_model: bool = False) -> None:
    """Put a first message to oneself into the inbox, where the person approves it like any other.

    Where nothing runs yet, or nobody is signed in, say how to ask for it later.
    """
    from cli.trigger import words_by
    from execops.errors import (
        DatabaseUnavailableError,
        NotConfiguredError,
        UnauthenticatedError,
        UnavailableError,
    )
    from jobs.bootstrap import is_started

    option = "--to" if action_type == "email" else "--channel"
    later = f"execops trigger {action_type} {option} {receiver or ('you@…' if action_type == 'email' else '#ops')}"
    later += " --by-model" if by_model else ""
    output.note("Restart servers and workers: stop `execops up` with Ctrl-C, and run it again.")
    if not receiver or not is_started(session.settings()):
        output.note(f"Then send a first message to yourself: {later}")
        return
    try:
        async with session.client() as client:
            requested = await client.proposals.request_first_message(action_type, receiver, by_model=by_model)
    except (
        NotConfiguredError,
        UnauthenticatedError,
        UnavailableError,
        DatabaseUnavailableError,
    ) as exc:
        output.note(f"{exc.message} {exc.hint or ''} Then send a first message to yourself: {later}")
        return
    if requested.model is not None:
        output.note(words_by(requested.model))
    output.note(
        f"Proposal {requested.proposal_id}@{requested.version} is a first message to {receiver}. It waits for you: execops inbox"
    )
