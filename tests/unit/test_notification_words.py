"""The words of a message to an operator: text from outside is one line, and escaped."""

from __future__ import annotations

import pytest

from execops.authority.audit import Head
from execops.model import Status
from execops.proposals import notification_words
from tests.tui.scenes import NOW, proposal

HOSTILE = "<!channel> *Acme*\n<https://evil.example|pay here> & co"
HEAD = Head(7, "ab" * 32)


@pytest.mark.parametrize("reminder", [False, True])
def test_a_title_of_what_waits_is_escaped(reminder: bool) -> None:
    text = notification_words.waiting(proposal(1, 5, title=HOSTILE), HEAD, reminder=reminder)
    assert "&lt;!channel&gt; *Acme* &lt;https://evil.example|pay here&gt; &amp; co" in text.splitlines()[0]


def test_names_and_outcomes_are_escaped_once_it_is_decided() -> None:
    decided = proposal(1, 5, title=HOSTILE, status=Status.EXECUTED, outcome="<@U1> is paid")
    text = notification_words.outcome(decided, HEAD, by="<!here>", leaves=None, now=NOW)
    assert "by &lt;!here&gt;" in text
    assert "&lt;@U1&gt; is paid" in text
    assert "<" not in text
