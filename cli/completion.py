"""Completions of arguments for a shell: ids, states, plays, types, metrics. `execops --install-completion` sets it up.

A completion that cannot be found out, because nobody is signed in or no database runs, completes nothing and says nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from execops.client import Client

Completions = list[tuple[str, str]]  # what stands in the line, and what a shell shows beside
_MOST = 50  # ids that a shell offers
_SECONDS = 2.0  # that a person waits for the database after the tab key


def statuses(incomplete: str) -> Completions:
    """The statuses of proposals, and `all`."""
    from execops.model import Status

    return _beginning(incomplete, [(status.value, "") for status in Status] + [("all", "every status")])


def event_statuses(incomplete: str) -> Completions:
    """The statuses of events."""
    from execops.model import EventStatus

    return _beginning(incomplete, [(status.value, "") for status in EventStatus])


def metrics(incomplete: str) -> Completions:
    """The metrics of the canvas, each with its title."""
    from execops.client.questions import catalogue

    return _beginning(incomplete, [(metric.name, metric.title) for metric in catalogue.load().values()])


def pending(incomplete: str) -> Completions:
    """The proposals that wait, as `ID@VERSION`, the most urgent first."""

    async def read(client: Client) -> Completions:
        return [(f"{row.id}@{row.version}", row.title) for row in await client.proposals.inbox(limit=_MOST)]

    return _beginning(incomplete, _asked(read))


def proposals(incomplete: str) -> Completions:
    """The ids of the newest proposals, of every status."""

    async def read(client: Client) -> Completions:
        return [(str(row.id), row.title) for row in await client.proposals.history(limit=_MOST)]

    return _beginning(incomplete, _asked(read))


def events(incomplete: str) -> Completions:
    """The ids of the newest events."""

    async def read(client: Client) -> Completions:
        return [(str(event["id"]), event["type"]) for event in await client.events.list(limit=_MOST)]

    return _beginning(incomplete, _asked(read))


def event_types(incomplete: str) -> Completions:
    """The types of the newest events."""

    async def read(client: Client) -> Completions:
        return [(event["type"], "") for event in await client.events.list(limit=1000)]

    return _beginning(incomplete, list(dict.fromkeys(_asked(read))))


def plays(incomplete: str) -> Completions:
    """The plays, each with its summary."""

    async def read(client: Client) -> Completions:
        return [(play.name, play.summary) for play in await client.plays.list()]

    return _beginning(incomplete, _asked(read))


def actions(incomplete: str) -> Completions:
    """The action types."""

    async def read(client: Client) -> Completions:
        return [(action.name, "") for action in await client.plays.actions()]

    return _beginning(incomplete, _asked(read))


def suppressed(incomplete: str) -> Completions:
    """The customers who are never contacted, each with the reason."""

    async def read(client: Client) -> Completions:
        return [(entry.subject_key, entry.why or "") for entry in await client.suppressions.list()]

    return _beginning(incomplete, _asked(read))


def settings(incomplete: str) -> Completions:
    """The names of the settings, each with what it is."""
    from execops.settings import Settings

    return _beginning(incomplete, [(name, setting.about) for name, setting in Settings.SETTINGS.items()])


def _beginning(incomplete: str, offered: Sequence[tuple[str, str]]) -> Completions:
    """Those that begin with what was typed; what comes from outside cannot command the terminal."""
    from cli import output

    return [(word, output.clean(beside)) for word, beside in offered if word.startswith(incomplete)]


def _asked(read: Callable[[Client], Awaitable[Completions]]) -> Completions:
    """The answer of the database within two seconds; nothing where it cannot be asked."""
    import asyncio
    import logging

    from cli import session
    from execops.errors import ExecOpsError
    from jobs.bootstrap import local_token

    async def ask() -> Completions:
        async with asyncio.timeout(_SECONDS), session.client() as client:
            return await read(client)

    logging.disable()  # a warning would stand in the line that is completed
    try:
        # Without a token, a home without data stays without.
        if session.server() is None and local_token(session.settings()) is None:
            return []
        return asyncio.run(ask())
    except (ExecOpsError, TimeoutError):
        return []
