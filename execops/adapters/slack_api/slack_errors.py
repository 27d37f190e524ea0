"""Slack's error codes in words: https://docs.slack.dev/reference/methods/chat.postMessage#errors.

A code is either a refusal for good, or a refusal for now; any other answer leaves open whether the message was posted.
Slack says of `fatal_error` and `internal_error` that a part of the operation may have succeeded, and an unknown code may
mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from execops.errors import AdapterError, AmbiguousError, NotAcceptedError, RejectedError

_CREDENTIAL = (
    "Slack does not accept SLACK_BOT_TOKEN ({code}): set the bot token of the app as it is installed now"
)
_ADMIN = "The workspace does not let the app post to {channel} ({code}): ask an administrator, or choose another channel"
_LONG = "The message is too long for Slack ({code}): shorten its text"
_PERSON = "Slack knows no active member {channel} ({code}): choose another channel or member"
_DEFECT = (
    "Slack does not understand this version of ExecOps ({code}): upgrade ExecOps, or use the outbox meanwhile"
)
_ALLOWANCE = (
    "The app may not post in this workspace ({code}): let an administrator allow and install it again"
)

_MISSING_SCOPE = "missing_scope"
_REFUSED: dict[str, str] = {
    "not_in_channel": "The app is not in {channel}: write `/invite @{app}` there",
    "channel_not_found": "The app sees no channel {channel}: check the name, and invite the app if the channel is private",
    "is_archived": "{channel} is archived: choose another channel, or take it out of the archive",
    _MISSING_SCOPE: "The app lacks the scope {needed}: add it under OAuth & Permissions, and install the app again",
    "no_permission": "The app has no permission to post to {channel}: write `/invite @{app}` there",
    "messages_tab_disabled": "The app takes no direct messages: switch on its Messages Tab under App Home",
    "metadata_must_be_sent_from_app": "SLACK_BOT_TOKEN is not the token of a bot ({code}): set the app's Bot User OAuth Token",
    "not_allowed_token_type": "SLACK_BOT_TOKEN is not the token of a bot ({code}): set the app's Bot User OAuth Token",
    "cannot_dm_bot": "{channel} is an app, which reads no messages: choose another channel or member",
    "message_not_found": "The message to {channel} is gone ({code}): it keeps no words any more",
    "edit_window_closed": "The workspace lets nobody change a message that old ({code}): look in the inbox",
    "no_text": "The message is empty: write its text",
    **dict.fromkeys(
        (
            "not_authed",
            "invalid_auth",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "two_factor_setup_required",
        ),
        _CREDENTIAL,
    ),
    **dict.fromkeys(
        (
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "restricted_action_thread_locked",
            "ekm_access_denied",
            "slack_connect_file_link_sharing_blocked",
            "slack_connect_canvas_sharing_blocked",
            "slack_connect_lists_sharing_blocked",
        ),
        _ADMIN,
    ),
    **dict.fromkeys(("msg_too_long", "msg_blocks_too_long", "attachment_payload_limit_exceeded"), _LONG),
    **dict.fromkeys(
        (
            "user_not_found",
            "users_not_found",
            "user_disabled",
            "user_not_visible",
            "invalid_user_combination",
        ),
        _PERSON,
    ),
    **dict.fromkeys(
        (
            "access_denied",
            "accesslimited",
            "app_access_restricted",
            "enterprise_is_restricted",
            "team_access_not_granted",
            "team_not_found",
            "as_user_not_supported",
        ),
        _ALLOWANCE,
    ),
    **dict.fromkeys(
        (
            "cannot_reply_to_message",
            "cant_update_message",
            "deprecated_endpoint",
            "duplicate_channel_not_found",
            "duplicate_message_not_found",
            "invalid_arg_name",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_charset",
            "invalid_form_data",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_post_type",
            "markdown_text_conflict",
            "metadata_too_large",
            "method_deprecated",
            "missing_file_data",
            "missing_post_type",
            "too_many_attachments",
            "too_many_contact_cards",
            "unknown_method",
        ),
        _DEFECT,
    ),
}
_MIGRATION = 600.0  # seconds
# The message was not posted, and may be later: the pause in seconds where Slack names none.
_LATER: dict[str, float | None] = {
    "ratelimited": None,
    "rate_limited": None,
    "message_limit_exceeded": 60.0,
    "request_timeout": None,  # the request did not arrive whole
    "org_login_required": _MIGRATION,
    "team_added_to_org": _MIGRATION,
    "external_channel_migrating": _MIGRATION,
}
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
NOTHING = "Nothing was posted."
DOUBT = "The message may be posted."


class MissingScopeError(RejectedError):
    """The app lacks a scope that the call needs: https://docs.slack.dev/reference/scopes."""


def from_answer(
    status: int,
    headers: Mapping[str, str],
    body: Any,  # noqa: ANN401
    *,
    posts: bool,
    channel: str,
    app: str,
) -> AdapterError:
    """The error that an answer of Slack other than `ok` means; `channel` and `app` are names for its sentence.

    A doubtful answer is ambiguous only to a call that `posts`.
    """
    answer = body if isinstance(body, dict) else {}
    code = str(answer.get("error") or "")
    if status == _TOO_MANY_REQUESTS or code in _LATER:
        wait = _seconds(headers.get("Retry-After"))
        why = f"Slack asks to wait ({code or status})"
        return NotAcceptedError(f"{why}. {NOTHING}", retry_after=_LATER.get(code) if wait is None else wait)
    if status < _SERVER_ERROR and code in _REFUSED:
        needed = re.sub(r"[^\w:.,-]", "", str(answer.get("needed") or "")) or "that this needs"
        sentence = _REFUSED[code].format(channel=channel, app=app, code=code, needed=needed)
        error = MissingScopeError if code == _MISSING_SCOPE else RejectedError
        return error(f"{sentence}. {NOTHING}")
    why = f"Slack answered {status} ({re.sub(r'[^a-z_]', '', code) or 'a body that cannot be read'})"
    return AmbiguousError(f"{why}. {DOUBT}") if posts else NotAcceptedError(f"{why}. {NOTHING}")


def _seconds(text: str | None) -> float | None:
    """The seconds of a `Retry-After` header; None if it holds none."""
    return float(text) if text and re.fullmatch(r"\d{1,6}", text.strip()) else None
