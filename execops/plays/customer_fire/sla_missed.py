"""The time of an SLA is over, or nearly: answer the customer, or tell the team where nobody took it.

Only an answer keeps an SLA, so before its time is over this is a reply. Afterwards a conversation that nobody is assigned to
needs a teammate first. See `execops.plays.support.support_verdict`.
"""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft
from execops.plays.play import Play
from execops.plays.support import support_drafts
from execops.plays.support import support_verdict as support
from execops.sources.intercom import TOPICS

_TITLE = "SLA"


def assess(facts: Facts) -> Draft | Declined:
    """A reply; a note where the SLA is missed and nobody is assigned."""
    verdict = support.assess(facts, "sla_missed")
    if isinstance(verdict, Declined):
        return verdict
    missed_at = support.sla_due(facts)
    is_missed = missed_at is not None and facts.today >= missed_at
    if missed_at is not None and is_missed and facts.state.get("assigned") is False:
        return support_drafts.note(facts, verdict, _TITLE, missed_at)
    return support_drafts.reply(facts, verdict, _TITLE)


PLAY = Play(
    name="sla_missed",
    vertical="customer_fire",
    version=1,
    summary="The time of an SLA is over, or nearly: answer the customer, or tell the team where nobody is assigned",
    action_type="intercom_reply",
    events=TOPICS,
    assess=assess,
    needs=frozenset({"conversation"}),
)
