"""Slack's API: one message for a key, whatever breaks; each error in one sentence; names, pace, mentions, logs."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execops.adapters import _mrkdwn, create_adapters, slack
from execops.adapters.slack_api import slack_errors, slack_transport
from execops.adapters.slack_api.slack_history import _words
from execops.errors import (
    AdapterError,
    AmbiguousError,
    InvalidPayloadError,
    NotAcceptedError,
    NotConfiguredError,
    RejectedError,
)
from execops.model import Check, Json
from execops.ports import Adapter, Happened
from execops.settings import Settings, load_settings
from tests.fake_slack import TOKEN, FakeSlack, Reply, Request, called, fake_slack, refusal
from tests.payloads import PAYLOADS
from tests.serving import Cut

KEY = "execops-default-7-2-1"
PAYLOAD = PAYLOADS["slack"]
FINANCE = "C0FINANCE1"
POST = "chat.postMessage"
HISTORY = "conversations.history"


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a pause between messages nor one before a message counts as not posted."""
    monkeypatch.setattr(slack_transport, "PACE", 0.0)
    monkeypatch.setattr(slack_transport, "SETTLED_AFTER", 0.0)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    """A fake of Slack."""
    async with fake_slack() as server:
        yield server


@pytest.fixture
def adapter(fake: FakeSlack) -> Adapter:
    """The adapter that posts to the fake."""
    return create_adapters(fake.settings())["slack"]


def impatient(fake: FakeSlack) -> Adapter:
    """An adapter that waits only a moment for an answer."""
    return create_adapters(fake.settings(slack_timeout="1"))["slack"]


def answering(fake: FakeSlack, method: str, *replies: Reply) -> None:
    """Let the fake answer the next calls of a method with these replies."""
    waiting = list(replies)

    def script(request: Request) -> Reply | None:
        return waiting.pop(0) if request.method == method and waiting else None

    fake.script = script


async def perform(adapter: Adapter, **changes: Any) -> Json:
    return await adapter.perform(PAYLOAD | changes, idempotency_key=KEY)


async def happened(adapter: Adapter, **changes: Any) -> Happened:
    return (await adapter.reconcile(PAYLOAD | changes, idempotency_key=KEY)).happened


# The settings


def test_a_token_alone_changes_nothing() -> None:
    settings = load_settings({"slack_bot_token": TOKEN}, {})
    assert "nothing leaves this machine" in create_adapters(settings)["slack"].describe(PAYLOAD)


@pytest.mark.parametrize("token", [None, " "])
def test_the_transport_without_a_token_is_refused_at_the_start(token: str | None) -> None:
    settings = load_settings({"slack_transport": "slack", "slack_bot_token": token}, {})
    with pytest.raises(NotConfiguredError, match="SLACK_BOT_TOKEN is not set") as refused:
        create_adapters(settings)
    assert "EXECOPS_SLACK_TRANSPORT=outbox" in (refused.value.hint or "")


# The message


