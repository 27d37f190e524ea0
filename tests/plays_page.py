"""The page of the plays: by vertical, the events that each one answers, its action, and what it drafts.

`python -m tests.plays_page` prints docs/plays.md. The rows are those of the plays themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from execops.plays.play import Play
from execops.plays.registry import all_plays
from execops.sources.intercom import TOPICS

TITLES = {
    "money": "Money",
    "customer_fire": "Customer Fire",
    "engineering": "Engineering",
}
_HEAD = """# Plays

`python -m tests.plays_page` makes this page from the code. A play is a rule that drafts one kind of proposal from an event.
[Who is written to at all](judgement.md), and [every draft](drafts.md), have pages of their own.
"""
_TAIL = """A `notice` is for you alone: you acknowledge it, and nothing is sent. Name a Slack channel or an address of the role
(`EXECOPS_FINANCE_CHANNEL`, `EXECOPS_FINANCE_EMAIL`, `EXECOPS_ACCOUNT_OWNER`, `EXECOPS_ACCOUNT_OWNER_EMAIL`), and the same
words become a Slack message or a mail to that role.
"""


def page() -> str:
    """The page, ready to be written to docs/plays.md."""
    return "\n".join([_HEAD, *_verticals(), _TAIL])


def _verticals() -> Iterator[str]:
    plays = sorted(all_plays().values(), key=lambda play: play.name)
    for vertical, title in TITLES.items():
        yield f"## {title}\n\n| play | event | action | the draft |\n|---|---|---|---|"
        yield from (_row(play) for play in plays if play.vertical == vertical)
        yield ""


def _row(play: Play) -> str:
    events = ", ".join(f"`{name}`" for name in sorted(play.events))
    if play.events == TOPICS:
        events = "every topic of conversations at Intercom"
    return f"| `{play.name}` | {events} | {play.action_type} | {play.summary} |"


if __name__ == "__main__":
    print(page(), end="")
