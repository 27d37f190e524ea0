"""Messages to a role of one's own team: to its Slack channel, or by mail where none is configured."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from execops.books.facts import Facts
from execops.model import Json

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class TeamRole(StrEnum):
    """Whom a message is for: never only the person who decides."""

    ACCOUNT_OWNER = "account_owner"
    FINANCE = "finance"


def to_team(
    facts: Facts,
    role: TeamRole,
    headline: str,
    facts_shown: Sequence[tuple[str, str]],
    ask: str,
    link: tuple[str, str] | None = None,
) -> tuple[str, Json]:
    """The action type and the payload of a message: a headline, facts in pairs, what is asked, and a link."""
    lines = [f"{label}: {value}" for label, value in facts_shown]
    channel = facts.org["account_owner" if role is TeamRole.ACCOUNT_OWNER else "finance_channel"]
    if channel:
        return "slack", {
            "channel": channel,
            "text": _escaped("\n".join([headline, *lines, ask])),  # the fallback, and what notifications show
            "blocks": _blocks(headline, facts_shown, ask, link),
        }
    address = facts.org["account_owner_email" if role is TeamRole.ACCOUNT_OWNER else "finance_email"]
    where = f"\n\n{link[0]}: {link[1]}" if link else ""
    text = "\n".join([headline, "", *lines, "", ask]) + f"{where}\n"
    return "email", {"to": address, "from": facts.org["email_from"], "subject": headline[:200], "text": text}


def _blocks(
    headline: str, facts_shown: Sequence[tuple[str, str]], ask: str, link: tuple[str, str] | None
) -> list[dict[str, Any]]:
    """Block Kit: https://docs.slack.dev/reference/block-kit/blocks. Outside text is plain text only."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": headline[:150], "emoji": False}}
    ]
    shown = [
        {"type": "plain_text", "text": f"{label}: {value}"[:2000], "emoji": False}
        for label, value in facts_shown
    ]
    blocks += [{"type": "section", "fields": shown[at : at + 10]} for at in range(0, len(shown), 10)]
    blocks.append({"type": "section", "text": {"type": "plain_text", "text": ask[:3000], "emoji": False}})
    if link:
        text = f"<{_escaped(link[1]).replace('|', '%7C')}|{_escaped(link[0])}>"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    return blocks


def _escaped(text: str) -> str:
    """Slack reads `<…>` in text as a link or a mention: https://docs.slack.dev/messaging/formatting-message-text."""
    return text.translate(_ESCAPES)
