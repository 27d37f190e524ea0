"""Deliveries of GitHub's and Sentry's webhooks in the shapes that both document, signed as both sign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from execops import processing
from execops.context import Context
from execops.ingest import deliveries, events
from execops.ingest.deliveries import Receipt
from execops.model import Event, Json
from execops.settings import Secret
from execops.sources import github, sentry

GITHUB_SECRET, SENTRY_SECRET = Secret("hook-secret"), Secret("client-secret")
# The settings with which both sources are on.
ON: dict[str, Any] = {
    "sources": ("stripe", "github", "sentry"),
    "github_webhook_secrets": (GITHUB_SECRET,),
    "sentry_client_secrets": (SENTRY_SECRET,),
}
REPOSITORY: Json = {
    "id": 186853002,
    "node_id": "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=",
    "name": "app",
    "full_name": "example/app",
    "private": True,
    "owner": {"login": "example", "id": 21031067, "type": "Organization", "site_admin": False},
    "html_url": "https://github.com/example/app",
    "fork": False,
    "default_branch": "main",
}
SENDER: Json = {"login": "github", "id": 9919, "type": "Organization", "site_admin": False}


def ago(minutes: float) -> str:
    """The moment so many minutes before now, as both services write it."""
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def alert(
    action: str = "created",
    *,
    number: int = 20,
    at: str | None = None,
    severity: str = "high",
    **changes: Any,
) -> Json:
    """A `dependabot_alert` delivery's payload. The action says the state."""
    states = {"fixed": "fixed", "dismissed": "dismissed", "auto_dismissed": "auto_dismissed"}
    package = {"ecosystem": "npm", "name": "semver"}
    return {
        "action": action,
        "alert": {
            "number": number,
            "state": states.get(action, "open"),
            "dependency": {"package": package, "manifest_path": "package-lock.json", "scope": "runtime"},
            "security_advisory": {
                "ghsa_id": "GHSA-c2qf-rxjj-qqgw",
                "cve_id": "CVE-2022-25883",
                "summary": "semver vulnerable to Regular Expression Denial of Service",
                "description": "Versions before 7.5.2 are vulnerable.",
                "severity": severity,
                "identifiers": [{"value": "CVE-2022-25883", "type": "CVE"}],
                "references": [{"url": "https://github.com/advisories/GHSA-c2qf-rxjj-qqgw"}],
                "published_at": "2023-06-21T06:30:28Z",
                "updated_at": "2023-06-22T16:52:56Z",
                "withdrawn_at": None,
            },
            "security_vulnerability": {
                "package": package,
                "severity": severity,
                "vulnerable_version_range": "< 7.5.2",
                "first_patched_version": {"identifier": "7.5.2"},
            },
            "url": f"https://api.github.com/repos/example/app/dependabot/alerts/{number}",
            "html_url": f"https://github.com/example/app/security/dependabot/{number}",
            "created_at": ago(60),
            "updated_at": at or ago(60),
            "dismissed_at": None,
            "fixed_at": None,
        }
        | changes,
        "repository": REPOSITORY,
        "sender": SENDER,
    }


def advisory(action: str = "reported", *, at: str | None = None, **changes: Any) -> Json:
    """A `repository_advisory` delivery's payload."""
    return {
        "action": action,
        "repository_advisory": {
            "ghsa_id": "GHSA-abcd-1234-efgh",
            "cve_id": None,
            "url": "https://api.github.com/repos/example/app/security-advisories/GHSA-abcd-1234-efgh",
            "html_url": "https://github.com/example/app/security/advisories/GHSA-abcd-1234-efgh",
            "summary": "A stranger reads invoices of others",
            "description": "Steps to reproduce.",
            "severity": None,
            "author": None,
            "publisher": None,
            "identifiers": [{"value": "GHSA-abcd-1234-efgh", "type": "GHSA"}],
            "state": {"reported": "triage", "published": "published"}[action],
            "created_at": ago(60),
            "updated_at": at or ago(60),
            "published_at": None,
            "closed_at": None,
            "withdrawn_at": None,
            "submission": {"accepted": False},
        }
        | changes,
        "repository": REPOSITORY,
        "sender": {"login": "researcher", "id": 1, "type": "User", "site_admin": False},
    }


def deployment(
    state: str = "failure", *, at: str | None = None, environment: str = "production", **changes: Any
) -> Json:
    """A `deployment_status` delivery's payload; the changes are the deployment's."""
    creator = {"login": "deployer", "id": 21031067, "type": "User", "site_admin": False}
    return {
        "action": "created",
        "deployment_status": {
            "url": "https://api.github.com/repos/example/app/deployments/145988746/statuses/209916254",
            "id": 209916254,
            "state": state,
            "creator": creator,
            "description": "",
            "environment": environment,
            "target_url": "https://github.com/example/app/actions/runs/1/job/2",
            "created_at": at or ago(60),
            "updated_at": at or ago(60),
        },
        "deployment": {
            "url": "https://api.github.com/repos/example/app/deployments/145988746",
            "id": 145988746,
            "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
            "ref": "main",
            "task": "deploy",
            "payload": {},
            "original_environment": environment,
            "environment": environment,
            "description": None,
            "creator": creator,
            "created_at": at or ago(60),
            "updated_at": at or ago(60),
        }
        | changes,
        "repository": REPOSITORY,
        "sender": creator,
    }


