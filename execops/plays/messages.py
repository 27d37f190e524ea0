"""Messages to a role of one's own team: to its Slack channel, or by mail where no channel is configured."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from execops.adapters import slack
from execops.books.facts import Facts
from execops.model import Json

_LONGEST_SUBJECT = 200  # characters


class TeamRole(StrEnum):
    """The role that a message is for: never only the person who decides."""

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
    """The action type and the payload of a message: a headline, facts in pairs, the request, and a link.

    The link is a label and an address. A sender or a recipient that is not set is left out: see `execops.plays.notes`.
    """
    pairs = [f"{label}: {value}" for label, value in facts_shown]
    text = "\n".join([headline, "", *pairs, "", ask])
    owner = role is TeamRole.ACCOUNT_OWNER
    channel = facts.org["account_owner" if owner else "finance_channel"]
    if channel:
        tail = f"\n\n{slack.link(link[1], link[0])}" if link else ""
        return "slack", {"channel": channel, "text": f"{slack.escape(text)}{tail}\n"}
    tail = f"\n\n{link[0]}: {link[1]}" if link else ""
    ends = {
        "to": facts.org["account_owner_email" if owner else "finance_email"],
        "from": facts.org["email_from"],
    }
    words = {"subject": headline[:_LONGEST_SUBJECT], "text": f"{text}{tail}\n"}
    return "email", {name: address for name, address in ends.items() if address} | words
