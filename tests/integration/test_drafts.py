"""The judged drafts: every case is replayed, and its checks hold but for the cases that are listed here.

The bank rows of a box cost more than the events of a case. So they are imported for the cases whose drafts may rest on them,
and for the first case of every box, which shows that they change nothing for the customers. The cases that are the bank's rows
of a box and nothing else share one replay.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from execops.settings import Secret
from jobs.bootstrap import open_context
from tests.drafts import cases
from tests.drafts.cases import Case
from tests.drafts.checks import checks
from tests.drafts.replay import Replayed, StandingClock, replay, settings_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

# The cases with a check that does not hold yet. Take a case out as soon as all its checks hold.
NOT_YET: set[str] = set()
CASES = cases.every()
_OF_BOXES: dict[str, Replayed] = {}  # the replays of the bank's rows alone
FIRST = {case.box: case.id for case in reversed(CASES)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.id))
async def test_the_checks_of_a_case_hold(
    case: Case, database_url: str, founder_token: Secret, tmp_path: Path
) -> None:
    if case.is_its_box_alone and case.box in _OF_BOXES:
        replayed = dataclasses.replace(_OF_BOXES[case.box], case=case)
    else:
        settings = settings_of(
            case, home=tmp_path / "home", database_url=database_url, token=founder_token.reveal()
        )
        bank = case.is_of_cash or FIRST[case.box] == case.id
        async with open_context(settings) as ctx:
            replayed = await replay(replace(ctx, clock=StandingClock(NOW)), case, bank=bank)
    if case.is_its_box_alone:
        _OF_BOXES[case.box] = replayed
    failed = [check.name for check in checks(replayed) if not check.holds]
    assert bool(failed) == (case.id in NOT_YET), failed or f"take {case.id} out of NOT_YET"


def test_only_known_cases_are_listed() -> None:
    assert {case.id for case in CASES} >= NOT_YET
