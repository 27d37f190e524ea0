"""A heavy customer waits longer than EXECOPS_VIP_WAIT for an answer: tell the account owner, else answer them.

A customer of weight wants the person who knows them, not a word that buys time. Without the owner's Slack channel it is a reply.
See `execops.plays.support.support_verdict`.
"""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft
from execops.plays.play import Play
from execops.plays.support import support_drafts
from execops.plays.support import support_verdict as support
from execops.sources.intercom import TOPICS


def assess(facts: Facts) -> Draft | Declined:
    """A Slack message to the account owner where a channel is set, else a reply."""
    verdict = support.assess(facts, "vip_waiting")
    if isinstance(verdict, Declined):
        return verdict
    return support_drafts.to_owner(facts, verdict, "A heavy customer waits")


PLAY = Play(
    name="vip_waiting",
    vertical="customer_fire",
    version=1,
    summary="A heavy customer waits longer than EXECOPS_VIP_WAIT: tell the account owner in Slack, else answer them",
    action_type="intercom_reply",
    events=TOPICS,
    assess=assess,
    needs=frozenset({"conversation"}),
)
