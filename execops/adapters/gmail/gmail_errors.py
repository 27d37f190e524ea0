"""The meaning of Google's errors: one sentence each, which says what to do.

https://developers.google.com/workspace/gmail/api/guides/handle-errors names the codes of the API. The codes of the sign-in
stand in https://www.rfc-editor.org/rfc/rfc6749#section-5.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from execops.errors import AdapterError, AmbiguousError, NotAcceptedError, RejectedError
from execops.text import clean_line

NOTHING = "Nothing was sent"
DOUBT = "The mail may be out"
AGAIN = "run `execops connect gmail` again, restart the worker, then retry"
_MAX_WORDS = 200  # characters
_UNTIL = re.compile(r"Retry after (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)")
_MINUTE = 30.0  # seconds; the limits of a minute are soon over
_DAY = 3600.0  # a daily limit ends within hours, and no attempt waits longer than one
# Refusals for now, with the pause in seconds where Google names none.
_LATER = {
    "rateLimitExceeded": _MINUTE,
    "userRateLimitExceeded": _MINUTE,
    "quotaExceeded": _MINUTE,
    "RATE_LIMIT_EXCEEDED": _MINUTE,
    "RESOURCE_EXHAUSTED": _MINUTE,
    "dailyLimitExceeded": _DAY,
}
_SCOPES = f"The sign-in does not allow this ({{words}}): leave every box ticked when you {AGAIN}"
_SWITCHED_OFF = "The Gmail API is not switched on in your Google project ({words}): enable it there under APIs & Services, then retry"
_REFUSED: dict[str, str] = {
    "authError": f"Google does not accept the sign-in ({{words}}): {AGAIN}",
    "UNAUTHENTICATED": f"Google does not accept the sign-in ({{words}}): {AGAIN}",
    "insufficientPermissions": _SCOPES,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _SCOPES,
    "domainPolicy": "The administrator of the account's domain does not let this app use Gmail ({words}): ask them to allow it, then retry",
    "accessNotConfigured": _SWITCHED_OFF,
    "SERVICE_DISABLED": _SWITCHED_OFF,
    "failedPrecondition": "Gmail cannot act for this account ({words}): check that the account that you connected has a mailbox, then retry",
}
_RECIPIENT = re.compile(r"\bto header\b|recipient", re.IGNORECASE)
_APP = (
    "Google does not know your app ({words}): correct EXECOPS_GMAIL_CLIENT_ID and EXECOPS_GMAIL_CLIENT_SECRET"
)
_SIGN_IN: dict[str, str] = {
    "invalid_grant": f"Google no longer accepts the sign-in ({{words}}): {AGAIN}",
    "invalid_client": _APP,
    "unauthorized_client": _APP,
    "deleted_client": _APP,
    "disabled_client": _APP,
    "admin_policy_enforced": "The administrator of the account's domain does not let this app sign in ({words}): ask them to allow it",
}
_TOO_MANY_REQUESTS = 429
_NOT_FOUND = 404
_SERVER_ERROR = 500


class _Refusal(Struct, frozen=True):
    """A refusal of the API: its most telling code, and Google's words."""

    code: str
    words: str


def from_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    sends: bool,
    recipient: str = "",
    secrets: Iterable[str] = (),
) -> AdapterError:
    """The error that an answer of the API other than a success means.

    A doubtful answer is ambiguous only to a call that `sends`. No sentence shows one of the `secrets`.
    """
    refusal = _refusal(status, body)
    words = _safe(f"{status} {refusal.words or refusal.code}".strip(), str(status), secrets)
    if status == _TOO_MANY_REQUESTS or refusal.code in _LATER:
        message = f"Gmail takes no more for now ({words}): ExecOps tries again; if that fails too, retry it later. {NOTHING}."
        return NotAcceptedError(message, retry_after=_wait(headers, refusal))
    if not 400 <= status < _SERVER_ERROR:
        if sends:
            return AmbiguousError(f"Gmail answered {words}. {DOUBT}.")
        return NotAcceptedError(f"Gmail answered {words}. {NOTHING}.")
    if sends and status == _NOT_FOUND:
        return AmbiguousError(f"The draft was gone before ExecOps sent it ({words}). {DOUBT}.")
    if refusal.code in _REFUSED:
        sentence = _REFUSED[refusal.code].format(words=words)
    elif status == _NOT_FOUND:
        sentence = f"Gmail's API is not found ({words}): check EXECOPS_GMAIL_API_BASE, then retry"
    elif recipient and _RECIPIENT.search(refusal.words):
        sentence = f"Gmail refused the recipient {recipient} ({words}): correct the address in the draft, and approve it again"
    else:
        sentence = (
            f"Gmail refused the mail ({words}): change what its words complain about, then approve it again"
        )
    return RejectedError(f"{sentence}. {NOTHING}.")


def from_sign_in(status: int, body: bytes, *, state: str, secrets: Iterable[str] = ()) -> AdapterError:
    """The error of an answer of the sign-in that gives no token. `kept` ends its sentences: `Nothing was sent`."""
    answer = _json(body)
    code = re.sub(r"[^a-z_]", "", str(answer.get("error") or ""))
    described = str(answer.get("error_description") or "")
    words = _safe(": ".join(part for part in (code or str(status), described) if part), str(status), secrets)
    if code in _SIGN_IN:
        return RejectedError(f"{_SIGN_IN[code].format(words=words)}. {state}.")
    if status == _TOO_MANY_REQUESTS or not 400 <= status < _SERVER_ERROR:
        return NotAcceptedError(f"Google's sign-in does not work now ({words}). {state}.")
    return RejectedError(f"Google refused the sign-in ({words}): {AGAIN}. {state}.")


def _refusal(status: int, body: bytes) -> _Refusal:
    """The refusal in an answer's body, whatever Google left out."""
    error = _json(body).get("error")
    if not isinstance(error, dict):
        return _Refusal("" if error is None else str(error), "")
    details = [detail for detail in _list(error.get("details")) if isinstance(detail, dict)]
    errors = [entry for entry in _list(error.get("errors")) if isinstance(entry, dict)]
    codes = [str(entry["reason"]) for entry in (*errors, *details) if entry.get("reason")]
    codes.append(str(error.get("status") or ""))
    reason = next((code for code in codes if code in _LATER or code in _REFUSED), codes[0])
    if status == 401 and reason not in _REFUSED:
        reason = "authError"
    return _Refusal(reason, str(error.get("message") or ""))


def _wait(headers: Mapping[str, str], refusal: _Refusal) -> float | None:
    """The seconds that Google asks us to wait, in a header or in its words; None if it names no time."""
    header = (headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"\d{1,6}", header):
        return float(header)
    if match := _UNTIL.search(refusal.words):
        pause = datetime.fromisoformat(match["moment"]) - datetime.now(UTC)
        return max(pause.total_seconds(), 1.0)
    return _LATER.get(refusal.code)


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _safe(words: str, instead: str, secrets: Iterable[str]) -> str:
    """The words as one line; `instead` if they repeat a secret."""
    if any(secret and secret in words for secret in secrets):
        return instead
    return clean_line(words, limit=_MAX_WORDS)
