"""An angry customer, or one who is leaving, writes to support: answer them. See `execops.plays.support.support_verdict`."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft
from execops.plays.play import Play
from execops.plays.support import support_drafts
from execops.plays.support import support_verdict as support
from execops.sources.intercom import TOPICS


def assess(facts: Facts) -> Draft | Declined:
    """A reply: whoever burns wants a word from the team, before anybody inside is told."""
    verdict = support.assess(facts, "angry_customer")
    return (
        verdict if isinstance(verdict, Declined) else support_drafts.reply(facts, verdict, "Angry or leaving")
    )


PLAY = Play(
    name="angry_customer",
    vertical="customer_fire",
    version=1,
    summary="An angry customer, or one who is leaving, writes to support: answer them",
    action_type="intercom_reply",
    events=TOPICS,
    assess=assess,
    needs=frozenset({"conversation"}),
)
