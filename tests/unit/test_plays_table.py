"""Every play has its stories: it drafts, it declines with a reason, and later events make its draft moot."""

from __future__ import annotations

from pathlib import Path

import pytest

from execops.model import Declined, Draft
from execops.plays.registry import all_plays
from tests import plays_page
from tests.plays_table import SCENARIOS, ask, table


def test_every_play_has_a_scenario() -> None:
    assert all_plays().keys() <= SCENARIOS.keys()


def test_the_page_lists_the_plays_of_the_code() -> None:
    page = Path(__file__).parents[2] / "docs" / "plays.md"
    assert page.read_text(encoding="utf-8") == plays_page.page(), "python -m tests.plays_page > docs/plays.md"
    assert {play.vertical for play in all_plays().values()} == plays_page.TITLES.keys()


@pytest.mark.parametrize("name", sorted(all_plays().keys() & SCENARIOS.keys()))
def test_a_play_drafts_declines_and_becomes_moot(name: str) -> None:
    play = all_plays()[name]
    cases = list(SCENARIOS[name]())
    answers = [ask(play, case) for case in cases]
    assert {type(answer) for answer in answers} == {Draft, Declined}
    for case, answer in zip(cases, answers, strict=True):
        assert not (case.moot and isinstance(answer, Declined)), case.story
        for then in case.moot:
            assert isinstance(ask(play, case, then), Declined), f"{case.story}: {then}"


@pytest.mark.parametrize("name", sorted(all_plays().keys() & SCENARIOS.keys()))
def test_a_draft_has_a_verdict_of_one_short_line(name: str) -> None:
    answers = [ask(all_plays()[name], case) for case in SCENARIOS[name]()]
    for verdict in {answer.verdict for answer in answers if isinstance(answer, Draft)}:
        assert verdict
        assert verdict == " ".join(verdict.split())
        assert len(verdict) <= 240  # three lines of the narrowest card
        assert not verdict.endswith(".")


@pytest.mark.parametrize("name", sorted(all_plays().keys() & SCENARIOS.keys()))
def test_the_table_shows_every_story(name: str) -> None:
    rows = [line for line in table(name).splitlines() if line.startswith("| `")]
    assert len(rows) == len(list(SCENARIOS[name]()))
    assert all(row.count("|") == 5 for row in rows)
    assert any("no proposal: " in row for row in rows)
    assert "STILL PROPOSED" not in table(name)
