"""The fake of Gmail answers Google's own client for Python as it answers ours."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from execops.adapters import create_adapters
from execops.adapters.email import compose
from execops.adapters.gmail import gmail_transport
from execops.adapters.gmail.gmail_mailbox import KEY_HEADER
from execops.ports import Happened
from tests.fake_gmail import (
    CLIENT_ID,
    CLIENT_SECRET,
    COMPOSE,
    METADATA,
    REFRESH_TOKEN,
    FakeGmail,
    fake_gmail,
)
from tests.payloads import PAYLOADS

KEY = "execops-0a1b2c3d4e5f-7-2-1"
MAIL = PAYLOADS["email"]


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeGmail]:
    """A fake of Gmail."""
    monkeypatch.setattr(gmail_transport, "PACE", 0.0)
    monkeypatch.setattr(gmail_transport, "SETTLED_AFTER", 0.0)
    async with fake_gmail() as server:
        yield server


def users(fake: FakeGmail, refresh_token: str = REFRESH_TOKEN) -> Any:
    """Google's own client, signed in at the fake. Its calls block."""
    credentials = Credentials(
        None,
        refresh_token=refresh_token,
        token_uri=f"{fake.url}/token",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )
    options = {"api_endpoint": fake.url}
    return build("gmail", "v1", credentials=credentials, client_options=options).users()


async def call(request: Any) -> Any:
    """The answer to a request of Google's client."""
    return await asyncio.to_thread(request.execute)


def raw() -> dict[str, Any]:
    """The body of `drafts.create` for the mail of the key, as ExecOps makes it."""
    content = f"{KEY_HEADER}: {KEY}\r\n".encode() + compose(MAIL, KEY).as_bytes(policy=SMTP)
    return {"message": {"raw": base64.urlsafe_b64encode(content).decode()}}


async def test_googles_client_makes_finds_sends_and_deletes_drafts(fake: FakeGmail) -> None:
    google = await asyncio.to_thread(users, fake)
    assert (await call(google.getProfile(userId="me")))["emailAddress"] == fake.account
    [own] = (await call(google.settings().sendAs().list(userId="me")))["sendAs"]
    assert (own["sendAsEmail"], own["isPrimary"]) == (fake.account, True)
    assert "messages" not in await call(google.messages().list(userId="me", labelIds="SENT"))
    made = await call(google.drafts().create(userId="me", body=raw()))
    assert made["message"]["labelIds"] == ["DRAFT"]
    query = f"rfc822msgid:<{KEY}@hooli.example>"
    [draft] = (await call(google.drafts().list(userId="me", q=query)))["drafts"]
    assert draft["id"] == made["id"]
    got = await call(google.drafts().get(userId="me", id=made["id"], format="metadata"))
    assert {entry["name"]: entry["value"] for entry in got["message"]["payload"]["headers"]}[
        KEY_HEADER
    ] == KEY
    sent = await call(google.drafts().send(userId="me", body={"id": made["id"]}))
    assert (sent["labelIds"], sent["threadId"]) == (["SENT"], made["message"]["threadId"])
    assert sent["id"] != made["message"]["id"]
    with pytest.raises(HttpError) as gone:
        await call(google.drafts().send(userId="me", body={"id": made["id"]}))
    assert (gone.value.status_code, gone.value.reason) == (404, "Requested entity was not found.")
    with pytest.raises(HttpError, match="404"):
        await call(google.drafts().delete(userId="me", id=made["id"]))
    [entry] = (
        await call(google.messages().list(userId="me", labelIds=["SENT"], q="to:billing@acme.example"))
    )["messages"]
    read = await call(
        google.messages().get(userId="me", id=entry["id"], format="metadata", metadataHeaders=[KEY_HEADER])
    )
    assert read["payload"]["headers"] == [{"name": KEY_HEADER, "value": KEY}]
    whole = await call(google.messages().get(userId="me", id=entry["id"], format="raw"))
    assert base64.urlsafe_b64decode(whole["raw"]) == fake.delivered[0]


async def test_our_transport_finds_what_googles_client_sent_and_the_other_way_round(fake: FakeGmail) -> None:
    google = await asyncio.to_thread(users, fake)
    adapter = create_adapters(fake.settings())["email"]
    made = await call(google.drafts().create(userId="me", body=raw()))
    assert (await adapter.reconcile(MAIL, idempotency_key=KEY)).happened is Happened.NO
    with pytest.raises(HttpError, match="404"):
        await call(google.drafts().send(userId="me", body={"id": made["id"]}))
    made = await call(google.drafts().create(userId="me", body=raw()))
    await call(google.drafts().send(userId="me", body={"id": made["id"]}))
    assert (await adapter.reconcile(MAIL, idempotency_key=KEY)).happened is Happened.YES
    result = await adapter.perform(MAIL, idempotency_key=f"{KEY}x")
    read = await call(google.messages().get(userId="me", id=result["id"], format="raw"))
    mail = message_from_bytes(base64.urlsafe_b64decode(read["raw"]), policy=SMTP)
    assert (read["labelIds"], str(mail["To"]), mail[KEY_HEADER]) == (["SENT"], MAIL["to"], f"{KEY}x")


async def test_googles_client_understands_the_fakes_refusals(fake: FakeGmail) -> None:
    google = await asyncio.to_thread(users, fake)
    fake.scopes = {COMPOSE}
    with pytest.raises(HttpError) as refused:
        await call(google.messages().list(userId="me"))
    assert refused.value.error_details[0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    fake.scopes = {COMPOSE, METADATA}
    with pytest.raises(HttpError, match="Metadata scope does not support 'q' parameter"):
        await call(google.messages().list(userId="me", q="in:sent"))
    to_nobody = base64.urlsafe_b64encode(b"To: nobody\r\n\r\n").decode()
    made = await call(google.drafts().create(userId="me", body={"message": {"raw": to_nobody}}))
    with pytest.raises(HttpError, match="Invalid To header") as invalid:
        await call(google.drafts().send(userId="me", body={"id": made["id"]}))
    assert invalid.value.error_details[0]["reason"] == "invalidArgument"
    with pytest.raises(RefreshError, match="invalid_grant: Token has been expired or revoked"):
        await call((await asyncio.to_thread(users, fake, "another")).getProfile(userId="me"))


async def test_googles_client_renews_a_token_that_ended(fake: FakeGmail) -> None:
    google = await asyncio.to_thread(users, fake)
    await call(google.getProfile(userId="me"))
    fake.access_tokens.clear()
    await call(google.getProfile(userId="me"))
    assert fake.methods().count("token") == 2
