"""The rows of a view: ordered, filtered, and merged page by page."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from textual.app import App, ComposeResult

from execops.model import Status, Urgency
from execops.proposals.listing import Summary
from tui.rows import Rows
from tui.views import Page, View
from tui.widgets.proposal_list import ProposalList

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def summary(
    id_: int, urgency: Urgency = Urgency.MEDIUM, title: str = "", minor: int | None = 4900
) -> Summary:
    return Summary(
        id=id_,
        version=1,
        effective_status=Status.PENDING,
        urgency=urgency,
        vertical="money",
        play="card_update",
        action_type="email",
        title=title or f"Proposal {id_}",
        object_id=f"in_{id_}",
        subject_key=f"cus_{id_}",
        amount_minor=minor,
        currency="USD" if minor else None,
        edited=False,
        created_at=NOW,
        decided_at=None,
        expires_at=NOW + timedelta(days=14),
        outcome=None,
    )


def ids(rows: Rows) -> list[int]:
    return [rows[line].id for line in range(len(rows))]


def test_pending_is_ordered_by_urgency_then_newest() -> None:
    rows = Rows(View.PENDING)
    for id_, urgency in enumerate([Urgency.LOW, Urgency.CRITICAL, Urgency.HIGH, Urgency.CRITICAL], start=1):
        rows.put(summary(id_, urgency))
    assert ids(rows) == [4, 2, 3, 1]
    rows.put(summary(1, Urgency.CRITICAL))
    assert ids(rows) == [4, 2, 1, 3]
    assert [rows.index(id_) for id_ in ids(rows)] == [0, 1, 2, 3]


def test_other_views_are_ordered_by_the_moment_of_the_decision() -> None:
    rows = Rows(View.DECIDED)
    for id_, minutes in ((1, 5), (3, 1), (2, 9)):
        rows.put(replace(summary(id_), decided_at=NOW + timedelta(minutes=minutes)))
    assert ids(rows) == [2, 1, 3]
    rows.put(replace(summary(3), decided_at=NOW + timedelta(minutes=10)))
    assert ids(rows) == [3, 2, 1]
    rows.put(summary(5))
    rows.put(summary(4))
    assert ids(rows) == [3, 2, 1, 5, 4], "without a decision by the moment of drafting, then the newest"


def test_rows_agree_with_sorting_after_any_changes() -> None:
    chance = random.Random(7)
    rows, model = Rows(View.PENDING), dict[int, Summary]()
    rows.refilter("even")
    for _ in range(3000):
        id_ = chance.randrange(200)
        if chance.random() < 0.3:
            rows.drop(id_)
            model.pop(id_, None)
        else:
            row = summary(id_, chance.choice(list(Urgency)), chance.choice(["even", "odd"]))
            rows.put(row)
            model[id_] = row
    expected = sorted(model.values(), key=View.PENDING.key)
    assert ids(rows) == [row.id for row in expected if row.title == "even"]
    rows.refilter("")
    assert ids(rows) == [row.id for row in expected]


def test_merge_makes_a_range_read_as_the_page_says() -> None:
    rows = Rows(View.PENDING)
    for id_ in range(1, 10):
        rows.put(summary(id_))
    rows.merge(
        Page(
            view=View.PENDING, rows=[summary(9), summary(8)], after=None, until=View.PENDING.key(summary(6))
        ),
        keep={7},
    )
    assert ids(rows) == [9, 8, 7, 5, 4, 3, 2, 1]
    rows.merge(
        Page(view=View.PENDING, rows=[summary(2)], after=View.PENDING.key(summary(6)), until=None), keep=set()
    )
    assert ids(rows) == [9, 8, 7, 2]


def test_filter_finds_every_word_anywhere() -> None:
    rows = Rows(View.PENDING)
    rows.put(summary(1, Urgency.HIGH, "Card failed: Globex"))
    rows.put(summary(2, Urgency.LOW, "Card failed: Acme"))
    for text, found in (
        ("globex HIGH", [1]),
        ("in_2", [2]),
        ("$49.00 card", [1, 2]),
        ("#1", [1]),
        ("nobody", []),
    ):
        rows.refilter(text)
        assert ids(rows) == found
        assert rows.total == 2


def test_widest_amount_is_known() -> None:
    rows = Rows(View.PENDING)
    rows.put(summary(1, minor=None))
    assert rows.widest_amount == 0
    rows.put(summary(2, minor=123456789))
    rows.put(summary(3, minor=1))
    assert rows.widest_amount == len("$1,234,567.89")


async def test_a_title_is_not_cut_for_the_sake_of_the_vertical() -> None:
    """At any width from that of the list on 120 columns, in every view, with amounts as long as a million of yen."""
    title = "Dispute: Hooli Inc, fraudulent, due in 6 d"
    proposals = ProposalList()

    class Screen(App[None]):
        def compose(self) -> ComposeResult:
            yield proposals

    for view, least in ((View.PENDING, 68), (View.DECIDED, 74)):
        shown = set()
        for width in range(least, 130, 3):
            async with Screen().run_test(size=(width, 6)) as pilot:
                rows = Rows(view)
                for id_, vertical, minor in ((1, "money", 490_000), (2, "customer_fire", 4900)):
                    rows.put(replace(summary(id_, title=title, minor=minor), vertical=vertical))
                proposals.show(rows)
                await pilot.pause()
                line = "".join(segment.text for segment in proposals.render_line(0))
                assert title in line, (width, line)
                shown.add("customer_f" in line or "money" in line)
            proposals = ProposalList()
        assert shown == {False, True}, view
