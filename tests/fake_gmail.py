"""A fake of Gmail's API and of Google's sign-in on loopback, built from their reference.

https://developers.google.com/workspace/gmail/api/reference/rest, https://developers.google.com/identity/protocols/oauth2.
The fake answers as the reference says, and `script` may answer first. `delivered` holds every mail that went out, so a
test counts at the receiver. By default Gmail writes another Message-ID into a mail that it sends, and keeps ours nowhere.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from execops.model import Json
from execops.settings import Secret, Settings, load_settings
from tests.fake_http import Cut, Head, Reply, answer, read_head
from tests.serving import serving

CLIENT_ID, CLIENT_SECRET = "12345-abc.apps.googleusercontent.com", "GOCSPX-secret1"
REFRESH_TOKEN = "1//03-secret2"
SCOPE = "https://www.googleapis.com/auth/"
COMPOSE, READONLY, METADATA = (f"{SCOPE}gmail.{name}" for name in ("compose", "readonly", "metadata"))
# The scopes that allow a method, as the discovery document of the API lists them, and the method's units of the quota.
_WIDE = frozenset({"https://mail.google.com/", f"{SCOPE}gmail.modify"})
_WRITES, _READS = _WIDE | {COMPOSE}, _WIDE | {READONLY, METADATA}
METHODS: dict[str, tuple[frozenset[str], int]] = {
    "profile": (_WRITES | _READS, 5),
    "settings.sendAs": (_WIDE | {READONLY, f"{SCOPE}gmail.settings.basic"}, 5),
    "drafts.create": (_WRITES, 10),
    "drafts.delete": (_WRITES, 10),
    "drafts.send": (_WRITES, 100),
    "drafts.get": (_WRITES | {READONLY}, 20),
    "drafts.list": (_WRITES | {READONLY}, 5),
    "messages.list": (_READS, 5),
    "messages.get": (_READS, 20),
}
_PATHS = [
    (re.compile(r"profile"), {"GET": "profile"}),
    (re.compile(r"settings/sendAs"), {"GET": "settings.sendAs"}),
    (re.compile(r"drafts"), {"GET": "drafts.list", "POST": "drafts.create"}),
    (re.compile(r"drafts/send"), {"POST": "drafts.send"}),
    (re.compile(r"drafts/(?P<id>[^/]+)"), {"GET": "drafts.get", "DELETE": "drafts.delete"}),
    (re.compile(r"messages"), {"GET": "messages.list"}),
    (re.compile(r"messages/(?P<id>[^/]+)"), {"GET": "messages.get"}),
]


@dataclass(frozen=True)
class Request:
    """One request: the method of the API, or `auth` and `token` of the sign-in; its arguments, and its moment."""

    method: str
    arguments: Json
    at: float  # by the monotonic clock, in seconds


@dataclass
class Mail:
    """A mail in the account; lists show it after a while, and searches find it later still."""

    id: str
    thread_id: str
    labels: set[str]
    raw: bytes
    listed_at: float
    indexed_at: float

    @property
    def parsed(self) -> EmailMessage:
        """The mail with its headers as they are written."""
        return message_from_bytes(self.raw, policy=SMTP)

    def shown(self, **more: Any) -> Json:
        """The mail as an answer names it."""
        return {"id": self.id, "threadId": self.thread_id, "labelIds": sorted(self.labels)} | more


def refusal(status: int, reason: str, message: str, *, headers: dict[str, str] | None = None) -> Reply:
    """An error in the shape of Google's APIs."""
    entry = {"domain": "global", "reason": reason, "message": message}
    error = {"code": status, "message": message, "errors": [entry]}
    return Reply(status, json.dumps({"error": error}).encode(), headers=headers or {}, accepts=False)


def sign_in_refusal(code: str, description: str, status: int = 400) -> Reply:
    """An error in the shape of the sign-in."""
    body = json.dumps({"error": code, "error_description": description}).encode()
    return Reply(status, body, accepts=False)


