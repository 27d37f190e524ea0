"""The catalogue: what a metric's file may say, and every reason to refuse one."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from execops.canvas import catalogue, manual
from execops.canvas.ask.sentence import Sentence, plain_words
from execops.canvas.calendar_units import resolve
from execops.canvas.params import bind
from execops.canvas.run import Canvas
from execops.context import Context
from execops.db.pool import Pool
from execops.errors import CatalogueError, InvalidInputError

ROOT = Path(__file__).parents[2]
TODAY = date(2024, 2, 29)
METRICS = {
    "cash", "runway", "burn_rate", "spend_by_vendor", "spend_over_time", "net_revenue", "mrr", "churn",
    "top_customers", "failed_payments", "failed_payment_count", "recovered_revenue", "recovery_rate", "refunds", "disputes", "payouts",
    "fees", "proposals", "approval_time", "precision", "events", "receivables",
}  # fmt: skip
HEADER = {
    "name": "sample",
    "title": "Sample",
    "definition": "A sample",
    "unit": "count",
    "synonyms": "a | b",
    "samples": "sample | sample of it",
    "params": "from, to, group_by",
    "groups": "month, type",
    "default_period": "last 12 months",
    "chart": "line",
    "columns": "bucket text, events count",
}
BODY = """\
with counted as (
    select canvas_bucket(%(grain)s::text, r.day) as bucket, r.events  -- a comment
    from rollup_events as r
    where r.org_id = %(org_id)s::text and r.day >= %(from)s::date and r.day < %(to)s::date and r.type <> 'a''; drop'
)
select bucket, sum(events) as events from counted group by bucket"""


def file(body: str = BODY, **header: str | None) -> str:
    lines = [f"-- {key}: {value}" for key, value in (HEADER | header).items() if value is not None]
    return "\n".join([*lines, body, ""])


def test_the_metrics_load() -> None:
    assert set(catalogue.load()) == METRICS
    for metric in catalogue.load().values():
        catalogue.require_select(metric)
        assert metric.samples, metric.name
        assert metric.definition, metric.name
        assert bind(metric, {}, TODAY).keys() == set(metric.params)


def test_the_page_is_in_step() -> None:
    page = (ROOT / "docs" / "canvas.md").read_text(encoding="utf-8")
    assert page == manual.render(), "python -m execops.canvas.manual > docs/canvas.md"


def test_a_file_is_a_metric() -> None:
    metric = catalogue.parse("sample.sql", file())
    assert metric.groups == ("month", "type")
    assert metric.synonyms == ("a", "b")
    assert [(column.name, column.unit) for column in metric.columns] == [
        ("bucket", "text"),
        ("events", "count"),
    ]
    assert metric.sql.startswith(b"with counted")


def test_adding_a_metric_is_adding_a_file(tmp_path: Path) -> None:
    (tmp_path / "sample.sql").write_text(file())
    (tmp_path / "README.md").write_text("no metric")
    assert list(catalogue.read(tmp_path)) == ["sample"]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"definition": None}, "the header has no definition"),
        ({"definition": ""}, "the header has no definition"),
        ({"samples": None}, "the header has no samples"),
        ({"name": "other"}, "not the file's name"),
        ({"chart": "pie"}, "unknown chart 'pie'"),
        ({"unit": "euros"}, "unknown unit 'euros'"),
        ({"default_period": "next year"}, "unknown period 'next year'"),
        ({"params": "from, to, group_by, region"}, "unknown parameter 'region'"),
        ({"groups": "month, region"}, "unknown group 'region'"),
        ({"groups": None}, "go together"),
        ({"columns": "bucket text, events lots"}, "the column 'events' has no known unit"),
        ({"columns": "bucket text, bucket count"}, "names a column twice"),
        ({"columns": "bucket text, amount money"}, "money stands beside a currency column"),
        ({"colour": "red"}, "unknown header key 'colour'"),
        ({"params": "from, to, group_by, vendor"}, "names the parameter 'vendor', which it does not bind"),
        ({"params": "from, group_by"}, "binds the parameter 'to', which its header does not name"),
    ],
)
def test_a_header_is_refused_with_file_and_reason(header: dict[str, Any], reason: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        catalogue.parse("sample.sql", file(**header))
    assert raised.value.message.startswith("canvas/metrics/sample.sql: ")
    assert reason in raised.value.message


WHERE = "where org_id = %(org_id)s and day >= %(from)s and day < %(to)s and %(grain)s::text is null"
PLAIN = f"select day as bucket, events from rollup_events {WHERE}"


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"{PLAIN};",
        f"{PLAIN}; select 1",
        "update events set status = 'failed'",
        f"with gone as (delete from events returning id) {PLAIN}",
        f"with made as (insert into events values (1) returning id) {PLAIN}",
        f"with moved as (update events set id = 1 returning id) {PLAIN}",
        f"with m as (merge into events as e using events as f on true when matched then delete) {PLAIN}",
        "copy events to '/tmp/x'",
        "table operators",
        f"{PLAIN} union table operators",
        f"{PLAIN} union select name, 1 from operators",
        f"{PLAIN} union select name, 1 from only operators",
        f"{PLAIN} union select o.name, 1 from events as e join operators as o on true",
        f"{PLAIN} union select name, 1 from events as e, operators",
        f"{PLAIN} union select name, 1 from public.operators",
        f"{PLAIN} union select (select token_proof from operators), 1",
        f"{PLAIN} union select distinct from operators",
        f"{PLAIN} union select usename, 1 from pg_user",
        f"{PLAIN} union select table_name, 1 from information_schema.tables",
        f"{PLAIN} union select 'a', 1 from (with operators as (select 1) select 1) as x",
        f"with operators as (select 1) {PLAIN} union select public.operators.name, 1 from public.operators",
        f"{PLAIN} and set_config('execops.actor_id', 'x', true) = 'x'",
        f"{PLAIN} and pg_sleep(10) is null",
        f"{PLAIN} and pg_catalog.pg_sleep(10) is null",
        f"{PLAIN} and dblink('host=x', 'select 1') is null",
        f"{PLAIN} and current_setting('x') = 'y'",
        f"{PLAIN} and query_to_xml('delete from events', true, true, '') is null",
        f"{PLAIN} and lo_import('/etc/passwd') > 0",
        f"{PLAIN} and pg_read_file('/etc/passwd') <> ''",
        f"{PLAIN} and audit_write('a') is null",
        f"{PLAIN} and rollup_rebuild('a', 'b') is null",
        f"{PLAIN} and current_user = 'x'",
        f"{PLAIN} for update",
        f"{PLAIN} for share of events; lock table events",
        f"select day as bucket, events into gone from rollup_events {WHERE}",
        f"{PLAIN} and type = $$a$$",
        f"{PLAIN} and type = E'a\\'b'",
        f"{PLAIN} and type = 'a\\'",
        f'{PLAIN} and "type" = 1',
        f"{PLAIN} /* hidden */",
        f"{PLAIN} and events % 2 = 0",
        f"{PLAIN} and type like 'a%%'",
        f"{PLAIN} and type = %s",
        f"{PLAIN})",
        f"({PLAIN}",
        "select 1; do $$ begin perform 1; end $$",
        f"explain {PLAIN}",
        f"{PLAIN} tablesample system (1)",
        "values (1, 2)",
        f"select nextval('events_id_seq') as bucket, events from rollup_events {WHERE}",
    ],
)  # fmt: skip
def test_anything_but_a_plain_select_is_refused(body: str) -> None:
    with pytest.raises(CatalogueError, match=r"canvas/metrics/sample\.sql: ."):
        catalogue.require_select(catalogue.parse("sample.sql", file(body)))


def test_the_plain_select_of_these_tests_is_one() -> None:
    catalogue.require_select(catalogue.parse("sample.sql", file(PLAIN)))


def test_a_metric_whose_sql_writes_is_refused_before_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    writing = catalogue.parse("sample.sql", file(f"delete from events {WHERE}"))
    monkeypatch.setattr(catalogue, "load", lambda: {"sample": writing})
    canvas = Canvas(cast("Context", None), cast("Pool", None))  # nothing may reach either
    with pytest.raises(CatalogueError, match=r"sample\.sql"):
        asyncio.run(canvas.answer("sample", {}, TODAY))


def test_synonyms_stand_as_the_rewrites_leave_them() -> None:
    """So that reading the catalogue need not try every rewrite on every synonym."""
    assert {
        (metric.name, text): " ".join(Sentence(text).words)
        for metric in catalogue.load().values()
        for text in metric.synonyms
        if Sentence(text).words != plain_words(text)
    } == {}


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("now", date(2024, 2, 29), date(2024, 3, 1)),
        ("last 30 days", date(2024, 1, 31), date(2024, 3, 1)),
        ("last 1 days", date(2024, 2, 29), date(2024, 3, 1)),
        ("last 2 weeks", date(2024, 2, 19), date(2024, 3, 1)),
        ("last 12 months", date(2023, 3, 1), date(2024, 3, 1)),
        ("last 4 quarters", date(2023, 4, 1), date(2024, 3, 1)),
        ("this week", date(2024, 2, 26), date(2024, 3, 1)),
        ("this month", date(2024, 2, 1), date(2024, 3, 1)),
        ("this quarter", date(2024, 1, 1), date(2024, 3, 1)),
        ("this year", date(2024, 1, 1), date(2024, 3, 1)),
    ],
)
def test_periods_end_today(text: str, since: date, until: date) -> None:
    assert resolve(text, TODAY) == (since, until)


@pytest.mark.parametrize(
    ("metric", "given"),
    [
        ("refunds", {"region": "EU"}),
        ("refunds", {"limit": 3}),
        ("refunds", {"from": "yesterday"}),
        ("refunds", {"from": "2024-02-30"}),
        ("refunds", {"from": "0001-01-01"}),
        ("refunds", {"from": 20240101}),
        ("refunds", {"from": "2024-02-01", "to": "2024-02-01"}),
        ("refunds", {"from": "2024-02-02", "to": "2024-02-01"}),
        ("refunds", {"group_by": "vendor"}),
        ("refunds", {"group_by": "month; drop table events"}),
        ("refunds", {"group_by": "day", "from": "2010-01-01", "to": "2020-01-01"}),
        ("refunds", {"currency": "EURO"}),
        ("refunds", {"currency": "€€€"}),
        ("refunds", {"currency": 1}),
        ("refunds", {"customer": ["a"]}),
        ("refunds", {"customer": "a\x00b"}),
        ("refunds", {"customer": "a" * 501}),
        ("top_customers", {"limit": 0}),
        ("top_customers", {"limit": -1}),
        ("top_customers", {"limit": 1001}),
        ("top_customers", {"limit": "ten"}),
        ("top_customers", {"limit": "1 or 1=1"}),
        ("top_customers", {"limit": True}),
        ("top_customers", {"limit": 2.5}),
        ("top_customers", {"limit": "²"}),
    ],
)
def test_a_parameter_out_of_range_is_refused(metric: str, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        bind(catalogue.load()[metric], given, TODAY)


def test_what_is_left_out_stands_at_its_default() -> None:
    bound = bind(catalogue.load()["refunds"], {"currency": "eur", "customer": ""}, TODAY)
    assert bound == {
        "from": date(2023, 3, 1),
        "to": date(2024, 3, 1),
        "group_by": "month",
        "currency": "EUR",
        "customer": None,
    }
    only_from = bind(catalogue.load()["refunds"], {"from": "2024-02-01"}, TODAY)
    assert (only_from["from"], only_from["to"]) == (date(2024, 2, 1), date(2024, 3, 1))