async def test_a_message_carries_the_key_alone_and_shows_what_is_written(
    fake: FakeSlack, adapter: Adapter
) -> None:
    result = await perform(adapter)
    [message] = fake.posted
    assert message["metadata"] == {"event_type": "execops_action", "event_payload": {"key": KEY}}
    assert {
        name: message[name] for name in ("mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media")
    } == {
        "mrkdwn": True,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    ts = message["ts"]
    assert result == {
        "transport": "slack",
        "channel": FINANCE,
        "ts": ts,
        "permalink": f"https://hooli.slack.com/archives/{FINANCE}/p{ts.replace('.', '')}",
    }
    assert called(message) == []
    assert KEY not in message["text"] + str(message["blocks"])
    assert adapter.describe(PAYLOAD) == "posts this message in Slack to #finance"


MENTIONS = [
    ("<!channel> look", "@channel look"),
    ("<!here|everybody> look", "everybody look"),
    ("<!everyone>", "@everyone"),
    ("<@U0ADA00001> and <@U0BOB00001|Bob>", "@U0ADA00001 and @Bob"),
    ("<#C0SALES001> and <#C0SALES001|sales>", "#C0SALES001 and #sales"),
    ("<!subteam^S123|@devs> <!subteam^S123>", "@devs @subteam^S123"),
    ("<!date^1392734382^{date}|18 February>", "18 February"),
    ("<!channel", "<!channel"),
    ("<!chan\nnel>", "<!chan\nnel>"),
    ("&lt;!channel&gt; R&D &amp; a < b", "<!channel> R&D & a < b"),
    ("a > b < c", "a > b < c"),
    ("@channel @here @ada #sales", "@channel @here @ada #sales"),
    ("<https://a.example/?a=1&b=2|Pay & go>", "Pay & go"),
    ("<https://a.example/?a=1&b=2>", "https://a.example/?a=1&b=2"),
    ("<https://a.example|>", "https://a.example"),
    ("<mailto:a@b.example|a@b.example>", "a@b.example"),
    ("<javascript:alert|Pay> <slack://user?id=U1|Ada>", "Pay Ada"),
    ("<<!channel>>", "<@channel>"),
]


@pytest.mark.parametrize(("written", "shown"), MENTIONS)
async def test_a_person_approves_what_slack_shows_and_nobody_is_called(
    fake: FakeSlack, adapter: Adapter, written: str, shown: str
) -> None:
    payload = PAYLOAD | {"channel": FINANCE, "text": f"{written}."}
    adapter.validate(payload)
    await adapter.perform(payload, idempotency_key=KEY)
    assert adapter.preview(payload) == f"Channel: {FINANCE}\n\n{shown}."
    assert fake.shows() == [adapter.preview(payload)]
    assert called(fake.posted[0]) == []
    assert await happened(adapter, **payload) is Happened.YES


@given(st.text(st.sampled_from("ab &<>|!@#;:/\nhtpsmltog"), min_size=1, max_size=200))
def test_without_mentions_a_text_reads_as_before(text: str) -> None:
    posted_text = _mrkdwn.without_mentions(text)
    # Slack shows no difference between spaces: a section ends without the ones of a label.
    assert _mrkdwn.displayed_text(posted_text).split() == _mrkdwn.displayed_text(text).split()
    assert _mrkdwn.without_mentions(posted_text) == posted_text


@pytest.mark.parametrize("text", ["< >", "< | >", "<https://a.example| >"])
def test_a_text_that_shows_nothing_is_refused(adapter: Adapter, text: str) -> None:
    with pytest.raises(InvalidPayloadError, match="shows nothing"):
        adapter.validate(PAYLOAD | {"text": text})


def test_a_text_that_grows_too_long_when_it_is_escaped_is_refused(adapter: Adapter) -> None:
    with pytest.raises(InvalidPayloadError, match="over 40000 characters"):
        adapter.validate(PAYLOAD | {"text": "&" * 39_999})


async def test_a_link_that_grows_too_long_when_it_is_escaped_is_refused(
    fake: FakeSlack, adapter: Adapter
) -> None:
    def linked(parameters: int) -> Json:
        return PAYLOAD | {"channel": FINANCE, "text": f"<https://a.example/?{'a&' * parameters}|Pay>"}

    with pytest.raises(InvalidPayloadError, match="has a link over 2992 characters"):
        adapter.validate(linked(500))
    adapter.validate(linked(490))
    await adapter.perform(linked(490), idempotency_key=KEY)
    assert fake.shows() == [adapter.preview(linked(490))]


# The errors

AMBIGUOUS = [
    refusal("fatal_error"),
    refusal("internal_error"),
    refusal("internal_error", 500),
    refusal("service_unavailable", 503),
    refusal("service_unavailable"),
    refusal("channel_not_found", 500),
    refusal("an_error_of_next_year"),
    Reply(502, b"<html>Bad gateway</html>", headers={"content-type": "text/html"}),
    Reply(200, b"<html>Sign in</html>", headers={"content-type": "text/html"}),
    Reply(200, b"ok", headers={"content-type": "text/plain"}),
    Reply(200, b'{"ok": tr'),
    Reply(200, b"\xff\xfe"),
    Reply(200, b""),
    Reply(200, b"[1]"),
    Reply(200, b"{}"),
    Reply(200, b'"ok"'),
    Reply(200, b"null"),
    Reply(200, b'{"ok": true}'),
    Reply(404, b"{}"),
]


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("reply", AMBIGUOUS, ids=lambda reply: f"{reply.status} {reply.body!r}"[:60])
async def test_a_doubtful_answer_is_reconciled(
    fake: FakeSlack, adapter: Adapter, reply: Reply, accepts: bool
) -> None:
    answering(fake, POST, replace(reply, accepts=accepts))
    with pytest.raises(AmbiguousError, match=r"may be posted|does not name it"):
        await perform(adapter)
    assert fake.methods().count(POST) == 1
    assert await happened(adapter) is (Happened.YES if accepts else Happened.NO)
    await perform(adapter)  # as the next attempt does
    assert len(fake.posted) == 1


@pytest.mark.parametrize("code", sorted(slack_errors._REFUSED))
async def test_a_refusal_says_in_one_sentence_what_to_do(
    fake: FakeSlack, adapter: Adapter, code: str
) -> None:
    answering(fake, POST, refusal(code))
    with pytest.raises(RejectedError) as refused:
        await perform(adapter)
    sentence, nothing, end = refused.value.message.partition(" Nothing was posted.")
    assert (nothing, end) == (" Nothing was posted.", "")
    assert (sentence.count(". "), sentence[-1]) == (0, ".")
    assert ": " in sentence
    assert "{" not in sentence
    assert (fake.posted, fake.methods().count(POST)) == ([], 1)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (refusal("not_in_channel"), "The app is not in #finance: write `/invite @execops` there."),
        (
            refusal("channel_not_found"),
            "The app sees no channel #finance: check the name, and invite the app if the channel is private.",
        ),
        (
            refusal("is_archived"),
            "#finance is archived: choose another channel, or take it out of the archive.",
        ),
        (
            refusal("missing_scope", needed="chat:write"),
            "The app lacks the scope chat:write: add it under OAuth & Permissions, and install the app again.",
        ),
        (
            refusal("token_revoked"),
            "Slack does not accept SLACK_BOT_TOKEN (token_revoked): set the bot token of the app as it is installed now.",
        ),
        (refusal("msg_too_long"), "The message is too long for Slack (msg_too_long): shorten its text."),
        (
            refusal("restricted_action"),
            "The workspace does not let the app post to #finance (restricted_action): ask an administrator, or choose another channel.",
        ),
    ],
)
async def test_the_sentences_of_refusals(
    fake: FakeSlack, adapter: Adapter, reply: Reply, sentence: str
) -> None:
    answering(fake, POST, reply)
    with pytest.raises(RejectedError) as refused:
        await perform(adapter)
    assert refused.value.message == f"{sentence} Nothing was posted."


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (refusal("ratelimited", 429, retry_after=30), 30.0),
        (refusal("rate_limited", 200, retry_after=7), 7.0),
        (refusal("rate_limited"), None),
        (refusal("message_limit_exceeded"), 60.0),
        (refusal("request_timeout"), None),
        (refusal("team_added_to_org"), 600.0),
        (refusal("org_login_required"), 600.0),
        (Reply(429, b"slow down", headers={"retry-after": "5", "content-type": "text/html"}, accepts=False), 5.0),
        (Reply(429, b"no", headers={"retry-after": "Wed, 21 Oct 2026", "content-type": "text/plain"}, accepts=False), None),
        (Reply(429, b"{}", headers={"retry-after": "-1"}, accepts=False), None),
        (Reply(429, b"{}", headers={"retry-after": "nan"}, accepts=False), None),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
