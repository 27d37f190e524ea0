"""Replies to a customer in a support conversation at Intercom. See `_intercom`."""

from __future__ import annotations

from typing import ClassVar

from execops.adapters._intercom import IntercomAdapter
from execops.settings import Settings


def create(settings: Settings) -> ReplyAdapter:
    """The adapter; without a token it writes nothing."""
    return ReplyAdapter(settings)


class ReplyAdapter(IntercomAdapter):
    """Writes one reply."""

    action_type: ClassVar[str] = "intercom_reply"
    message_type: ClassVar[str] = "comment"
    noun: ClassVar[str] = "reply"
