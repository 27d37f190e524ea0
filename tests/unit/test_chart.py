"""A chart fits into the cells it is given, whatever the names in it, and leaves nothing behind."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from execops.canvas import result
from execops.canvas.result import Answer
from tests.answers import answer, months, revenue
from tests.unit.test_import_hygiene import loaded_by, packages_of
from tui import chart, receipt
from tui.svg import picture

VENDORS: list[tuple[Any, ...]] = [
    ("Landlord", "USD", 3_000_000),
    ("AWS", "USD", 120_000),
    ("株式会社フーリ", "USD", 90_000),
    ("\x1b[31mRed\x1b]0;x\x07 [b]bold[/b] \u202eevil\ue000\ue001", "USD", 60_000),
    ("A vendor with a name that goes on and on", "USD", 0),
]


def vendors(*rows: tuple[Any, ...], **changes: Any) -> Answer:
    return answer(
        "vendor text, currency currency, spent money", list(rows or VENDORS), metric="spend_by_vendor",
        title="Spend by vendor", chart="bar", **changes,
    )  # fmt: skip


def test_nothing_heavy_is_loaded_before_something_is_drawn() -> None:
    [modules] = loaded_by("tui.chart")
    assert "tui.chart" in modules
    assert not packages_of(modules) & {"textual", "rich", "plotext", "psycopg"}


@pytest.mark.parametrize("size", [(30, 6), (50, 9), (78, 12), (200, 60)])
@pytest.mark.parametrize("drawn_answer", [revenue(), vendors()], ids=["line", "bar"])
def test_it_fits(drawn_answer: Answer, size: tuple[int, int]) -> None:
    (series,) = chart.series(drawn_answer)
    lines = chart.draw_one(series, *size).split("\n")
    assert len(lines) == size[1]
    assert max(cell_len(line) for line in lines) == size[0]


def test_bars_stand_beside_their_names() -> None:
    (series,) = chart.series(vendors())
    lines = chart.draw_one(series, 60, 8).split("\n")
    assert [line.split("┤")[0].strip() for line in lines[1:6]] == [
        "Landlord",
        "AWS",
        "株式会社フーリ",
        "[31mRed]0;x [b]bo…",
        "A vendor with a n…",
    ]
    assert len({cell_len(line.split("┤")[0]) for line in lines[1:6]}) == 1
    widths = [line.count("█") for line in lines[1:6]]
    assert widths == sorted(widths, reverse=True)
    assert "10k" in lines[-1]


@pytest.mark.parametrize("count", [2, 3, 11, 12, 39, 40])
def test_every_bar_is_as_long_as_its_value_says(count: int) -> None:
    """Each bar has its own line: none is drawn over its neighbour's."""
    values = tuple(float(number * 37 % 41 + 1) for number in range(count))
    labels = tuple(f"bar {number:02}" for number in range(count))
    series = chart.Series(kind="bar", title="t", currency="", labels=labels, values=values)
    lines = chart.draw_one(series, 120, count + chart.FRAME).split("\n")
    lengths = {line[:6]: line.count("█") for line in lines if line.startswith("bar")}
    cells = max(lengths.values()) / max(values)
    for label, value in zip(labels, values, strict=True):
        assert abs(lengths[label] - value * cells) <= 1.5, label


def test_a_running_month_is_drawn_and_named_as_unfinished() -> None:
    rows = [(date(2026, month, 1), "USD", 100_000 * month) for month in range(1, 12)]
    sums = answer("month month, currency currency, net money", rows, metric="net_revenue", chart="bar")
    assert (sums.so_far, sums.unfinished) == ("November so far", date(2026, 11, 1))
    (series,) = chart.series(sums)
    lines = chart.draw_one(series, 80, 6).split("\n")  # the latest bars stay
    assert [line.partition("┤")[0].strip() for line in lines[1:4]] == ["2026-09", "2026-10", "2026-11 so far"]
    assert "█" not in lines[3]
    assert "░" in lines[3]
    assert "░" not in lines[2]
    whole = answer("month month, currency currency, net money", rows[:-1], metric="net_revenue", chart="bar")
    assert whole.so_far is None
    level = answer("month month, currency currency, mrr money", rows, metric="mrr", chart="line")
    assert level.so_far is None


