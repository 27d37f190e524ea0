"""Searches the history of a Slack conversation for a message of our own with an idempotency key."""

from __future__ import annotations

import html
import re
import time
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import timedelta

from msgspec import Struct

from execops.adapters.slack_api.slack_client import Identity
from execops.model import Json

EVENT_TYPE = "execops_action"
_PAGE = (
    200  # messages; Slack recommends no more: https://docs.slack.dev/reference/methods/conversations.history
)
_LINK = re.compile(r"<(?:[^<>|]*\|)?([^<>|]+)>")
# The name of an emoji has a letter, or is one of four numbers. A time such as 10:20:30 holds none.
_NUMBERS = r":(?:[+-]1|100|1234):"
_SHORTCODE = re.compile(rf":(?=[^:]*[a-z])[a-z0-9_+'-]+:|(?<!\d){_NUMBERS}|{_NUMBERS}(?!\d)")
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")
_EMOJI = frozenset("‼⁉ℹ↔◻◼◽◾⤴⤵〰〽")  # those of no category below
_UNSEEN = frozenset(
    {"So", "Sk", "Mn", "Me", "Cf", "Cc", "Zs", "Zl", "Zp"}
)  # emoji, their modifiers, white space


class Look(Struct, frozen=True):
    """The result of a search: the `ts` of the message if it was there; `whole` if the history was read to its end."""

    ts: str | None = None
    same_words: bool = False
    whole: bool = False


def metadata(key: str) -> Json:
    """The metadata of a message. It holds the key alone, because every app of the workspace can read it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


async def search(
    read: Callable[..., Awaitable[Json]],
    identity: Identity,
    channel: str,
    message: Json,
    key: str,
    *,
    back: timedelta,
    pages: int,
) -> Look:
    """Search the newest pages of the history, not further back than `back`. Raises the errors of `read`."""
    oldest = f"{time.time() - back.total_seconds():.6f}"
    cursor = ""
    for _ in range(pages):
        more = {"cursor": cursor} if cursor else {}
        answer = await read(
            "conversations.history",
            channel=channel,
            oldest=oldest,
            limit=_PAGE,
            include_all_metadata=True,
            **more,
        )
        for entry in answer.get("messages") or []:
            if _is_ours(entry, identity, key):
                same_words = _words(entry.get("text") or "") == _words(message["text"])
                return Look(str(entry["ts"]), same_words)
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:  # `is_limited`: a free workspace hides its older messages
            return Look(whole=not answer.get("has_more") and not answer.get("is_limited"))
    return Look()


def _is_ours(entry: Json, identity: Identity, key: str) -> bool:
    """Whether our own bot posted this entry under this key: another app can read the key, and copy it."""
    field, ours = ("bot_id", identity.bot_id) if identity.bot_id else ("user", identity.user_id)
    return entry.get(field) == ours and _carried(entry.get("metadata") or {}) == (EVENT_TYPE, key)


def _carried(carried: Json) -> tuple[object, object]:
    return carried.get("event_type"), (carried.get("event_payload") or {}).get("key")


def _words(text: str) -> str:
    """The words of a text, without what Slack may write in another way.

    Slack makes links of addresses that stand in the text, turns emoji into `:shortcodes:`, and drops white space.
    """
    plain = _SHORTCODE.sub("", html.unescape(_LINK.sub(r"\1", text)))
    characters = unicodedata.normalize("NFC", _KEYCAP.sub("", plain))
    return "".join(
        character
        for character in characters
        if character not in _EMOJI and unicodedata.category(character) not in _UNSEEN
    )
