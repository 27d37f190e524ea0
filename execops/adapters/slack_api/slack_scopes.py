"""The scopes that the Slack app needs, each with what does not work without it: https://docs.slack.dev/reference/scopes."""

from __future__ import annotations

from execops.adapters.slack_api.slack_client import Identity
from execops.model import Check

NOTIFY = "notify"  # the check of notifications
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


def check(identity: Identity) -> Check:
    """Whether the app behind a token can do its work. An emulator that names no scopes is taken to grant all."""
    if identity.bot_id is None:
        hint = "Set SLACK_BOT_TOKEN to the bot token of your Slack app: it begins with xoxb-."
        return Check("Slack", "bad", "the token is a person's, not the bot's", hint)
    missing = [
        scope for scope in (*NEEDED, *USEFUL) if identity.scopes is not None and scope not in identity.scopes
    ]
    without = "; ".join(f"without {scope} {(NEEDED | USEFUL)[scope]}" for scope in missing)
    consequences = f"{without[:1].upper()}{without[1:]}."
    needed = [scope for scope in missing if scope in NEEDED]
    if needed:
        hint = f"Add the scopes under OAuth & Permissions, and install the app again. {consequences}"
        return Check("Slack", "bad", f"the app lacks: {', '.join(needed)}", hint)
    detail = f"posts to {identity.team} as {identity.user}"
    return Check("Slack", "ok", detail, consequences if missing else None)


def check_direct(identity: Identity, people: int) -> Check:
    """Whether the app can write to so many operators who want to be told of urgent proposals."""
    missing = [
        scope
        for scope in ("chat:write", "im:write", "im:history")
        if identity.scopes is not None and scope not in identity.scopes
    ]
    detail = f"{people} {'operator is' if people == 1 else 'operators are'} told in Slack"
    if not missing:
        return Check(NOTIFY, "ok", detail)
    without = "; ".join(f"without {scope} {(NEEDED | USEFUL)[scope]}" for scope in missing)
    hint = f"Add the scopes under OAuth & Permissions, and install the app again: {without}."
    return Check(
        NOTIFY, "ok" if missing == ["im:history"] else "bad", f"the app lacks: {', '.join(missing)}", hint
    )