async def test_a_refusal_for_now_is_tried_later(
    fake: FakeSlack, adapter: Adapter, reply: Reply, wait: float | None
) -> None:
    answering(fake, POST, reply)
    with pytest.raises(NotAcceptedError, match="Nothing was posted") as refused:
        await perform(adapter)
    assert refused.value.retry_after == wait
    assert fake.methods().count(POST) == 1
    await perform(adapter)
    assert len(fake.posted) == 1


async def test_a_call_before_the_message_never_leaves_a_doubt(fake: FakeSlack, adapter: Adapter) -> None:
    for method in ("auth.test", "conversations.list", HISTORY):
        for reply in (*AMBIGUOUS, *[Reply(cut=cut) for cut in Cut if cut is not Cut.AT_ACCEPT]):
            answering(fake, method, reply, reply)  # aiohttp reads once more where a connection closed
            settings = fake.settings()
            if reply.body == b'{"ok": true}' and method != "conversations.list":
                continue  # an answer without a history, or without names: nothing stands in it
            with pytest.raises((NotAcceptedError, RejectedError), match="Nothing was posted"):
                await perform(create_adapters(settings)["slack"])
    assert fake.posted == []


# The connection


@pytest.mark.parametrize("cut", Cut)
async def test_a_connection_that_breaks_sends_once(fake: FakeSlack, adapter: Adapter, cut: Cut) -> None:
    await adapter.perform(PAYLOAD, idempotency_key=f"{KEY}x")  # the app and the channel are known
    fake.page = 10
    if cut is Cut.AT_ACCEPT:
        fake.hang_up = lambda: fake.methods()[-1] == HISTORY  # the next call is the message
    else:
        answering(fake, POST, Reply(cut=cut))
    with pytest.raises(AmbiguousError, match="The message may be posted"):
        await perform(adapter)
    fake.hang_up = lambda: False
    accepted = cut in {Cut.ACCEPTED, Cut.IN_ANSWER}
    assert len(fake.posted) == 1 + accepted
    assert await happened(adapter) is (Happened.YES if accepted else Happened.NO)
    await perform(adapter)
    assert len(fake.posted) == 2


