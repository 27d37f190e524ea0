"""Finds our own mail in the account: among its drafts, and in SENT.

A mail is known by its headers alone: the key, and the digest of its payload. Gmail may write another Message-ID into a mail
that it sends, and does not always keep ours (`X-Google-Original-Message-ID`), so the key stands in a header of its own.
Gmail's search knows no such headers and runs behind the mailbox, so the newest mails of a label are read without a search
first. The searches, by Message-ID and by recipient, find a mail under which many others lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from msgspec import Struct

from execops.adapters import _digest
from execops.adapters.gmail.gmail_client import Connection
from execops.model import Json
from execops.ports import Happened

KEY_HEADER = "X-ExecOps-Key"
_IDS = ("message-id", "x-google-original-message-id")
_HEADERS = ("Message-ID", "X-Google-Original-Message-ID", KEY_HEADER, _digest.HEADER)
_NEWEST = 10  # mails of a label that are read right before a mail is sent
_NEWEST_DEEP = 25
_TO_ONE_RECIPIENT = 50
_REMEMBERED = 2_000  # mails; what is read once need not be read again


class Wanted(Struct, frozen=True):
    """The mail that is looked for."""

    key: str
    digest: str
    message_id: str
    recipient: str

    @classmethod
    def of(cls, message: EmailMessage, key: str) -> Wanted:
        """The composed mail of this key."""
        recipient = str(message["To"].addresses[0].addr_spec)
        return cls(key, str(message[_digest.HEADER]), str(message["Message-ID"]), recipient)


class Copy(Struct, frozen=True):
    """A mail of this key in the account; `draft_id` if it is a draft."""

    id: str
    thread_id: str
    message_id: str | None
    digest: str | None
    draft_id: str | None = None

    def is_of(self, wanted: Wanted) -> Happened:
        """Whether it is the mail of this payload."""
        return _digest.told_by(self.digest, wanted.digest)


_Headers = dict[str, str]


class Mailbox:
    """The mails of one account, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, _Headers] = {}  # by the mail's id; the headers of a mail never change

    async def sent(self, connection: Connection, wanted: Wanted, *, deep: bool = False) -> Copy | None:
        """The mail of this key in SENT, or in the bin after it was sent. Raises NotAcceptedError, RejectedError."""
        for search in _searches(wanted, deep=deep):
            answer = await connection.read("messages", labelIds="SENT", includeSpamTrash=True, **search)
            for entry in answer.get("messages") or []:
                headers = await self._headers(connection, entry["id"])
                if _is_wanted(headers, wanted):
                    return _copy(entry, headers)
        return None

    async def drafts(
        self, connection: Connection, wanted: Wanted, *, deep: bool = False, but: str = ""
    ) -> list[Copy]:
        """The drafts of this key, but the one with the id `but`. Raises NotAcceptedError, RejectedError."""
        copies: dict[str, Copy] = {}
        for search in _searches(wanted, deep=deep):
            answer = await connection.read("drafts", **search)
            for entry in answer.get("drafts") or []:
                if entry["id"] == but:
                    continue
                headers = await self._headers(connection, entry["message"]["id"], draft_id=entry["id"])
                if _is_wanted(headers, wanted):
                    copies[entry["id"]] = _copy(entry["message"], headers, draft_id=entry["id"])
        return list(copies.values())

    async def read(self, connection: Connection, message: Json) -> Copy:
        """The mail of an answer, as it lies in the account now. Raises NotAcceptedError, RejectedError."""
        return _copy(message, await self._headers(connection, message["id"]))

    async def _headers(self, connection: Connection, id_: str, *, draft_id: str | None = None) -> _Headers:
        """The headers of a mail that tell whose it is, by their names in small letters; none if it is gone."""
        if id_ in self._read:
            return self._read[id_]
        if draft_id is None:
            mail = await connection.read_if_there(
                f"messages/{id_}", format="metadata", metadataHeaders=_HEADERS
            )
        else:
            draft = await connection.read_if_there(f"drafts/{draft_id}", format="metadata")
            mail = draft and draft.get("message")
        if mail is None:
            return {}
        entries = (mail.get("payload") or {}).get("headers") or []
        headers = {str(entry["name"]).lower(): str(entry["value"]).strip() for entry in entries}
        while len(self._read) >= _REMEMBERED:
            del self._read[next(iter(self._read))]
        self._read[id_] = {name: headers[name] for name in map(str.lower, _HEADERS) if name in headers}
        return self._read[id_]


def _searches(wanted: Wanted, *, deep: bool) -> Iterator[dict[str, Any]]:
    """The arguments of each list that is read, one after the other until the mail is found."""
    yield {"maxResults": _NEWEST_DEEP if deep else _NEWEST}
    if deep:
        yield {"q": f"rfc822msgid:{wanted.message_id}", "maxResults": _NEWEST}
        yield {"q": f"to:{wanted.recipient}", "maxResults": _TO_ONE_RECIPIENT}


def _is_wanted(headers: _Headers, wanted: Wanted) -> bool:
    if headers.get(KEY_HEADER.lower()) == wanted.key:
        return True
    return wanted.message_id in {headers.get(name) for name in _IDS}


def _copy(entry: Json, headers: _Headers, draft_id: str | None = None) -> Copy:
    return Copy(
        id=str(entry["id"]),
        thread_id=str(entry.get("threadId") or ""),
        message_id=headers.get(_IDS[0]),
        digest=headers.get(_digest.HEADER.lower()),
        draft_id=draft_id,
    )
