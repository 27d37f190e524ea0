"""Messages to one's own team: the headline is told once, by channel, mail and notice."""

from __future__ import annotations

from typing import Any

import pytest

from execops.model import NOTICE, Json
from execops.plays.messages import TeamRole, to_team
from tests.facts import facts

ASK = "Please look at it."


def message(headline: str = "A payout failed", **org: Any) -> tuple[str, Json]:
    return to_team(
        facts(org=org), TeamRole.FINANCE, headline, [("Amount", "$1.00")], ASK, ("Open", "https://a.example")
    )


def test_a_channel_has_no_subject_so_the_headline_begins_the_text() -> None:
    action_type, payload = message(finance_channel="#finance")
    assert action_type == "slack"
    assert payload["text"] == (
        "A payout failed\n\nAmount: $1.00\n\nPlease look at it.\n\n<https://a.example|Open>\n"
    )


@pytest.mark.parametrize(
    ("address", "kind", "ask"), [("f@a.example", "email", ASK), (None, NOTICE, "Look at it.")]
)
def test_the_text_of_a_mail_and_of_a_notice_does_not_repeat_the_subject(
    address: str | None, kind: str, ask: str
) -> None:
    action_type, payload = message(finance_channel=None, finance_email=address)
    assert (action_type, payload["subject"]) == (kind, "A payout failed")
    assert payload["text"] == f"Amount: $1.00\n\n{ask}\n\nOpen: https://a.example\n"


def test_a_headline_that_the_subject_cuts_stands_whole_in_the_text() -> None:
    headline = "A payout failed " * 20
    _, payload = message(headline, finance_channel=None, finance_email="f@a.example")
    assert payload["subject"] == headline[:200]
    assert payload["text"].startswith(f"{headline}\n\nAmount: $1.00\n")