async def test_an_answer_that_comes_too_late_sends_once(fake: FakeSlack) -> None:
    adapter = impatient(fake)
    answering(fake, POST, Reply(delay=30))
    with pytest.raises(AmbiguousError, match=r"Slack did not answer within 1 s\. The message may be posted"):
        await perform(adapter)
    assert await happened(adapter) is Happened.YES
    assert len(fake.posted) == 1


async def test_a_body_that_drips_is_cut_at_the_timeout(fake: FakeSlack) -> None:
    adapter = impatient(fake)
    answering(fake, "auth.test", Reply(delay=30))
    began = time.monotonic()
    with pytest.raises(NotAcceptedError, match="did not answer within"):
        await perform(adapter)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:{free}/api/", "http://nowhere.invalid/api/", "https://{fake}/api/"]
)
async def test_a_connection_that_never_stood_accepts_nothing(fake: FakeSlack, base: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        free = unused.getsockname()[1]
    adapter = create_adapters(fake.settings())["slack"]
    await perform(adapter, channel=FINANCE)
    fake.hang_up = lambda: base.startswith("https")  # in the handshake of TLS
    fake_address = fake.url.removeprefix("http://").removesuffix("/api/")
    adapter._transport._client._base = base.format(free=free, fake=fake_address)  # type: ignore[attr-defined]
    with pytest.raises(NotAcceptedError, match=r"The connection to Slack failed .*Nothing was posted"):
        await adapter._transport._client.post({"channel": FINANCE, "text": "x"}, written=FINANCE)  # type: ignore[attr-defined]
    with pytest.raises(NotAcceptedError, match="Nothing was posted"):
        await adapter.perform(PAYLOAD, idempotency_key=f"{KEY}x")
    assert len(fake.posted) == 1


async def test_a_cancelled_attempt_is_found(fake: FakeSlack, adapter: Adapter) -> None:
    answered = asyncio.Event()
    answering(fake, POST, Reply(delay=30, then=answered.set))
    attempt = asyncio.create_task(perform(adapter))
    await answered.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert await happened(adapter) is Happened.YES
    assert (await perform(adapter))["ts"] == fake.posted[0]["ts"]
    assert len(fake.posted) == 1


# Finding out


async def test_a_message_is_found_behind_pages_of_others(fake: FakeSlack, adapter: Adapter) -> None:
    result = await perform(adapter)
    for number in range(9):
        fake.add(FINANCE, f"Message {number}", ago=-number - 1)
    reconciled = await adapter.reconcile(PAYLOAD, idempotency_key=KEY)
    assert (reconciled.happened, reconciled.result) == (Happened.YES, result)
    histories = [request for request in fake.requests if request.method == HISTORY]
    assert all(request.arguments["include_all_metadata"] == "1" for request in histories)
    assert all(time.time() - float(request.arguments["oldest"]) < 32 * 86_400 for request in histories)


async def test_a_message_that_slack_shows_late_is_found(
    fake: FakeSlack, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_transport, "SETTLED_AFTER", 1.0)
    fake.shown_after = 0.3
    answering(fake, POST, Reply(cut=Cut.ACCEPTED))
    with pytest.raises(AmbiguousError):
        await perform(adapter)
    assert await happened(adapter) is Happened.YES
    assert len(fake.posted) == 1


async def test_a_message_is_not_posted_only_after_a_second_look(
    fake: FakeSlack, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_transport, "SETTLED_AFTER", 0.2)
    assert await happened(adapter) is Happened.NO
    first, second = [request.at for request in fake.requests if request.method == HISTORY]
    assert second - first >= 0.2


async def test_other_words_under_the_key_leave_a_doubt_and_post_nothing(
    fake: FakeSlack, adapter: Adapter
) -> None:
    await perform(adapter)
    other = PAYLOAD["text"].replace("49,00", "94,00")
    assert await happened(adapter, text=other) is Happened.CANNOT_TELL
    with pytest.raises(AmbiguousError, match="other words"):
        await perform(adapter, text=other)
    assert len(fake.posted) == 1


@pytest.mark.parametrize(
    "stranger", [{"bot_id": "B0OTHER001"}, {"bot_id": None}, {"bot_id": None, "user": "U0EXECOPS1"}]
)
async def test_the_key_of_another_sender_is_not_ours(
    fake: FakeSlack, adapter: Adapter, stranger: Json
) -> None:
    copied = {"event_type": "execops_action", "event_payload": {"key": KEY}}
    fake.add(FINANCE, PAYLOAD["text"], metadata=copied, **stranger)
    assert await happened(adapter) is Happened.NO
    fake.add(
        FINANCE, "x", bot_id="B0EXECOPS1", metadata={"event_type": "other", "event_payload": {"key": KEY}}
    )
    assert await happened(adapter) is Happened.NO


async def test_what_slack_rewrites_are_the_same_words(fake: FakeSlack, adapter: Adapter) -> None:
    text = "Paid 👍  49,00 € at 10:30:45 by ada@acme.example\n\n🎉 https://a.example/?a=1&b=2 ⚠️"
    await perform(adapter, text=text)
    assert await happened(adapter, text=text) is Happened.YES
    assert _words("by <mailto:a@b.example|a@b.example> <https://c.example>") == _words(
        "by a@b.example https://c.example"
    )
    assert _words("R&amp;D &lt;b&gt;") == _words("R&D &lt;b&gt;")
    assert _words("Pay $1,200.00") != _words("Pay €1,200.00")
    assert _words("Pay 1.200") != _words("Pay 12.00")


@pytest.mark.parametrize(
    ("emoji", "shortcode"),
    [
        ("👍", ":+1:"),
        ("👎🏿", ":-1::skin-tone-6:"),
        ("👍🏽", ":+1::skin-tone-4:"),
        ("⚠️", ":warning:"),
        ("⚠", ":warning:"),
        ("1️⃣", ":one:"),
        ("1⃣", ":one:"),
        ("#️⃣", ":hash:"),
        ("*️⃣", ":keycap_star:"),
        ("💯", ":100:"),
        ("🔢", ":1234:"),
        ("🇩🇪", ":flag-de:"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", ":flag-england:"),
        ("👨‍👩‍👧‍👦", ":man-woman-girl-boy:"),
        ("ℹ️", ":information_source:"),
        ("↔️", ":left_right_arrow:"),
        ("⤴️", ":arrow_heading_up:"),
        ("‼️", ":bangbang:"),
        ("〰️", ":wavy_dash:"),
        ("◾", ":black_medium_small_square:"),
        ("™️", ":tm:"),
        ("😀", ":grinning:"),
        ("👒", ":womans_hat:"),
    ],
)
async def test_an_emoji_and_its_shortcode_are_the_same_words(
    fake: FakeSlack, adapter: Adapter, emoji: str, shortcode: str
) -> None:
    fake.shortcodes = {emoji: shortcode}
    text = f"{emoji}Paid {emoji} 5 of 10{emoji} at 10:20:30.{emoji}{emoji}"
    await perform(adapter, text=text)
    assert shortcode in fake.in_history()[0]["text"]
    assert await happened(adapter, text=text) is Happened.YES
    for other in ("Paid 5 of 10 at 10:21:30.", "Paid 5 of 1 at 10:20:30.", "Paid of 10 at 10:20:30."):
        assert await happened(adapter, text=other) is Happened.CANNOT_TELL


def test_a_time_is_no_shortcode() -> None:
    assert _words("10:20:30") == "10:20:30"
    assert _words("due 10:20:30") != _words("due 10:59:30")
    assert _words("12:100:15 and 3:1234:4") == "12:100:15and3:1234:4"


@pytest.mark.parametrize(
    "breaks",
    [
        refusal("missing_scope", needed="channels:history"),
        refusal("not_in_channel"),
        refusal("internal_error", 500),
        refusal("ratelimited", 429, retry_after=3_600),
        Reply(cut=Cut.IN_ANSWER),
        Reply(200, b'{"ok": true, "messages": [], "has_more": true}'),
        Reply(200, b'{"ok": true, "messages": [], "has_more": false, "is_limited": true}'),
    ],
    ids=lambda reply: str(reply.body)[:60],
)
async def test_a_history_that_is_not_read_whole_cannot_tell(
    fake: FakeSlack, adapter: Adapter, breaks: Reply
) -> None:
    answering(fake, HISTORY, *[breaks] * 9)
    assert await happened(adapter) is Happened.CANNOT_TELL


async def test_a_history_that_is_too_long_cannot_tell(
    fake: FakeSlack, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_transport, "_MAX_PAGES", 3)
    for number in range(8):
        fake.add(FINANCE, f"Message {number}", ago=number)
    assert await happened(adapter) is Happened.CANNOT_TELL


async def test_a_search_waits_as_slack_asks(fake: FakeSlack, adapter: Adapter) -> None:
    await perform(adapter)
    answering(fake, HISTORY, *[refusal("ratelimited", 429, retry_after=0)] * 3)
    assert await happened(adapter) is Happened.YES


async def test_an_app_without_the_history_posts_and_cannot_tell(fake: FakeSlack, adapter: Adapter) -> None:
    fake.scopes -= {"channels:history"}
    assert (await perform(adapter))["channel"] == FINANCE
    assert await happened(adapter) is Happened.CANNOT_TELL


# The channel


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("#finance", FINANCE),
        ("finance", FINANCE),
        ("#Finance", FINANCE),
        (FINANCE, FINANCE),
        ("#board", "G0BOARD001"),
        ("G0BOARD001", "G0BOARD001"),
        ("@ada", "D0ADA00001"),
        ("@Bobby", "D0BOB00002"),
        ("ada@hooli.example", "D0ADA00001"),
        ("U0ADA00001", "D0ADA00001"),
    ],
)
async def test_a_channel_or_member_is_resolved_once(
    fake: FakeSlack, adapter: Adapter, written: str, id_: str
) -> None:
    payload = PAYLOAD | {"channel": written}
    adapter.validate(payload)
    result = await adapter.perform(payload, idempotency_key=KEY)
    assert (result["channel"], fake.posted[0]["channel"]) == (id_, id_)
    lookups = [method for method in fake.methods() if method not in {POST, HISTORY}]
    await adapter.perform(payload, idempotency_key=f"{KEY}x")
    assert await happened(adapter, channel=written) is Happened.YES
    assert [method for method in fake.methods() if method not in {POST, HISTORY}] == lookups
    assert len(fake.posted) == 2


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("#nowhere", "Slack has no open channel #nowhere that the app can see"),
        ("#old", "Slack has no open channel #old that the app can see"),
        ("@nobody", "Slack has no active member @nobody"),
        ("@gone", "Slack has no active member @gone"),
        ("@robot", "Slack has no active member @robot"),
        ("gone@hooli.example", "Slack knows no active member gone@hooli.example"),
        ("U0NOBODY01", "Slack knows no active member U0NOBODY01"),
        ("#public", "The app is not in #public: write `/invite @execops` there"),
        ("C0UNKNOWN1", "The app sees no channel C0UNKNOWN1"),
        ("C0ARCHIVE1", "C0ARCHIVE1 is archived"),
    ],
)
async def test_a_name_that_leads_nowhere_is_refused(
    fake: FakeSlack, adapter: Adapter, written: str, why: str
) -> None:
    with pytest.raises(RejectedError, match=why) as refused:
        await perform(adapter, channel=written)
    assert refused.value.message.endswith(" Nothing was posted.")
    assert fake.posted == []


