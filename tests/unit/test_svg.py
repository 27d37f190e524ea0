"""An answer as a picture: XML that every reader takes, whatever the names, with bars as long as their values."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from execops.canvas.result import Answer
from tests.answers import answer, revenue
from tests.unit.test_chart import vendors
from tui.svg import picture

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("drawn_answer", [revenue(), vendors()], ids=["line", "bar"])
def test_a_picture_is_xml_without_a_control_character(drawn_answer: Answer) -> None:
    text = picture(drawn_answer)
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    assert drawn_answer.title in {element.text for element in root.iter(f"{SVG}title")}


def test_markup_in_a_name_stays_text() -> None:
    rows = [("<script>x</script>&\"'", "USD", 5), ("]]>\x00", "USD", 3)]
    root = ET.fromstring(picture(vendors(*rows)))
    assert not list(root.iter(f"{SVG}script"))
    assert any("<script>x</script>" in (element.text or "") for element in root.iter(f"{SVG}text"))


def test_bars_begin_at_zero_and_are_as_long_as_their_values() -> None:
    rows = [(date(2026, month, 1), "USD", minor) for month, minor in ((9, -1_000), (10, 2_000), (11, 4_000))]
    sums = answer("month month, currency currency, net money", rows, metric="net_revenue", chart="bar")
    root = ET.fromstring(picture(sums))
    bars = [(float(bar.get("x", 0)), float(bar.get("width", 0))) for bar in list(root.iter(f"{SVG}rect"))[1:]]
    zero = bars[1][0]
    assert bars[0][0] + bars[0][1] == pytest.approx(zero, abs=0.2)
    assert bars[2][0] == zero
    assert bars[2][1] == pytest.approx(2 * bars[1][1], abs=0.3)
    assert bars[1][1] == pytest.approx(2 * bars[0][1], abs=0.3)
    assert [bar.get("stroke-dasharray") for bar in list(root.iter(f"{SVG}rect"))[1:]] == [None, None, "4 3"]
    assert "November so far: its days are not over." in {element.text for element in root.iter(f"{SVG}text")}


def test_currencies_have_a_chart_each_and_nothing_has_none() -> None:
    rows = [(date(2026, month, 1), code, 100 * month) for code in ("EUR", "USD") for month in (9, 10)]
    text = picture(answer("month month, currency currency, net money", rows, chart="bar"))
    assert text.count("<polyline") == 0
    assert text.count("net EUR") == text.count("net USD") == 1
    assert picture(answer("month month, currency currency, net money", [], chart="bar")) == ""


def test_a_picture_says_what_it_leaves_out() -> None:
    """It is sent on without the table: bars beyond the fortieth, and rows beyond the thousandth, are named."""
    rows = [(date(2026, 9, 1) + timedelta(days=at), "USD", 100 * at) for at in range(90)]
    days = answer(
        "day date, currency currency, net money",
        rows,
        chart="bar",
        params={"group_by": "day"},
        truncated=True,
    )
    root = ET.fromstring(picture(days))
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert texts[0] == "Net revenue: net USD, the latest 40 of 90"
    assert "Only the latest 90 rows; ask for longer steps or a shorter period." in texts
