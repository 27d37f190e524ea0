"""Finds the id of a Slack channel or member by the name that a person wrote.

Slack gives names only in lists, page by page, so an id is kept for a while. A message to a member goes to the direct
conversation with them, whose history can be read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable

from execops.adapters.slack_api.slack_errors import NOTHING, MissingScopeError
from execops.errors import NotAcceptedError, RejectedError
from execops.model import Json
from execops.text.addresses import is_address

Read = Callable[..., Awaitable[Json]]

_CONVERSATION = re.compile(r"[CGD][A-Z0-9]{7,}")  # names of channels have no capitals
_MEMBER = re.compile(r"[UW][A-Z0-9]{7,}")
_KEEP_FOR = 600.0  # seconds; a channel may be renamed, and its name given to another
_MAX_NAMES = 1_000
_PAGE = 999  # the most that Slack gives at once
_MAX_PAGES = 20  # of a list: about 20,000 channels or members


class Directory:
    """The ids of one workspace's channels and members. `read` calls a method of Slack's API with arguments."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._conversations: dict[str, tuple[float, str]] = {}  # by the written name: until when, and the id

    async def conversation(self, written: str) -> str:
        """The id of the conversation that `#name`, `name`, `@member`, a mail address or an id names.

        Raises RejectedError if no conversation, or more than one, has this name, NotAcceptedError if Slack cannot be
        asked now.
        """
        if _CONVERSATION.fullmatch(written):
            return written
        until, conversation = self._conversations.get(written, (0.0, ""))
        if time.monotonic() < until:
            return conversation
        try:
            conversation = await self._find(written)
        except (KeyError, TypeError) as exc:
            raise NotAcceptedError(f"Slack's answer cannot be read. {NOTHING}") from exc
        if len(self._conversations) >= _MAX_NAMES:
            self._conversations.clear()
        self._conversations[written] = (time.monotonic() + _KEEP_FOR, conversation)
        return conversation

    def forget(self, written: str) -> None:
        """Ask again for this name at its next use."""
        self._conversations.pop(written, None)

    async def _find(self, written: str) -> str:
        if _MEMBER.fullmatch(written):
            return await self._direct(written)
        if is_address(written):
            answer = await self._read("users.lookupByEmail", email=written)
            return await self._direct(answer["user"]["id"])
        if written.startswith("@"):
            return await self._direct(await self._member(written))
        return await self._channel(written)

    async def _direct(self, member: str) -> str:
        answer = await self._read("conversations.open", users=member)
        return str(answer["channel"]["id"])

    async def _channel(self, written: str) -> str:
        name, private = written.removeprefix("#").lower(), ""
        try:
            ids = await self._ids_of_channels(name, "public_channel,private_channel")
        except MissingScopeError:  # without the scope groups:read Slack refuses to list private channels
            ids = await self._ids_of_channels(name, "public_channel")
            private = " A private channel is found by its name only with the scope groups:read."
        why = f"Slack has no open channel {written} that the app can see: check the name, or write the channel's id."
        return _only(ids, f"{why}{private}", f"Slack has several channels {written}: write the channel's id.")

    async def _ids_of_channels(self, name: str, types: str) -> list[str]:
        def matches(channel: Json) -> bool:
            return channel.get("name") == name

        return await self._ids(
            "conversations.list", "channels", matches, types=types, exclude_archived="true"
        )

    async def _member(self, written: str) -> str:
        name = written.removeprefix("@").casefold()

        def matches(member: Json) -> bool:
            names = (member.get("name"), (member.get("profile") or {}).get("display_name"))
            active = not member.get("deleted") and not member.get("is_bot")
            return active and any(isinstance(listed, str) and listed.casefold() == name for listed in names)

        ids = await self._ids("users.list", "members", matches)
        several = f"Slack has several members {written}: write the member's id, or their mail address."
        return _only(ids, f"Slack has no active member {written}: check the name.", several)

    async def _ids(
        self, method: str, listed: str, matches: Callable[[Json], bool], **arguments: str
    ) -> list[str]:
        """The ids of the listed objects that match. Raises RejectedError if the list is too long to be read."""
        ids: list[str] = []
        cursor = ""
        for _ in range(_MAX_PAGES):
            more = {"cursor": cursor} if cursor else {}
            answer = await self._read(method, limit=_PAGE, **arguments, **more)
            ids += [entry["id"] for entry in answer[listed] if matches(entry)]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return ids
        raise RejectedError(f"The workspace has too many {listed} to find a name: write the id. {NOTHING}")


def _only(ids: list[str], none: str, several: str) -> str:
    if len({*ids}) != 1:
        raise RejectedError(f"{several if ids else none} {NOTHING}")
    return ids[0]