NOT_FOUND = refusal(404, "notFound", "Requested entity was not found.")
UNAUTHORIZED = refusal(
    401,
    "authError",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
)
INSUFFICIENT = Reply(
    403,
    json.dumps(
        {
            "error": {
                "code": 403,
                "message": "Request had insufficient authentication scopes.",
                "errors": [
                    {
                        "message": "Insufficient Permission",
                        "domain": "global",
                        "reason": "insufficientPermissions",
                    }
                ],
                "status": "PERMISSION_DENIED",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                        "domain": "googleapis.com",
                    }
                ],
            }
        }
    ).encode(),
    accepts=False,
)
INVALID_GRANT = sign_in_refusal("invalid_grant", "Token has been expired or revoked.")


class Refused(Exception):  # noqa: N818
    """The fake refuses a request."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


@dataclass
class FakeGmail:
    """An account at Gmail, and the sign-in of one app."""

    account: str = "pay@hooli.example"
    aliases: list[Json] = field(default_factory=list)  # as `sendAs` gives them
    scopes: set[str] = field(default_factory=lambda: {COMPOSE, READONLY})
    # A sent mail keeps its Message-ID, or only in X-Google-Original-Message-ID, or nowhere.
    message_ids: str = "replaced"  # kept, moved or replaced
    drafts_too: bool = False  # the Message-ID is written anew already when the draft is made
    listed_after: float = 0.0  # seconds until a list shows a new mail
    indexed_after: float = 0.0  # seconds until a search finds it
    units_a_minute: float = float("inf")
    script: Callable[[Request], Reply | None] = lambda _: None
    deny: str | None = None  # the error that the page of consent gives in place of a code
    folder: Path | None = None  # the mails that went out lie there as files, too
    requests: list[Request] = field(default_factory=list)
    mails: dict[str, Mail] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)  # the id of the mail by that of the draft
    delivered: list[bytes] = field(default_factory=list)
    refresh_tokens: set[str] = field(default_factory=lambda: {REFRESH_TOKEN})
    access_tokens: set[str] = field(default_factory=set)
    consents: dict[str, Json] = field(default_factory=dict)  # by the code that was given for them
    lifetime: int = 3599  # seconds of an access token
    url: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def settings(self, **more: Any) -> Settings:
        """Settings that send through this fake."""
        ours = {
            "email_transport": "gmail",
            "gmail_client_id": CLIENT_ID,
            "gmail_client_secret": CLIENT_SECRET,
            "gmail_refresh_token": REFRESH_TOKEN,
            "gmail_api_base": self.url,
            "gmail_timeout": "5",
        }
        return load_settings(ours | more, {})

    def changes(self) -> dict[str, Any]:
        """The same as changes of other settings."""
        return {
            "email_transport": "gmail",
            "gmail_client_id": CLIENT_ID,
            "gmail_client_secret": Secret(CLIENT_SECRET),
            "gmail_refresh_token": Secret(REFRESH_TOKEN),
            "gmail_api_base": self.url,
        }

    def environ(self, **more: str) -> dict[str, str]:
        """The same as variables of the environment."""
        ours = {
            "EXECOPS_EMAIL_TRANSPORT": "gmail",
            "EXECOPS_GMAIL_CLIENT_ID": CLIENT_ID,
            "EXECOPS_GMAIL_CLIENT_SECRET": CLIENT_SECRET,
            "EXECOPS_GMAIL_REFRESH_TOKEN": REFRESH_TOKEN,
            "EXECOPS_GMAIL_API_BASE": self.url,
        }
        return ours | more

    def methods(self) -> list[str]:
        """The methods of all requests, in order."""
        return [request.method for request in self.requests]

    @property
    def arrived(self) -> list[EmailMessage]:
        """The mails that went out, parsed."""
        return [message_from_bytes(content, policy=SMTP) for content in self.delivered]

    def add(self, raw: bytes, *labels: str) -> Mail:
        """Put a mail into the account."""
        number = next(self.numbers)
        now = time.monotonic()
        id_ = f"19a{number:013x}"
        mail = Mail(id_, id_, set(labels), raw, now + self.listed_after, now + self.indexed_after)
        self.mails[id_] = mail
        return mail

    def units(self, *, since: int = 0) -> int:
        """The units of the quota that the requests cost."""
        return sum(
            METHODS[request.method][1] for request in self.requests[since:] if request.method in METHODS
        )

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = await read_head(reader)
        url = urlsplit(head.target)
        method, named = _method(head.method, url.path)
        query = {
            name: values if len(values) > 1 else values[0] for name, values in parse_qs(url.query).items()
        }
        arguments: Json = query | named
        reply = self.script(Request(method, arguments, time.monotonic())) or Reply()
        if reply.cut is Cut.AT_ACCEPT:
            return
        if reply.cut is Cut.IN_REQUEST:
            reply.then()
            return
        body = await reader.readexactly(head.length)
        arguments |= _body(head, body)
        request = Request(method, arguments, time.monotonic())
        self.requests.append(request)
        own = self._perform(request, head) if reply.accepts else Reply(body=b"{}")
        await answer(writer, reply, own)

    def _perform(self, request: Request, head: Head) -> Reply:
        handler: Callable[[Json], Json | Reply] | None
        handler = getattr(self, "_" + request.method.replace(".", "_"), None)
        if handler is None:
            return NOT_FOUND
        try:
            if request.method in METHODS:
                self._authorise(request, head)
            reply = handler(request.arguments)
        except Refused as refused:
            return refused.reply
        return reply if isinstance(reply, Reply) else Reply(body=json.dumps(reply).encode())

    def _authorise(self, request: Request, head: Head) -> None:
        if head.headers.get("authorization", "").removeprefix("Bearer ") not in self.access_tokens:
            raise Refused(UNAUTHORIZED)
        allowed, _ = METHODS[request.method]
        if not allowed & self.scopes:
            raise Refused(INSUFFICIENT)
        if METADATA in self.scopes and "q" in request.arguments:
            raise Refused(refusal(403, "forbidden", "Metadata scope does not support 'q' parameter"))
        recent = [index for index, earlier in enumerate(self.requests) if earlier.at > request.at - 60]
        if self.units(since=recent[0]) > self.units_a_minute:
            raise Refused(refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded"))

    # The account

    def _profile(self, _: Json) -> Json:
        return {"emailAddress": self.account, "messagesTotal": len(self.mails), "historyId": "1"}

    def _settings_sendAs(self, _: Json) -> Json:  # noqa: N802
        own = {"sendAsEmail": self.account, "displayName": "Pay", "isPrimary": True, "isDefault": True}
        return {"sendAs": [own, *self.aliases]}

    def _drafts_create(self, arguments: Json) -> Json:
        raw = base64.urlsafe_b64decode(arguments["message"]["raw"])
        if self.drafts_too:
            raw = self._with_own_message_id(raw)
        mail = self.add(raw, "DRAFT")
        draft_id = f"r-{next(self.numbers)}"
        self.drafts[draft_id] = mail.id
        return {"id": draft_id, "message": mail.shown()}

    def _drafts_list(self, arguments: Json) -> Json:
        listed = self._listed({"DRAFT"}, arguments)
        by_mail = {mail_id: draft_id for draft_id, mail_id in self.drafts.items()}
        entries = [{"id": by_mail[mail.id], "message": _entry(mail)} for mail in listed]
        return _page("drafts", entries)

    def _drafts_get(self, arguments: Json) -> Json:
        mail = self.mails[self._draft(arguments["id"])]
        return {"id": arguments["id"], "message": _full(mail, arguments)}

    def _drafts_delete(self, arguments: Json) -> Reply:
        del self.mails[self._draft(arguments["id"])]
        del self.drafts[arguments["id"]]
        return Reply(204, b"")

    def _drafts_send(self, arguments: Json) -> Json:
        draft = self.mails[self._draft(arguments["id"])]
        recipients = getaddresses([str(draft.parsed["To"] or "")])
        if not recipients or not all(re.fullmatch(r"[^@\s]+@[^@\s]+", address) for _, address in recipients):
            raise Refused(refusal(400, "invalidArgument", "Invalid To header"))
        del self.mails[self._draft(arguments["id"])]
        del self.drafts[arguments["id"]]
        sent = self.add(self._as_sent(draft.raw), "SENT")
        sent.thread_id = draft.thread_id
        self.delivered.append(sent.raw)
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / str(len(self.delivered))).write_bytes(sent.raw)
        return sent.shown()

    def _messages_list(self, arguments: Json) -> Json:
        labels = arguments.get("labelIds", [])
        wanted = {labels} if isinstance(labels, str) else set(labels)
        if arguments.get("includeSpamTrash") != "true":
            listed = [mail for mail in self._listed(wanted, arguments) if not mail.labels & {"TRASH", "SPAM"}]
        else:
            listed = self._listed(wanted, arguments)
        return _page("messages", [_entry(mail) for mail in listed])

    def _messages_get(self, arguments: Json) -> Json:
        if arguments["id"] not in self.mails:
            raise Refused(NOT_FOUND)
        if METADATA in self.scopes and arguments.get("format", "full") not in {"metadata", "minimal"}:
            raise Refused(refusal(403, "forbidden", "Metadata scope doesn't allow format FULL"))
        return _full(self.mails[arguments["id"]], arguments)

    def _draft(self, draft_id: str) -> str:
        if draft_id not in self.drafts:
            raise Refused(NOT_FOUND)
        return self.drafts[draft_id]

    def _listed(self, labels: set[str], arguments: Json) -> list[Mail]:
        """The mails with all of these labels that the list shows now, the newest first."""
        now = time.monotonic()
        query = str(arguments.get("q", ""))
        mails = [
            mail
            for mail in self.mails.values()
            if labels <= mail.labels
            and (mail.indexed_at if query else mail.listed_at) <= now
            and all(_matches(mail, term) for term in query.split())
        ]
        return mails[::-1][: int(arguments.get("maxResults", 100))]

    def _as_sent(self, raw: bytes) -> bytes:
        """The mail as Gmail sends it: with a sender that the account may use, and mostly with another Message-ID."""
        mail = message_from_bytes(raw, policy=SMTP)
        own = {self.account.casefold()} | {
            str(alias["sendAsEmail"]).casefold()
            for alias in self.aliases
            if alias.get("verificationStatus", "accepted") == "accepted"
        }
        [(_, sender)] = getaddresses([str(mail["From"])])
        if sender.casefold() not in own:
            raw = re.sub(rb"(?mi)^From: [^\r\n]*(\r\n[ \t][^\r\n]*)*", f"From: {self.account}".encode(), raw)
        return raw if self.drafts_too else self._with_own_message_id(raw)

    def _with_own_message_id(self, raw: bytes) -> bytes:
        if self.message_ids == "kept":
            return raw
        theirs = b"Message-ID: <CA+%d@mail.gmail.com>" % next(self.numbers)
        kept = rb"\r\nX-Google-Original-Message-ID: \1" if self.message_ids == "moved" else b""
        return re.sub(rb"(?mi)^Message-ID: ([^\r\n]*)", theirs + kept, raw, count=1)

    # The sign-in

    def _auth(self, arguments: Json) -> Reply:
        """The page on which a person allows the app, or does not: it calls the redirect."""
        needed = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
        }
        if {name: arguments.get(name) for name in needed} != needed or not arguments.get("state"):
            return Reply(400, b"Access blocked: Authorization Error")
        back = {"state": arguments["state"]}
        if self.deny:
            back["error"] = self.deny
        else:
            code = f"4/0A-code-{next(self.numbers)}"
            self.consents[code] = arguments
            back |= {"code": code, "scope": " ".join(sorted(self.scopes))}
        return Reply(302, b"", headers={"location": f"{arguments['redirect_uri']}?{urlencode(back)}"})

    def _token(self, arguments: Json) -> Json:
        if (arguments.get("client_id"), arguments.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refused(sign_in_refusal("invalid_client", "The OAuth client was not found.", 401))
        answered: Json = {"token_type": "Bearer", "expires_in": self.lifetime}
        if arguments.get("grant_type") == "refresh_token":
            if arguments.get("refresh_token") not in self.refresh_tokens:
                raise Refused(INVALID_GRANT)
        else:
            consent = self.consents.pop(arguments.get("code", ""), None)
            digest = hashlib.sha256(arguments.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if (
                consent is None
                or consent["code_challenge"] != challenge
                or consent["redirect_uri"] != arguments.get("redirect_uri")
            ):
                raise Refused(sign_in_refusal("invalid_grant", "Bad Request"))
            answered["refresh_token"] = f"1//03-fresh-{next(self.numbers)}"
            self.refresh_tokens.add(answered["refresh_token"])
        token = f"ya29.token-{next(self.numbers)}"
        self.access_tokens.add(token)
        return answered | {"access_token": token, "scope": " ".join(sorted(self.scopes))}


def _method(verb: str, path: str) -> tuple[str, Json]:
    """The name of the method that a request calls, and the id in its path."""
    if path == "/token":
        return "token", {}
    if path == "/o/oauth2/v2/auth":
        return "auth", {}
    rest = re.sub(r"^/gmail/v1/users/[^/]+/", "", path)
    for pattern, methods in _PATHS:
        match = pattern.fullmatch(rest)
        if match and verb in methods:
            return methods[verb], match.groupdict()
    return "unknown", {}


def _body(head: Head, body: bytes) -> Json:
    if head.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    parsed: Json = json.loads(body) if body else {}
    return parsed


def _entry(mail: Mail) -> Json:
    return {"id": mail.id, "threadId": mail.thread_id}


def _page(name: str, entries: list[Json]) -> Json:
    """A list as Gmail gives it: an empty one has no entry of its name."""
    return ({name: entries} if entries else {}) | {"resultSizeEstimate": len(entries)}


def _full(mail: Mail, arguments: Json) -> Json:
    """The mail in the format that was asked for."""
    if arguments.get("format") == "raw":
        return mail.shown(raw=base64.urlsafe_b64encode(mail.raw).decode())
    named = arguments.get("metadataHeaders", [])
    names = {name.lower() for name in ([named] if isinstance(named, str) else named)}
    headers = [
        {"name": name, "value": value}
        for name, value in message_from_bytes(mail.raw).items()
        if not names or name.lower() in names
    ]
    return mail.shown(payload={"headers": headers})


def _matches(mail: Mail, term: str) -> bool:
    """Whether a search finds this mail by this term."""
    operator, _, value = term.partition(":")
    if operator == "rfc822msgid":
        return str(mail.parsed["Message-ID"]).strip("<>") == value.strip("<>")
    if operator == "to":
        return value.casefold() in {
            address.casefold() for _, address in getaddresses([str(mail.parsed["To"])])
        }
    assert term == "in:sent", f"the fake does not know this search: {term}"
    return "SENT" in mail.labels


@asynccontextmanager
async def fake_gmail(**changes: Any) -> AsyncIterator[FakeGmail]:
    """A fake server on a free port."""
    fake = FakeGmail(**changes)
    async with serving(fake.converse) as port:
        fake.url = f"http://127.0.0.1:{port}"
        yield fake
