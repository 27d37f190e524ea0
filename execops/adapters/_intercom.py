"""Writes replies and notes at Intercom: https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations.

Intercom knows no idempotency key. So a part with the same words, after the message that it answers, counts as ours: it is looked
for before each attempt, and after one that nobody answered. An attempt counts as failed only where two looks, `SETTLED_AFTER` apart,
show the conversation whole and without it.
"""

from __future__ import annotations

import asyncio
import html
import re
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from execops.adapters import _checks, _tls
from execops.errors import AmbiguousError, InvalidPayloadError, NotAcceptedError, RejectedError
from execops.model import Json
from execops.ports import Field, Happened, Reconciliation
from execops.settings import Settings
from execops.text.html_words import plain

if TYPE_CHECKING:
    from httpx import Response

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_VERSION = "2.14"
_TIMEOUT = 20.0  # seconds
SETTLED_AFTER = 30.0  # seconds after which no request is on its way any more, and Intercom shows what it did
_MOST_PARTS = 500  # that Intercom shows of a conversation
_NOTHING = "Nothing was written"
_REFUSED = frozenset({400, 401, 402, 403, 404, 409, 413, 415, 422})


class Teammate(Struct, frozen=True):
    """The teammate at Intercom to whom a token belongs."""

    id: str
    name: str


async def who_am_i(settings: Settings) -> Teammate:
    """The owner of the token: https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins.

    Raises RejectedError, NotAcceptedError.
    """
    owner = _object(await _call(settings, "GET", "me"))
    return Teammate(str(owner.get("id") or ""), str(owner.get("name") or owner.get("email") or "its owner"))


class _Since(Struct, frozen=True):
    """A conversation since a message: the part that is ours, whether a teammate wrote to the customer, whether that is all."""

    ours: Json | None
    is_answered: bool
    is_whole: bool


