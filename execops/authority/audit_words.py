"""The entries of the audit log in words: the change, and why it was made. Who and when stand beside them."""

from __future__ import annotations

from datetime import datetime

from execops.authority import limits
from execops.model import AuditEntry, Json
from execops.money import money
from execops.text.snoozes import snoozed

_SWITCHED = {"policy.allowed": "enabled", "policy.forbidden": "disabled", "policy.suspended": "suspended"}


def words(entry: AuditEntry) -> str:
    """The change in words, such as `disabled the play card_update: too many`; empty where the action says all."""
    facts = entry.metadata_json
    change = _change(entry.action, facts)
    why = facts.get("why") or facts.get("reason") or ""
    if change and why:
        return f"{change}: {why}"
    return change or str(why or facts.get("outcome") or facts.get("error") or "")


def _change(action: str, facts: Json) -> str:
    noun, _, verb = action.partition(".")
    if noun == "policy":
        return _switch(action, facts)
    if noun == "suppression":
        subject = facts.get("subject", "a customer")
        return {
            "added": f"{subject} is never contacted again",
            "removed": f"{subject} may be contacted again",
        }.get(verb, f"changed the suppression of {subject}")
    if action == "import.undone":
        rows = f"{facts.get('removed')} movements of {facts.get('account')} left the books"
        return f"took import {facts.get('import')} back: {rows}"
    if action == "events.pruned":
        day = str(facts.get("before"))[:10]
        return f"took the payloads of {facts.get('events')} events away that arrived before {day}"
    if noun == "canvas_synonym":
        means = "means" if verb == "added" else "no longer means"
        return f"“{facts.get('phrase')}” {means} “{facts.get('means')}” on the canvas"
    if noun == "vendor_alias":
        verb = "means" if verb == "added" else "no longer means"
        return f"{facts.get('alias')} {verb} {facts.get('vendor', 'a vendor')}"
    if noun == "own_category":
        verb = "is" if verb == "added" else "is no longer"
        return f"{facts.get('vendor')} {verb} in the category {facts.get('category', 'of its own')}"
    if noun == "operator":
        return _operator(verb, facts)
    if action == "approval.given":
        return f"approved, {facts.get('given')} of {facts.get('needed')}"
    if action == "proposal.snoozed":
        return f"snoozed {snoozed(str(facts.get('for')), datetime.fromisoformat(str(facts.get('until'))))}"
    if action == "proposal.woken":
        return "is back"
    if noun == "notifications":
        return f"is told {'of urgent proposals' if verb == 'allowed' else 'nothing more'}"
    if noun == "second_approval":
        amount = money(facts.get("from_minor"), facts.get("currency"))
        return f"two operators approve from {amount} on" if amount else "one approval is enough"
    return ""


def _switch(action: str, facts: Json) -> str:
    if facts.get("kind") == "system":
        return "resumed all executions" if action == "policy.allowed" else "paused all executions"
    noun = "action type" if facts.get("kind") == "action" else "play"
    return f"{_SWITCHED.get(action, 'switched')} the {noun} {facts.get('name')}"


def _operator(verb: str, facts: Json) -> str:
    name, role = facts.get("name"), facts.get("role")
    changed = [str(key) for key in facts.get("changed") or () if key not in {"disabled_at", "expires_at"}]
    if verb == "revoked":
        return f"revoked {name}"
    if verb == "changed":
        return f"changed {', '.join(changed) or 'the record'} of {name}{_until(facts)}"
    try:
        own = str(limits.read(facts.get("limits", {})))
    except limits.UnreadableLimitsError:
        own = "limits that cannot be read"
    return f"added {name} ({role}{', ' + own if own else ''}){_until(facts)}"


def _until(facts: Json) -> str:
    expires_at = facts.get("expires_at")
    return f", until {str(expires_at)[:10]}" if expires_at else ""
