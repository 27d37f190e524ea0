"""The states at GitHub that may endanger the company: a vulnerability in a dependency, an advisory, a failed deployment.

Each is a snapshot of one object: an alert by its number, an advisory by its id, and the deployments to an environment, whose
last result counts. The newest state wins by the times in the payload, so the order of arrival does not matter. A link is
GitHub's own: a deployment's `target_url` is whatever the deploying program wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from execops.effects import Effects, Snapshot, end_id, last_end
from execops.model import Event, Json
from execops.sources.stripe.fields import iso_moment, line, obj, text
from execops.text import clean_line
from execops.text.links import page

ALERT, ADVISORY, DEPLOYMENT = "dependabot_alert", "repository_advisory", "deployment_status"
OBJECT_TYPE = "github_alarm"
# Names that teams give to production; GitHub's own flag counts first.
_PRODUCTION = re.compile(r"(?i)\b(?:prod|production|live)\b")
_RESULTS = frozenset(
    {"success", "failure", "error"}
)  # the other states of a deployment are on the way to one
_LONGEST = 200  # characters of a name


class Alarm(Struct, frozen=True):
    """The state of one object at a moment. `over` says that nothing is wrong with it any more."""

    object_id: str
    at: datetime
    over: bool
    state: Json


def read(event: Event) -> Effects:
    """The effects of a stored event; none for a type that tells of no danger."""
    alarm = alarm_of(event.type, event.payload_json)
    if alarm is None:
        return Effects()
    snapshot = Snapshot(
        object_id=alarm.object_id,
        object_type=OBJECT_TYPE,
        subject_key=alarm.object_id,
        state=alarm.state,
        as_of=alarm.at,
        rank=int(alarm.over),  # within one second, the end of a danger outranks it
        links=(end_id(alarm.object_id),),
    )
    ends = (last_end(alarm.object_id, alarm.object_id, alarm.at),) if alarm.over else ()
    return Effects(snapshots=(snapshot, *ends))


def alarm_of(name: str, payload: Json) -> Alarm | None:
    """The state that an event of this name tells; None for one that tells none."""
    repository = clean_line(text(obj(payload, "repository"), "full_name") or "", limit=_LONGEST)
    reader = {ALERT: _alert, ADVISORY: _advisory, DEPLOYMENT: _deployment}.get(name)
    return reader(repository, payload) if reader and repository else None


def _alert(repository: str, payload: Json) -> Alarm | None:
    alert = obj(payload, "alert")
    number, at = alert.get("number"), _moment(alert, "updated_at", "created_at")
    if not isinstance(number, int) or at is None:
        return None
    vulnerability, advisory = obj(alert, "security_vulnerability"), obj(alert, "security_advisory")
    state = text(alert, "state") or "open"
    return Alarm(
        object_id=f"github:{repository}:alert:{number}",
        at=at,
        over=state != "open",
        state={
            "kind": ALERT,
            "repository": repository,
            "state": state,
            "severity": line(vulnerability, "severity") or line(advisory, "severity"),
            "package": line(obj(vulnerability, "package"), "name")
            or line(obj(alert, "dependency", "package"), "name"),
            "fixed_in": line(obj(vulnerability, "first_patched_version"), "identifier"),
            "scope": line(obj(alert, "dependency"), "scope"),
            "summary": line(advisory, "summary"),
            "advisory": line(advisory, "cve_id") or line(advisory, "ghsa_id"),
            "page_url": page(alert.get("html_url")),
        },
    )


def _advisory(repository: str, payload: Json) -> Alarm | None:
    advisory = obj(payload, "repository_advisory")
    ghsa = line(advisory, "ghsa_id")
    at = _moment(advisory, "updated_at", "published_at", "created_at")
    if ghsa is None or at is None or len(ghsa) > _LONGEST:
        return None
    state = text(advisory, "state") or "triage"
    withdrawn = advisory.get("withdrawn_at") is not None
    return Alarm(
        object_id=f"github:{repository}:advisory:{ghsa}",
        at=at,
        over=state == "closed" or withdrawn,
        state={
            "kind": ADVISORY,
            "repository": repository,
            "state": "withdrawn" if withdrawn else state,
            "severity": line(advisory, "severity"),
            "summary": line(advisory, "summary"),
            "advisory": line(advisory, "cve_id") or ghsa,
            "page_url": page(advisory.get("html_url")),
        },
    )


def _deployment(repository: str, payload: Json) -> Alarm | None:
    """The result of a deployment to production; None for one on its way, or to another environment."""
    status, deployment = obj(payload, "deployment_status"), obj(payload, "deployment")
    environment = line(status, "environment") or line(deployment, "environment") or ""
    state, at = text(status, "state"), _moment(status, "created_at", "updated_at")
    production = deployment.get("production_environment") is True or _PRODUCTION.search(environment)
    transient = deployment.get("transient_environment") is True
    if state not in _RESULTS or at is None or not production or transient:
        return None
    return Alarm(
        object_id=f"github:{repository}:deployment:{clean_line(environment, limit=_LONGEST)}",
        at=at,
        over=state == "success",
        state={
            "kind": DEPLOYMENT,
            "repository": repository,
            "state": state,
            "environment": environment,
            "ref": line(deployment, "ref"),
            "sha": line(deployment, "sha"),
            "summary": line(status, "description"),
            "by": line(obj(deployment, "creator"), "login"),
            "page_url": page(f"{text(obj(payload, 'repository'), 'html_url')}/deployments"),
        },
    )


def _moment(data: Mapping[str, Any], *names: str) -> datetime | None:
    return next((moment for name in names if (moment := iso_moment(data.get(name)))), None)
