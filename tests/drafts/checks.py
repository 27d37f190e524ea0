"""The checks of a replayed case: each grade, and what the case says of all its drafts together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from execops.model import Proposal
from tests.drafts.cases import Grade
from tests.drafts.replay import Replayed, words


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `name` says which: `S01 save_offer 1 must_not 'tell us'`; `grade` is the grade that it belongs to."""

    name: str
    holds: bool
    grade: Grade | None = None


def checks(replayed: Replayed) -> list[Check]:
    """Every check of the case, in the order of its grades."""
    case = replayed.case
    results = [check for grade in case.grades for check in _of_grade(case.id, grade, draft(replayed, grade))]
    silent = case.expect_none and not case.arguable
    if (case.plays or case.arguable) and not (case.grades or silent or case.missed):
        results += _of_plays(replayed)
    if silent:
        results.append(Check(f"{case.id} nothing pending", not replayed.pending))
    if case.missed:
        results.append(Check(f"{case.id} something drafted", bool(replayed.pending)))
    return results


def draft(replayed: Replayed, grade: Grade) -> Proposal | None:
    """The pending draft that the grade judges: the n-th of its play; None where there is none."""
    drafts = [proposal for proposal in replayed.pending if proposal.play == grade.play]
    return drafts[grade.n - 1] if grade.n <= len(drafts) else None


def _of_plays(replayed: Replayed) -> Iterator[Check]:
    """The checks of a case without grades: its plays draft, no other does, and its expressions hold for every draft.

    Only the plays of an arguable case are checked.
    """
    case = replayed.case
    plays, expected = sorted({proposal.play for proposal in replayed.pending}), case.expected
    yield Check(f"{case.id} drafts of {', '.join(expected) or 'nothing'}", plays == sorted(expected))
    for proposal in () if case.arguable else replayed.pending:
        for must in case.must:
            holds = re.search(must, words(proposal)) is not None
            yield Check(f"{case.id} {proposal.play} must {must!r}", holds)
        for must_not in case.must_not:
            absent = re.search(must_not, words(proposal)) is None
            yield Check(f"{case.id} {proposal.play} must_not {must_not!r}", absent)


def _of_grade(case_id: str, grade: Grade, proposal: Proposal | None) -> Iterator[Check]:
    about = f"{case_id} {grade.play} {grade.n}"
    yield Check(f"{about} {grade.want}", (proposal is None) == (grade.want == "none"), grade)
    if grade.want == "none":
        return
    text = words(proposal) if proposal else ""
    if grade.must:
        yield Check(f"{about} must {grade.must!r}", re.search(grade.must, text) is not None, grade)
    if grade.must_not:
        absent = proposal is not None and re.search(grade.must_not, text) is None
        yield Check(f"{about} must_not {grade.must_not!r}", absent, grade)