class IntercomAdapter:
    """Writes one part of a conversation: `message_type` is `comment`, which the customer sees, or `note`."""

    action_type: ClassVar[str]
    message_type: ClassVar[str]
    noun: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="conversation", label="Conversation"),
        Field(name="after", label="Answers message", required=False),
        Field(name="text", label="Text", words=True, rewordable=True, lines=True),
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token, self._admin = settings.intercom_access_token, settings.intercom_admin

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless this names a conversation and has text that can be sent."""
        _checks.check_fields(payload, self.fields, self.noun)
        for name in ("conversation", "after"):
            if name in payload and not _ID.fullmatch(str(payload[name])):
                raise InvalidPayloadError(f"The {self.noun}'s {name} is not one id.", field=name)
        if not _checks.is_text(payload["text"]):
            raise InvalidPayloadError(f"The {self.noun}'s text has control characters.", field="text")

    def describe(self, payload: Json) -> str:
        """Say in words what performing does."""
        return f"writes this {self.noun} into the conversation {payload.get('conversation')} at Intercom"

    def preview(self, payload: Json) -> str:
        """The message as it stands in the conversation."""
        return f"Conversation: {payload['conversation']}\n\n{payload['text']}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:  # noqa: ARG002
        """Write the part, or return the one that stands there already.

        Raises NotAcceptedError, RejectedError (also where a teammate answered meanwhile), AmbiguousError.
        """
        if not self._token or not self._admin:
            raise RejectedError(
                f"INTERCOM_ACCESS_TOKEN or EXECOPS_INTERCOM_ADMIN is not set. {_NOTHING}. Set both, and retry."
            )
        since = await self._read(payload)
        if since.ours is not None:
            return since.ours
        if since.is_answered and self.message_type == "comment":
            raise RejectedError(
                f"A teammate answered this message meanwhile. {_NOTHING}. Read the conversation first."
            )
        body = "".join(
            f"<p>{html.escape(block)}</p>".replace("\n", "<br>") for block in payload["text"].split("\n\n")
        )
        message = {"message_type": self.message_type, "type": "admin", "admin_id": self._admin, "body": body}
        path = f"conversations/{payload['conversation']}/reply"
        await _call(self._settings, "POST", path, acts=True, json=message)
        written = await self._look(payload)
        return written or {"conversation": payload["conversation"]}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:  # noqa: ARG002
        """Look for the part with these words after the message that it answers; write none.

        Takes `SETTLED_AFTER` where it is not shown.
        """
        if not self._token:
            return Reconciliation(Happened.CANNOT_TELL)
        for wait in (0.0, SETTLED_AFTER):
            await asyncio.sleep(wait)
            try:
                since = await self._read(payload)
            except (NotAcceptedError, RejectedError):
                return Reconciliation(Happened.CANNOT_TELL)
            if since.ours is not None:
                return Reconciliation(Happened.YES, since.ours)
            if not since.is_whole:
                return Reconciliation(Happened.CANNOT_TELL)
        return Reconciliation(Happened.NO)

    async def _look(self, payload: Json) -> Json | None:
        try:
            return (await self._read(payload)).ours
        except (NotAcceptedError, RejectedError):  # it was written; its id alone is not known
            return None

    async def _read(self, payload: Json) -> _Since:
        """Read the conversation since the message that this answers. Raises RejectedError, NotAcceptedError."""
        conversation = _object(await _call(self._settings, "GET", f"conversations/{payload['conversation']}"))
        listed = conversation.get("conversation_parts")
        total = listed.get("total_count") if isinstance(listed, dict) else None
        if not isinstance(listed, dict) or not isinstance(total, int):
            raise NotAcceptedError(f"Intercom did not show the parts of the conversation. {_NOTHING}.")
        parts = [part for part in listed.get("conversation_parts") or () if isinstance(part, dict)]
        names = [(conversation.get("source") or {}).get("id"), *(part.get("id") for part in parts)]
        places = [number for number, name in enumerate(names) if str(name) == payload.get("after")]
        by_team = [
            part
            for part in parts[places[-1] if places else 0 :]
            if (part.get("author") or {}).get("type") == "admin" and part.get("body")
        ]
        ours = [
            {"conversation": payload["conversation"], "part": str(part.get("id"))}
            for part in by_team
            if part.get("part_type") == self.message_type and _same(str(part["body"]), payload["text"])
        ]
        return _Since(
            ours=ours[-1] if ours else None,
            is_answered=bool(places or "after" not in payload)
            and any(part.get("part_type") != "note" for part in by_team),
            is_whole=total <= min(len(parts), _MOST_PARTS),
        )


async def _call(settings: Settings, verb: str, path: str, *, acts: bool = False, **body: Any) -> Response:  # noqa: ANN401
    """Ask Intercom. Raises RejectedError, NotAcceptedError, and where the call `acts` AmbiguousError."""
    from httpx import AsyncClient, HTTPError, InvalidURL  # a console loads none

    begun, token = False, settings.intercom_access_token
    base = settings.intercom_api_base.rstrip("/")

    async def note(event: str, _: object) -> None:
        nonlocal begun
        begun = begun or event.endswith("send_request_headers.started")

    headers = {
        "authorization": f"Bearer {token.reveal() if token else ''}",
        "intercom-version": _VERSION,
        "accept": "application/json",
    }
    try:
        async with asyncio.timeout(_TIMEOUT), AsyncClient(verify=_tls.trusted(), timeout=_TIMEOUT) as http:
            response = await http.request(
                verb, f"{base}/{path}", headers=headers, extensions={"trace": note}, **body
            )
    except (HTTPError, InvalidURL, TimeoutError) as exc:
        if acts and begun:
            raise AmbiguousError(
                f"Intercom did not answer ({type(exc).__name__}). It may be written."
            ) from exc
        raise NotAcceptedError(f"Intercom did not answer ({type(exc).__name__}). {_NOTHING}.") from exc
    if response.is_success:
        return response
    status = response.status_code
    if status in _REFUSED:
        raise RejectedError(
            f"Intercom refused it ({status}). {_NOTHING}. Check the token and the conversation."
        )
    if acts and status != 429:
        raise AmbiguousError(f"Intercom answered {status}. It may be written.")
    raise NotAcceptedError(f"Intercom answered {status}. {_NOTHING}.")


def _object(response: Response) -> Json:
    """The object in an answer to a reading. Raises NotAcceptedError where there is none."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise NotAcceptedError(f"Intercom's answer is no JSON object. {_NOTHING}.")
    return answer


def _same(body: str, words: str) -> bool:
    return plain(body).split() == words.split()
