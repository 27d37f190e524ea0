"""Sentry's webhooks: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/.

Off unless EXECOPS_SOURCES names it. Sentry signs the body alone, so its timestamp could be anybody's: a delivery is
recognised by its Request-ID, and an error counts at the time that the body tells. Only the state of an issue, which has no time
in its body, goes by the header's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from execops.effects import Effects, Snapshot, end_id, last_end
from execops.errors import InvalidDeliveryError
from execops.model import Event, Json
from execops.settings import Settings
from execops.sources import NewEvent, Signing, headers_of
from execops.sources.stripe.fields import iso_moment, line, obj, text
from execops.text import clean_line
from execops.text.links import page

RESOURCE, REQUEST, TIMESTAMP = "sentry-hook-resource", "request-id", "sentry-hook-timestamp"
HEADERS: tuple[str, ...] = (RESOURCE, REQUEST, TIMESTAMP)
ISSUE, HIT, STATUS = "sentry_issue", "sentry_hit", "sentry_status"
RESOLVED, ARCHIVED = "resolved", "ignored"
OVER = frozenset({RESOLVED, ARCHIVED})  # the states in which nobody needs to look at an issue
SIGNING = Signing(
    source="Sentry",
    header="sentry-hook-signature",
    setting="SENTRY_CLIENT_SECRET",
    place="the integration that sends it",
    algorithm="sha256",
)
_WORD = re.compile(r"[a-z][a-z_]{0,63}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_YEAR_2200 = 7_258_118_400
_ERRORS = {"event_alert": "event", "error": "error"}  # the resources that carry one error, and where


def verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG001
    """Raise SignatureError unless the integration's secret signed exactly this body.

    Raises NotConfiguredError where no secret is configured.
    """
    SIGNING.verify(headers, body, settings.sentry_client_secrets)


def normalise(settings: Settings, payload: Json, now: datetime) -> NewEvent:
    """The event in a delivery, such as `sentry.issue.created`; its key is the Request-ID.

    Raises InvalidDeliveryError where a header is missing or is none.
    """
    headers = headers_of(payload)
    resource, request = headers.get(RESOURCE, ""), headers.get(REQUEST, "")
    action = text(payload, "action") or ""
    if not (_WORD.fullmatch(resource) and _REQUEST_ID.fullmatch(request)):
        raise InvalidDeliveryError(
            "The delivery names no resource (Sentry-Hook-Resource), or no Request-ID; nothing was stored."
        )
    issue = _issue_id(resource, payload)
    return NewEvent(
        type=f"sentry.{resource}.{action}" if _WORD.fullmatch(action) else f"sentry.{resource}",
        occurred_at=min(_at(resource, payload) or now, now),
        dedupe_key=request,
        object_id=issue,
        subject_key=issue,
        livemode=settings.stripe_mode == "live",  # Sentry knows no modes
        api_version=None,
    )


def read(event: Event) -> Effects:
    """The effects of a stored event: the state of an issue, and who was hit by it."""
    _, _, resource = event.type.partition(".")
    resource = resource.partition(".")[0]
    issue, at = _issue_id(resource, event.payload_json), _at(resource, event.payload_json)
    if issue is None:
        return Effects()
    at = at or event.occurred_at
    if resource == "issue":
        data = obj(event.payload_json, "data", "issue")
        status = _status(issue, data, at)
        ends = (last_end(issue, issue, at),) if status.state["status"] in OVER else ()
        return Effects(snapshots=(_issue(issue, data, at), status, *ends))
    error = _error(resource, event.payload_json)
    hit = _hit(issue, error, at)
    return Effects(snapshots=(_issue(issue, error, at), *([hit] if hit else [])))


def _error(resource: str, payload: Json) -> Mapping[str, Any]:
    return obj(payload, "data", _ERRORS[resource]) if resource in _ERRORS else {}


def _issue_id(resource: str, payload: Json) -> str | None:
    issue = obj(payload, "data", "issue").get("id")
    number = str(issue if resource == "issue" else _error(resource, payload).get("issue_id"))
    return f"sentry:{number}" if _NUMBER.fullmatch(number) else None


def _at(resource: str, payload: Json) -> datetime | None:
    """When an error happened, or an issue changed; None where nothing tells it."""
    if resource in _ERRORS:
        return iso_moment(_error(resource, payload).get("datetime"))
    stamp = headers_of(payload).get(TIMESTAMP, "")
    if _NUMBER.fullmatch(stamp) and 0 < int(stamp) < _YEAR_2200:
        return datetime.fromtimestamp(int(stamp), UTC)
    return None


def _issue(issue: str, data: Mapping[str, Any], at: datetime) -> Snapshot:
    """The state of an issue. An error says nothing of the state, so the issue counts as open at its time.

    Only an issue that is archived stays so whatever errors follow, until Sentry tells otherwise: see `_status`.
    """
    status = text(data, "status") or "unresolved"
    project = data.get("project")
    return Snapshot(
        object_id=issue,
        object_type=ISSUE,
        subject_key=issue,
        state={
            "status": status,
            "title": line(data, "title"),
            "level": line(data, "level"),
            "project": line(project, "slug") if isinstance(project, Mapping) else None,
            "culprit": line(data, "culprit"),
            "page_url": page(data.get("web_url")) or page(data.get("permalink")),
        },
        as_of=at,
        rank=int(status != "unresolved"),  # within one second, the end outranks
        links=(_status_id(issue), end_id(issue)),
    )


def _status_id(issue: str) -> str:
    return f"{issue}:status"


def _status(issue: str, data: Mapping[str, Any], at: datetime) -> Snapshot:
    """The last status that Sentry told of an issue, which no error replaces."""
    status = text(data, "status") or "unresolved"
    return Snapshot(
        object_id=_status_id(issue),
        object_type=STATUS,
        subject_key=issue,
        state={"status": status},
        as_of=at,
        rank=int(status != "unresolved"),
    )


def _hit(issue: str, error: Mapping[str, Any], at: datetime) -> Snapshot | None:
    """A user whom an error hit, by mail address or id, in this minute; None where the error names nobody.

    A later hit adds a snapshot and replaces none, so who was hit within an hour does not depend on what follows.
    """
    user = obj(error, "user")
    email, user_id = (text(user, "email") or "").lower(), user.get("id")
    name = email or (str(user_id) if isinstance(user_id, (str, int)) else "")
    if not name:
        return None
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    return Snapshot(
        object_id=f"{issue}:{hashlib.sha256(name.encode()).hexdigest()[:24]}:{minute:%Y%m%d%H%M}",
        object_type=HIT,
        subject_key=issue,
        state={"email": email or None, "user": clean_line(str(user_id or "")) or None},
        as_of=minute,
        links=(issue,),
    )
