"""An angry customer, or one who is leaving, writes to support: answer them. See `execops.plays.support`."""

from __future__ import annotations

from execops.plays import support_drafts
from execops.plays.play import Play
from execops.sources.intercom import TOPICS

PLAY = Play(
    name="angry_customer",
    vertical="customer_fire",
    version=1,
    summary="An angry customer, or one who is leaving, writes to support: answer them",
    action_type="intercom_reply",
    events=TOPICS,
    assess=support_drafts.replies("angry_customer", "Angry or leaving"),
    needs=frozenset({"conversation"}),
)