PING: Json = {
    "zen": "Keep it logically awesome.",
    "hook_id": 42,
    "hook": {"type": "Repository", "id": 42, "name": "web", "active": True, "events": ["*"]},
    "repository": REPOSITORY,
    "sender": SENDER,
}


def error(
    user: Json | None, *, issue: str = "1117540176", at: str | None = None, resource: str = "event_alert"
) -> Json:
    """The payload of an issue alert, or of an `error` webhook: an error that hit a user."""
    data: Json = {
        "culprit": "checkout(pay)",
        "datetime": at or ago(60),
        "event_id": uuid4().hex,
        "issue_url": f"https://sentry.io/api/0/issues/{issue}/",
        "issue_id": issue,
        "level": "error",
        "location": "<anonymous>",
        "message": "",
        "metadata": {"filename": "<anonymous>", "type": "ReferenceError", "value": "heck is not defined"},
        "platform": "javascript",
        "project": 1,
        "release": None,
        "tags": [["browser", "Chrome 75.0.3770"], ["level", "error"]],
        "title": "ReferenceError: heck is not defined",
        "type": "error",
        "url": "https://sentry.io/api/0/projects/example/front-end/events/e4874d664c3540c1a32eab185f12c5ab/",
        "user": user,
        "version": "7",
        "web_url": f"https://sentry.io/organizations/example/issues/{issue}/events/e4874d664c3540c1a32eab185f12c5ab/",
    }
    action = "triggered" if resource == "event_alert" else "created"
    more = {"triggered_rule": "Very Important Alert Rule!"} if resource == "event_alert" else {}
    return {
        "action": action,
        "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
        "data": {"event" if resource == "event_alert" else "error": data} | more,
        "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
    }


def issue_changed(action: str, *, issue: str = "1117540176") -> Json:
    """The payload of an `issue` webhook."""
    status = {"resolved": "resolved", "archived": "ignored"}.get(action, "unresolved")
    return {
        "action": action,
        "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
        "data": {
            "issue": {
                "annotations": [],
                "assignedTo": None,
                "count": "1",
                "culprit": "checkout(pay)",
                "firstSeen": ago(62),
                "id": issue,
                "lastSeen": ago(62),
                "level": "error",
                "metadata": {"filename": "/runner", "type": "ReferenceError", "value": "heck is not defined"},
                "permalink": None,
                "platform": "javascript",
                "project": {"id": "1", "name": "front-end", "platform": "", "slug": "front-end"},
                "shortId": "FRONT-END-9",
                "status": status,
                "statusDetails": {},
                "substatus": None,
                "title": "ReferenceError: heck is not defined",
                "type": "error",
                "userCount": 1,
                "web_url": f"https://sentry.io/organizations/example/issues/{issue}/",
            }
        },
        "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
    }


def of_github(name: str, payload: Json, delivery: str | None = None) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a signed delivery of GitHub's."""
    body = json.dumps(payload).encode()
    return {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/044aadd",
        "x-github-delivery": delivery or str(uuid4()),
        "x-github-event": name,
        "x-github-hook-id": "42",
        "x-hub-signature-256": github.SIGNING.sign(body, GITHUB_SECRET),
    }, body


def of_sentry(
    resource: str, payload: Json, request: str | None = None, at: datetime | None = None
) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a signed delivery of Sentry's."""
    body = json.dumps(payload).encode()
    headers = {
        "content-type": "application/json",
        "request-id": request or uuid4().hex,
        "sentry-hook-resource": resource,
        "sentry-hook-signature": sentry.SIGNING.sign(body, SENTRY_SECRET),
    }
    return headers | ({"sentry-hook-timestamp": str(int(at.timestamp()))} if at else {}), body


async def receive(ctx: Context, source: str, signed: tuple[Mapping[str, str], bytes]) -> Receipt:
    """Verify and store a delivery, without processing it."""
    headers, body = signed
    [receipt] = await deliveries.store(ctx, [deliveries.verify(ctx, source, headers, body)])
    return receipt


async def take_in(ctx: Context, source: str, signed: tuple[Mapping[str, str], bytes]) -> Event:
    """Receive a delivery and process its event; returns the event with its outcome."""
    receipt = await receive(ctx, source, signed)
    await processing.process_event(ctx, receipt.event_id)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)