async def test_a_name_of_several_is_refused(fake: FakeSlack, adapter: Adapter) -> None:
    fake.members.append(fake.members[0] | {"id": "U0ADA00002"})
    fake.channels.append({"id": "C0FINANCE2", "name": "finance", "is_member": True})
    for written, why in (("@ada", "several members @ada"), ("#finance", "several channels #finance")):
        with pytest.raises(RejectedError, match=why):
            await perform(adapter, channel=written)
    with pytest.raises(RejectedError, match="several members @bob"):  # one by the name, one by the shown name
        await perform(adapter, channel="@bob")
    assert (POST in fake.methods(), fake.posted) == (False, [])


async def test_a_private_channel_needs_its_scope_and_a_public_one_does_not(
    fake: FakeSlack, adapter: Adapter
) -> None:
    fake.scopes -= {"groups:read"}
    assert (await perform(adapter))["channel"] == FINANCE
    with pytest.raises(RejectedError, match="only with the scope groups:read"):
        await perform(adapter, channel="#board")
    fake.scopes -= {"channels:read"}
    with pytest.raises(RejectedError, match="lacks the scope channels:read"):
        await perform(adapter, channel="#sales")
    assert (await perform(adapter, channel="C0SALES001"))["channel"] == "C0SALES001"


@pytest.mark.parametrize("code", ["invalid_auth", "team_access_not_granted", "method_deprecated"])
async def test_another_refusal_to_list_channels_is_told_at_once(
    fake: FakeSlack, adapter: Adapter, code: str
) -> None:
    answering(fake, "conversations.list", refusal(code))
    with pytest.raises(RejectedError, match=code):
        await perform(adapter)
    assert fake.methods().count("conversations.list") == 1


