"""Messages to a role of one's own team: to its Slack channel, else by mail, else as a notice.

A notice is for the person who decides: a team of one needs no mail to itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from execops.adapters import slack
from execops.books.facts import Facts
from execops.model import NOTICE, Json
from execops.text import clean_line
from execops.text.links import without_sites

_LONGEST_SUBJECT = 200  # characters
_LONGEST_FACT = 1000
_COURTESY = re.compile(r"\bPlease (\w)")  # nobody says please to oneself


class TeamRole(StrEnum):
    """The role that a message is for."""

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

    The link is a label and an address. If neither a channel nor an address of the role is set, it is a notice. The
    headline is the subject of a mail and of a notice, and their text does not repeat it, unless the subject cuts it. The
    sender of a mail is left out where it is not set: see `execops.plays.notes`.
    """
    # One line each, so that no words of a stranger look like a further fact, or like the request.
    pairs = [f"{label}: {clean_line(value, limit=_LONGEST_FACT)}" for label, value in facts_shown]
    owner = role is TeamRole.ACCOUNT_OWNER
    channel = facts.org["account_owner" if owner else "finance_channel"]
    if channel:
        tail = f"\n\n{slack.link(link[1], link[0])}" if link else ""
        text = slack.escape("\n".join([headline, "", *pairs, "", ask]))
        return "slack", {"channel": channel, "text": f"{text}{tail}\n"}
    tail = f"\n\n{link[0]}: {link[1]}" if link else ""
    to, sender = facts.org["account_owner_email" if owner else "finance_email"], facts.org["email_from"]
    if to:  # mail programs make links of bare sites too
        headline, pairs = without_sites(headline), [without_sites(pair) for pair in pairs]
    subject = headline[:_LONGEST_SUBJECT]
    head = [] if subject == headline else [headline, ""]
    if not to:
        ask = _COURTESY.sub(lambda match: match[1].upper(), ask)
    text = "\n".join([*head, *pairs, "", ask])
    if not to:
        return NOTICE, {"subject": subject, "text": f"{text}{tail}\n"}
    ends = {"to": to, "from": sender} if sender else {"to": to}
    return "email", ends | {"subject": subject, "text": f"{text}{tail}\n"}
