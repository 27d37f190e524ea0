"""Replies and notes at Intercom, against a server on loopback that answers as its API's document says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from execops.adapters import _intercom, create_adapters
from execops.errors import AmbiguousError, InvalidPayloadError, NotAcceptedError, RejectedError
from execops.ports import Adapter, Happened
from execops.settings import Secret
from tests.conftest import MakeSettings
from tests.fake_intercom import TOKEN, FakeIntercom, fake_intercom, part

PAYLOAD = {"conversation": "12", "after": "p1", "text": "Hello,\n\nthank you & sorry."}


@pytest.fixture
async def intercom(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[FakeIntercom, str]]:
    monkeypatch.setattr(_intercom, "SETTLED_AFTER", 0.0)
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


async def test_the_first_message_of_a_conversation_is_answered_once(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str]
) -> None:
    """It is the conversation's source, and none of its parts."""
    fake, base = intercom
    first = PAYLOAD | {"after": "s1"}
    fake.parts[:] = [part("p2", "admin", "note", "<p>angry, take care</p>")]
    fake.parts.append(part("p3", "admin", "comment", "<p>Done, sorry!</p>"))
    with pytest.raises(RejectedError, match="A teammate answered this message meanwhile"):
        await adapter(make_settings, base).perform(first, idempotency_key="k")
    fake.parts.pop()
    written = await adapter(make_settings, base).perform(first, idempotency_key="k")
    assert await adapter(make_settings, base).perform(first, idempotency_key="k") == written
    assert [entry["part_type"] for entry in fake.parts] == ["note", "comment"]


async def test_a_reply_that_is_still_on_its_way_is_waited_for(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, base = intercom
    monkeypatch.setattr(_intercom, "SETTLED_AFTER", 0.5)
    looking = asyncio.create_task(adapter(make_settings, base).reconcile(PAYLOAD, idempotency_key="k"))
    await asyncio.sleep(0.2)
    assert not looking.done()
    fake.parts.append(part("p2", "admin", "comment", "<p>Hello,</p><p>thank you &amp; sorry.</p>"))
    answer = await looking
    assert (answer.happened, answer.result) == (Happened.YES, {"conversation": "12", "part": "p2"})


@pytest.mark.parametrize(
    "shown",
    [
        b"<html>busy</html>",
        b"[]",
        b"{}",
        b'{"id": "12", "conversation_parts": null}',
        b'{"id": "12", "conversation_parts": {"conversation_parts": []}}',
    ],
)
async def test_a_conversation_that_is_not_shown_whole_tells_nothing(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str], shown: bytes
) -> None:
    fake, base = intercom
    ours, fake.shown = adapter(make_settings, base), shown
    with pytest.raises(NotAcceptedError, match="Nothing was written"):
        await ours.perform(PAYLOAD, idempotency_key="k")
    assert (await ours.reconcile(PAYLOAD, idempotency_key="k")).happened is Happened.CANNOT_TELL
    assert len(fake.parts) == 1
    fake.shown = b'{"conversation_parts": {"conversation_parts": [], "total_count": 501}}'
    assert (await ours.reconcile(PAYLOAD, idempotency_key="k")).happened is Happened.CANNOT_TELL


async def test_the_owner_of_a_token_is_not_read_from_an_answer_that_is_none(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str]
) -> None:
    fake, base = intercom
    settings = make_settings(intercom_access_token=Secret(TOKEN), intercom_api_base=base)
    assert (await _intercom.who_am_i(settings)).id == "7"
    fake.shown = b"<html>busy</html>"
    with pytest.raises(NotAcceptedError):
        await _intercom.who_am_i(settings)


async def test_a_slow_answer_has_as_long_as_the_module_says(
    make_settings: MakeSettings, intercom: tuple[FakeIntercom, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts: list[dict[str, float]] = []

    class Noting(httpx.AsyncClient):
        async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
            timeouts.append(request.extensions["timeout"])
            return await super().send(request, **options)

    monkeypatch.setattr(httpx, "AsyncClient", Noting)
    await adapter(make_settings, intercom[1]).perform(PAYLOAD, idempotency_key="k")
    assert len(timeouts) == 3
    assert {limit for timeout in timeouts for limit in timeout.values()} == {_intercom._TIMEOUT}


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
