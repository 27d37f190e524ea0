"""The notes that every draft gets beside its play's own facts: who is not set yet, and how long its link works."""

from __future__ import annotations

from dataclasses import replace

from execops.books.facts import Facts
from execops.model import Draft
from execops.plays import wording

_NOT_SET = "not set: "
_TEAM = ("EXECOPS_ACCOUNT_OWNER_EMAIL", "EXECOPS_FINANCE_EMAIL")


def noted(facts: Facts, draft: Draft) -> Draft:
    """The draft with a line of evidence for each setting that its mail lacks."""
    return replace(draft, evidence=(*draft.evidence, *_missing(facts, draft)))


def _missing(facts: Facts, draft: Draft) -> list[tuple[str, str]]:
    """The settings that a mail lacks: the sender, the recipient of one's own team, the name that signs."""
    if draft.action_type != "email":
        return []
    lines = []
    if "from" not in draft.payload:
        lines.append(("Sender", f"{_NOT_SET}EXECOPS_EMAIL_FROM"))
    if "to" not in draft.payload:
        unset = [name for name in _TEAM if not facts.org[name.removeprefix("EXECOPS_").lower()]]
        lines.append(("Recipient", _NOT_SET + " or ".join(unset)))
    elif draft.payload["to"] == facts.customer_email and wording.company(facts) is None:
        lines.append(("Signature", f"{_NOT_SET}EXECOPS_COMPANY_NAME"))
    return lines
