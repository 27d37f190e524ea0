"""An issue at Sentry hits several paying customers within an hour: the owner hears whom, before they write."""

from __future__ import annotations

from execops.books.facts import Facts
from execops.model import Declined, Draft, Json, Urgency
from execops.money import Money
from execops.plays import occasions
from execops.plays.messages import TeamRole, to_team
from execops.plays.play import Play
from execops.plays.wording import short
from execops.sources.sentry import ARCHIVED, ISSUE, RESOLVED, STATUS

_NAMED = 5  # customers that the message names
_OVER = {RESOLVED: "the issue is resolved", ARCHIVED: "the issue is archived"}


def assess(facts: Facts) -> Draft | Declined:
    """A message to the account owner; nothing below the number of customers, or once the issue is over."""
    issue = facts.state
    if facts.object_type != ISSUE:
        return Declined("the event is about no issue")
    if issue.get("status") in _OVER:
        return Declined(_OVER[issue["status"]])
    if any(linked["type"] == STATUS and linked.get("status") == ARCHIVED for linked in facts.linked):
        return Declined(_OVER[ARCHIVED])  # an archived issue has errors too
    customers, least = facts.affected, facts.org["sentry_customers"]
    if len(customers) < least:
        count = len(customers)
        return Declined(
            f"{count} paying {'customer was' if count == 1 else 'customers were'} hit within an hour, not {least}"
        )
    title = f"{len(customers)} paying {'customer' if len(customers) == 1 else 'customers'} hit: {short(_name(issue))}"
    monthly = _monthly(customers)
    evidence = tuple((label, value) for label, value in _evidence(issue, customers, monthly) if value)
    ask = "See that somebody works on it. Write to these customers before they write."
    link = ("Open at Sentry", issue["page_url"]) if issue.get("page_url") else None
    action_type, payload = to_team(facts, TeamRole.ACCOUNT_OWNER, title, evidence, ask, link)
    return Draft(
        title=title,
        urgency=Urgency.CRITICAL,
        action_type=action_type,
        payload=payload,
        verdict="Tell the owner: an error keeps paying customers from working",
        reasoning=f"Within an hour the error hit {_names(customers)}.",
        evidence=evidence,
        object_id=facts.object_id,
        subject_key=facts.subject_key,
        covers=occasions.since_end(facts),
        amount=monthly[0] if len(monthly) == 1 else None,
    )


PLAY = Play(
    name="paying_users_hit",
    vertical="engineering",
    version=1,
    summary="An error at Sentry hits several paying customers within an hour: tell the owner whom",
    action_type="notice",
    events=frozenset(
        {
            "sentry.event_alert.triggered",
            "sentry.error.created",
            "sentry.issue.created",
            "sentry.issue.unresolved",
        }
    ),
    assess=assess,
    needs=frozenset({"affected"}),
    survival=True,
)


def _name(issue: Json) -> str:
    return issue.get("title") or "an error without a title"


def _monthly(customers: list[Json]) -> list[Money]:
    """The MRR of these customers together, by currency."""
    sums: dict[str, int] = {}
    for customer in customers:
        for currency, minor in customer["mrr"].items():
            sums[currency] = sums.get(currency, 0) + minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def _names(customers: list[Json]) -> str:
    names = [short(customer["name"] or customer["email"] or customer["customer"]) for customer in customers]
    more = len(names) - _NAMED
    return f"{', '.join(names[:_NAMED])} and {more:,} more" if more > 0 else ", ".join(names)


def _evidence(issue: Json, customers: list[Json], monthly: list[Money]) -> list[tuple[str, str | None]]:
    return [
        ("Customers", _names(customers)),
        ("Their MRR", " + ".join(str(amount) for amount in monthly)),
        ("Error", short(_name(issue))),
        ("Project", short(issue["project"]) if issue.get("project") else None),
        ("Place", short(issue["culprit"]) if issue.get("culprit") else None),
    ]