def test_a_day_that_runs_is_drawn_and_named_as_unfinished() -> None:
    rows = [(date(2026, 11, day), "USD", 100_000) for day in range(18, 23)]
    by_day = {"from": date(2026, 11, 18), "to": date(2026, 11, 23), "group_by": "day"}
    sums = answer(
        "day date, currency currency, net money", rows, metric="net_revenue", chart="bar", params=by_day
    )
    assert (sums.so_far, sums.unfinished) == ("22 November so far", date(2026, 11, 22))
    (series,) = chart.series(sums)
    assert "░" in chart.draw_one(series, 80, 8).split("\n")[5]
    before = answer(
        "day date, currency currency, net money", rows[:-1], metric="net_revenue", chart="bar", params=by_day
    )
    assert before.so_far is None


@pytest.mark.parametrize(("terminal", "has_braille"), [("xterm-256color", True), ("linux", False)])
def test_a_line_is_as_fine_as_the_terminal_can(
    terminal: str, has_braille: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", terminal)
    (series,) = chart.series(revenue())
    drawn = chart.draw_one(series, 60, 12)
    assert any("\u2801" <= sign <= "\u28ff" for sign in drawn) == has_braille


def test_bars_that_do_not_fit_are_left_out_from_the_end() -> None:
    (series,) = chart.series(vendors())
    drawn = chart.draw_one(series, 60, 5)
    assert "AWS" in drawn
    assert "Red" not in drawn


@pytest.mark.parametrize(
    "minor",
    [(0, 0), (-100, -200), (10**16, 1), (5, 5), (-5, 7)],
)
@pytest.mark.parametrize("kind", ["line", "bar"])
def test_any_amounts_can_be_drawn(kind: str, minor: tuple[int, int]) -> None:
    rows = [(f"v{number}", "USD", amount) for number, amount in enumerate(minor)]
    drawn_answer = answer("vendor text, currency currency, spent money", rows, chart=kind)
    (series,) = chart.series(drawn_answer)
    lines = chart.draw_one(series, 40, 8).split("\n")
    assert max(len(line) for line in lines) <= 40


def test_currencies_never_share_a_chart() -> None:
    series = chart.series(revenue("USD", "JPY"))
    assert [one.title for one in series] == ["net USD", "net JPY"]
    assert series[0].values[0] == series[1].values[0] / 100  # type: ignore[operator]
    assert chart.draw(revenue("USD", "JPY"), 60).count("┌") == 2


def test_what_is_not_known_is_no_point() -> None:
    rows = months("USD")
    rows[1] = (rows[1][0], "USD", None)
    (series,) = chart.series(answer("month month, currency currency, net money", rows))
    assert series.values[1] is None
    assert chart.draw_one(series, 40, 8)
    assert chart.series(answer("month month, currency currency, net money", rows[:2])) == []


@pytest.mark.parametrize(
    ("metric", "columns", "drawn"),
    [
        ("net_revenue", "month month, currency currency, gross money, net money, payments count", "net"),
        ("mrr", "month month, currency currency, mrr money, change money", "mrr"),
        ("churn", "month month, currency currency, churned money, contracted money, rate percent", "churned"),
        ("runway", "currency currency, cash money, burn money, months months", "months"),
        ("precision", "play text, approved count, precision percent, unedited percent", "precision"),
        ("approval_time", "month month, median seconds, slowest_tenth seconds", "median"),
        ("proposals", "status text, proposals count, pending count", "proposals"),
        ("made_up", "a text, b count", "b"),
        ("made_up", "a text, b text", None),
    ],
)
def test_what_an_answer_is_about(metric: str, columns: str, drawn: str | None) -> None:
    drawn_answer = answer(columns, [], metric=metric)
    at = chart.headline(drawn_answer)
    assert (None if at is None else drawn_answer.columns[at].name) == drawn


def test_a_row_goes_by_its_name() -> None:
    drawn_answer = answer("customer text, name text, currency currency, revenue money", [])
    assert chart.label(drawn_answer, ("cus_1", "Acme\x1b Inc", "USD", 1)) == "Acme Inc"
    assert chart.label(drawn_answer, ("cus_1", None, "USD", 1)) == "cus_1"
    assert chart.label(drawn_answer, (None, None, "USD", 1)) == "(no name)"
    by_reason = answer("reason text, disputes count", [], params={"group_by": "reason"})
    assert chart.label(by_reason, (None, 1)) == "(no reason)"


def test_a_vendor_without_a_name_is_no_running_step() -> None:
    rows = [("AWS", "EUR", 300), (None, "EUR", 200), ("Notion", "EUR", 100)]
    spend = vendors(*rows, params={"from": date(2026, 7, 1), "to": date(2026, 10, 1), "group_by": "vendor"})
    (series,) = chart.series(spend)
    assert series.labels == ("AWS", "(no name)", "Notion")
    assert series.partial == ()
    assert "so far" not in chart.draw(spend, 80)
    assert [result.cells(spend, row)[0] for row in spend.rows] == ["AWS", "(no name)", "Notion"]
    assert "(no name)" in picture(spend)


def by_step(step: str, since: date, end: date, *starts: date, today: date = date(2026, 11, 30)) -> Answer:
    rows = [(start, "USD", 1_000 * at) for at, start in enumerate(starts, 1)]
    named = "month month" if step == "month" else f"{step} date"
    params = {"from": since, "to": end, "group_by": step}
    sums = answer(f"{named}, currency currency, net money", rows, chart="bar", params=params)
    return replace(sums, receipt=replace(sums.receipt, today=today))


@pytest.mark.parametrize(
    ("sums", "labels", "cuts", "so_far"),
    [
        (
            by_step("quarter", date(2026, 6, 1), date(2026, 12, 1), *(date(2026, m, 1) for m in (4, 7, 10))),
            ("2026-04-01 from 1 June", "2026-07-01", "2026-10-01 so far"),
            ("Q2 2026 from 1 June",),
            "Q4 2026 so far",
        ),
        (
            by_step("week", date(2026, 10, 1), date(2026, 12, 1), date(2026, 9, 28), date(2026, 10, 5)),
            ("2026-09-28 from 1 October", "2026-10-05"),
            ("Week of 28 September from 1 October",),
            None,
        ),
        (
            by_step("month", date(2026, 8, 15), date(2026, 9, 16), date(2026, 8, 1), date(2026, 9, 1)),
            ("2026-08 from 15 August", "2026-09 until 15 September"),
            ("August from 15 August", "September until 15 September"),
            None,
        ),
        (
            by_step("month", date(2025, 12, 20), date(2026, 2, 1), date(2025, 12, 1), date(2026, 1, 1)),
            ("2025-12 from 20 December", "2026-01"),
            ("December 2025 from 20 December",),
            None,
        ),
        (
            by_step("week", date(2026, 11, 25), date(2026, 12, 3), date(2026, 11, 23), date(2026, 11, 30),
                    today=date(2026, 12, 2)),
            ("2026-11-23 from 25 November", "2026-11-30 so far"),
            ("Week of 23 November from 25 November",),
            "Week of 30 November so far",
        ),
        (
            by_step("month", date(2026, 10, 1), date(2026, 11, 11), date(2026, 10, 1), date(2026, 11, 1),
                    today=date(2026, 11, 22)),
            ("2026-10", "2026-11 until 10 November"),  # it was cut before the day that counts as the last
            ("November until 10 November",),
            None,
        ),
        (
            by_step("month", date(2026, 9, 1), date(2026, 11, 1), date(2026, 9, 1), date(2026, 10, 1)),
            ("2026-09", "2026-10"),
            (),
            None,
        ),
    ],
)  # fmt: skip
def test_steps_that_the_period_cuts_say_so_everywhere(
    sums: Answer, labels: tuple[str, ...], cuts: tuple[str, ...], so_far: str | None
) -> None:
    (series,) = chart.series(sums)
    assert series.labels == labels
    assert [result.cells(sums, row)[0] for row in sums.rows] == list(labels)
    assert (sums.cut_steps, sums.so_far) == (cuts, so_far)
    assert (sums.to_json()["cut_steps"], sums.to_json()["so_far"]) == (list(cuts), so_far)
    drawn = chart.draw(sums, 80).split("\n")[2 : 2 + len(labels)]
    marked = tuple(at for at, label in enumerate(labels) if " " in label)
    assert series.partial == marked
    assert tuple(at for at, line in enumerate(drawn) if "░" in line) == marked
    image = picture(sums)
    assert image.count("stroke-dasharray") == len(marked)
    assert all(f">{label}<" in image for label in labels)
    assert all(f">{cut}: the period holds no other day of it.<" in image for cut in cuts)


def test_a_level_at_the_end_of_a_step_is_cut_by_no_beginning() -> None:
    rows = [(date(2026, 11, 1), "USD", 100_000)]
    params = {"from": date(2026, 11, 10), "to": date(2026, 11, 23), "group_by": "month"}
    level = answer(
        "month month, currency currency, mrr money", rows, metric="mrr", chart="number", params=params
    )
    assert level.cut_steps == ()


def test_currencies_that_are_not_drawn_are_named() -> None:
    rows = [("AWS", "USD", 300), ("Notion", "USD", 200), ("OVH", "EUR", 100), ("Tesco", "GBP", 50)]
    spend = vendors(*rows)
    assert [series.currency for series in chart.series(spend)] == ["USD"]
    assert chart.draw(spend, 80).split("\n")[-1] == "Not drawn: EUR, GBP; see the table."
    assert ">Not drawn: EUR, GBP; see the table.<" in picture(spend)
    assert "not drawn: EUR, GBP; see the table" in receipt.receipt(spend).plain
    whole = vendors(*rows[:2])
    assert "drawn" not in chart.draw(whole, 80) + picture(whole) + receipt.receipt(whole).plain
    assert chart.not_drawn(vendors(rows[0], rows[2]), []) is None  # there is no chart at all


def test_drawing_again_and_again_keeps_nothing() -> None:
    both = [chart.series(revenue())[0], chart.series(vendors())[0]]

    def draw(times: int) -> None:
        for at in range(times):
            chart.draw_one(both[at % 2], 40 + at % 60, 8 + at % 9)

    draw(40)
    gc.collect()
    objects = len(gc.get_objects())
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        draw(100)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 30_000
    assert len(gc.get_objects()) - objects < 150


def test_a_chart_says_that_it_leaves_bars_out() -> None:
    """The period stands below it: without these words the latest forty days would pass for all ninety."""
    rows = [(date(2026, 9, 1) + timedelta(days=at), "USD", 100 * at) for at in range(90)]
    days = answer("day date, currency currency, net money", rows, chart="bar", params={"group_by": "day"})
    drawn = chart.draw(days, 80)
    assert drawn.split("\n")[0].strip() == "Net revenue: net USD, the latest 40 of 90"
    assert drawn.count("┤") == 40
    series = vendors(*((f"Vendor {at}", "USD", 1000 - at) for at in range(41)))
    assert "the first 40 of 41" in chart.draw(series, 80).split("\n")[0]
    assert "of" not in chart.draw(vendors(), 80).split("\n")[0]


def test_a_line_has_a_place_for_each_step_of_time() -> None:
    """Ten weeks without a decision are ten weeks wide, not one."""
    weeks = (0, 1, 12)
    rows = [(date(2026, 1, 5) + timedelta(weeks=at), 60.0 * at) for at in weeks]
    times = answer("week date, median seconds", rows, metric="approval_time", params={"group_by": "week"})
    [drawn] = chart.series(times)
    assert [(at, value) for at, value in enumerate(drawn.values) if value is not None] == [
        (0, 0.0), (1, 60.0), (12, 720.0)
    ]  # fmt: skip
    assert drawn.labels[11] == "2026-03-23"
    quarters = [(date(2025, 1, 1), 5.0), (date(2026, 1, 1), 6.0)]
    [drawn] = chart.series(
        replace(times, rows=tuple(quarters), receipt=replace(times.receipt, params={"group_by": "quarter"}))
    )
    assert drawn.values == (5.0, None, None, None, 6.0)