async def test_a_channel_that_is_gone_is_looked_up_again(fake: FakeSlack, adapter: Adapter) -> None:
    await perform(adapter)
    fake.channels[0] |= {"is_archived": True, "name": "finance-old"}
    fake.channels.append({"id": "C0FINANCE2", "name": "finance", "is_member": True})
    with pytest.raises(RejectedError, match="archived"):
        await adapter.perform(PAYLOAD, idempotency_key=f"{KEY}x")
    assert (await adapter.perform(PAYLOAD, idempotency_key=f"{KEY}y"))["channel"] == "C0FINANCE2"


# The pace


async def test_one_channel_gets_a_message_at_a_time_and_others_do_not_wait(
    fake: FakeSlack, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_transport, "PACE", 0.6)
    fake.pace = 0.5
    await asyncio.gather(
        *[adapter.perform(PAYLOAD | {"channel": FINANCE}, idempotency_key=f"{KEY}{n}") for n in range(3)],
        adapter.perform(PAYLOAD | {"channel": "C0SALES001"}, idempotency_key=f"{KEY}s"),
    )
    posts = [request for request in fake.requests if request.method == POST]
    assert len(fake.posted) == len(posts) == 4
    at = [request.at for request in posts if request.arguments["channel"] == FINANCE]
    [other] = [request.at for request in posts if request.arguments["channel"] == "C0SALES001"]
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(at))
    assert other < at[1]


