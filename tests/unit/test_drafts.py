"""The tool that replays graded drafts: times, bank rows, and checks that can fail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from execops.model import Status
from tests.drafts import cases
from tests.drafts.cases import Case, Wanted
from tests.drafts.checks import checks
from tests.drafts.replay import Replayed

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_times_are_resolved_as_of_a_moment() -> None:
    shape = {"a": {"$t": -60}, "b": [{"$m": -1, "d": 5, "h": 3}], "c": {"$ym": 1, "get": "month"}}
    assert cases.resolve(shape, NOW) == {
        "a": int(NOW.timestamp()) - 60,
        "b": [int(datetime(2025, 12, 5, 3, tzinfo=UTC).timestamp())],
        "c": 2,
    }


def test_a_time_of_a_month_is_never_later_than_now() -> None:
    early = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert cases.resolve({"$m": 0, "d": 1, "h": 3}, early) == int(early.timestamp())


def test_the_last_balance_of_a_statement_is_its_closing_balance() -> None:
    statement = {"currency": "USD", "closing": 100, "rows": [[0, 1, "AWS", -40], ["ago", 40, "Gusto", -10.5]]}
    assert cases.statement_lines(statement, NOW, ZoneInfo("America/Los_Angeles"))[1:] == [
        "2025-12-22,Gusto,-10.5,USD,140.0\n",
        "2026-01-01,AWS,-40,USD,100.0\n",
    ]


def test_cases_are_picked_by_id_and_by_play() -> None:
    every = cases.load()
    assert [case.id for case in cases.load(wanted=Wanted(ids=frozenset({"S01"})))] == ["S01"]
    of_play = cases.load(wanted=Wanted(plays=frozenset({"save_offer"})))
    assert 0 < len(of_play) < len(every)
    assert all("save_offer" in case.plays for case in of_play)


def test_an_arguable_case_drafts_what_was_decided_on_which_may_be_nothing() -> None:
    [case] = cases.load(cases.FURTHER, Wanted(ids=frozenset({"C220"})))
    assert (list(case.plays), list(case.expected)) == (["card_update"], [])
    assert _failed(Replayed(case, [], [])) == []
    assert _failed(_of(case, _Draft("card_update", ""))) == ["C220 drafts of nothing"]


def test_bank_rows_belong_to_cases_of_the_companys_own_money() -> None:
    of_cash = {case.id for case in cases.every() if case.is_of_cash}
    assert {"X204", "X206", "R202", "Y202", "X05"} <= of_cash
    assert of_cash.isdisjoint({"C202", "D202", "O202", "S202", "E202"})


def test_every_case_has_an_id_of_its_own() -> None:
    ids = [case.id for case in cases.every()]
    assert len(ids) == len(set(ids)) > 150


def _replayed(case_id: str, *drafts: Any) -> Replayed:
    [case] = cases.load(wanted=Wanted(ids=frozenset({case_id})))
    return _of(case, *drafts)


def _of(case: Case, *drafts: Any) -> Replayed:
    """The drafts as those about the object or the vendor of a case."""
    for draft in drafts:
        draft.object_id = " ".join([case.id, *case.vendors()])
    return Replayed(case, drafts, [])


class _Draft:
    object_id = subject_key = ""

    def __init__(self, play: str, text: str, status: Status = Status.PENDING) -> None:
        self.play, self.title, self.payload, self.status = play, "", {"text": text}, status


def _failed(replayed: Replayed) -> list[str]:
    return [check.name for check in checks(replayed) if not check.holds]


def test_a_wanted_draft_that_is_missing_fails_every_check_about_it() -> None:
    assert len(_failed(_replayed("S13"))) == 3
    assert not _failed(_replayed("S13", _Draft("save_offer", "We are sorry.")))


def test_a_forbidden_word_fails_its_check_alone() -> None:
    drafted = _Draft("save_offer", "We are sorry. Would you tell us a little more?")
    assert _failed(_replayed("S13", drafted)) == ["S13 save_offer 1 must_not 'tell us a little more'"]


def test_a_draft_that_must_not_be_made_fails_unless_it_is_superseded() -> None:
    assert _failed(_replayed("S15", _Draft("save_offer", "")))
    assert not _failed(_replayed("S15", _Draft("save_offer", "", Status.SUPERSEDED)))


def test_nothing_may_be_pending_where_a_case_expects_nothing() -> None:
    assert _failed(_replayed("C35", _Draft("card_update", ""))) == ["C35 nothing pending"]


def test_a_case_that_was_missed_wants_any_draft() -> None:
    assert _failed(_replayed("X03")) == ["X03 something drafted"]
    assert not _failed(_replayed("X03", _Draft("spend_spike", "")))


def test_a_bank_case_names_the_vendor_of_its_story() -> None:
    chosen = cases.load(wanted=Wanted(ids=frozenset({"X01", "X05", "X07"})))
    assert [case.vendors() for case in chosen] == [{"hetzner"}, {"gusto"}, {"finanzamt"}]
