"""Print a replayed case: each draft beside its grade, its checks, and the reasons for no draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import indent

from execops.model import Proposal, Status
from tests.drafts.checks import Check, draft
from tests.drafts.replay import Replayed


def lines(replayed: Replayed, results: Sequence[Check]) -> Iterator[str]:
    """The case as lines of plain text."""
    case = replayed.case
    yield f"=== {case.id} · box {case.box} · {', '.join(case.plays)}"
    yield from (f"    {line}" for line in case.about)
    if case.arguable:
        yield f"    arguable: {case.arguable}"
    graded = {
        proposal.id: f"draft {grade.n}, graded {grade.grade} before, wanted: {grade.want}"
        for grade in case.grades
        if (proposal := draft(replayed, grade))
    }
    for proposal in replayed.proposals:
        yield from _proposal(proposal, graded.get(proposal.id, "not graded"))
    yield from _reasons(replayed)
    yield from (f"  {'ok  ' if check.holds else 'FAIL'} {check.name}" for check in results)
    yield ""


def summary(results: Iterable[Check]) -> Iterator[str]:
    """The count of the checks, and the names of those that fail."""
    every = list(results)
    failed = [check.name for check in every if not check.holds]
    yield f"{len(every) - len(failed)} of {len(every)} checks hold."
    yield from (f"  FAIL {name}" for name in failed)


def _proposal(proposal: Proposal, grade: str) -> Iterator[str]:
    waits = proposal.status is Status.PENDING
    end = "" if waits else f" · {proposal.status}: {proposal.outcome}"
    yield f"  --- {proposal.play} · {proposal.object_id} · {proposal.urgency} · {grade}{end}"
    if not waits:
        return
    payload = proposal.payload
    yield f"  title      {proposal.title}"
    yield f"  amount     {proposal.amount}"
    for name in ("to", "from", "reply_to", "channel", "subject"):
        if payload.get(name):
            yield f"  {name:<10} {payload[name]}"
    yield indent(payload.get("text", ""), "  | ", lambda _: True).rstrip()
    yield f"  why        {proposal.reasoning}"
    yield from (f"  fact       {label}: {value}" for label, value in proposal.evidence)


def _reasons(replayed: Replayed) -> Iterator[str]:
    """The reasons for no draft, each once; of bank rows only those of the case's plays."""
    reasons = {
        f"  no draft   {outcome.get('play', '')}: {outcome['why']}"
        for event in replayed.events
        for outcome in event.outcome
        if outcome.get("why") and (not replayed.case.from_bank or outcome["play"] in replayed.case.plays)
    }
    yield from sorted(reasons)
    for event in replayed.events:
        if event.error:
            yield f"  error      {event.type}: {event.error}"
