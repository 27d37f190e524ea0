"""Replies and notes at Intercom, against a server on loopback that answers as its API's document says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from execops.adapters import create_adapters
from execops.errors import AmbiguousError, InvalidPayloadError, NotAcceptedError, RejectedError
from execops.ports import Adapter, Happened
from execops.settings import Secret
from tests.conftest import MakeSettings
from tests.fake_intercom import TOKEN, FakeIntercom, fake_intercom, part

PAYLOAD = {"conversation": "12", "after": "p1", "text": "Hello,\n\nthank you & sorry."}


@pytest.fixture
async def intercom() -> AsyncIterator[tuple[FakeIntercom, str]]:
    async with fake_intercom() as started:
        yield started


def adapter(make_settings: MakeSettings, base: str, name: str = "intercom_reply") -> Adapter:
    settings = make_settings(intercom_access_token=Secret(TOKEN), intercom_admin="7", intercom_api_base=base)
    return create_adapters(settings)[name]


async def test_a_reply_and_a_note_are_written_once(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str]
) -> None:
    fake, base = intercom
    for name, kind in (("intercom_reply", "comment"), ("intercom_note", "note")):
        ours = adapter(make_settings, base, name)
        ours.validate(PAYLOAD)
        assert (await ours.reconcile(PAYLOAD, idempotency_key="k")).happened is Happened.NO
        first = await ours.perform(PAYLOAD, idempotency_key="k")
        assert await ours.perform(PAYLOAD, idempotency_key="k") == first
        assert [entry["part_type"] for entry in fake.parts].count(kind) == (2 if kind == "comment" else 1)
        answer = await ours.reconcile(PAYLOAD, idempotency_key="k")
        assert (answer.happened, answer.result) == (Happened.YES, first)
    assert fake.parts[1]["body"] == "<p>Hello,</p><p>thank you &amp; sorry.</p>"


async def test_the_same_words_to_a_later_message_are_another_reply(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str]
) -> None:
    fake, base = intercom
    ours = adapter(make_settings, base)
    await ours.perform(PAYLOAD, idempotency_key="k")
    fake.parts.append(part("p9", "user", "comment", "<p>again</p>"))
    later = PAYLOAD | {"after": "p9"}
    assert (await ours.reconcile(later, idempotency_key="l")).happened is Happened.NO


async def test_what_a_teammate_answered_meanwhile_is_not_answered_again(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str]
) -> None:
    fake, base = intercom
    fake.parts.insert(0, part("p0", "admin", "comment", "<p>before the message</p>"))
    fake.parts.append(part("p2", "admin", "note", "<p>angry, take care</p>"))
    fake.parts.append(part("p3", "admin", "close", "<p>Done, sorry!</p>"))
    with pytest.raises(RejectedError, match="A teammate answered this message meanwhile"):
        await adapter(make_settings, base).perform(PAYLOAD, idempotency_key="k")
    assert len(fake.parts) == 4
    fake.parts.pop()
    await adapter(make_settings, base).perform(PAYLOAD, idempotency_key="k")
    fake.parts.append(part("p9", "admin", "comment", "<p>and more by a teammate</p>"))
    await adapter(make_settings, base, "intercom_note").perform(PAYLOAD, idempotency_key="k")
    assert [entry["part_type"] for entry in fake.parts] == ["comment"] * 2 + [
        "note",
        "comment",
        "comment",
        "note",
    ]


async def test_an_answer_tells_whether_to_try_again(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str]
) -> None:
    fake, base = intercom
    ours = adapter(make_settings, base)
    for status, error in ((429, NotAcceptedError), (422, RejectedError), (500, AmbiguousError)):
        fake.broken = status
        with pytest.raises(error):
            await ours.perform(PAYLOAD, idempotency_key="k")
        assert (await ours.reconcile(PAYLOAD, idempotency_key="k")).happened is Happened.NO
    fake.broken, fake.writes_first = 502, True
    with pytest.raises(AmbiguousError):
        await ours.perform(PAYLOAD, idempotency_key="k")
    assert (await ours.reconcile(PAYLOAD, idempotency_key="k")).happened is Happened.YES
    await ours.perform(PAYLOAD, idempotency_key="k")
    assert len(fake.parts) == 2
    nowhere = adapter(make_settings, "http://127.0.0.1:9")
    with pytest.raises(NotAcceptedError):
        await nowhere.perform(PAYLOAD, idempotency_key="k")
    assert (await nowhere.reconcile(PAYLOAD, idempotency_key="k")).happened is Happened.CANNOT_TELL
    without = create_adapters(make_settings())["intercom_reply"]
    with pytest.raises(RejectedError):
        await without.perform(PAYLOAD, idempotency_key="k")


@pytest.mark.parametrize(
    "change", [{"conversation": "../1"}, {"after": "a b"}, {"text": " "}, {"to": "x"}, {"text": "a\x00"}]
)
async def test_a_payload_that_cannot_be_sent_is_refused(
    make_settings: MakeSettings, change: dict[str, str]
) -> None:
    ours = create_adapters(make_settings())["intercom_reply"]
    with pytest.raises(InvalidPayloadError):
        ours.validate(PAYLOAD | change)
