"""A heavy customer waits longer than EXECOPS_VIP_WAIT for an answer: answer them. See `execops.plays.support`."""

from __future__ import annotations

from execops.plays import support_drafts
from execops.plays.play import Play
from execops.sources.intercom import TOPICS

PLAY = Play(
    name="vip_waiting",
    vertical="customer_fire",
    version=1,
    summary="A heavy customer waits longer than EXECOPS_VIP_WAIT for an answer: answer them",
    action_type="intercom_reply",
    events=TOPICS,
    assess=support_drafts.replies("vip_waiting", "A heavy customer waits"),
    needs=frozenset({"conversation"}),
)
