"""Every play's message through the real loop: events, a draft, an approval, an execution, and what arrived.

The mail server and Slack are servers on loopback. What they took is compared with the preview that was approved.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from execops import processing
from execops.adapters.slack_api import slack_transport
from execops.client import Client
from execops.context import Context
from execops.model import Draft, Proposal, Status
from execops.plays.registry import all_plays
from execops.settings import Secret, load_settings
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.drafts import cases
from tests.drafts.cases import Case
from tests.drafts.replay import StandingClock, replay, settings_of
from tests.fake_slack import TOKEN, FakeSlack, called, fake_slack
from tests.mail_servers import Inbox, smtp_server
from tests.payloads import mail_as_received
from tests.plays_table import SCENARIOS, ask
from tests.plays_table import Case as Story
from tests.stripe_events import take_in

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_STORIES = 2  # of each play
# They need months of purchases: test_slack_plays.py sends their messages, and test_smtp.py their mails.
OF_MONTHS = {"new_vendor", "spend_spike"}
# Their messages are sent in test_engineering.py and test_intercom.py.
OF_OTHER_SOURCES = {
    name for name, play in all_plays().items() if play.vertical in {"engineering", "customer_fire"}
}


@cache
def stories() -> tuple[tuple[str, Story], ...]:
    """The first stories of each play that lead to a draft by their events alone."""
    return tuple(
        (play, story)
        for play in sorted(SCENARIOS.keys() - OF_OTHER_SOURCES)
        for story in islice(drafting(play), _STORIES)
    )


def drafting(play: str) -> Iterator[Story]:
    """The stories of a play that lead to a draft by their events alone."""
    for story in SCENARIOS[play]():
        if not story.computed and isinstance(ask(all_plays()[play], story), Draft):
            yield story


@cache
def graded() -> tuple[Case, ...]:
    """The first cases of the plays that need more than their events: what is in the bank, what others pay."""
    of_events, chosen, every_case = {play for play, _ in stories()}, list[Case](), cases.load()
    for play in sorted(all_plays().keys() - of_events):
        with_draft = (
            case
            for case in every_case
            if (play, "draft") in {(grade.play, grade.want) for grade in case.grades}
        )
        chosen += islice(with_draft, _STORIES)
    return tuple(chosen)


def test_every_play_is_here() -> None:
    covered = {play for play, _ in stories()} | {play for case in graded() for play in case.plays}
    assert set(all_plays()) - covered == OF_MONTHS | OF_OTHER_SOURCES


@dataclass
class Outside:
    """The mail server and Slack."""

    mails: Inbox
    slack: FakeSlack

    def transports(self) -> dict[str, str]:
        """The settings that send to both, and that have a channel for each role."""
        return {
            "email_from": '"Zoë & Co., Ltd." <billing@hooli.example>',
            "finance_channel": "#finance",
            "account_owner": "#sales",
            "email_transport": "smtp",
            "smtp_url": self.mails.url(user="").reveal(),
            "slack_transport": "slack",
            "slack_bot_token": TOKEN,
            "slack_api_base": self.slack.url,
        }


@pytest.fixture
async def outside(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    """Both, without a pause between two messages."""
    monkeypatch.setattr(slack_transport, "PACE", 0.0)
    async with smtp_server(None, sign_in=False) as mails, fake_slack() as slack:
        slack.page = 200
        slack.channels.append({"id": "C0ACCOUNT1", "name": "accounts", "is_member": True})
        yield Outside(mails, slack)


@pytest.mark.parametrize(
    ("play", "story"), stories(), ids=[f"{play}-{story.story}" for play, story in stories()]
)
async def test_the_message_of_a_story_arrives_as_it_was_previewed(
    make_settings: MakeSettings, outside: Outside, tmp_path: Path, play: str, story: Story
) -> None:
    chosen = load_settings(outside.transports(), {})
    fields = {name: getattr(chosen, name) for name in outside.transports()}
    async with open_context(replace(make_settings(**fields), **story.settings), pool_size=8) as ctx:
        for payload in story.events:
            await take_in(ctx, payload)
        drafted = await records.proposals_of_play(ctx, play)
        assert drafted
        await assert_arrives(ctx, outside, drafted, tmp_path)


@pytest.mark.parametrize("case", graded(), ids=lambda case: str(case.id))
async def test_the_message_of_a_case_arrives_as_it_was_previewed(
    case: Case, database_url: str, founder_token: Secret, outside: Outside, tmp_path: Path
) -> None:
    home, token = tmp_path / "home", founder_token.reveal()
    settings = settings_of(case, home=home, database_url=database_url, token=token, **outside.transports())
    async with open_context(settings) as opened:
        ctx = replace(opened, clock=StandingClock(NOW))
        replayed = await replay(ctx, case)
        # The database compares with its own clock.
        await records.run(ctx, "update action_proposals set expires_at = now() + interval '1 day'")
        assert replayed.pending
        await assert_arrives(ctx, outside, replayed.pending, tmp_path)


async def assert_arrives(ctx: Context, outside: Outside, drafted: Sequence[Proposal], folder: Path) -> None:
    """Approve each proposal and let its job run; the message that arrives is the one that was previewed."""
    client = await Client.login(ctx, ctx.settings.token)
    sent = 0
    for proposal in drafted:
        preview = await performed(ctx, client, proposal.id)
        sent += proposal.action_type != "notice"
        if proposal.action_type == "email":
            file = folder / str(proposal.id)
            file.write_bytes(outside.mails.contents[-1])
            assert mail_as_received(file) == preview
        if proposal.action_type == "slack":
            assert outside.slack.shows()[-1].partition("\n")[2] == preview.partition("\n")[2]
            assert called(outside.slack.posted[-1]) == []
    assert sent
    assert len(outside.mails.contents) + len(outside.slack.posted) == sent


async def performed(ctx: Context, client: Client, proposal_id: int) -> str:
    """Approve a proposal and let its job run; returns the preview that the approval was about."""
    card = await client.proposals.card(proposal_id)
    await client.proposals.approve(proposal_id, card.proposal.version, again=True)
    await processing.execute_proposal(ctx, proposal_id, 1)
    after = await client.proposals.get(proposal_id)
    assert after.status is Status.EXECUTED, after.outcome
    assert card.preview is not None
    return card.preview
