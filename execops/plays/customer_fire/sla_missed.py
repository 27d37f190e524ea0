"""The time of an SLA is over, or nearly: answer the customer. See `execops.plays.support`."""

from __future__ import annotations

from execops.plays import support_drafts
from execops.plays.play import Play
from execops.sources.intercom import TOPICS

PLAY = Play(
    name="sla_missed",
    vertical="customer_fire",
    version=1,
    summary="The time of an SLA is over, or nearly: answer the customer",
    action_type="intercom_reply",
    events=TOPICS,
    assess=support_drafts.replies("sla_missed", "SLA"),
    needs=frozenset({"conversation"}),
)