async def test_the_turns_of_many_channels_are_forgotten(
    fake: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = slack_transport.SlackApi(fake.settings())
    monkeypatch.setattr(slack_transport, "_MAX_TURNS", 3)
    for number in range(9):
        async with api._turn(f"C{number}"):
            assert len(api._turns) <= 3


# Lines of the log


async def test_no_secret_and_no_text_reaches_a_log_or_an_error(
    fake: FakeSlack, adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    errors = []
    for reply in (refusal("invalid_auth"), *AMBIGUOUS, Reply(cut=Cut.ACCEPTED)):
        answering(fake, POST, replace(reply, accepts=False))
        with pytest.raises(AdapterError) as failed:
            await perform(adapter)
        errors += [failed.value.message, repr(failed.value), str(failed.value.__cause__)]
    answering(fake, HISTORY, refusal("invalid_auth"))
    assert await happened(adapter) is Happened.CANNOT_TELL
    output = caplog.text + "".join(errors)
    assert f"Slack cannot tell whether {KEY} was posted" in output
    assert "secret1" not in output
    assert "Ängström" not in output


# The doctor


async def diagnosed(settings: Settings) -> Check:
    """The check of Slack by `execops doctor`."""
    [check] = await slack.diagnose(settings)
    assert check.name == "Slack"
    return check


async def test_doctor_names_the_app_and_posts_nothing(fake: FakeSlack) -> None:
    check = await diagnosed(fake.settings())
    assert (check.state, check.detail, check.hint) == ("ok", "posts to Hooli as execops", None)
    assert fake.methods() == ["auth.test"]


@pytest.mark.parametrize("scope", ["chat:write", "channels:read", "channels:history"])
async def test_doctor_names_a_needed_scope_and_what_fails_without_it(fake: FakeSlack, scope: str) -> None:
    fake.scopes -= {scope}
    check = await diagnosed(fake.settings())
    assert (check.state, check.detail) == ("bad", f"the app lacks: {scope}")
    assert f"ithout {scope} " in (check.hint or "")


@pytest.mark.parametrize("scope", ["groups:read", "groups:history", "im:write", "im:history", "users:read", "users:read.email"])  # fmt: skip
async def test_doctor_names_a_useful_scope(fake: FakeSlack, scope: str) -> None:
    fake.scopes -= {scope}
    check = await diagnosed(fake.settings())
    assert check.state == "ok"
    assert f"Without {scope} " in (check.hint or "")


async def test_doctor_says_what_is_wrong_with_the_token(fake: FakeSlack) -> None:
    settings = fake.settings()
    for changed, why in (
        (load_settings({"slack_transport": "slack"}, {}), "SLACK_BOT_TOKEN is not set"),
        (fake.settings(slack_bot_token="xoxb-old"), "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)"),
    ):
        check = await diagnosed(changed)
        assert check.state == "bad"
        assert why in check.detail
        assert "xoxb-old" not in f"{check.detail}{check.hint}"
    answering(fake, "auth.test", Reply(200, b'{"ok": true, "user": "ada", "user_id": "U0ADA00001"}'))
    check = await diagnosed(settings)
    assert (check.state, check.detail) == ("bad", "the token is a person's, not the bot's")
