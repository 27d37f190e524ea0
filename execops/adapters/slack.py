"""Posts a Slack message: checks it. A transport, which the settings choose, takes it from there.

The text is written in mrkdwn: see `_mrkdwn`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar, Protocol

from execops.adapters import _checks, _mrkdwn
from execops.adapters._mrkdwn import escape as escape
from execops.adapters._mrkdwn import link as link
from execops.errors import ExecOpsError, InvalidPayloadError
from execops.model import Check, Json
from execops.ports import Field, Messenger, Reconciliation
from execops.settings import Settings
from execops.text.addresses import is_address

_MAX_TEXT = 40_000  # characters, https://docs.slack.dev/reference/methods/chat.postMessage
_CHANNEL = re.compile(r"[#@]?[\w.-]{1,80}")  # an id, or a name


class Transport(Protocol):
    """Takes Slack messages to their readers, as `_mrkdwn.compose` makes them of payloads."""

    def __init__(self, settings: Settings) -> None:
        """Raises NotConfiguredError for settings that it cannot use."""

    @classmethod
    async def diagnose(cls, settings: Settings) -> Sequence[Check]:
        """Check what these settings need of the outside, and post nothing. An error is a check that is bad."""

    def describe(self, channel: str) -> str:
        """Say in words what posting to this channel does."""

    async def post(self, payload: Json, *, key: str) -> Json:
        """Post the message once for this key; returns the result of the execution.

        Raises NotAcceptedError, RejectedError or AmbiguousError.
        """

    async def find(self, payload: Json, *, key: str) -> Reconciliation:
        """Find out whether this message was posted with this key, without posting anything."""

    async def change(self, place: Json, payload: Json, *, key: str) -> None:
        """Give the message whose `post` returned this place the words of the payload. Raises as `post` does."""


def _transport(settings: Settings) -> type[Transport]:
    """The transport that the settings name."""
    if settings.slack_transport == "slack":
        from execops.adapters.slack_api.slack_transport import SlackApi

        return SlackApi
    from execops.adapters.outbox.slack_messages import SlackOutbox

    return SlackOutbox


def create(settings: Settings) -> SlackAdapter:
    """The adapter over the transport that the settings name. Raises NotConfiguredError if its token is not set."""
    return SlackAdapter(_transport(settings)(settings))


def create_messenger(settings: Settings) -> Messenger:
    """The messenger that writes to operators, over the same transport. Raises NotConfiguredError if its token is not set."""
    return _transport(settings)(settings)


async def diagnose(settings: Settings) -> Sequence[Check]:
    """Check the transport that the settings name; nothing is posted."""
    return await _transport(settings).diagnose(settings)


async def diagnose_notifying(settings: Settings, people: int) -> Check:
    """Check the way to so many operators who want to be told; nothing is posted."""
    from execops.adapters.slack_api import slack_scopes

    if not people:
        hint = "To be told of urgent proposals, run: execops notifications on --slack MEMBER"
        return Check(slack_scopes.NOTIFY, "off", "nobody has switched notifications on", hint)
    if settings.slack_transport != "slack":
        hint = "Set EXECOPS_SLACK_TRANSPORT=slack and SLACK_BOT_TOKEN, for the worker too."
        return Check(slack_scopes.NOTIFY, "off", "operators are told in the outbox of the worker alone", hint)
    from execops.adapters.slack_api.slack_client import SlackClient

    try:
        return slack_scopes.check_direct(await SlackClient(settings).identify(), people)
    except ExecOpsError as exc:
        return Check(slack_scopes.NOTIFY, "bad", exc.message, exc.hint)


class SlackAdapter:
    """Posts one message to one channel; its blocks are made from the text."""

    action_type: ClassVar[str] = "slack"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="channel", label="Channel"),
        Field(name="text", label="Text", words=True, lines=True),
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = True

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless Slack would accept this message."""
        if "blocks" in payload:
            raise InvalidPayloadError(
                "The Slack message's blocks are made from its text: edit the text, and leave blocks out.",
                field="blocks",
            )
        _checks.check_fields(payload, self.fields, "Slack message")
        if not _CHANNEL.fullmatch(payload["channel"]) and not is_address(payload["channel"]):
            raise InvalidPayloadError(
                f"The Slack message's channel is not one channel: {payload['channel']!r}.", field="channel"
            )
        if not _checks.is_text(payload["text"]):
            raise InvalidPayloadError("The Slack message's text has control characters.", field="text")
        text = _mrkdwn.without_mentions(payload["text"])  # as it is sent: `&` takes five characters there
        if not _mrkdwn.displayed_text(text).strip():
            raise InvalidPayloadError("The Slack message's text shows nothing in Slack.", field="text")
        if len(text) > _MAX_TEXT:
            raise InvalidPayloadError(
                f"The Slack message's text is over {_MAX_TEXT} characters.", field="text"
            )
        if _mrkdwn.has_long_markup(text):
            raise InvalidPayloadError(
                f"The Slack message's text has a link over {_mrkdwn.LONGEST} characters.", field="text"
            )

    def describe(self, payload: Json) -> str:
        """Say in words what posting does."""
        return self._transport.describe(payload["channel"])

    def preview(self, payload: Json) -> str:
        """The message as its readers see it: the channel, an empty line, the text.

        A link shows its label, an entity its character. Marks such as `*bold*` stay as they are written.
        """
        text = _mrkdwn.displayed_text(_mrkdwn.without_mentions(payload["text"]))
        return f"Channel: {payload['channel']}\n\n{text}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Post the message once for this key. Raises NotAcceptedError, RejectedError, AmbiguousError."""
        return await self._transport.post(payload, key=idempotency_key)

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Ask the transport whether it posted the message of this key and this payload."""
        return await self._transport.find(payload, key=idempotency_key)
