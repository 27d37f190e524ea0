"""The command that mends a line of `status` and `doctor`, for lines whose own hint names none."""

from __future__ import annotations

import re

from msgspec.structs import replace

from execops.model import Check

_NAMED = re.compile(r"\b[Rr]uns?:? |`execops ")
# The command to run, by the name of the check.
COMMANDS = {
    "accepted": "execops connect stripe",
    "connected": "execops connect stripe",
    "database": "execops db status",
    "email": "execops connect smtp, or: execops connect gmail",
    "ignored": "execops events list --status ignored",
    "mode": "execops connect stripe",
    "model": "execops connect model",
    "notify": "execops connect slack",
    "not set": "execops config edit",
    "operator": "execops operators list",
    "overdue": "execops connect stripe",
    "portal": "execops config set customer_portal_url URL",
    "refused": "execops up, which shows a line for each delivery",
    "sender": "execops config set email_from ADDRESS, and: execops config set company_name NAME",
    "sent mails": "execops config set imap_url",
    "server": "execops up",
    "settings": "execops config edit",
    "Slack": "execops connect slack",
    "Stripe API": "execops connect stripe",
    "Stripe acts": "execops connect stripe --write-key -",
    "team": "execops config set account_owner MEMBER, and: execops config set finance_channel CHANNEL",
    "trouble": "execops up --log text, whose lines tell more",
    "webhooks": "execops connect stripe",
}


def with_command(check: Check) -> Check:
    """The check; where something is to be mended and no command is named, with one that mends it."""
    if check.state == "ok" or (check.hint and _NAMED.search(check.hint)):
        return check
    command = COMMANDS.get(check.name)
    return check if command is None else replace(check, hint=f"{check.hint or ''} Run: {command}".strip())
