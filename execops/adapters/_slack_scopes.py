"""The scopes that the Slack app needs, each with what does not work without it: https://docs.slack.dev/reference/scopes."""

from __future__ import annotations

from dataclasses import dataclass

from execops.adapters._slack_client import Identity

NEEDED = {
    "chat:write": "no message can be posted",
    "channels:read": "a public channel is not found by its name",
    "channels:history": "an attempt in a public channel that broke off stays unknown",
}
USEFUL = {
    "groups:read": "a private channel is not found by its name",
    "groups:history": "an attempt in a private channel that broke off stays unknown",
    "im:write": "no member can be written to",
    "im:history": "an attempt to write to a member that broke off stays unknown",
    "users:read": "a member is not found by their name",
    "users:read.email": "a member is not found by their mail address",
}


@dataclass(frozen=True, slots=True)
class Access:
    """The app behind a token, and the scopes that it lacks, each with what does not work without it."""

    team: str
    app: str
    is_bot: bool
    missing: dict[str, str]
    missing_useful: dict[str, str]


def access(identity: Identity) -> Access:
    """The access of this app. An emulator that names no scopes is taken to grant all."""
    scopes = identity.scopes

    def lacking(wanted: dict[str, str]) -> dict[str, str]:
        return {} if scopes is None else {scope: why for scope, why in wanted.items() if scope not in scopes}

    return Access(identity.team, identity.user, identity.bot_id is not None, lacking(NEEDED), lacking(USEFUL))
