"""A danger at GitHub: a serious vulnerability, an advisory about the own product, or a failed deployment to production."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.plays import occasions
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.wording import short
from execops.sources.github.alarms import ADVISORY, ALERT, DEPLOYMENT, OBJECT_TYPE

_SERIOUS = frozenset({"high", "critical"})
_OVER = {
    ALERT: {
        "fixed": "the vulnerability is fixed",
        "dismissed": "somebody dismissed the alert",
        "auto_dismissed": "GitHub dismissed the alert by a rule",
    },
    ADVISORY: {"closed": "the advisory is closed", "withdrawn": "the advisory was withdrawn"},
    DEPLOYMENT: {"success": "the last deployment succeeded"},
}


def assess(facts: Facts) -> Draft | Declined:
    """A message to the account owner; nothing once the danger is over, or where it is a small one."""
    state = facts.state
    if facts.object_type != OBJECT_TYPE:
        return Declined("the event tells of no danger")
    kind, status = state["kind"], state.get("state")
    if status in _OVER[kind]:
        return Declined(_OVER[kind][status])
    severity = state.get("severity")
    if kind == ALERT and severity not in _SERIOUS:
        return Declined(f"the severity is {severity or 'not known'}")
    title, ask = _words(state)
    evidence = tuple((label, short(str(value))) for label, value in _evidence(state) if value)
    link = ("Open at GitHub", state["page_url"]) if state.get("page_url") else None
    action_type, payload = to_team(facts, TeamRole.ACCOUNT_OWNER, title, evidence, ask, link)
    return Draft(
        title=title,
        urgency=Urgency.CRITICAL if kind == DEPLOYMENT or severity == "critical" else Urgency.HIGH,
        action_type=action_type,
        payload=payload,
        verdict=ask.rstrip("."),
        reasoning=f"{title}. {ask}",
        evidence=evidence,
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        covers=occasions.since_end(facts),
    )


PLAY = Play(
    name="repository_alarm",
    vertical="engineering",
    version=1,
    summary="GitHub tells of a serious vulnerability, an advisory, or a failed deployment to production: tell the owner",
    action_type="notice",
    events=frozenset({ALERT, ADVISORY, DEPLOYMENT}),
    assess=assess,
    survival=True,
)


def _words(state: Json) -> tuple[str, str]:
    """The headline, and the request."""
    repository, severity = short(state["repository"]), state.get("severity")
    if state["kind"] == DEPLOYMENT:
        where = short(state.get("environment") or "production")
        return (
            f"Deployment to {where} failed: {repository}",
            "Find out what runs now, and roll back or deploy again.",
        )
    if state["kind"] == ALERT:
        package, version = short(state.get("package") or "a dependency"), state.get("fixed_in")
        ask = (
            f"Update {package} to {short(version)}."
            if version
            else "No fixed version is known: look for a way around."
        )
        return f"Vulnerability, {severity}: {package} in {repository}", ask
    rated = f", {short(severity)}" if severity else ""
    if state.get("state") == "published":
        return (
            f"Advisory published{rated}: {repository}",
            "Customers read it now: see that the fixed version is out.",
        )
    return (
        f"Vulnerability reported{rated}: {repository}",
        "Somebody reported it in private: read it and answer.",
    )


def _evidence(state: Json) -> list[tuple[str, object]]:
    sha = state.get("sha")
    return [
        ("Repository", state["repository"]),
        ("Summary", state.get("summary")),
        ("Severity", state.get("severity")),
        ("Advisory", state.get("advisory")),
        ("Used", state.get("scope")),
        ("Fixed in", state.get("fixed_in")),
        ("Environment", state.get("environment")),
        ("Deployed", state.get("ref")),
        ("Commit", sha[:7] if sha else None),
        ("By", state.get("by")),
    ]
